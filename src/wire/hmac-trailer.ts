import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type IpAddress, toBytes } from "../base/ip.ts";

/** What `auth_hmac` puts behind an advertisement: Keepalived's own, the format of 2.4.2 and later. */
export interface HmacTrailer {
  readonly key: number; //      which one signed, 1..255
  readonly sequence: bigint; // u64: seconds since 1970 (32 bits), parts of 1/65536 s (16), a counter (16)
  readonly hmac: Uint8Array; // 16 bytes: the first of an HMAC-SHA-256
}

/** Its length; the length of the advertisement does not count it. */
export const HMAC_TRAILER = 28;

const TYPE = 1;
const HMAC = 16;
const SIGNED = HMAC_TRAILER - HMAC; // what stands before the HMAC
const CHECKSUM = 6; // offset in the advertisement, both versions

/**
 *      0        1        2            4         8             10        12
 *     | type 1 | key id | reserved 0 | seconds | 1/65536 s   | counter | hmac (16) |
 */
export function encodeHmacTrailer({ key, sequence, hmac }: HmacTrailer): Uint8Array {
  const bytes = new Uint8Array(HMAC_TRAILER);
  const view = viewOf(bytes);
  view.setUint8(0, TYPE);
  view.setUint8(1, key);
  view.setBigUint64(4, sequence);
  bytes.set(hmac.subarray(0, HMAC), SIGNED);
  return bytes;
}

/** Reads what stands behind an advertisement. Never throws; `hmac` is a view into `bytes`. */
export function decodeHmacTrailer(bytes: Uint8Array): Decoded<HmacTrailer, "length" | "type"> {
  if (bytes.length !== HMAC_TRAILER) return drop("length");
  const view = viewOf(bytes);
  if (view.getUint8(0) !== TYPE) return drop("type");
  return accept({ key: view.getUint8(1), sequence: view.getBigUint64(4), hmac: bytes.subarray(SIGNED) });
}

/**
 * What the HMAC is computed of: whose advertisement it is, the advertisement without its checksum, the trailer without
 * its HMAC. The source is in it, destination and IP header are not.
 */
export function signedBytes(from: IpAddress, message: Uint8Array, trailer: Uint8Array): Uint8Array {
  const source = toBytes(from);
  const [versionAndType = 0, vrid = 0] = message;
  const about = Uint8Array.of(source.length === 4 ? 4 : 6, versionAndType >> 4, vrid, 0);
  const plain = message.slice().fill(0, CHECKSUM, CHECKSUM + 2);
  const unsigned = trailer.slice().fill(0, SIGNED);
  return concat(about, source, new Uint8Array(16 - source.length), plain, unsigned);
}
