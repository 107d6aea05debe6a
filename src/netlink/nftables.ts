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
  NFT_TABLE_F_OWNER,
  NFTA_CHAIN_HOOK,
  NFTA_CHAIN_NAME,
  NFTA_CHAIN_POLICY,
  NFTA_CHAIN_TABLE,
  NFTA_CHAIN_TYPE,
  NFTA_DATA_VALUE,
  NFTA_HOOK_HOOKNUM,
  NFTA_HOOK_PRIORITY,
  NFTA_RULE_CHAIN,
  NFTA_RULE_EXPRESSIONS,
  NFTA_RULE_TABLE,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
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

/** Makes a table. `owned`: it goes with the socket that made it, and nobody else may change it (Linux 5.12). */
export function addTable(table: string, owned: boolean): Request {
  return request(NFT_MSG_NEWTABLE, 0, [
    stringAttribute(NFTA_TABLE_NAME, table),
    be32(NFTA_TABLE_FLAGS, owned ? NFT_TABLE_F_OWNER : 0),
  ]);
}

/** Removes a table with all that is in it. ENOENT: there is none; EPERM: it is another process's. */
export function deleteTable(table: string): Request {
  return request(NFT_MSG_DELTABLE, 0, [stringAttribute(NFTA_TABLE_NAME, table)]);
}

/** A base chain of packets for this host, or from it; what no rule ends is accepted. */
export function addChain(table: string, name: "in" | "out", priority: number): Request {
  return request(NFT_MSG_NEWCHAIN, NLM_F_CREATE, [
    stringAttribute(NFTA_CHAIN_TABLE, table),
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
export function addSet(table: string, { name, id, key }: NftSet): Request {
  const [part, ...others] = key;
  return request(NFT_MSG_NEWSET, NLM_F_CREATE, [
    stringAttribute(NFTA_SET_TABLE, table),
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
export function addRule(table: string, chain: "in" | "out", expressions: readonly NftExpression[]): Request {
  return request(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, [
    stringAttribute(NFTA_RULE_TABLE, table),
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
      request(message, flags, [
        stringAttribute(NFTA_SET_ELEM_LIST_TABLE, table),
        stringAttribute(NFTA_SET_ELEM_LIST_SET, set),
        nestedAttribute(NFTA_SET_ELEM_LIST_ELEMENTS, ...items),
      ]),
    );
  }
  return requests;
}

function request(message: number, flags: number, attributes: readonly Uint8Array[]): Request {
  return { type: (NFNL_SUBSYS_NFTABLES << 8) | message, flags, body: concat(header(NFPROTO_INET, 0), ...attributes) };
}

/** struct nfgenmsg: family u8, version u8 (0), resource id be16. */
function header(family: number, resource: number): Uint8Array {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}

function padded(size: number): number {
  return (size + 3) & ~3;
}
