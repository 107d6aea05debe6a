import { type Family, type IpAddress, toBytes } from "../base/ip.ts";
import type { Protocol } from "../base/ipvs.ts";
import { u16 } from "./attributes.ts";
import type { Request } from "./conversation.ts";
import { NFPROTO_IPV4, NFPROTO_IPV6 } from "./nft-constants.ts";
import { equals, markBy, type NftExpression, type NftField, verdict } from "./nft-expression.ts";
import {
  addChain,
  addMarkMap,
  addRule,
  addTable,
  changeRanges,
  deleteTable,
  type NftMarkMap,
  type NftMarkRange,
  type NftTarget,
  setKey,
} from "./nftables.ts";

/**
 * The tables of `nftables_ipvs`, of both families, with the names, the map and the rule that keepalived 2.2.7 makes
 * (seen with nft list ruleset):
 *
 *     map tcp_map { type ipv4_addr . inet_service : mark; flags interval; }
 *     chain in { type filter hook input priority filter - 1;
 *       meta mark set ip daddr . tcp dport map @tcp_map return }
 *
 * What a group has on every port stands in a map of its own, asked behind the first: as in IPVS, a port of its own comes
 * first. (Keepalived differs: it marks port 0 alone, which no packet has.)
 */
export interface MarkTables {
  readonly table: string;
  readonly priority: number; // of the base chains
}

/** A range of packets, and their mark. */
export interface MarkRule {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly port: number; // 0 = every port
  readonly mark: number;
}

/** A map: which, and what is in it. */
interface MarkMap extends NftMarkMap {
  readonly family: Family;
  readonly protocol: Protocol;
}

const FAMILIES = { 4: NFPROTO_IPV4, 6: NFPROTO_IPV6 } as const;
const NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;
const EVERY_PORT = { low: u16(0, false), high: u16(0xffff, false) };

/** The tables anew, with these rules; those that are there go in the same moment. Empty tables are not made. */
export function makeMarkTables(spec: MarkTables, rules: readonly MarkRule[]): Request[] {
  const maps = mapsOf(rules);
  return [
    ...removeMarkTables(spec),
    ...([4, 6] as const).flatMap((family) =>
      makeTable(
        spec,
        family,
        maps.filter((map) => map.family === family),
      ),
    ),
    ...changeMarks(spec, rules, "add"),
  ];
}

/** Without them, whether they are there or not. */
export function removeMarkTables({ table }: MarkTables): Request[] {
  return ([4, 6] as const).flatMap((family) => {
    const target = { table, family: FAMILIES[family] };
    return [addTable(target, false), deleteTable(target)];
  });
}

/** Rules come or go in the maps that are there. */
export function changeMarks({ table }: MarkTables, rules: readonly MarkRule[], change: "add" | "delete"): Request[] {
  return mapsOf(rules).flatMap(({ name, family, protocol }) => {
    const own = rules.filter((rule) => rule.family === family && rule.protocol === protocol && mapName(rule) === name);
    return changeRanges(change, { table: { table, family: FAMILIES[family] }, map: name }, own.map(rangeOf));
  });
}

/** The names of the maps that rules need: tables of the same maps need not be made anew. */
export function mapNames(rules: readonly MarkRule[]): string {
  return mapsOf(rules)
    .map(({ family, name }) => `${family} ${name}`)
    .join();
}

function makeTable({ table, priority }: MarkTables, family: Family, maps: readonly MarkMap[]): Request[] {
  if (maps.length === 0) return [];
  const target: NftTarget = { table, family: FAMILIES[family] };
  return [
    addTable(target, false),
    ...maps.map((map) => addMarkMap(target, map)),
    addChain(target, "in", priority),
    ...maps.map((map) => addRule(target, "in", marking(map))),
  ];
}

const L4PROTO: NftField = { type: "meta", key: "l4proto", size: 1 };
const PORT: NftField = { type: "payload", base: "transport", offset: 2, size: 2 };
const ADDRESS = {
  4: { type: "payload", base: "network", offset: 16, size: 4 },
  6: { type: "payload", base: "network", offset: 24, size: 16 },
} as const satisfies Record<Family, NftField>;

function marking(map: MarkMap): NftExpression[] {
  const protocol = equals(L4PROTO, Uint8Array.of(NUMBERS[map.protocol]));
  return [...protocol, ...markBy([ADDRESS[map.family], PORT], map), verdict("return")];
}

/** In a fixed order: what has a port of its own before what has every port. */
function mapsOf(rules: readonly MarkRule[]): readonly MarkMap[] {
  const wanted = new Set(rules.map((rule) => `${rule.family} ${mapName(rule)}`));
  const maps: MarkMap[] = [];
  for (const family of [4, 6] as const)
    for (const port of [1, 0])
      for (const protocol of ["tcp", "udp", "sctp"] as const) {
        const name = mapName({ protocol, port });
        const key = [family === 4 ? "ipv4_addr" : "ipv6_addr", "inet_service"] as const;
        if (wanted.has(`${family} ${name}`)) maps.push({ name, id: maps.length + 1, key, family, protocol });
      }
  return maps;
}

function mapName({ protocol, port }: Pick<MarkRule, "protocol" | "port">): string {
  return port === 0 ? `${protocol}_any_map` : `${protocol}_map`;
}

function rangeOf({ from, to, port, mark }: MarkRule): NftMarkRange {
  const [low, high] = port === 0 ? [EVERY_PORT.low, EVERY_PORT.high] : [u16(port, false), u16(port, false)];
  return { from: setKey([toBytes(from), low]), to: setKey([toBytes(to), high]), mark };
}
