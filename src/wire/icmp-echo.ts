import { viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { Family } from "../base/ip.ts";

/** An echo request or reply, ICMP of one family or the other. RFC 792, RFC 4443 §4. */
export interface IcmpEcho {
  readonly sequence: number; // u16
  readonly data: Uint8Array; // comes back as it was sent
}

/** Types of the messages; their code is 0. linux/icmp.h, linux/icmpv6.h. */
const REQUEST = { 4: 8, 6: 128 } as const;
const REPLY = { 4: 0, 6: 129 } as const;
const HEADER = 8;

/**
 * A request for a ping socket, whose kernel writes checksum and identifier. icmp(7).
 *
 *     | type | code 0 | checksum | identifier | sequence | data |
 */
export function encodeEchoRequest(family: Family, { sequence, data }: IcmpEcho): Uint8Array {
  const bytes = new Uint8Array(HEADER + data.length);
  const view = viewOf(bytes);
  view.setUint8(0, REQUEST[family]);
  view.setUint16(6, sequence);
  bytes.set(data, HEADER);
  return bytes;
}

/** Reads what a ping socket gives: the kernel has looked at checksum and identifier. Never throws. */
export function decodeEchoReply(family: Family, bytes: Uint8Array): Decoded<IcmpEcho, "truncated" | "type"> {
  if (bytes.length < HEADER) return drop("truncated");
  const view = viewOf(bytes);
  if (view.getUint8(0) !== REPLY[family] || view.getUint8(1) !== 0) return drop("type");
  return accept({ sequence: view.getUint16(6), data: bytes.subarray(HEADER) });
}
