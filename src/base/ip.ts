import { toHex, viewOf } from "./bytes.ts";

/**
 * An IP address in canonical text form: dotted quad, or RFC 5952 for IPv6. So `===` means the same address, and an
 * address can be a `Map` key, a log field and a JSON value without conversion.
 */
export type IpAddress = string & { readonly __brand: "IpAddress" };

/** Linux address families, `AF_INET` and `AF_INET6`. */
export type Family = 4 | 6;

/** Parses either family; undefined where the text is no address. */
export function parseIp(text: string): IpAddress | undefined {
  const bytes = parse(text);
  if (bytes === undefined) return undefined;
  return bytes.length === 4 ? (text as IpAddress) : fromBytes(bytes); // IPv4 is its own canonical form
}

/** An address that is known to be one, such as a constant. Throws TypeError otherwise. */
export function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new TypeError(`not an IP address: ${text}`);
  return address;
}

/** The family of an address. */
export function family(address: IpAddress): Family {
  return address.includes(":") ? 6 : 4;
}

/** Network-byte-order bytes: 4 for IPv4, 16 for IPv6. Throws TypeError where a cast made an address of other text. */
export function toBytes(address: IpAddress): Uint8Array {
  const bytes = parse(address);
  if (bytes === undefined) throw new TypeError(`not an IP address: ${address}`);
  return bytes;
}

/** The canonical address of 4 or 16 bytes in network byte order; any other length is a bug and throws. */
export function fromBytes(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` as IpAddress; // join takes four times as long
  if (bytes.length === 16) return formatV6(bytes) as IpAddress;
  throw new TypeError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
}

/** Orders two addresses of one family as unsigned integers in network byte order: negative, zero or positive. */
export function compareIp(a: IpAddress, b: IpAddress): number {
  const left = toHex(toBytes(a));
  const right = toHex(toBytes(b));
  return left === right ? 0 : left < right ? -1 : 1;
}

/** How many addresses there are from one to another of the same family, both included; above 2^53 about. */
export function countAddresses(from: IpAddress, to: IpAddress): number {
  const last = toBytes(to);
  return toBytes(from).reduce((sum, byte, i) => sum * 256 + ((last[i] ?? 0) - byte), 0) + 1;
}

function parse(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

/** Four decimal numbers up to 255 without leading zeros, as inet_pton(3) wants them. In one pass: it is done for every packet. */
function parseV4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = -1; // its value; -1 where a digit must follow
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return undefined;
      part = part === -1 ? digit : 10 * part + digit;
      if (part > 255) return undefined;
    } else {
      if (text[i] !== "." || part === -1) return undefined;
      bytes[parts++] = part; // beyond the fourth it has no effect
      part = -1;
    }
  }
  if (parts !== 3 || part === -1) return undefined;
  bytes[3] = part;
  return bytes;
}

function parseV6(text: string): Uint8Array | undefined {
  const gap = text.indexOf("::");
  const head = groups(gap === -1 ? "" : text.slice(0, gap), false);
  const tail = groups(gap === -1 ? text : text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap === -1 ? missing !== 0 : missing < 1) return undefined;
  const words = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

/** The 16-bit groups of one side of `::`; at the very end of an address a dotted quad counts as two. */
function groups(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const words: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const quad = atEnd && i === parts.length - 1 ? parseV4(part) : undefined;
    if (quad !== undefined) words.push(viewOf(quad).getUint16(0), viewOf(quad).getUint16(2));
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) words.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return words;
}

/** RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zero groups is `::`. */
function formatV6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => viewOf(bytes).getUint16(2 * i));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && words[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
    i += run;
  }
  const hex = (part: number[]): string => part.map((word) => word.toString(16)).join(":");
  return start === -1 ? hex(words) : `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`;
}

/** Of 224.0.0.0/4 or ff00::/8. RFC 5771, RFC 4291 §2.7. */
export function isMulticast(address: IpAddress): boolean {
  const [first = 0] = toBytes(address);
  return family(address) === 4 ? first >= 224 && first < 240 : first === 255;
}

/** Of 169.254.0.0/16 or fe80::/10: valid on one link alone. RFC 3927, RFC 4291 §2.5.6. */
export function isLinkLocal(address: IpAddress): boolean {
  const [first = 0, second = 0] = toBytes(address);
  return family(address) === 4 ? first === 169 && second === 254 : first === 0xfe && second >> 6 === 2;
}

/** Whether a multicast group of IPv6 does not go beyond the link: scope 2, RFC 4291 §2.7. */
export function isLinkLocalGroup(address: IpAddress): boolean {
  const [first = 0, second = 0] = toBytes(address);
  return family(address) === 6 && first === 0xff && (second & 15) === 2;
}
