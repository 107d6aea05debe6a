import type { Micros } from "../base/time.ts";
import type { MasterReason, ProtocolError } from "../base/trap.ts";
import type { Step, VrrpState } from "./machine.ts";
import type { ReceiveProblem } from "./receive.ts";

/** What is remembered of an instance for the MIBs. Plain JSON data, kept by a process that is started again. */
export interface History {
  readonly activeAt: Micros | undefined; // since when it is neither init nor fault
  readonly cause: MasterReason; // what would make it master now
  readonly reason: MasterReason; // what did
  readonly error: ProtocolError;
}

/** Of an instance that has not begun. */
export const NO_HISTORY: History = { activeAt: undefined, cause: "no-response", reason: "not-master", error: "none" };

/** After a step of the machine. */
export function remembered(history: History, before: VrrpState, { state, effects }: Step, now: Micros): History {
  const notes = effects.flatMap((effect) => (effect.type === "note" ? [effect.note.name] : []));
  const activeAt = isActive(state) ? (isActive(before) ? history.activeAt : now) : undefined;
  if (state.name === "master" && before.name !== "master")
    return { ...history, activeAt, cause: "no-response", reason: before.name === "init" ? "priority" : history.cause };
  if (notes.includes("lower-priority-discarded")) return { ...history, activeAt, cause: "preempted" };
  if (notes.includes("priority-zero-received")) return { ...history, activeAt, cause: "priority" };
  const waits = state.name === "backup" && (before.name !== "backup" || state.masterDownAt !== before.masterDownAt);
  return waits ? { ...history, activeAt, cause: "no-response" } : { ...history, activeAt };
}

/** After a packet that had a problem. */
export function blamed(history: History, { reason }: ReceiveProblem): History {
  const error = PROTOCOL_ERRORS.get(reason);
  return error === undefined ? history : { ...history, error };
}

/** Which problems of packets are errors of the protocol. */
export const PROTOCOL_ERRORS: ReadonlyMap<ReceiveProblem["reason"], ProtocolError> = new Map([
  ["ttl", "ttl"],
  ["ttl-range", "ttl"],
  ["version", "version"],
  ["checksum", "checksum"],
]);

function isActive({ name }: VrrpState): boolean {
  return name === "backup" || name === "master";
}
