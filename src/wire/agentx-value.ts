import { viewOf } from "../base/bytes.ts";
import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";

/** An object identifier, u32 each, at most 128 of them. RFC 2741 §5.1. */
export type Oid = readonly number[];

/** What an object holds. RFC 2741 §5.4, RFC 2578 §7.1. */
export type SnmpValue =
  | { readonly type: "integer"; readonly value: number } // i32
  | { readonly type: "octets"; readonly value: Uint8Array }
  | { readonly type: "oid"; readonly value: Oid }
  | { readonly type: "address"; readonly value: IpAddress } // IPv4
  | { readonly type: "counter" | "gauge" | "ticks"; readonly value: number } // u32; ticks: centiseconds
  | { readonly type: "counter64"; readonly value: bigint }
  | { readonly type: "null" | "no-such-object" | "no-such-instance" | "end-of-view" };

/** An object and what it holds. */
export interface VarBind {
  readonly oid: Oid;
  readonly value: SnmpValue;
}

/** Most of what an object identifier may have, RFC 2741 §5.1. */
export const MOST_SUBIDS = 128;

const TYPES = {
  integer: 2,
  octets: 4,
  null: 5,
  oid: 6,
  address: 64,
  counter: 65,
  gauge: 66,
  ticks: 67,
  counter64: 70,
  "no-such-object": 128,
  "no-such-instance": 129,
  "end-of-view": 130,
} as const satisfies Record<SnmpValue["type"], number>;

/** The start of what is known short: 1.3.6.1.n is one octet, RFC 2741 §5.1. */
const INTERNET: Oid = [1, 3, 6, 1];

/** Little-endian bytes, as a master on the same host has them (RFC 2741 §6.1 leaves the order to the sender). */
export class AgentxWriter {
  readonly #bytes: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  u8(...values: readonly number[]): this {
    this.#bytes.push(...values);
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 0xff, (value >>> 8) & 0xff);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  /** Its length first, and zeros behind it up to a multiple of four. */
  octets(value: Uint8Array): this {
    this.u32(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this.u8(...new Array<number>((4 - (value.length % 4)) % 4).fill(0));
  }

  /** `include`: a search may find this very object. The empty one is null: no object. */
  oid(oid: Oid, include = false): this {
    const short = oid.length > INTERNET.length && INTERNET.every((id, i) => oid[i] === id);
    const prefix = short ? (oid[INTERNET.length] ?? 0) : 0;
    const known = prefix > 0 && prefix < 256;
    const rest = known ? oid.slice(INTERNET.length + 1) : oid;
    this.u8(rest.length, known ? prefix : 0, include ? 1 : 0, 0);
    for (const id of rest) this.u32(id);
    return this;
  }

  varBind({ oid, value }: VarBind): this {
    this.u16(TYPES[value.type]).u16(0).oid(oid);
    switch (value.type) {
      case "integer":
      case "counter":
      case "gauge":
      case "ticks":
        return this.u32(value.value);
      case "octets":
        return this.octets(value.value);
      case "oid":
        return this.oid(value.value);
      case "address":
        return this.octets(toBytes(value.value));
      case "counter64":
        return this.u32(Number(value.value & 0xffff_ffffn)).u32(Number((value.value >> 32n) & 0xffff_ffffn));
      default:
        return this;
    }
  }
}

/**
 * Reads what another has written, in either order of bytes. Whoever reads past the end or what cannot be reads zeros,
 * and `isGood` is false from then on: it is asked once, behind everything.
 */
export class AgentxReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  #at = 0;
  #good = true;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#little = littleEndian;
  }

  get isGood(): boolean {
    return this.#good;
  }

  get isAtEnd(): boolean {
    return !this.#good || this.#at >= this.#bytes.length;
  }

  u8(): number {
    const at = this.#take(1);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return at === undefined ? 0 : this.#view.getUint16(at, this.#little);
  }

  u32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#view.getUint32(at, this.#little);
  }

  octets(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    if (at === undefined) return new Uint8Array();
    this.#take((4 - (length % 4)) % 4);
    return this.#bytes.slice(at, at + length);
  }

  oid(): { readonly oid: Oid; readonly include: boolean } {
    const [length, prefix, include] = [this.u8(), this.u8(), this.u8()];
    this.u8();
    if (length > MOST_SUBIDS) this.#good = false;
    const oid: number[] = prefix === 0 ? [] : [...INTERNET, prefix];
    for (let i = 0; i < length && this.#good; i++) oid.push(this.u32());
    return { oid, include: include !== 0 };
  }

  varBind(): VarBind {
    const type = this.u16();
    this.u16();
    const { oid } = this.oid();
    return { oid, value: this.#value(type) };
  }

  #value(type: number): SnmpValue {
    switch (type) {
      case TYPES.integer:
        return { type: "integer", value: this.u32() | 0 };
      case TYPES.counter:
        return { type: "counter", value: this.u32() };
      case TYPES.gauge:
        return { type: "gauge", value: this.u32() };
      case TYPES.ticks:
        return { type: "ticks", value: this.u32() };
      case TYPES.octets:
        return { type: "octets", value: this.octets() };
      case TYPES.oid:
        return { type: "oid", value: this.oid().oid };
      case TYPES.counter64:
        return { type: "counter64", value: this.#u64() };
      case TYPES.address:
        return this.#address();
      case TYPES.null:
        return { type: "null" };
      case TYPES["no-such-object"]:
        return { type: "no-such-object" };
      case TYPES["no-such-instance"]:
        return { type: "no-such-instance" };
      case TYPES["end-of-view"]:
        return { type: "end-of-view" };
      default:
        this.#good = false;
        return { type: "null" };
    }
  }

  #address(): SnmpValue {
    const bytes = this.octets();
    if (bytes.length !== 4) this.#good = false;
    return this.#good ? { type: "address", value: fromBytes(bytes) } : { type: "null" };
  }

  #u64(): bigint {
    const at = this.#take(8);
    return at === undefined ? 0n : this.#view.getBigUint64(at, this.#little);
  }

  #take(length: number): number | undefined {
    const at = this.#at;
    if (!this.#good || length > this.#bytes.length - at) {
      this.#good = false;
      return undefined;
    }
    this.#at += length;
    return at;
  }
}
