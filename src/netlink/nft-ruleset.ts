import { concat, viewOf } from "../base/bytes.ts";
import { type Attributes, decodeAttributes, readNested, readString, stringAttribute } from "./attributes.ts";
import { NLM_F_DUMP } from "./constants.ts";
import type { Request } from "./conversation.ts";
import { LITTLE_ENDIAN } from "./message.ts";
import {
  NFNL_SUBSYS_NFTABLES,
  NFT_MSG_GETCHAIN,
  NFT_MSG_GETRULE,
  NFT_MSG_GETSET,
  NFT_MSG_GETSETELEM,
  NFT_SET_ELEM_CATCHALL,
  NFT_SET_ELEM_INTERVAL_END,
  NFT_SET_INTERVAL,
  NFTA_CHAIN_HOOK,
  NFTA_CHAIN_NAME,
  NFTA_CHAIN_POLICY,
  NFTA_CHAIN_TABLE,
  NFTA_CHAIN_TYPE,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_HOOK_HOOKNUM,
  NFTA_HOOK_PRIORITY,
  NFTA_RULE_CHAIN,
  NFTA_RULE_EXPRESSIONS,
  NFTA_RULE_HANDLE,
  NFTA_RULE_TABLE,
  NFTA_SET_DESC,
  NFTA_SET_DESC_CONCAT,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_KEY_END,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  NFTA_SET_FIELD_LEN,
  NFTA_SET_FLAGS,
  NFTA_SET_NAME,
  NFTA_SET_TABLE,
  NFTA_VERDICT_CHAIN,
  NFTA_VERDICT_CODE,
} from "./nft-constants.ts";

/** All that nf_tables has of one network namespace: what `nft list ruleset` shows. */
export interface NftRuleset {
  readonly chains: readonly NftChain[];
  readonly rules: readonly NftRule[]; // of one chain in their order
  readonly sets: readonly NftElements[];
}

/** What a chain, a rule or a set belongs to. */
export interface NftTableName {
  readonly family: number; // NFPROTO_*
  readonly table: string;
}

export interface NftChain extends NftTableName {
  readonly chain: string;
  readonly base: NftBase | undefined; // undefined: only others' rules lead there
}

/** Where the kernel calls a chain. */
export interface NftBase {
  readonly type: string; //     filter, nat, route
  readonly hook: number; //     NF_INET_*
  readonly priority: number;
  readonly policy: number; //   NF_DROP, NF_ACCEPT
}

export interface NftRule extends NftTableName {
  readonly chain: string;
  readonly handle: number;
  readonly expressions: readonly NftStep[];
}

/** One expression of a rule. */
export interface NftStep {
  readonly name: string; // payload, cmp, lookup …
  readonly data: Attributes;
}

/** A set or a map with its elements. */
export interface NftElements extends NftTableName {
  readonly set: string;
  readonly intervals: boolean; // elements without `to` reach to the next one
  readonly parts: readonly number[]; // bytes of each part of a concatenated key; none: it is one
  readonly elements: readonly NftElement[];
}

export interface NftElement {
  readonly key: Uint8Array; // empty: everything else
  readonly to: Uint8Array | undefined; // last of a range of concatenated keys
  readonly end: boolean; // an interval ended before it
  readonly data: NftData | undefined; // of a map
}

/** A value, or what becomes of a packet. */
export type NftData =
  | { readonly type: "value"; readonly bytes: Uint8Array }
  | { readonly type: "verdict"; readonly code: number; readonly chain: string | undefined }; // NF_*, NFT_JUMP …

/** Asks for all chains, rules or sets of all tables. */
export function dumpNft(what: "chains" | "rules" | "sets"): Request {
  const message = { chains: NFT_MSG_GETCHAIN, rules: NFT_MSG_GETRULE, sets: NFT_MSG_GETSET }[what];
  return request(message, 0, []);
}

/** Asks for the elements of a set. */
export function dumpElements({ family, table, set }: Pick<NftElements, "family" | "table" | "set">): Request {
  const names = [stringAttribute(NFTA_SET_ELEM_LIST_TABLE, table), stringAttribute(NFTA_SET_ELEM_LIST_SET, set)];
  return request(NFT_MSG_GETSETELEM, family, names);
}

/** Reads NFT_MSG_NEWCHAIN. Undefined where it is cut short. */
export function decodeChain(body: Uint8Array): NftChain | undefined {
  const { family, attributes } = open(body);
  const table = readString(attributes, NFTA_CHAIN_TABLE);
  const chain = readString(attributes, NFTA_CHAIN_NAME);
  if (table === undefined || chain === undefined) return undefined;
  const hook = readNested(attributes, NFTA_CHAIN_HOOK);
  const number = readBe32(hook, NFTA_HOOK_HOOKNUM);
  const type = readString(attributes, NFTA_CHAIN_TYPE) ?? "filter";
  const priority = (readBe32(hook, NFTA_HOOK_PRIORITY) ?? 0) | 0;
  const policy = readBe32(attributes, NFTA_CHAIN_POLICY) ?? 1;
  return { family, table, chain, base: number === undefined ? undefined : { type, hook: number, priority, policy } };
}

/** Reads NFT_MSG_NEWRULE. */
export function decodeRule(body: Uint8Array): NftRule | undefined {
  const { family, attributes } = open(body);
  const table = readString(attributes, NFTA_RULE_TABLE);
  const chain = readString(attributes, NFTA_RULE_CHAIN);
  if (table === undefined || chain === undefined) return undefined;
  const handle = attributes.get(NFTA_RULE_HANDLE);
  const expressions = items(attributes.get(NFTA_RULE_EXPRESSIONS)).map((item) => {
    const expression = decodeAttributes(item);
    return { name: readString(expression, NFTA_EXPR_NAME) ?? "", data: readNested(expression, NFTA_EXPR_DATA) };
  });
  return { family, table, chain, handle: handle?.length === 8 ? viewOf(handle).getUint32(4) : 0, expressions };
}

/** Reads NFT_MSG_NEWSET: a set, its elements not yet known. */
export function decodeSet(body: Uint8Array): NftElements | undefined {
  const { family, attributes } = open(body);
  const table = readString(attributes, NFTA_SET_TABLE);
  const set = readString(attributes, NFTA_SET_NAME);
  if (table === undefined || set === undefined) return undefined;
  const intervals = ((readBe32(attributes, NFTA_SET_FLAGS) ?? 0) & NFT_SET_INTERVAL) !== 0;
  const concatenated = readNested(attributes, NFTA_SET_DESC).get(NFTA_SET_DESC_CONCAT);
  const parts = items(concatenated).map((item) => readBe32(decodeAttributes(item), NFTA_SET_FIELD_LEN) ?? 4);
  return { family, table, set, intervals, parts, elements: [] };
}

/** Reads NFT_MSG_NEWSETELEM: some of the elements of a set. */
export function decodeElements(body: Uint8Array): readonly NftElement[] {
  return items(open(body).attributes.get(NFTA_SET_ELEM_LIST_ELEMENTS)).flatMap((item) => {
    const element = decodeAttributes(item);
    const flags = readBe32(element, NFTA_SET_ELEM_FLAGS) ?? 0;
    const key = readNested(element, NFTA_SET_ELEM_KEY).get(NFTA_DATA_VALUE);
    if (key === undefined && (flags & NFT_SET_ELEM_CATCHALL) === 0) return [];
    return [
      {
        key: key ?? new Uint8Array(),
        to: readNested(element, NFTA_SET_ELEM_KEY_END).get(NFTA_DATA_VALUE),
        end: (flags & NFT_SET_ELEM_INTERVAL_END) !== 0,
        data: readData(readNested(element, NFTA_SET_ELEM_DATA)),
      },
    ];
  });
}

/** A value or a verdict, as in an immediate expression and in an element of a map. */
export function readData(data: Attributes): NftData | undefined {
  const bytes = data.get(NFTA_DATA_VALUE);
  if (bytes !== undefined) return { type: "value", bytes };
  const verdict = readNested(data, NFTA_DATA_VERDICT);
  const code = readBe32(verdict, NFTA_VERDICT_CODE);
  return code === undefined
    ? undefined
    : { type: "verdict", code: code | 0, chain: readString(verdict, NFTA_VERDICT_CHAIN) };
}

/** 32 bits in network byte order, as nf_tables has all its numbers; undefined where the attribute is missing or too short. */
export function readBe32(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  return value === undefined || value.length < 4 ? undefined : viewOf(value).getUint32(0);
}

/** The values of a list, all of which may have one type. */
function items(list: Uint8Array | undefined): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let rest = list ?? new Uint8Array(); rest.length >= 4; ) {
    const length = viewOf(rest).getUint16(0, LITTLE_ENDIAN);
    if (length < 4 || length > rest.length) break;
    found.push(rest.subarray(4, length));
    rest = rest.subarray(Math.min(rest.length, (length + 3) & ~3));
  }
  return found;
}

/** struct nfgenmsg, and what follows. */
function open(body: Uint8Array): { readonly family: number; readonly attributes: Attributes } {
  return { family: body[0] ?? 0, attributes: decodeAttributes(body.subarray(4)) };
}

function request(message: number, family: number, attributes: readonly Uint8Array[]): Request {
  const type = (NFNL_SUBSYS_NFTABLES << 8) | message;
  return { type, flags: NLM_F_DUMP, body: concat(Uint8Array.of(family, 0, 0, 0), ...attributes) };
}
