import { concat, viewOf } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";
import { family, type IpAddress, toBytes } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import { authenticatedBytes, decodeAh, encodeAh, ICV, IPPROTO_AH } from "../wire/ah.ts";
import { pseudoHeader } from "../wire/pseudo-header.ts";
import { IPPROTO_VRRP, messageLength } from "../wire/vrrp.ts";
import {
  type Hmac,
  type HmacParameters,
  type HmacProblem,
  type HmacState,
  isSame,
  sign,
  UNSIGNED,
  verify,
} from "./hmac.ts";
import { hear, newSequences, nextSequence, type Sequences } from "./sequence.ts";

/** How an instance proves what it says, with the keys read: with nothing (or a password in clear), AH, or `auth_hmac`. */
export type Secrets =
  | { readonly type: "none" }
  | { readonly type: "ah"; readonly key: Uint8Array } // at most 8 bytes
  | { readonly type: "hmac"; readonly parameters: HmacParameters };

/** What tells a copy from the original. Plain JSON data: a process that is started again goes on with it. */
export interface ProofState {
  readonly ah: Sequences;
  readonly hmac: HmacState;
}

/** The hashes, which Node has. */
export interface Hashes {
  readonly md5: Hmac;
  readonly sha256: Hmac;
}

/** A packet on its way out, before its IP header is made. */
export interface Unsealed {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly protocol: number;
  readonly ttl: number;
  readonly tos: number;
  readonly id: number;
  readonly payload: Uint8Array; // the VRRP message
}

/** Puts the proof into each packet of one advertisement. */
export type Seal = (packet: Unsealed) => Unsealed;

/** A packet that came in. */
export interface Sealed {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number;
  readonly id: number; // of IPv4
  readonly payload: Uint8Array;
}

/** Why a packet is not believed; also the metric label. */
export type ProofProblem =
  | { readonly reason: "ah-header" | "ah-icv" | "ah-spi" | "ah-replay" }
  | { readonly reason: `hmac-${HmacProblem}` };

/** At the start; `wallClock`: µs since 1970. */
export function unproven(wallClock: Micros): ProofState {
  return { ah: newSequences(wallClock / 1_000_000), hmac: UNSIGNED };
}

/** Nothing is added to a packet. */
export const UNCHANGED: Seal = (packet) => packet;

/** For the packets of one advertisement; `message`: any of them, whose checksum does not matter. */
export function sealFor(
  secrets: Secrets,
  state: ProofState,
  { from, message, wallClock }: { readonly from: IpAddress; readonly message: Uint8Array; readonly wallClock: Micros },
  hashes: Hashes,
): { readonly seal: Seal; readonly state: ProofState } {
  if (secrets.type === "ah") {
    const ah = nextSequence(state.ah);
    const spi = viewOf(toBytes(from)).getUint32(0);
    return {
      seal: (packet) => withAh(packet, { spi, sequence: ah.sent }, secrets.key, hashes),
      state: { ...state, ah },
    };
  }
  const signed =
    secrets.type === "hmac"
      ? sign(secrets.parameters, state.hmac, { from, message, wallClock }, hashes.sha256)
      : undefined;
  if (signed === undefined) return { seal: UNCHANGED, state };
  return { seal: (packet) => withTrailer(packet, signed.trailer), state: { ...state, hmac: signed.state } };
}

/** Takes the proof off a packet. */
export function opened<P extends Sealed>(
  secrets: Secrets,
  state: ProofState,
  packet: P,
  {
    wallClock,
    isUnicast,
    hashes,
  }: { readonly wallClock: Micros; readonly isUnicast: boolean; readonly hashes: Hashes },
): { readonly packet: P; readonly problem: ProofProblem | undefined; readonly state: ProofState } {
  if (secrets.type === "ah") return openedAh(secrets.key, state, packet, isUnicast, hashes);
  if (secrets.type === "none") return { packet, problem: undefined, state };
  const { message, trailer } = parts(packet);
  const signed = { from: packet.from, message, trailer, wallClock };
  const { problem, state: hmac } = verify(secrets.parameters, state.hmac, signed, hashes.sha256);
  const bare = trailer.length === 0 ? packet : { ...packet, payload: withoutTrailer(packet, message) };
  return { packet: bare, problem: problem && { reason: `hmac-${problem}` }, state: { ...state, hmac } };
}

function openedAh<P extends Sealed>(key: Uint8Array, state: ProofState, packet: P, isUnicast: boolean, hashes: Hashes) {
  const refused = (reason: "ah-header" | "ah-icv" | "ah-spi" | "ah-replay") => ({ packet, problem: { reason }, state });
  const header = decodeAh(packet.payload);
  if (!header.ok) return refused("ah-header");
  const { icv, spi, sequence, payload } = header.value;
  const covered = authenticatedBytes({ ...packet, protocol: IPPROTO_AH, tos: 0 }, isUnicast);
  if (!isSame(icv, hashes.md5(key, covered))) return refused("ah-icv");
  if (spi !== viewOf(toBytes(packet.from)).getUint32(0)) return refused("ah-spi");
  const ah = hear(state.ah, packet.from, sequence);
  if (ah === undefined) return refused("ah-replay");
  return { packet: { ...packet, payload }, problem: undefined, state: { ...state, ah } };
}

function withAh(
  packet: Unsealed,
  header: { readonly spi: number; readonly sequence: number },
  key: Uint8Array,
  hashes: Hashes,
): Unsealed {
  const { payload } = packet;
  const blank = {
    ...packet,
    protocol: IPPROTO_AH,
    payload: encodeAh({ ...header, icv: new Uint8Array(ICV), payload }),
  };
  const isUnicast = (toBytes(packet.to)[0] ?? 0) < 224;
  const icv = hashes.md5(key, authenticatedBytes(blank, isUnicast)).subarray(0, ICV);
  return { ...blank, payload: encodeAh({ ...header, icv, payload }) };
}

/** Over IPv6 the checksum covers the trailer too: Keepalived lets the kernel compute it. */
function withTrailer(packet: Unsealed, trailer: Uint8Array): Unsealed {
  const payload = concat(packet.payload, trailer);
  if (family(packet.from) === 6) setChecksum(packet, payload);
  return { ...packet, payload };
}

const CHECKSUM = 6;

function setChecksum(between: Pick<Sealed, "from" | "to">, payload: Uint8Array): void {
  const view = viewOf(payload);
  view.setUint16(CHECKSUM, 0);
  view.setUint16(CHECKSUM, checksum(pseudoHeader(between, IPPROTO_VRRP, payload.length), payload));
}

/** The message as long as it says it is, and what stands behind it. */
function parts({ from, payload }: Sealed): { readonly message: Uint8Array; readonly trailer: Uint8Array } {
  const length =
    payload.length < 4 ? payload.length : messageLength((payload[0] ?? 0) >> 4, family(from), payload[3] ?? 0);
  return { message: payload.subarray(0, length), trailer: payload.subarray(length) };
}

/** The message alone, its checksum right if that over all was. */
function withoutTrailer(packet: Sealed, message: Uint8Array): Uint8Array {
  const { from, to, payload } = packet;
  if (family(from) === 4 || checksum(pseudoHeader({ from, to }, IPPROTO_VRRP, payload.length), payload) !== 0)
    return message;
  const alone = message.slice();
  setChecksum({ from, to }, alone);
  return alone;
}
