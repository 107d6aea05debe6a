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
import { networkHeader, STATE_BITS, type TestPacket, transportHeader } from "./packet.ts";
import { hostWord, metaValue } from "./packet-meta.ts";
import { CELLS, type Cell, compareCells, Registers } from "./registers.ts";
import { findElement } from "./set-lookup.ts";

/**
 * How a rule ends: it does not speak of the packet, it says what becomes of it, or it says what is not known here. `sure`
 * is false where the rule may not speak of it at all.
 */
export type RuleEnd =
  | { readonly type: "next" }
  | { readonly type: "verdict"; readonly verdict: Verdict; readonly sure: boolean }
  | { readonly type: "lost"; readonly sure: boolean };

type Verdict = Extract<NftData, { type: "verdict" }>;

/** What an expression does to a rule. */
type Outcome = "go" | "break" | "perhaps" | Verdict | "lost";

/** Carries out rules on one packet, as the kernel would; a mark that one sets the next ones see. */
export class RuleRun {
  readonly #packet: TestPacket;
  readonly #network: Uint8Array;
  readonly #transport: Uint8Array;
  readonly #sets = new Map<string, NftElements>();
  #registers = new Registers(); // of the rule
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
    this.#registers = new Registers(); // no cell is known
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
        this.#registers.store(readBe32(data, nft.NFTA_META_DREG), [], CELLS);
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
    this.#registers.store(readBe32(data, nft.NFTA_PAYLOAD_DREG), bytes, size);
    return "go";
  }

  #meta(data: Attributes): Outcome {
    const key = readBe32(data, nft.NFTA_META_KEY);
    const source = readBe32(data, nft.NFTA_META_SREG);
    if (source !== undefined) {
      if (key === nft.NFT_META_MARK) this.#mark = this.#registers.load(source, 4);
      return "go";
    }
    const to = readBe32(data, nft.NFTA_META_DREG);
    const value = key === nft.NFT_META_MARK ? this.#mark : metaValue(key, this.#packet);
    this.#registers.store(to, value ?? [], value?.length ?? 16);
    return "go";
  }

  #ct(data: Attributes): Outcome {
    const to = readBe32(data, nft.NFTA_CT_DREG);
    if (to === undefined) return "go"; // sets something
    const state = readBe32(data, nft.NFTA_CT_KEY) === nft.NFT_CT_STATE;
    this.#registers.store(to, state ? hostWord(STATE_BITS[this.#packet.state], 4) : [], state ? 4 : 16);
    return "go";
  }

  #compare(data: Attributes): Outcome {
    const value = readNested(data, nft.NFTA_CMP_DATA).get(nft.NFTA_DATA_VALUE) ?? new Uint8Array();
    const order = compareCells(this.#registers.load(readBe32(data, nft.NFTA_CMP_SREG), value.length), value);
    if (order === undefined) return "perhaps";
    const holds = COMPARISONS.get(readBe32(data, nft.NFTA_CMP_OP) ?? 0);
    return holds === undefined ? "perhaps" : holds(order) ? "go" : "break";
  }

  #range(data: Attributes): Outcome {
    const [low, high] = [nft.NFTA_RANGE_FROM_DATA, nft.NFTA_RANGE_TO_DATA].map(
      (type) => readNested(data, type).get(nft.NFTA_DATA_VALUE) ?? new Uint8Array(),
    );
    const bytes = this.#registers.load(readBe32(data, nft.NFTA_RANGE_SREG), low?.length ?? 0);
    const [above, below] = [
      compareCells(bytes, low ?? new Uint8Array()),
      compareCells(bytes, high ?? new Uint8Array()),
    ];
    if (above === undefined || below === undefined) return "perhaps";
    const inside = above >= 0 && below <= 0;
    return inside === ((readBe32(data, nft.NFTA_RANGE_OP) ?? 0) === 0) ? "go" : "break";
  }

  #bitwise(data: Attributes): Outcome {
    const length = readBe32(data, nft.NFTA_BITWISE_LEN) ?? 0;
    const bytes = this.#registers.load(readBe32(data, nft.NFTA_BITWISE_SREG), length);
    const [mask, xor] = [nft.NFTA_BITWISE_MASK, nft.NFTA_BITWISE_XOR].map((type) =>
      readNested(data, type).get(nft.NFTA_DATA_VALUE),
    );
    const plain = (readBe32(data, nft.NFTA_BITWISE_OP) ?? 0) === 0;
    const result = bytes.map((byte, i) =>
      byte === undefined || !plain ? undefined : (byte & (mask?.[i] ?? 0xff)) ^ (xor?.[i] ?? 0),
    );
    this.#registers.store(readBe32(data, nft.NFTA_BITWISE_DREG), result, length);
    return "go";
  }

  /** To network order and from it are the same turning round; on a host whose order is the network's neither does anything. */
  #byteorder(data: Attributes): Outcome {
    const [length, size] = [nft.NFTA_BYTEORDER_LEN, nft.NFTA_BYTEORDER_SIZE].map((type) => readBe32(data, type) ?? 0);
    const bytes = this.#registers.load(readBe32(data, nft.NFTA_BYTEORDER_SREG), length ?? 0);
    const unit = size === 0 || size === undefined ? 1 : size;
    const turned = bytes.map((_, i) => bytes[i - (i % unit) + unit - 1 - (i % unit)]);
    this.#registers.store(readBe32(data, nft.NFTA_BYTEORDER_DREG), LITTLE_ENDIAN ? turned : bytes, length ?? 0);
    return "go";
  }

  #immediate(data: Attributes): Outcome {
    const value = readData(readNested(data, nft.NFTA_IMMEDIATE_DATA));
    const to = readBe32(data, nft.NFTA_IMMEDIATE_DREG);
    if (value?.type === "verdict") return value.code === CONTINUE ? "go" : value;
    this.#registers.store(to, [...(value?.bytes ?? [])], value?.bytes.length ?? 0);
    return "go";
  }

  #lookup(data: Attributes, { family: protocol, table }: NftRule): Outcome {
    const set = this.#sets.get(JSON.stringify([protocol, table, readString(data, nft.NFTA_LOOKUP_SET)]));
    const inverted = ((readBe32(data, nft.NFTA_LOOKUP_FLAGS) ?? 0) & nft.NFT_LOOKUP_F_INV) !== 0;
    const found =
      set === undefined
        ? undefined
        : findElement(set, (length) => this.#registers.load(readBe32(data, nft.NFTA_LOOKUP_SREG), length));
    const to = readBe32(data, nft.NFTA_LOOKUP_DREG);
    if (found === undefined) {
      this.#registers.store(to, [], 16);
      return to === nft.NFT_REG_VERDICT ? "lost" : "perhaps";
    }
    if (found.length === 0) return inverted ? "go" : "break";
    if (inverted) return "break";
    const value = found[0];
    if (to === undefined || value === undefined) return "go";
    if (value.type === "verdict") return value.code === CONTINUE ? "go" : value;
    this.#registers.store(to, [...value.bytes], value.bytes.length);
    return "go";
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
