import { concat, getU16, getU32, putU16, putU32 } from "../base/bytes.ts";
import { NLA_F_NESTED, NLA_TYPE_MASK } from "./constants.ts";
import { align, LITTLE_ENDIAN } from "./message.ts";

/**
 * The attributes of a message by their type, without header and padding (linux/netlink.h `struct nlattr`):
 *
 *      0        2      4
 *     | length | type | value … |   padded to 4 bytes; numbers in host byte order, unless the attribute says otherwise
 *
 * Of two attributes with one type the later counts, as for the kernel.
 */
export type Attributes = ReadonlyMap<number, Uint8Array>;

const NLA_HDRLEN = 4;
const NONE = new Uint8Array();
const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();

/** One attribute, padded; `value` as it is. */
export function bytesAttribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = attribute(type, value.length);
  bytes.set(value, NLA_HDRLEN);
  return bytes;
}

/** One with room for its value. */
function attribute(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(align(NLA_HDRLEN + length));
  putU16(bytes, 0, NLA_HDRLEN + length, LITTLE_ENDIAN);
  putU16(bytes, 2, type, LITTLE_ENDIAN);
  return bytes;
}

/** An attribute of one byte. */
export function u8Attribute(type: number, value: number): Uint8Array {
  return bytesAttribute(type, Uint8Array.of(value));
}

/** An attribute of 16 bits in host byte order. */
export function u16Attribute(type: number, value: number): Uint8Array {
  const bytes = attribute(type, 2);
  putU16(bytes, NLA_HDRLEN, value, LITTLE_ENDIAN);
  return bytes;
}

/** An attribute of 16 bits in network byte order, such as a port. */
export function be16Attribute(type: number, value: number): Uint8Array {
  const bytes = attribute(type, 2);
  putU16(bytes, NLA_HDRLEN, value, false);
  return bytes;
}

/** An attribute of 32 bits in host byte order. */
export function u32Attribute(type: number, value: number): Uint8Array {
  const bytes = attribute(type, 4);
  putU32(bytes, NLA_HDRLEN, value, LITTLE_ENDIAN);
  return bytes;
}

/** A string attribute with its terminating NUL; the text is UTF-8 on the wire. */
export function stringAttribute(type: number, value: string): Uint8Array {
  return bytesAttribute(type, UTF8.encode(`${value}\0`));
}

/** An attribute that holds attributes, marked with NLA_F_NESTED. */
export function nestedAttribute(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return bytesAttribute(type | NLA_F_NESTED, concat(...attributes));
}

/**
 * Splits bytes into attributes; the values are views into them. Never throws: an attribute whose length cannot be true
 * ends the list, and unknown types are simply there. NLA_F_NESTED and NLA_F_NET_BYTEORDER are masked out of the type.
 * `wanted`: of these types alone, where nobody looks at the others.
 */
export function decodeAttributes(bytes: Uint8Array, wanted?: ReadonlySet<number>): Attributes {
  const attributes = new Map<number, Uint8Array>();
  let at = 0;
  while (bytes.length - at >= NLA_HDRLEN) {
    const length = getU16(bytes, at, LITTLE_ENDIAN);
    if (length < NLA_HDRLEN || length > bytes.length - at) break;
    const type = getU16(bytes, at + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK;
    if (wanted === undefined || wanted.has(type)) attributes.set(type, bytes.subarray(at + NLA_HDRLEN, at + length));
    at += align(length);
  }
  return attributes;
}

/** The attributes inside a nested one; none where it is missing. */
export function readNested(attributes: Attributes, type: number, wanted?: ReadonlySet<number>): Attributes {
  return decodeAttributes(attributes.get(type) ?? NONE, wanted);
}

/** The value's bytes, if there are at least `length` of them. */
export function readBytes(attributes: Attributes, type: number, length: number): Uint8Array | undefined {
  const value = attributes.get(type);
  if (value === undefined || value.length < length) return undefined;
  return value.length === length ? value : value.subarray(0, length);
}

/** 16 bits in host byte order; undefined where the attribute is missing or too short. */
export function readU16(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  return value === undefined || value.length < 2 ? undefined : getU16(value, 0, LITTLE_ENDIAN);
}

/** 16 bits in network byte order; undefined where the attribute is missing or too short. */
export function readBe16(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  return value === undefined || value.length < 2 ? undefined : getU16(value, 0, false);
}

/** 32 bits in host byte order; undefined where the attribute is missing or too short. */
export function readU32(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  return value === undefined || value.length < 4 ? undefined : getU32(value, 0, LITTLE_ENDIAN);
}

/** 32 or 64 bits in host byte order, exact up to 2^53; undefined where the attribute is missing or too short. */
export function readUint(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  if (value === undefined || value.length < 4) return undefined;
  if (value.length < 8) return getU32(value, 0, LITTLE_ENDIAN);
  const [first, second] = [getU32(value, 0, LITTLE_ENDIAN), getU32(value, 4, LITTLE_ENDIAN)];
  return LITTLE_ENDIAN ? first + 2 ** 32 * second : 2 ** 32 * first + second;
}

/** Text up to the first NUL, invalid UTF-8 replaced; undefined where the attribute is missing. */
export function readString(attributes: Attributes, type: number): string | undefined {
  const value = attributes.get(type);
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  return TEXT.decode(end === -1 ? value : value.subarray(0, end));
}

/** 16 bits, for attributes and for structs built by hand. */
export function u16(value: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2);
  putU16(bytes, 0, value, littleEndian);
  return bytes;
}

/** 32 bits, for attributes and for structs built by hand. */
export function u32(value: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value, littleEndian);
  return bytes;
}
