import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import { decodeHmacTrailer, encodeHmacTrailer, signedBytes } from "../wire/hmac-trailer.ts";

/** `auth_hmac` of an instance, its keys read. */
export interface HmacParameters {
  readonly keys: ReadonlyMap<number, Uint8Array>; // 32..64 bytes, by id
  readonly activeKey: number | undefined; // signs; undefined: none does
  readonly window: Micros; // how far the clock of an advertisement may be from ours
  readonly checksClock: boolean; // `anti_replay time`; else numbers must grow, and that is all
  readonly acceptsBare: boolean; // `mode` permissive or receive-only
  readonly sends: boolean; // `mode` enforce or permissive
  readonly neighbours: number; // whose numbers are kept: the unicast peers, or 4
}

/** HMAC-SHA-256; the caller's, since this folder computes nothing that Node has. */
export type Hmac = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** The numbers of what was sent and heard. Plain JSON data: each is a u64 in decimal. */
export interface HmacState {
  readonly sent: string;
  readonly heard: readonly { readonly from: IpAddress; readonly sequence: string }[]; // the latest at the end
}

/** Nothing yet. */
export const UNSIGNED: HmacState = { sent: "0", heard: [] };

/** Why a trailer does not prove what it should; also the names of Keepalived's counters (`auth_ext_...`). */
export type HmacProblem = "missing" | "malformed" | "unknown-key" | "invalid-hmac" | "stale" | "replay";

/** The trailer for an advertisement that is sent at `wallClock` (µs since 1970), and what is known then. */
export function sign(
  { keys, activeKey = 0, sends }: HmacParameters,
  state: HmacState,
  { from, message, wallClock }: { readonly from: IpAddress; readonly message: Uint8Array; readonly wallClock: Micros },
  hmac: Hmac,
): { readonly trailer: Uint8Array; readonly state: HmacState } | undefined {
  const key = keys.get(activeKey);
  if (key === undefined || !sends) return undefined;
  const clock = sequenceAt(wallClock);
  const next = BigInt.asUintN(64, BigInt(state.sent) + 1n);
  const sequence = isAfter(clock, next) ? clock : next;
  const blank = encodeHmacTrailer({ key: activeKey, sequence, hmac: new Uint8Array(0) });
  const trailer = encodeHmacTrailer({ key: activeKey, sequence, hmac: hmac(key, signedBytes(from, message, blank)) });
  return { trailer, state: { ...state, sent: String(sequence) } };
}

/** What stands behind an advertisement, as it came. */
export interface Signed {
  readonly from: IpAddress;
  readonly message: Uint8Array; // without the trailer
  readonly trailer: Uint8Array; // empty: there is none
  readonly wallClock: Micros; // when it came, µs since 1970
}

/** Judges it, in Keepalived's order: the key, the HMAC, the clock, the number. Only what is authentic changes the state. */
export function verify(
  { keys, window, checksClock, acceptsBare, neighbours }: HmacParameters,
  state: HmacState,
  { from, message, trailer, wallClock }: Signed,
  hmac: Hmac,
): { readonly problem: HmacProblem | undefined; readonly state: HmacState } {
  const refused = (problem: HmacProblem) => ({ problem, state });
  if (trailer.length === 0) return acceptsBare ? { problem: undefined, state } : refused("missing");
  const decoded = decodeHmacTrailer(trailer);
  if (!decoded.ok) return refused("malformed");
  const { key: id, sequence, hmac: theirs } = decoded.value;
  const key = keys.get(id);
  if (key === undefined) return refused("unknown-key");
  if (!isSame(theirs, hmac(key, signedBytes(from, message, trailer)))) return refused("invalid-hmac");
  if (checksClock && Math.abs(clockOf(sequence) - wallClock) > window) return refused("stale");
  const before = state.heard.find((entry) => entry.from === from);
  if (before !== undefined && !isAfter(sequence, BigInt(before.sequence))) return refused("replay");
  const others = state.heard.filter((entry) => entry.from !== from);
  const heard = [...others, { from, sequence: String(sequence) }].slice(-neighbours);
  return { problem: undefined, state: { ...state, heard } };
}

const PARTS = 65_536n; // of a second

function sequenceAt(wallClock: Micros): bigint {
  return BigInt.asUintN(48, (BigInt(Math.floor(wallClock)) * PARTS) / 1_000_000n) << 16n;
}

/** µs since 1970. */
function clockOf(sequence: bigint): Micros {
  return Number(((sequence >> 16n) * 1_000_000n) / PARTS);
}

/** Serial number arithmetic, RFC 1982 §3.2: whether `a` comes after `b`, also where the numbers begin again. */
function isAfter(a: bigint, b: bigint): boolean {
  return BigInt.asIntN(64, a - b) > 0n;
}

/** Compares the bytes that were sent with the first of ours, in the same time wherever they differ. */
export function isSame(theirs: Uint8Array, ours: Uint8Array): boolean {
  return theirs.reduce((difference, byte, i) => difference | (byte ^ (ours[i] ?? 0)), 0) === 0;
}
