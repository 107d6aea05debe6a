import type { SearchRange } from "../wire/agentx.ts";
import type { Oid, SnmpValue, VarBind } from "../wire/agentx-value.ts";

/** Objects in the order of their identifiers, each once. */
export type Rows = readonly VarBind[];

/** Objects of any order, in order. Of two of one name the first counts: a table with a key twice shows it once. */
export function sorted(rows: readonly VarBind[]): Rows {
  const ordered = [...rows].sort((a, b) => compareOids(a.oid, b.oid));
  return ordered.filter(({ oid }, i) => i === 0 || compareOids(ordered[i - 1]?.oid ?? [], oid) !== 0);
}

/** Lexicographic, RFC 2578 §7.7: negative, zero or positive. */
export function compareOids(a: Oid, b: Oid): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left = 0, right = 0] = [a[i], b[i]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** What the object of this name holds. RFC 2741 §7.2.3.1. */
export function get(rows: Rows, oid: Oid): SnmpValue {
  const row = rows[firstFrom(rows, oid)];
  return row !== undefined && compareOids(row.oid, oid) === 0 ? row.value : { type: "no-such-instance" };
}

/** The first object in a range. RFC 2741 §7.2.3.2. */
export function next(rows: Rows, { start, include, end }: SearchRange): VarBind {
  const at = firstFrom(rows, start);
  const [found, behind] = [rows[at], rows[at + 1]];
  const same = found !== undefined && compareOids(found.oid, start) === 0;
  const row = same && !include ? behind : found;
  const inside = row !== undefined && (end.length === 0 || compareOids(row.oid, end) < 0);
  return inside ? row : { oid: start, value: { type: "end-of-view" } };
}

/** The index of the first object that is not before `oid`: halving, as a walk asks for each of thousands. */
function firstFrom(rows: Rows, oid: Oid): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareOids(rows[middle]?.oid ?? [], oid) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
