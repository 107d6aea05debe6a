import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { AgentxReader, AgentxWriter, type Oid, type VarBind } from "./agentx-value.ts";

/** By what an answer is told from others. */
export interface AgentxIds {
  readonly session: number; // u32; 0 until the master has given one
  readonly transaction: number; // u32; one request of a manager
  readonly packet: number; // u32; the answer has that of the question
}

/** What a subagent says. */
export type AgentxRequest =
  | { readonly type: "open"; readonly id: Oid; readonly description: string }
  | { readonly type: "register"; readonly subtree: Oid }
  | { readonly type: "notify"; readonly bindings: readonly VarBind[] }
  | { readonly type: "ping" }
  | { readonly type: "close"; readonly reason: number }
  | AgentxResponse;

/** What answers a request, in either direction. */
export interface AgentxResponse {
  readonly type: "response";
  readonly upTime: number; // sysUpTime of the master, centiseconds; a subagent says 0
  readonly error: number; // 0: none
  readonly index: number; // of the binding that the error is about, from 1
  readonly bindings: readonly VarBind[];
}

/** From `start` (itself too, if `include`) up to, not including, `end`; an empty one: no end. */
export interface SearchRange {
  readonly start: Oid;
  readonly include: boolean;
  readonly end: Oid;
}

/** What a master asks. Requests of another context than the default one are told by `foreign`. */
export type AgentxQuestion =
  | { readonly type: "get" | "get-next"; readonly foreign: boolean; readonly ranges: readonly SearchRange[] }
  | {
      readonly type: "get-bulk";
      readonly foreign: boolean;
      readonly ranges: readonly SearchRange[];
      readonly nonRepeaters: number;
      readonly maxRepetitions: number;
    }
  | { readonly type: "test-set" | "commit-set" | "undo-set" | "cleanup-set" }
  | { readonly type: "close"; readonly reason: number }
  | AgentxResponse;

/** A packet of a master. */
export interface AgentxPacket {
  readonly ids: AgentxIds;
  readonly pdu: AgentxQuestion;
}

/** Why a packet is none. */
export type AgentxDrop = "version" | "type" | "malformed";

/** Errors of RFC 2741 §6.2.16 and RFC 3416 §3. */
export const AGENTX_ERROR = {
  genErr: 5,
  notWritable: 17,
  unsupportedContext: 262,
  duplicateRegistration: 263,
} as const;

/** Reasons of a close, RFC 2741 §6.2.2. */
export const CLOSE_REASON = { parseError: 2, shutdown: 5 } as const;

/** The header of every packet, bytes. */
export const AGENTX_HEADER = 20;
/** More than a master sends: 128 objects of the longest names. */
export const MOST_AGENTX = 0x4_0000;

const VERSION = 1;
const NON_DEFAULT_CONTEXT = 0x08;
const NETWORK_BYTE_ORDER = 0x10;
const PRIORITY = 127; // the default, RFC 2741 §6.2.3

const TYPE = {
  open: 1,
  close: 2,
  register: 3,
  get: 5,
  "get-next": 6,
  "get-bulk": 7,
  "test-set": 8,
  "commit-set": 9,
  "undo-set": 10,
  "cleanup-set": 11,
  notify: 12,
  ping: 13,
  response: 18,
} as const;

/**
 *  0  version, type, flags, 0   4 session   8 transaction   12 packet   16 length of what follows
 *
 * RFC 2741 §6.1.
 */
export function encodeAgentx(pdu: AgentxRequest, ids: AgentxIds): Uint8Array {
  const payload = payloadOf(pdu);
  const header = new AgentxWriter().u8(VERSION, TYPE[pdu.type], 0, 0).u32(ids.session).u32(ids.transaction);
  return concat(header.u32(ids.packet).u32(payload.length).bytes, payload);
}

function payloadOf(pdu: AgentxRequest): Uint8Array {
  const to = new AgentxWriter();
  switch (pdu.type) {
    case "open":
      return to.u8(0, 0, 0, 0).oid(pdu.id).octets(new TextEncoder().encode(pdu.description)).bytes;
    case "register":
      return to.u8(0, PRIORITY, 0, 0).oid(pdu.subtree).bytes;
    case "notify":
      for (const binding of pdu.bindings) to.varBind(binding);
      return to.bytes;
    case "ping":
      return to.bytes;
    case "close":
      return to.u8(pdu.reason, 0, 0, 0).bytes;
    case "response":
      to.u32(pdu.upTime).u16(pdu.error).u16(pdu.index);
      for (const binding of pdu.bindings) to.varBind(binding);
      return to.bytes;
  }
}

/** How long the packet is that begins here; undefined while its header is not there. Never throws. */
export function agentxLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < AGENTX_HEADER) return undefined;
  return AGENTX_HEADER + viewOf(bytes).getUint32(16, isLittle(bytes));
}

/** Reads one whole packet of a master. Never throws. */
export function decodeAgentx(bytes: Uint8Array): Decoded<AgentxPacket, AgentxDrop> {
  if (agentxLength(bytes) !== bytes.length) return drop("malformed");
  const from = new AgentxReader(bytes, isLittle(bytes));
  const [version, type, flags] = [from.u8(), from.u8(), from.u8(), from.u8()];
  if (version !== VERSION) return drop("version");
  const ids = { session: from.u32(), transaction: from.u32(), packet: from.u32() };
  from.u32();
  const context = ((flags ?? 0) & NON_DEFAULT_CONTEXT) !== 0 ? from.octets() : new Uint8Array();
  const pdu = questionOf(type ?? 0, from, context.length > 0);
  if (pdu === undefined) return drop("type");
  return from.isGood ? accept({ ids, pdu }) : drop("malformed");
}

function questionOf(type: number, from: AgentxReader, foreign: boolean): AgentxQuestion | undefined {
  switch (type) {
    case TYPE.get:
      return { type: "get", foreign, ranges: rangesOf(from) };
    case TYPE["get-next"]:
      return { type: "get-next", foreign, ranges: rangesOf(from) };
    case TYPE["get-bulk"]: {
      const [nonRepeaters, maxRepetitions] = [from.u16(), from.u16()];
      return { type: "get-bulk", foreign, nonRepeaters, maxRepetitions, ranges: rangesOf(from) };
    }
    case TYPE["test-set"]: // nothing can be set, so what it says is not looked at
      return { type: "test-set" };
    case TYPE["commit-set"]:
      return { type: "commit-set" };
    case TYPE["undo-set"]:
      return { type: "undo-set" };
    case TYPE["cleanup-set"]:
      return { type: "cleanup-set" };
    case TYPE.close:
      return { type: "close", reason: from.u8() };
    case TYPE.response: {
      const [upTime, error, index] = [from.u32(), from.u16(), from.u16()];
      const bindings: VarBind[] = [];
      while (!from.isAtEnd) bindings.push(from.varBind());
      return { type: "response", upTime, error, index, bindings };
    }
    default:
      return undefined;
  }
}

function rangesOf(from: AgentxReader): readonly SearchRange[] {
  const ranges: SearchRange[] = [];
  while (!from.isAtEnd) {
    const { oid: start, include } = from.oid();
    ranges.push({ start, include, end: from.oid().oid });
  }
  return ranges;
}

function isLittle(bytes: Uint8Array): boolean {
  return ((bytes[2] ?? 0) & NETWORK_BYTE_ORDER) === 0;
}
