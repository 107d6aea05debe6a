import { toHex } from "./bytes.ts";

/** A 48-bit hardware address as lower-case text, `02:00:00:00:00:01`; so `===` compares. */
export type MacAddress = string & { readonly __brand: "MacAddress" };

/** The length of an Ethernet address in bytes. */
export const MAC_LENGTH = 6;

/** The Ethernet broadcast address. */
export const BROADCAST_MAC = "ff:ff:ff:ff:ff:ff" as MacAddress;

/** Parses six pairs of hexadecimal digits between colons or hyphens, in either case; undefined for other text. */
export function parseMac(text: string): MacAddress | undefined {
  return /^[\da-f]{2}([:-][\da-f]{2}){5}$/i.test(text)
    ? (text.toLowerCase().replaceAll("-", ":") as MacAddress)
    : undefined;
}

/** An address that is known to be one, such as a constant. Throws TypeError otherwise. */
export function mac(text: string): MacAddress {
  const address = parseMac(text);
  if (address === undefined) throw new TypeError(`not a hardware address: ${text}`);
  return address;
}

/** The address of six bytes in transmission order; any other length is a bug and throws TypeError. */
export function formatMac(bytes: Uint8Array): MacAddress {
  if (bytes.length !== MAC_LENGTH) throw new TypeError(`a hardware address has 6 bytes, not ${bytes.length}`);
  return toHex(bytes, ":") as MacAddress;
}

/** The six bytes in transmission order. */
export function macBytes(address: MacAddress): Uint8Array {
  return Uint8Array.from(address.split(":"), (pair) => Number.parseInt(pair, 16));
}
