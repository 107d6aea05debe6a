import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { encodeIpv4, IPV4_HEADER, type Ipv4Packet } from "./ipv4.ts";

/** The Authentication Header in front of a VRRPv2 message; RFC 2402 §2, RFC 2338 §5.3.6.3. */
export interface AuthenticationHeader {
  readonly spi: number; //      u32; VRRP: the source address of the packet
  readonly sequence: number; // u32
  readonly icv: Uint8Array; //  12 bytes: HMAC-MD5-96 of RFC 2403
  readonly payload: Uint8Array; // the VRRP message
}

/** Why a header is not taken. */
export type AuthenticationHeaderDrop = "truncated" | "next-header" | "length";

/** IPPROTO number of the header, RFC 2402 §2. */
export const IPPROTO_AH = 51;

/** Its length with an ICV of 12 bytes. */
export const AH_HEADER = 24;

const VRRP = 112;
/** Length of its ICV. */
export const ICV = 12;
const LENGTH = AH_HEADER / 4 - 2; // in words, less two: RFC 2402 §2.2

/**
 * The payload of an IPv4 packet of protocol 51.
 *
 *      0                 1               2             4     8          12       24
 *     | next header 112 | length 4      | reserved 0  | spi | sequence | icv …  | VRRP message …
 */
export function encodeAh({ spi, sequence, icv, payload }: AuthenticationHeader): Uint8Array {
  const bytes = new Uint8Array(AH_HEADER);
  const view = viewOf(bytes);
  view.setUint8(0, VRRP);
  view.setUint8(1, LENGTH);
  view.setUint32(4, spi);
  view.setUint32(8, sequence);
  bytes.set(icv.subarray(0, ICV), AH_HEADER - ICV);
  return concat(bytes, payload);
}

/** Reads the payload of a packet of protocol 51. Never throws; `icv` and `payload` are views into `bytes`. */
export function decodeAh(bytes: Uint8Array): Decoded<AuthenticationHeader, AuthenticationHeaderDrop> {
  if (bytes.length < AH_HEADER) return drop("truncated");
  const view = viewOf(bytes);
  if (view.getUint8(0) !== VRRP) return drop("next-header");
  if (view.getUint8(1) !== LENGTH) return drop("length");
  return accept({
    spi: view.getUint32(4),
    sequence: view.getUint32(8),
    icv: bytes.subarray(AH_HEADER - ICV, AH_HEADER),
    payload: bytes.subarray(AH_HEADER),
  });
}

/**
 * What the ICV is computed of: the packet with TOS, fragment, checksum and ICV zero. As in Keepalived (2.2.7, captured)
 * the TTL counts in multicast, where no router changes it, and not in unicast; RFC 2402 §3.3.3.1 never counts it.
 */
export function authenticatedBytes(packet: Ipv4Packet, isUnicast: boolean): Uint8Array {
  const bytes = encodeIpv4({ ...packet, tos: 0, ttl: isUnicast ? 0 : packet.ttl });
  bytes.fill(0, 10, 12);
  return bytes.fill(0, IPV4_HEADER + AH_HEADER - ICV, IPV4_HEADER + AH_HEADER);
}
