import { concat } from "../base/bytes.ts";
import { bytesAttribute, nestedAttribute, stringAttribute, u32 } from "./attributes.ts";
import { NLM_F_APPEND, NLM_F_CREATE } from "./constants.ts";
import type { Request } from "./conversation.ts";
import { encodeMessages, LITTLE_ENDIAN } from "./message.ts";
import {
  NF_ACCEPT,
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NFPROTO_INET,
  NFT_MSG_DELSETELEM,
  NFT_MSG_DELTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_MSG_NEWTABLE,
  NFT_SET_CONCAT,
  NFT_SET_INTERVAL,
  NFT_SET_MAP,
  NFT_TABLE_F_OWNER,
  NFTA_CHAIN_HOOK,
  NFTA_CHAIN_NAME,
  NFTA_CHAIN_POLICY,
  NFTA_CHAIN_TABLE,
  NFTA_CHAIN_TYPE,
  NFTA_DATA_VALUE,
  NFTA_HOOK_HOOKNUM,
  NFTA_HOOK_PRIORITY,
  NFTA_LIST_ELEM,
  NFTA_RULE_CHAIN,
  NFTA_RULE_EXPRESSIONS,
  NFTA_RULE_TABLE,
  NFTA_SET_DATA_LEN,
  NFTA_SET_DATA_TYPE,
  NFTA_SET_DESC,
  NFTA_SET_DESC_CONCAT,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_KEY_END,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  NFTA_SET_FIELD_LEN,
  NFTA_SET_FLAGS,
  NFTA_SET_ID,
  NFTA_SET_KEY_LEN,
  NFTA_SET_KEY_TYPE,
  NFTA_SET_NAME,
  NFTA_SET_TABLE,
  NFTA_SET_USERDATA,
  NFTA_TABLE_FLAGS,
  NFTA_TABLE_NAME,
} from "./nft-constants.ts";
import { be32, type NftExpression, type NftSetName } from "./nft-expression.ts";

/**
 * Messages of nf_tables for a table of family inet. All of a batch come true, or none does:
 *
 *     BATCH_BEGIN, requests …, BATCH_END     linux/netfilter/nfnetlink.h
 */

/** What encloses the requests of a batch; neither is answered. */
export const NFT_BATCH: readonly [Uint8Array, Uint8Array] = [
  encodeMessages([{ type: NFNL_MSG_BATCH_BEGIN, flags: 1, sequence: 0, body: header(0, NFNL_SUBSYS_NFTABLES) }]),
  encodeMessages([{ type: NFNL_MSG_BATCH_END, flags: 1, sequence: 0, body: header(0, NFNL_SUBSYS_NFTABLES) }]),
];

/** A table of family inet by its name, or one of another family. */
export type NftTarget = string | { readonly table: string; readonly family: number }; // NFPROTO_*

/** Makes a table. `owned`: it goes with the socket that made it, and nobody else may change it (Linux 5.12). */
export function addTable(table: NftTarget, owned: boolean): Request {
  return request(NFT_MSG_NEWTABLE, 0, table, [
    nameAttribute(NFTA_TABLE_NAME, table),
    be32(NFTA_TABLE_FLAGS, owned ? NFT_TABLE_F_OWNER : 0),
  ]);
}

/** Removes a table with all that is in it. ENOENT: there is none; EPERM: it is another process's. */
export function deleteTable(table: NftTarget): Request {
  return request(NFT_MSG_DELTABLE, 0, table, [nameAttribute(NFTA_TABLE_NAME, table)]);
}

/** A base chain of packets for this host, or from it; what no rule ends is accepted. */
export function addChain(table: NftTarget, name: "in" | "out", priority: number): Request {
  return request(NFT_MSG_NEWCHAIN, NLM_F_CREATE, table, [
    nameAttribute(NFTA_CHAIN_TABLE, table),
    stringAttribute(NFTA_CHAIN_NAME, name),
    stringAttribute(NFTA_CHAIN_TYPE, "filter"),
    be32(NFTA_CHAIN_POLICY, NF_ACCEPT),
    nestedAttribute(
      NFTA_CHAIN_HOOK,
      be32(NFTA_HOOK_HOOKNUM, name === "in" ? NF_INET_LOCAL_IN : NF_INET_LOCAL_OUT),
      be32(NFTA_HOOK_PRIORITY, priority >>> 0),
    ),
  ]);
}

/** A set, and of what. */
export interface NftSet extends NftSetName {
  readonly key: readonly NftKeyPart[];
}

/** A part of a key: how nft(8) shows it, and its bytes. */
export type NftKeyPart = keyof typeof KEY_PARTS;

const KEY_PARTS = {
  ipv4_addr: { type: 7, size: 4, order: "big" },
  ipv6_addr: { type: 8, size: 16, order: "big" },
  inet_proto: { type: 12, size: 1, order: "big" },
  inet_service: { type: 13, size: 2, order: "big" },
  mark: { type: 19, size: 4, order: "host" },
  iface_index: { type: 20, size: 4, order: "host" },
  ifname: { type: 41, size: 16, order: "host" },
} as const;

/** Makes an empty set. The numbers of the types are nft(8)'s, 6 bits each. */
export function addSet(table: NftTarget, { name, id, key }: NftSet): Request {
  const [part, ...others] = key;
  return request(NFT_MSG_NEWSET, NLM_F_CREATE, table, [
    nameAttribute(NFTA_SET_TABLE, table),
    stringAttribute(NFTA_SET_NAME, name),
    be32(NFTA_SET_FLAGS, 0),
    be32(
      NFTA_SET_KEY_TYPE,
      key.reduce((sum, part) => sum * 64 + KEY_PARTS[part].type, 0),
    ),
    be32(
      NFTA_SET_KEY_LEN,
      key.reduce((sum, part) => sum + padded(KEY_PARTS[part].size), 0),
    ),
    be32(NFTA_SET_ID, id),
    ...(part !== undefined && others.length === 0 ? [byteOrder(KEY_PARTS[part].order)] : []),
  ]);
}

/** How nft(8) is to show the elements; the kernel does not look at it. libnftnl/udata.h NFTNL_UDATA_SET_KEYBYTEORDER. */
function byteOrder(order: "host" | "big"): Uint8Array {
  const value = u32(order === "host" ? 1 : 2, LITTLE_ENDIAN);
  return bytesAttribute(NFTA_SET_USERDATA, concat(Uint8Array.of(0, value.length), value));
}

/** A map from ranges of concatenated keys to marks. */
export interface NftMarkMap extends NftSetName {
  readonly key: readonly [NftKeyPart, NftKeyPart];
}

/** Makes an empty map. */
export function addMarkMap(table: NftTarget, { name, id, key }: NftMarkMap): Request {
  const sizes = key.map((part) => KEY_PARTS[part].size);
  const fields = sizes.map((size) => nestedAttribute(NFTA_LIST_ELEM, be32(NFTA_SET_FIELD_LEN, size)));
  return request(NFT_MSG_NEWSET, NLM_F_CREATE, table, [
    nameAttribute(NFTA_SET_TABLE, table),
    stringAttribute(NFTA_SET_NAME, name),
    be32(NFTA_SET_FLAGS, NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_CONCAT),
    be32(NFTA_SET_KEY_TYPE, KEY_PARTS[key[0]].type * 64 + KEY_PARTS[key[1]].type),
    be32(
      NFTA_SET_KEY_LEN,
      sizes.reduce((sum, size) => sum + padded(size), 0),
    ),
    be32(NFTA_SET_DATA_TYPE, KEY_PARTS.mark.type),
    be32(NFTA_SET_DATA_LEN, KEY_PARTS.mark.size),
    be32(NFTA_SET_ID, id),
    nestedAttribute(NFTA_SET_DESC, nestedAttribute(NFTA_SET_DESC_CONCAT, ...fields)),
    bytesAttribute(NFTA_SET_USERDATA, concat(Uint8Array.of(1, 4), u32(1, LITTLE_ENDIAN))), // data in the host's order
  ]);
}

/** From one key to another, part by part, and the mark. */
export interface NftMarkRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly mark: number; // u32
}

/** Puts ranges into a map, or takes them out of it. EEXIST: one meets another. */
export function changeRanges(
  change: "add" | "delete",
  { table, map }: { readonly table: NftTarget; readonly map: string },
  ranges: readonly NftMarkRange[],
): Request[] {
  const requests: Request[] = [];
  const message = change === "add" ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM;
  for (let at = 0; at < ranges.length; at += MOST_RANGES) {
    const items = ranges
      .slice(at, at + MOST_RANGES)
      .map(({ from, to, mark }, i) =>
        nestedAttribute(
          i + 1,
          nestedAttribute(NFTA_SET_ELEM_KEY, bytesAttribute(NFTA_DATA_VALUE, from)),
          nestedAttribute(NFTA_SET_ELEM_KEY_END, bytesAttribute(NFTA_DATA_VALUE, to)),
          nestedAttribute(NFTA_SET_ELEM_DATA, bytesAttribute(NFTA_DATA_VALUE, u32(mark, LITTLE_ENDIAN))),
        ),
      );
    requests.push(
      request(message, change === "add" ? NLM_F_CREATE : 0, table, [
        nameAttribute(NFTA_SET_ELEM_LIST_TABLE, table),
        stringAttribute(NFTA_SET_ELEM_LIST_SET, map),
        nestedAttribute(NFTA_SET_ELEM_LIST_ELEMENTS, ...items),
      ]),
    );
  }
  return requests;
}
const MOST_RANGES = 500;

/** The bytes of an element: its parts, each padded to 4 bytes. */
export function setKey(parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.flatMap((part) => [part, new Uint8Array(padded(part.length) - part.length)]));
}

/** Adds elements to a set; those that are there already stay. */
export function addElements(table: string, set: string, keys: readonly Uint8Array[]): Request[] {
  return elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, { table, set, keys });
}

/** Takes elements out of a set. ENOENT: one is not there. */
export function deleteElements(table: string, set: string, keys: readonly Uint8Array[]): Request[] {
  return elements(NFT_MSG_DELSETELEM, 0, { table, set, keys });
}

/** Appends a rule to a chain. */
export function addRule(table: NftTarget, chain: "in" | "out", expressions: readonly NftExpression[]): Request {
  return request(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table, [
    nameAttribute(NFTA_RULE_TABLE, table),
    stringAttribute(NFTA_RULE_CHAIN, chain),
    nestedAttribute(NFTA_RULE_EXPRESSIONS, ...expressions),
  ]);
}

/** An attribute holds 65535 bytes. */
const MOST_ELEMENTS = 1000;

interface Elements {
  readonly table: string;
  readonly set: string;
  readonly keys: readonly Uint8Array[];
}

function elements(message: number, flags: number, { table, set, keys }: Elements): Request[] {
  const requests: Request[] = [];
  for (let from = 0; from < keys.length; from += MOST_ELEMENTS) {
    const items = keys.slice(from, from + MOST_ELEMENTS).map((key, i) => {
      const value = nestedAttribute(NFTA_SET_ELEM_KEY, bytesAttribute(NFTA_DATA_VALUE, key));
      return nestedAttribute(i + 1, value); // the items of a list are numbered
    });
    requests.push(
      request(message, flags, table, [
        nameAttribute(NFTA_SET_ELEM_LIST_TABLE, table),
        stringAttribute(NFTA_SET_ELEM_LIST_SET, set),
        nestedAttribute(NFTA_SET_ELEM_LIST_ELEMENTS, ...items),
      ]),
    );
  }
  return requests;
}

function request(message: number, flags: number, table: NftTarget, attributes: readonly Uint8Array[]): Request {
  const family = typeof table === "string" ? NFPROTO_INET : table.family;
  return { type: (NFNL_SUBSYS_NFTABLES << 8) | message, flags, body: concat(header(family, 0), ...attributes) };
}

function nameAttribute(type: number, table: NftTarget): Uint8Array {
  return stringAttribute(type, typeof table === "string" ? table : table.table);
}

/** struct nfgenmsg: family u8, version u8 (0), resource id be16. */
function header(family: number, resource: number): Uint8Array {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}

function padded(size: number): number {
  return (size + 3) & ~3;
}
