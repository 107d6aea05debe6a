import { type IpAddress, toBytes } from "../base/ip.ts";

/** Between whom a message goes, as its IP header says; both of one family. */
export interface Envelope {
  readonly from: IpAddress;
  readonly to: IpAddress;
}

/**
 * What the checksum of a message covers beside the message itself. `protocol`: IPPROTO_*, `length`: of the message, bytes.
 *
 *     IPv4, RFC 9293 §3.1:   | source (4)  | destination (4)  | 0 | protocol | length (2) |
 *     IPv6, RFC 8200 §8.1:   | source (16) | destination (16) | length (4)   | 0 0 0 | protocol |
 */
export function pseudoHeader({ from, to }: Envelope, protocol: number, length: number): Uint8Array {
  const [source, destination] = [toBytes(from), toBytes(to)];
  const { length: size } = source;
  const bytes = new Uint8Array(2 * size + (size === 4 ? 4 : 8));
  bytes.set(source);
  bytes.set(destination, size);
  const [lengthAt, protocolAt] = size === 4 ? [10, 9] : [34, 39];
  bytes[lengthAt] = length >> 8;
  bytes[lengthAt + 1] = length & 0xff;
  bytes[protocolAt] = protocol;
  return bytes;
}
