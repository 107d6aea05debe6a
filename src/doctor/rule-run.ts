import { viewOf } from "../base/bytes.ts";
import { family } from "../base/ip.ts";
import { type Attributes, readNested, readString } from "../netlink/attributes.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import * as nft from "../netlink/nft-constants.ts";
import {
  type NftData,
  type NftElements,
  type NftRule,
  type NftRuleset,
  readBe32,
  readData,
} from "../netlink/nft-ruleset.ts";
import { type NamedLink, networkHeader, STATE_BITS, type TestPacket, transportHeader } from "./packet.ts";

/**
 * How a rule ends: it does not speak of the packet, it says what becomes of it, or it says what is not known here. `sure`
 * is false where the rule may not speak of it at all.
 */
export type RuleEnd =
  | { readonly type: "next" }
  | { readonly type: "verdict"; readonly verdict: Verdict; readonly sure: boolean }
  | { readonly type: "lost"; readonly sure: boolean };

type Verdict = Extract<NftData, { type: "verdict" }>;

/** A byte of a register; undefined: not known. */
type Cell = number | undefined;
/** What an expression does to a rule. */
type Outcome = "go" | "break" | "perhaps" | Verdict | "lost";

/** Registers are 16 words; NFT_REG_1 to 4 are four words each. linux/netfilter/nf_tables.h. */
const CELLS = 64;

/** Carries out rules on one packet, as the kernel would; a mark that one sets the next ones see. */
export class RuleRun {
  readonly #packet: TestPacket;
  readonly #network: Uint8Array;
  readonly #transport: Uint8Array;
  readonly #sets = new Map<string, NftElements>();
  #cells: Cell[] = [];
  #count = 0;
  #mark: readonly Cell[] = [0, 0, 0, 0];

  constructor(packet: TestPacket, { sets }: NftRuleset) {
    this.#packet = packet;
    this.#network = networkHeader(packet);
    this.#transport = transportHeader(packet);
    for (const one of sets) this.#sets.set(JSON.stringify([one.family, one.table, one.set]), one);
  }

  /** How many rules were carried out. */
  get count(): number {
    return this.#count;
  }

  run(rule: NftRule): RuleEnd {
    this.#count++;
    this.#cells = new Array<Cell>(CELLS).fill(undefined);
    let sure = true;
    for (const { name, data } of rule.expressions) {
      const outcome = this.#step(name, data, rule);
      if (outcome === "break") return { type: "next" };
      if (outcome === "lost") return { type: "lost", sure };
      if (outcome === "perhaps") sure = false;
      if (typeof outcome === "object") return { type: "verdict", verdict: outcome, sure };
    }
    return { type: "next" };
  }

  #step(name: string, data: Attributes, rule: NftRule): Outcome {
    switch (name) {
      case "payload":
        return this.#payload(data);
      case "meta":
        return this.#meta(data);
      case "ct":
        return this.#ct(data);
      case "cmp":
        return this.#compare(data);
      case "range":
        return this.#range(data);
      case "bitwise":
        return this.#bitwise(data);
      case "byteorder":
        return this.#byteorder(data);
      case "immediate":
        return this.#immediate(data);
      case "lookup":
        return this.#lookup(data, rule);
      case "counter":
      case "log":
      case "notrack":
      case "dynset":
      case "flow_offload":
        return "go";
      case "reject":
        return DROP;
      case "target":
        return TARGETS.get(readString(data, nft.NFTA_TARGET_NAME) ?? "") ?? "lost";
      case "match":
        return readString(data, nft.NFTA_MATCH_NAME) === "comment" ? "go" : "perhaps";
      case "queue":
      case "synproxy":
      case "tproxy":
        return "lost";
      default: // limit, quota, connlimit, fib, socket …: it may speak of this packet
        this.#store(readBe32(data, nft.NFTA_META_DREG), [], CELLS);
        return "perhaps";
    }
  }

  #payload(data: Attributes): Outcome {
    const [base, offset, length] = [nft.NFTA_PAYLOAD_BASE, nft.NFTA_PAYLOAD_OFFSET, nft.NFTA_PAYLOAD_LEN].map(
      (type) => readBe32(data, type) ?? 0,
    );
    const header =
      base === nft.NFT_PAYLOAD_NETWORK_HEADER
        ? this.#network
        : base === nft.NFT_PAYLOAD_TRANSPORT_HEADER
          ? this.#transport
          : new Uint8Array();
    const from = offset ?? 0;
    const size = Math.min(length ?? 0, CELLS);
    const bytes = Array.from({ length: size }, (_, i) => header[from + i]);
    this.#store(readBe32(data, nft.NFTA_PAYLOAD_DREG), bytes, size);
    return "go";
  }

  #meta(data: Attributes): Outcome {
    const key = readBe32(data, nft.NFTA_META_KEY);
    const source = readBe32(data, nft.NFTA_META_SREG);
    if (source !== undefined) {
      if (key === nft.NFT_META_MARK) this.#mark = this.#load(source, 4);
      return "go";
    }
    const to = readBe32(data, nft.NFTA_META_DREG);
    const value = this.#metaValue(key);
    this.#store(to, value ?? [], value?.length ?? 16);
    return "go";
  }

  #metaValue(key: number | undefined): readonly Cell[] | undefined {
    const { protocol, source, in: from, out: to } = this.#packet;
    const v4 = family(source) === 4;
    switch (key) {
      case nft.NFT_META_MARK:
        return this.#mark;
      case nft.NFT_META_PROTOCOL:
        return v4 ? [0x08, 0x00] : [0x86, 0xdd];
      case nft.NFT_META_NFPROTO:
        return [v4 ? nft.NFPROTO_IPV4 : nft.NFPROTO_IPV6];
      case nft.NFT_META_L4PROTO:
        return [protocol];
      case nft.NFT_META_IIF:
        return word(from?.ifindex ?? 0, 4);
      case nft.NFT_META_OIF:
        return word(to?.ifindex ?? 0, 4);
      case nft.NFT_META_IIFNAME:
        return linkName(from);
      case nft.NFT_META_OIFNAME:
        return linkName(to);
      case nft.NFT_META_IIFTYPE:
        return from === undefined ? undefined : word(from.type, 2);
      case nft.NFT_META_OIFTYPE:
        return to === undefined ? undefined : word(to.type, 2);
      default:
        return undefined;
    }
  }

  #ct(data: Attributes): Outcome {
    const to = readBe32(data, nft.NFTA_CT_DREG);
    if (to === undefined) return "go"; // sets something
    const state = readBe32(data, nft.NFTA_CT_KEY) === nft.NFT_CT_STATE;
    this.#store(to, state ? word(STATE_BITS[this.#packet.state], 4) : [], state ? 4 : 16);
    return "go";
  }

  #compare(data: Attributes): Outcome {
    const value = readNested(data, nft.NFTA_CMP_DATA).get(nft.NFTA_DATA_VALUE) ?? new Uint8Array();
    const order = compare(this.#load(readBe32(data, nft.NFTA_CMP_SREG), value.length), value);
    if (order === undefined) return "perhaps";
    const holds = COMPARISONS.get(readBe32(data, nft.NFTA_CMP_OP) ?? 0);
    return holds === undefined ? "perhaps" : holds(order) ? "go" : "break";
  }

  #range(data: Attributes): Outcome {
    const [low, high] = [nft.NFTA_RANGE_FROM_DATA, nft.NFTA_RANGE_TO_DATA].map(
      (type) => readNested(data, type).get(nft.NFTA_DATA_VALUE) ?? new Uint8Array(),
    );
    const bytes = this.#load(readBe32(data, nft.NFTA_RANGE_SREG), low?.length ?? 0);
    const [above, below] = [compare(bytes, low ?? new Uint8Array()), compare(bytes, high ?? new Uint8Array())];
    if (above === undefined || below === undefined) return "perhaps";
    const inside = above >= 0 && below <= 0;
    return inside === ((readBe32(data, nft.NFTA_RANGE_OP) ?? 0) === 0) ? "go" : "break";
  }

  #bitwise(data: Attributes): Outcome {
    const length = readBe32(data, nft.NFTA_BITWISE_LEN) ?? 0;
    const bytes = this.#load(readBe32(data, nft.NFTA_BITWISE_SREG), length);
    const [mask, xor] = [nft.NFTA_BITWISE_MASK, nft.NFTA_BITWISE_XOR].map((type) =>
      readNested(data, type).get(nft.NFTA_DATA_VALUE),
    );
    const plain = (readBe32(data, nft.NFTA_BITWISE_OP) ?? 0) === 0;
    const result = bytes.map((byte, i) =>
      byte === undefined || !plain ? undefined : (byte & (mask?.[i] ?? 0xff)) ^ (xor?.[i] ?? 0),
    );
    this.#store(readBe32(data, nft.NFTA_BITWISE_DREG), result, length);
    return "go";
  }

  /** To network order and from it are the same turning round; on a host whose order is the network's neither does anything. */
  #byteorder(data: Attributes): Outcome {
    const [length, size] = [nft.NFTA_BYTEORDER_LEN, nft.NFTA_BYTEORDER_SIZE].map((type) => readBe32(data, type) ?? 0);
    const bytes = this.#load(readBe32(data, nft.NFTA_BYTEORDER_SREG), length ?? 0);
    const unit = size === 0 || size === undefined ? 1 : size;
    const turned = bytes.map((_, i) => bytes[i - (i % unit) + unit - 1 - (i % unit)]);
    this.#store(readBe32(data, nft.NFTA_BYTEORDER_DREG), LITTLE_ENDIAN ? turned : bytes, length ?? 0);
    return "go";
  }

  #immediate(data: Attributes): Outcome {
    const value = readData(readNested(data, nft.NFTA_IMMEDIATE_DATA));
    const to = readBe32(data, nft.NFTA_IMMEDIATE_DREG);
    if (value?.type === "verdict") return value.code === CONTINUE ? "go" : value;
    this.#store(to, [...(value?.bytes ?? [])], value?.bytes.length ?? 0);
    return "go";
  }

  #lookup(data: Attributes, { family: protocol, table }: NftRule): Outcome {
    const set = this.#sets.get(JSON.stringify([protocol, table, readString(data, nft.NFTA_LOOKUP_SET)]));
    const inverted = ((readBe32(data, nft.NFTA_LOOKUP_FLAGS) ?? 0) & nft.NFT_LOOKUP_F_INV) !== 0;
    const found =
      set === undefined ? undefined : find(set, (length) => this.#load(readBe32(data, nft.NFTA_LOOKUP_SREG), length));
    const to = readBe32(data, nft.NFTA_LOOKUP_DREG);
    if (found === undefined) {
      this.#store(to, [], 16);
      return to === nft.NFT_REG_VERDICT ? "lost" : "perhaps";
    }
    if (found.length === 0) return inverted ? "go" : "break";
    if (inverted) return "break";
    const value = found[0];
    if (to === undefined || value === undefined) return "go";
    if (value.type === "verdict") return value.code === CONTINUE ? "go" : value;
    this.#store(to, [...value.bytes], value.bytes.length);
    return "go";
  }

  #load(register: number | undefined, length: number): readonly Cell[] {
    const at = offsetOf(register);
    return this.#cells.slice(at, at + length);
  }

  #store(register: number | undefined, bytes: readonly Cell[], length: number): void {
    if (register === undefined || register === nft.NFT_REG_VERDICT) return;
    const at = offsetOf(register);
    const size = Math.max(length, bytes.length);
    for (let i = 0; i < size && at + i < CELLS; i++) this.#cells[at + i] = bytes[i];
    for (let i = size; i % 4 !== 0 && at + i < CELLS; i++) this.#cells[at + i] = 0; // the kernel fills words
  }
}

const CONTINUE = -1; // NFT_CONTINUE
const DROP: Verdict = { type: "verdict", code: nft.NF_DROP, chain: undefined };
const ACCEPT: Verdict = { type: "verdict", code: nft.NF_ACCEPT, chain: undefined };
/** Targets of iptables. */
const TARGETS: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ["DROP", DROP],
  ["REJECT", DROP],
  ["ACCEPT", ACCEPT],
  ["LOG", "go"],
  ["NFLOG", "go"],
  ["TCPMSS", "go"],
]);
const COMPARISONS: ReadonlyMap<number, (order: number) => boolean> = new Map([
  [nft.NFT_CMP_EQ, (order) => order === 0],
  [nft.NFT_CMP_NEQ, (order) => order !== 0],
  [nft.NFT_CMP_LT, (order) => order < 0],
  [nft.NFT_CMP_LTE, (order) => order <= 0],
  [nft.NFT_CMP_GT, (order) => order > 0],
  [nft.NFT_CMP_GTE, (order) => order >= 0],
]);

function offsetOf(register = 0): number {
  return register < nft.NFT_REG32_00 ? (register - nft.NFT_REG_1) * 16 : (register - nft.NFT_REG32_00) * 4;
}

/** As memcmp(3); undefined where a byte that decides is not known. */
function compare(bytes: readonly Cell[], value: Uint8Array): number | undefined {
  for (let i = 0; i < value.length; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    const difference = byte - (value[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The data of the element that has the key, itself undefined in a set; none; undefined where the key is not known. */
function find(
  { elements, intervals, parts }: NftElements,
  load: (length: number) => readonly Cell[],
): readonly (NftData | undefined)[] | undefined {
  const length = elements.find(({ key }) => key.length > 0)?.key.length ?? 0;
  const key = load(length);
  if (key.includes(undefined)) return undefined;
  const known = Uint8Array.from(key, (byte) => byte ?? 0);
  let best: (typeof elements)[number] | undefined;
  for (const element of elements) {
    if (element.key.length === 0) continue;
    if (element.to !== undefined) {
      if (inRange(known, element.key, element.to, parts)) return [element.data];
    } else if (!intervals) {
      if (compare(key, element.key) === 0) return [element.data];
    } else if ((compare(key, element.key) ?? -1) >= 0) {
      const order = best === undefined ? 1 : (compare([...element.key], best.key) ?? 0);
      if (order > 0 || (order === 0 && best?.end === true)) best = element;
    }
  }
  if (best !== undefined && !best.end) return [best.data];
  const rest = elements.find((element) => element.key.length === 0);
  return rest === undefined ? [] : [rest.data];
}

/** Whether each part of a concatenated key lies in its range; the parts begin at words. */
function inRange(key: Uint8Array, from: Uint8Array, to: Uint8Array, parts: readonly number[]): boolean {
  let at = 0;
  for (const size of parts.length === 0 ? [key.length] : parts) {
    const [value, low, high] = [key, from, to].map((bytes) => bytes.subarray(at, at + size));
    if (value === undefined || low === undefined || high === undefined) return false;
    if ((compare([...value], low) ?? 0) < 0 || (compare([...value], high) ?? 0) > 0) return false;
    at += (size + 3) & ~3;
  }
  return true;
}

function word(value: number, size: 2 | 4): readonly Cell[] {
  const bytes = new Uint8Array(size);
  if (size === 4) viewOf(bytes).setUint32(0, value, LITTLE_ENDIAN);
  else viewOf(bytes).setUint16(0, value, LITTLE_ENDIAN);
  return [...bytes];
}

/** 16 bytes; what is no packet of an interface has none. */
function linkName(link: NamedLink | undefined): readonly Cell[] {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(link?.name ?? "").subarray(0, 15));
  return [...bytes];
}
