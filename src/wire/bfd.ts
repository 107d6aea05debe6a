import { viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { Micros } from "../base/time.ts";

/** States by their numbers on the wire. RFC 5880 §4.1. */
const STATES = ["admin-down", "down", "init", "up"] as const;
export type BfdStateName = (typeof STATES)[number];

/** A BFD Control packet without authentication. RFC 5880 §4.1. */
export interface BfdPacket {
  readonly state: BfdStateName; //       the sender's
  readonly diagnostic: number; //        0..31: why the sender's session last left Up
  readonly poll: boolean; //             asks for an answer with `final`
  readonly final: boolean;
  readonly demand: boolean; //           the sender wishes to be sent nothing while both are up
  readonly multiplier: number; //        1..255
  readonly mine: number; //              discriminator of the sender, 1..2^32-1
  readonly yours: number; //             the one it has heard; 0: none
  readonly desiredTransmit: Micros; //   the least interval between packets it would like to send, u32
  readonly requiredReceive: Micros; //   the least between packets it can take, u32; 0: it wants none
}

/** Why a packet is not taken. */
export type BfdDrop =
  | "truncated"
  | "version"
  | "length"
  | "authentication"
  | "multiplier"
  | "multipoint"
  | "poll-and-final"
  | "discriminator";

/** Destination ports: single hop (RFC 5881 §4) and multihop (RFC 5883 §5). */
export const BFD_PORT = 3784;
export const BFD_MULTIHOP_PORT = 4784;

/** The length of a packet without authentication. */
export const BFD_LENGTH = 24;

const VERSION = 1;
const POLL = 0x20;
const FINAL = 0x10;
const AUTHENTICATION = 0x04;
const DEMAND = 0x02;
const MULTIPOINT = 0x01;

/**
 * The whole packet. It never promises to outlive our control plane (C), never asks for demand mode (D), takes no echo.
 *
 *      0                 1                    2            3
 *     | version 1, diag | state, P F C A D M | multiplier | length 24 |
 *      4 my discriminator   8 your discriminator   12 desired min TX, µs   16 required min RX, µs   20 echo RX, µs
 */
export function encodeBfd(packet: BfdPacket): Uint8Array {
  const bytes = new Uint8Array(BFD_LENGTH);
  const view = viewOf(bytes);
  view.setUint8(0, (VERSION << 5) | packet.diagnostic);
  const flags = (packet.poll ? POLL : 0) | (packet.final ? FINAL : 0) | (packet.demand ? DEMAND : 0);
  view.setUint8(1, (STATES.indexOf(packet.state) << 6) | flags);
  view.setUint8(2, packet.multiplier);
  view.setUint8(3, BFD_LENGTH);
  view.setUint32(4, packet.mine);
  view.setUint32(8, packet.yours);
  view.setUint32(12, packet.desiredTransmit);
  view.setUint32(16, packet.requiredReceive);
  return bytes;
}

/**
 * Reads a UDP payload; what lies behind the packet's own length is ignored (RFC 9764 pads there). Never throws. RFC 5880
 * §6.8.6. Any diagnostic is taken, as it decides nothing. (Keepalived differs: it drops those above 8.)
 */
export function decodeBfd(bytes: Uint8Array): Decoded<BfdPacket, BfdDrop> {
  if (bytes.length < BFD_LENGTH) return drop("truncated");
  const view = viewOf(bytes);
  if (view.getUint8(0) >> 5 !== VERSION) return drop("version");
  const flags = view.getUint8(1);
  const length = view.getUint8(3);
  if (length < BFD_LENGTH || length > bytes.length) return drop("length");
  if (flags & AUTHENTICATION) return drop("authentication");
  const multiplier = view.getUint8(2);
  if (multiplier === 0) return drop("multiplier");
  if (flags & MULTIPOINT) return drop("multipoint");
  if (flags & POLL && flags & FINAL) return drop("poll-and-final");
  const state = STATES[flags >> 6] ?? "down";
  const mine = view.getUint32(4);
  const yours = view.getUint32(8);
  if (mine === 0 || (yours === 0 && state !== "down" && state !== "admin-down")) return drop("discriminator");
  return accept({
    state,
    diagnostic: view.getUint8(0) & 0x1f,
    poll: (flags & POLL) !== 0,
    final: (flags & FINAL) !== 0,
    demand: (flags & DEMAND) !== 0,
    multiplier,
    mine,
    yours,
    desiredTransmit: view.getUint32(12),
    requiredReceive: view.getUint32(16),
  });
}
