import { viewOf } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";

/** An IPv4 packet without options and fragments; RFC 791 §3.1. */
export interface Ipv4Packet {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly protocol: number; // IPPROTO_*
  readonly ttl: number; //      0..255
  readonly tos: number; //      DSCP and ECN
  readonly id: number; //       u16
  readonly payload: Uint8Array;
}

/** Why a packet is not taken. */
export type Ipv4Drop = "truncated" | "version" | "header-length" | "length" | "fragment";

/** The length of a header without options. */
export const IPV4_HEADER = 20;

/** DSCP CS6, "network control": what routing protocols send with. RFC 4594 §3.1. */
export const TOS_CS6 = 0xc0;

/**
 * The whole packet, header checksum included.
 *
 *      0                 1             2               4        6                8      9          10
 *     | 4 | IHL 5       | tos         | total length  | id     | flags+fragment | ttl  | protocol | checksum |
 *     12 source  16 destination  20 payload …
 */
export function encodeIpv4({ from, to, protocol, ttl, tos, id, payload }: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(IPV4_HEADER + payload.length);
  const view = viewOf(bytes);
  view.setUint8(0, 0x45);
  view.setUint8(1, tos);
  view.setUint16(2, bytes.length);
  view.setUint16(4, id);
  view.setUint8(8, ttl);
  view.setUint8(9, protocol);
  bytes.set(toBytes(from), 12);
  bytes.set(toBytes(to), 16);
  view.setUint16(10, checksum(bytes.subarray(0, IPV4_HEADER)));
  bytes.set(payload, IPV4_HEADER);
  return bytes;
}

/**
 * Reads a packet as a raw socket delivers it: the kernel has verified the header checksum and put fragments together.
 * Options are skipped, and what lies behind the total length (Ethernet padding) is cut off. Never throws. The payload is
 * a view into `bytes`.
 */
export function decodeIpv4(bytes: Uint8Array): Decoded<Ipv4Packet, Ipv4Drop> {
  if (bytes.length < IPV4_HEADER) return drop("truncated");
  const view = viewOf(bytes);
  if (view.getUint8(0) >> 4 !== 4) return drop("version");
  const header = 4 * (view.getUint8(0) & 0xf);
  if (header < IPV4_HEADER) return drop("header-length");
  const total = view.getUint16(2);
  if (total < header || total > bytes.length) return drop("length");
  if (view.getUint16(6) & 0x3fff) return drop("fragment"); // MF or an offset
  return accept({
    from: fromBytes(bytes.subarray(12, 16)),
    to: fromBytes(bytes.subarray(16, 20)),
    protocol: view.getUint8(9),
    ttl: view.getUint8(8),
    tos: view.getUint8(1),
    id: view.getUint16(4),
    payload: bytes.subarray(header, total),
  });
}
