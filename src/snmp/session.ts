import { AGENTX_ERROR, type AgentxIds, type AgentxPacket, type AgentxRequest } from "../wire/agentx.ts";
import type { Oid, VarBind } from "../wire/agentx-value.ts";
import { answer } from "./answer.ts";
import type { Objects } from "./objects.ts";

/** A session with an AgentX master, RFC 2741 §7.1. It begins when the connection does, and ends with it. */
export interface Session {
  readonly phase: "opening" | "registering" | "ready";
  readonly id: number; // that the master gave
  readonly packet: number; // the last one of ours
  readonly left: readonly Oid[]; // subtrees to be registered, the first one under way
  readonly told: number; // the packet of the last notification; 0: none
  readonly heard: boolean; // the master has it
}

/** A packet to be sent. */
export interface Sent {
  readonly ids: AgentxIds;
  readonly pdu: AgentxRequest;
}

/** What is worth a word of the session, or its end. */
export type SessionNote =
  | { readonly name: "ready"; readonly upTime: number } // sysUpTime of the master when it said so, centiseconds
  | { readonly name: "taken"; readonly subtree: Oid; readonly error: number } // another subagent has it, or we may not
  | { readonly name: "closed"; readonly error: number }; // to be ended

/** A session after something, and what comes of it. */
export interface SessionStep {
  readonly session: Session;
  readonly send: readonly Sent[];
  readonly notes: readonly SessionNote[];
}

/** Opens a session on a new connection. `id`: the object identifier of this kind of agent. */
export function open(subtrees: readonly Oid[], id: Oid, description: string): SessionStep {
  const session: Session = { phase: "opening", id: 0, packet: 0, left: subtrees, told: 0, heard: true };
  return ask(session, { type: "open", id, description });
}

/** The master has said something. `objects` is asked for where it wants to know any. */
export function heard(session: Session, { ids, pdu }: AgentxPacket, objects: () => Objects): SessionStep {
  if (pdu.type === "close") return { session, send: [], notes: [{ name: "closed", error: 0 }] };
  if (pdu.type === "response") return answered(session, ids, pdu);
  const response = answer(objects, pdu);
  return { session, send: response === undefined ? [] : [{ ids, pdu: response }], notes: [] };
}

/** Tells the managers. Only for a session that is ready. */
export function notify(session: Session, bindings: readonly VarBind[]): SessionStep {
  const step = ask(session, { type: "notify", bindings });
  return { ...step, session: { ...step.session, told: step.session.packet, heard: false } };
}

/** Milliseconds to wait before another connection, after so many in a row that failed. */
export function retryDelay(failures: number): number {
  return Math.min(15_000, 1000 * 2 ** Math.min(failures, 4));
}

type Response = Extract<AgentxPacket["pdu"], { type: "response" }>;

function answered(session: Session, { session: id, packet }: AgentxIds, { error, upTime }: Response): SessionStep {
  const nothing: SessionStep = { session, send: [], notes: [] };
  if (packet === session.told) return { ...nothing, session: { ...session, heard: true } };
  if (packet !== session.packet || session.phase === "ready") return nothing;
  if (session.phase === "opening") {
    if (error !== 0) return { ...nothing, notes: [{ name: "closed", error }] };
    return registered({ ...session, phase: "registering", id }, upTime, []);
  }
  const [subtree, ...left] = session.left;
  const refused: SessionNote[] = error === 0 || subtree === undefined ? [] : [{ name: "taken", subtree, error }];
  return registered({ ...session, left }, upTime, refused);
}

function registered(session: Session, upTime: number, notes: readonly SessionNote[]): SessionStep {
  const [subtree] = session.left;
  if (subtree === undefined)
    return { session: { ...session, phase: "ready" }, send: [], notes: [...notes, { name: "ready", upTime }] };
  return { ...ask(session, { type: "register", subtree }), notes };
}

function ask(session: Session, pdu: AgentxRequest): SessionStep {
  const packet = session.packet + 1;
  const ids = { session: session.id, transaction: 0, packet };
  return { session: { ...session, packet }, send: [{ ids, pdu }], notes: [] };
}

/** Errors of a registration in words. */
export function registrationError(error: number): string {
  return error === AGENTX_ERROR.duplicateRegistration ? "another subagent has registered it" : `error ${error}`;
}
