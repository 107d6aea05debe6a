import { toHex } from "../base/bytes.ts";
import { type Family, family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import type { Protocol } from "../base/ipvs.ts";

/** A group of addresses that one service serves; `nftables_ipvs` gives it a mark. */
export interface MarkedGroup {
  readonly name: string; // of the group
  readonly protocol: Protocol;
  readonly ranges: readonly AddressRange[];
}

/** Addresses of one family, both included. */
export interface AddressRange {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly port: number; // 0 = every port
}

/** The marks by `markKey`: plain JSON, so that they outlive the process. */
export type Marks = Readonly<Record<string, number>>;

/** Packets that get a mark: no two of one family, protocol and port meet. */
export interface MarkedRange extends AddressRange {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly mark: number; // 1..4294967295
}

/** What a mark belongs to: a group and a protocol, as in Keepalived. */
export function markKey({ name, protocol }: Pick<MarkedGroup, "name" | "protocol">): string {
  return `${name} ${protocol}`;
}

/**
 * A mark for each group and protocol, numbered from `first` in their order. `known` ones stay, so that a group that comes
 * between others by a reload takes no service its connections, as in keepalived 2.2.7; `taken` marks are somebody's.
 */
export function allocateMarks(
  groups: readonly Pick<MarkedGroup, "name" | "protocol">[],
  { first, taken, known }: { readonly first: number; readonly taken: ReadonlySet<number>; readonly known: Marks },
): Marks {
  const marks: Record<string, number> = {};
  const used = new Set(taken);
  const keys = new Set(groups.map(markKey));
  for (const key of keys) {
    const before = Object.hasOwn(known, key) ? known[key] : undefined;
    if (before === undefined || before < first || used.has(before)) continue;
    marks[key] = before;
    used.add(before);
  }
  let next = first;
  for (const key of keys) {
    if (Object.hasOwn(marks, key)) continue;
    while (used.has(next)) next++;
    if (next > MOST) break;
    marks[key] = next;
    used.add(next);
  }
  return marks;
}
const MOST = 0xffff_ffff;

/**
 * What the packet filter is to mark. Of what several groups have in common the first one gets it, as the maps of nftables
 * hold no two ranges that meet.
 */
export function markedRanges(groups: readonly MarkedGroup[], marks: Marks): readonly MarkedRange[] {
  const covered = new Map<string, Interval[]>();
  const found: MarkedRange[] = [];
  for (const group of groups) {
    const mark = marks[markKey(group)];
    if (mark === undefined) continue;
    for (const { from, to, port } of group.ranges) {
      const version = family(from);
      const key = `${version} ${group.protocol} ${port}`;
      const known = covered.get(key) ?? [];
      covered.set(key, known);
      for (const [low, high] of take(known, [toNumber(from), toNumber(to)])) {
        const ends = { from: toAddress(low, version), to: toAddress(high, version), port };
        found.push({ ...ends, family: version, protocol: group.protocol, mark });
      }
    }
  }
  return found;
}

/** Addresses as numbers, both included. */
type Interval = readonly [low: bigint, high: bigint];

/** The parts of an interval that none of the known ones has; they are known then. `known` is in order, and none meet. */
function take(known: Interval[], [low, high]: Interval): readonly Interval[] {
  const parts: Interval[] = [];
  let at = firstBehind(known, low);
  let next = low;
  while (next <= high) {
    const other = known[at];
    const end = other === undefined || other[0] > high ? high : other[0] - 1n;
    if (end >= next) {
      parts.push([next, end]);
      known.splice(at++, 0, [next, end]);
    }
    if (other === undefined || other[0] > high) break;
    next = other[1] + 1n;
    at++;
  }
  return parts;
}

/** The index of the first interval that does not end before `low`. */
function firstBehind(known: readonly Interval[], low: bigint): number {
  let [from, to] = [0, known.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const [, high] = known[middle] ?? [0n, 0n];
    if (high < low) from = middle + 1;
    else to = middle;
  }
  return from;
}

function toNumber(address: IpAddress): bigint {
  return BigInt(`0x${toHex(toBytes(address))}`);
}

function toAddress(number: bigint, version: Family): IpAddress {
  const digits = number.toString(16).padStart(version === 4 ? 8 : 32, "0");
  return fromBytes(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}
