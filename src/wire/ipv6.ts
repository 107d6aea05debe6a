import { viewOf } from "../base/bytes.ts";
import { type IpAddress, toBytes } from "../base/ip.ts";

/** An IPv6 packet without extension headers; RFC 8200 §3. */
export interface Ipv6Packet {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly protocol: number; // next header, IPPROTO_*
  readonly hopLimit: number; // 0..255
  readonly trafficClass: number; // DSCP and ECN
  readonly payload: Uint8Array; // at most 65535 bytes
}

/** The length of a header without extensions. */
export const IPV6_HEADER = 40;

/** The hop limit of what needs none of its own: the kernel's `net.ipv6.conf.*.hop_limit`, RFC 1700. */
export const DEFAULT_HOP_LIMIT = 64;

/**
 * The whole packet. Flow label 0.
 *
 *      0                                            4                6             7           8        24            40
 *     | 6 | traffic class (8) | flow label (20) | payload length | next header | hop limit | source | destination | payload …
 */
export function encodeIpv6({ from, to, protocol, hopLimit, trafficClass, payload }: Ipv6Packet): Uint8Array {
  const bytes = new Uint8Array(IPV6_HEADER + payload.length);
  const view = viewOf(bytes);
  view.setUint16(0, (6 << 12) | (trafficClass << 4));
  view.setUint16(4, payload.length);
  view.setUint8(6, protocol);
  view.setUint8(7, hopLimit);
  bytes.set(toBytes(from), 8);
  bytes.set(toBytes(to), 24);
  bytes.set(payload, IPV6_HEADER);
  return bytes;
}
