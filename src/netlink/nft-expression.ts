import { bytesAttribute, nestedAttribute, stringAttribute, u32 } from "./attributes.ts";
import {
  NF_ACCEPT,
  NF_DROP,
  NFT_CMP_EQ,
  NFT_CMP_GTE,
  NFT_CMP_LTE,
  NFT_META_IIF,
  NFT_META_IIFNAME,
  NFT_META_L4PROTO,
  NFT_META_MARK,
  NFT_META_NFPROTO,
  NFT_META_OIF,
  NFT_META_OIFNAME,
  NFT_PAYLOAD_NETWORK_HEADER,
  NFT_PAYLOAD_TRANSPORT_HEADER,
  NFT_REG_1,
  NFT_REG_VERDICT,
  NFT_REG32_00,
  NFT_RETURN,
  NFTA_CMP_DATA,
  NFTA_CMP_OP,
  NFTA_CMP_SREG,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_IMMEDIATE_DATA,
  NFTA_IMMEDIATE_DREG,
  NFTA_LIST_ELEM,
  NFTA_LOOKUP_DREG,
  NFTA_LOOKUP_SET,
  NFTA_LOOKUP_SET_ID,
  NFTA_LOOKUP_SREG,
  NFTA_META_DREG,
  NFTA_META_KEY,
  NFTA_META_SREG,
  NFTA_PAYLOAD_BASE,
  NFTA_PAYLOAD_DREG,
  NFTA_PAYLOAD_LEN,
  NFTA_PAYLOAD_OFFSET,
  NFTA_VERDICT_CODE,
} from "./nft-constants.ts";

/** One step of an nftables rule: it loads registers, compares them, or ends the rule. Encoded, an item of its list. */
export type NftExpression = Uint8Array;

/** A value that is loaded: from the packet, or from what the kernel knows of it. */
export type NftField =
  | { readonly type: "payload"; readonly base: "network" | "transport"; readonly offset: number; readonly size: number }
  | { readonly type: "meta"; readonly key: keyof typeof META; readonly size: number };

/** A set that a rule looks into; `id` is its number in the batch that makes it. */
export interface NftSetName {
  readonly name: string;
  readonly id: number;
}

const META = {
  mark: NFT_META_MARK,
  iif: NFT_META_IIF,
  oif: NFT_META_OIF,
  iifname: NFT_META_IIFNAME,
  oifname: NFT_META_OIFNAME,
  nfproto: NFT_META_NFPROTO,
  l4proto: NFT_META_L4PROTO,
} as const;

const BASE = { network: NFT_PAYLOAD_NETWORK_HEADER, transport: NFT_PAYLOAD_TRANSPORT_HEADER } as const;

/** Goes on where a field has this value. */
export function equals(field: NftField, value: Uint8Array): NftExpression[] {
  return [load(field, NFT_REG_1), compare(NFT_CMP_EQ, value)];
}

/** Goes on where a field of one byte lies between two values, both included. */
export function between(field: NftField, low: number, high: number): NftExpression[] {
  return [load(field, NFT_REG_1), compare(NFT_CMP_GTE, Uint8Array.of(low)), compare(NFT_CMP_LTE, Uint8Array.of(high))];
}

/** Goes on where the fields, one behind the other, are an element of a set. */
export function isIn(fields: readonly NftField[], set: NftSetName): NftExpression[] {
  return lookup(fields, set, []);
}

/** The mark that a map has for the fields becomes the packet's; where it has none, the rule does not speak of it. */
export function markBy(fields: readonly NftField[], map: NftSetName): NftExpression[] {
  const set = expression("meta", [be32(NFTA_META_KEY, NFT_META_MARK), be32(NFTA_META_SREG, NFT_REG_1)]);
  return [...lookup(fields, map, [be32(NFTA_LOOKUP_DREG, NFT_REG_1)]), set];
}

function lookup(fields: readonly NftField[], { name, id }: NftSetName, more: readonly Uint8Array[]): NftExpression[] {
  let word = 0;
  const loads = fields.map((field) => {
    const loaded = load(field, register(word));
    word += Math.ceil(field.size / 4);
    return loaded;
  });
  const names = [stringAttribute(NFTA_LOOKUP_SET, name), be32(NFTA_LOOKUP_SET_ID, id)];
  return [...loads, expression("lookup", [be32(NFTA_LOOKUP_SREG, NFT_REG_1), ...names, ...more])];
}

/** Counts packets and bytes. */
export function counter(): NftExpression {
  return expression("counter", []);
}

/** Ends the rule, and the chain, with a verdict. */
export function verdict(what: "accept" | "drop" | "return"): NftExpression {
  const code = be32(NFTA_VERDICT_CODE, VERDICTS[what] >>> 0);
  return expression("immediate", [
    be32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT),
    nestedAttribute(NFTA_IMMEDIATE_DATA, nestedAttribute(NFTA_DATA_VERDICT, code)),
  ]);
}

const VERDICTS = { accept: NF_ACCEPT, drop: NF_DROP, return: NFT_RETURN } as const;

/** An attribute of 32 bits in network byte order, as nf_tables has all its numbers. */
export function be32(type: number, value: number): Uint8Array {
  return bytesAttribute(type, u32(value, false));
}

/** Whole 16-byte registers have names of their own. */
function register(word: number): number {
  return word % 4 === 0 ? NFT_REG_1 + word / 4 : NFT_REG32_00 + word;
}

function load(field: NftField, to: number): NftExpression {
  if (field.type === "meta")
    return expression("meta", [be32(NFTA_META_KEY, META[field.key]), be32(NFTA_META_DREG, to)]);
  return expression("payload", [
    be32(NFTA_PAYLOAD_DREG, to),
    be32(NFTA_PAYLOAD_BASE, BASE[field.base]),
    be32(NFTA_PAYLOAD_OFFSET, field.offset),
    be32(NFTA_PAYLOAD_LEN, field.size),
  ]);
}

function compare(operator: number, value: Uint8Array): NftExpression {
  return expression("cmp", [
    be32(NFTA_CMP_SREG, NFT_REG_1),
    be32(NFTA_CMP_OP, operator),
    nestedAttribute(NFTA_CMP_DATA, bytesAttribute(NFTA_DATA_VALUE, value)),
  ]);
}

function expression(name: string, data: readonly Uint8Array[]): NftExpression {
  return nestedAttribute(
    NFTA_LIST_ELEM,
    stringAttribute(NFTA_EXPR_NAME, name),
    nestedAttribute(NFTA_EXPR_DATA, ...data),
  );
}
