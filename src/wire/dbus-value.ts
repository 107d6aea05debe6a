import { viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";

/**
 * A value of D-Bus, by its type: numbers for `y n q i u d h`, bigint for `x t`, text for `s o g`, a list for a struct and
 * for an array; a dictionary is an array of pairs. D-Bus Specification 0.43, "Type system".
 */
export type DbusValue = number | bigint | boolean | string | readonly DbusValue[] | DbusVariant;

/** A value that carries its own type: `v`. */
export interface DbusVariant {
  readonly signature: string; // one complete type
  readonly value: DbusValue;
}

/** Why bytes are not values of a signature. */
export type DbusValueDrop = "signature" | "truncated" | "padding" | "text" | "boolean" | "array" | "depth";

/** What bytes held, and where the values ended. */
export interface DbusValues {
  readonly values: readonly DbusValue[];
  readonly end: number;
}

/** Containers within containers, as the reference implementation bounds them. */
const DEPTH = 64;
/** The longest signature, "Valid Signatures". */
const LONGEST_SIGNATURE = 255;
const ALIGNMENT: Readonly<Record<string, number>> = {
  ...{ y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, x: 8, t: 8, d: 8, h: 4 },
  ...{ s: 4, o: 4, g: 1, v: 1, a: 4, "(": 8, "{": 8 },
};
const BASIC = "ybnqiuxtdhsog";

/** The complete types of a signature, one behind the other; undefined where it is none. */
export function completeTypes(signature: string): readonly string[] | undefined {
  if (signature.length > LONGEST_SIGNATURE) return undefined;
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at, DEPTH);
    if (end === undefined) return undefined;
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

/** The values as bytes, little-endian, from an offset that is divisible by 8. What does not fit its type is a bug: throws. */
export function encodeValues(signature: string, values: readonly DbusValue[]): Uint8Array {
  const writer = new Writer();
  const types = completeTypes(signature);
  if (types?.length !== values.length) throw new TypeError(`not values of ${signature}`);
  types.forEach((type, i) => void writer.write(type, values[i] as DbusValue));
  return writer.bytes;
}

/** Reads the values of a signature from the start of `bytes`; what lies behind them is left. Never throws. */
export function decodeValues(
  signature: string,
  bytes: Uint8Array,
  littleEndian: boolean,
): Decoded<DbusValues, DbusValueDrop> {
  const reader = new Reader(bytes, littleEndian);
  try {
    const types = completeTypes(signature) ?? refuse("signature");
    return accept({ values: types.map((type) => reader.read(type, DEPTH)), end: reader.at });
  } catch (error) {
    if (error instanceof Refusal) return drop(error.reason);
    throw error;
  }
}

/** Where the complete type that begins at `at` ends. */
function endOfType(signature: string, at: number, depth: number): number | undefined {
  const first = signature[at] ?? "";
  if (first === "") return undefined;
  if (BASIC.includes(first) || first === "v") return at + 1;
  if (depth === 0) return undefined;
  if (first === "a") {
    if (signature[at + 1] !== "{") return endOfType(signature, at + 1, depth - 1);
    if (!BASIC.includes(signature[at + 2] ?? " ")) return undefined; // keys are of basic types
    const end = endOfType(signature, at + 3, depth - 1);
    return end !== undefined && signature[end] === "}" ? end + 1 : undefined;
  }
  if (first !== "(") return undefined;
  let inside: number | undefined = at + 1;
  do inside = endOfType(signature, inside, depth - 1);
  while (inside !== undefined && signature[inside] !== ")");
  return inside === undefined ? undefined : inside + 1;
}

/** The types inside a struct or a dictionary's entry. */
function members(type: string): readonly string[] {
  return completeTypes(type.slice(1, -1)) ?? [];
}

class Refusal extends Error {
  readonly reason: DbusValueDrop;
  constructor(reason: DbusValueDrop) {
    super(reason);
    this.reason = reason;
  }
}

function refuse(reason: DbusValueDrop): never {
  throw new Refusal(reason);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  at = 0;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#little = littleEndian;
  }

  read(type: string, depth: number): DbusValue {
    const kind = type[0] ?? "";
    this.#align(ALIGNMENT[kind] ?? 1);
    switch (kind) {
      case "y":
        return this.#view.getUint8(this.#take(1));
      case "n":
        return this.#view.getInt16(this.#take(2), this.#little);
      case "q":
        return this.#view.getUint16(this.#take(2), this.#little);
      case "i":
        return this.#view.getInt32(this.#take(4), this.#little);
      case "u":
      case "h":
        return this.#length();
      case "b": {
        const value = this.#length();
        return value > 1 ? refuse("boolean") : value === 1;
      }
      case "x":
        return this.#view.getBigInt64(this.#take(8), this.#little);
      case "t":
        return this.#view.getBigUint64(this.#take(8), this.#little);
      case "d":
        return this.#view.getFloat64(this.#take(8), this.#little);
      case "s":
      case "o":
        return this.#text(this.#length());
      case "g":
        return this.#text(this.#view.getUint8(this.#take(1)));
      default:
        return depth === 0 ? refuse("depth") : this.#container(type, depth - 1);
    }
  }

  #container(type: string, depth: number): DbusValue {
    if (type === "v") {
      const signature = this.#text(this.#view.getUint8(this.#take(1)));
      const [inner, ...more] = completeTypes(signature) ?? [];
      if (inner === undefined || more.length > 0) refuse("signature");
      return { signature, value: this.read(inner, depth) };
    }
    if (type[0] !== "a") return members(type).map((member) => this.read(member, depth));
    const length = this.#length();
    const element = type.slice(1);
    this.#align(ALIGNMENT[element[0] ?? ""] ?? 1); // not counted in the length
    const end = this.at + length;
    if (end > this.#bytes.length) refuse("truncated");
    const values: DbusValue[] = [];
    while (this.at < end) values.push(this.read(element, depth));
    return this.at === end ? values : refuse("array");
  }

  #length(): number {
    return this.#view.getUint32(this.#take(4), this.#little);
  }

  #text(length: number): string {
    const start = this.#take(length + 1);
    const bytes = this.#bytes.subarray(start, start + length);
    if (this.#bytes[start + length] !== 0 || bytes.includes(0)) refuse("text");
    try {
      return utf8.decode(bytes);
    } catch {
      return refuse("text");
    }
  }

  #align(to: number): void {
    const start = this.#take(-this.at & (to - 1));
    if (this.#bytes.subarray(start, this.at).some((byte) => byte !== 0)) refuse("padding");
  }

  #take(count: number): number {
    const start = this.at;
    if (count > this.#bytes.length - start) refuse("truncated");
    this.at += count;
    return start;
  }
}

class Writer {
  readonly #out: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#out);
  }

  write(type: string, value: DbusValue): void {
    const kind = type[0] ?? "";
    this.#align(ALIGNMENT[kind] ?? 1);
    if (kind === "v") this.#variant(value as DbusVariant);
    else if (kind === "a") this.#array(type.slice(1), value as readonly DbusValue[]);
    else if (kind === "(" || kind === "{") this.#members(members(type), value as readonly DbusValue[]);
    else if (kind === "g") this.#text(String(value), 1);
    else if (kind === "s" || kind === "o") this.#text(String(value), 4);
    else if (kind === "d") this.#double(Number(value));
    else this.#integer(BigInt(value as number | bigint | boolean), ALIGNMENT[kind] ?? 1);
  }

  #variant({ signature, value }: DbusVariant): void {
    this.#text(signature, 1);
    this.write(signature, value);
  }

  #array(element: string, values: readonly DbusValue[]): void {
    const at = this.#out.length;
    this.#integer(0n, 4);
    this.#align(ALIGNMENT[element[0] ?? ""] ?? 1); // not counted in the length
    const start = this.#out.length;
    for (const value of values) this.write(element, value);
    const length = this.#out.length - start;
    for (let i = 0; i < 4; i++) this.#out[at + i] = (length >>> (8 * i)) & 0xff;
  }

  #members(types: readonly string[], values: readonly DbusValue[]): void {
    if (types.length !== values.length) throw new TypeError(`not a value of (${types.join("")})`);
    types.forEach((type, i) => void this.write(type, values[i] as DbusValue));
  }

  #text(text: string, sizeOfLength: number): void {
    const bytes = new TextEncoder().encode(text);
    this.#integer(BigInt(bytes.length), sizeOfLength);
    for (const byte of bytes) this.#out.push(byte);
    this.#out.push(0);
  }

  #integer(value: bigint, size: number): void {
    for (let i = 0; i < size; i++) this.#out.push(Number((value >> BigInt(8 * i)) & 0xffn));
  }

  #double(value: number): void {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setFloat64(0, value, true);
    this.#out.push(...bytes);
  }

  #align(to: number): void {
    while (this.#out.length % to !== 0) this.#out.push(0);
  }
}
