import { createHmac } from "node:crypto";

/** HMAC-MD5, 16 bytes; RFC 2104. */
export function hmacMd5(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("md5", key).update(data).digest());
}

/** HMAC-SHA-256, 32 bytes; RFC 6234. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", key).update(data).digest());
}
