import type { SearchRange } from "../wire/agentx.ts";
import type { Oid, SnmpValue, VarBind } from "../wire/agentx-value.ts";
import type { Objects } from "./objects.ts";
import { compareOids } from "./rows.ts";

/** What a row has in each column; undefined: nothing. */
export type Columns<R> = Readonly<Record<number, (row: R) => SnmpValue | undefined>>;

/** A row with its index. */
export interface GridRow<R> {
  readonly index: Oid;
  readonly row: R;
}

/**
 * A table whose cells are made when they are asked for: of thousands of rows and tens of columns a question wants few.
 * `rows` in the order of their indexes.
 */
export function grid<R>(entry: Oid, rows: readonly GridRow<R>[], columns: Columns<R>): Objects {
  const numbers = Object.keys(columns).map(Number); // ascending, as JavaScript has them

  return {
    get(oid) {
      const [column = 0, ...index] = oid.slice(entry.length);
      const found = rows[firstFrom(rows, index)];
      const isThere = isBelow(oid, entry) && found !== undefined && compareOids(found.index, index) === 0;
      return (isThere ? columns[column]?.(found.row) : undefined) ?? { type: "no-such-instance" };
    },
    next(range) {
      const { end } = range;
      let [at, i] = begin(range);
      for (; at < numbers.length; at++, i = 0)
        for (; i < rows.length; i++) {
          const found = cell(at, i);
          if (found === undefined) continue;
          return end.length > 0 && compareOids(found.oid, end) >= 0 ? past(range) : found;
        }
      return past(range);
    },
  };

  /** The column, by its place, and the row that a search begins with. */
  function begin({ start, include }: SearchRange): [at: number, row: number] {
    if (compareOids(start, entry) <= 0) return [0, 0];
    if (!isBelow(start, entry)) return [numbers.length, 0];
    const [column = 0, ...index] = start.slice(entry.length);
    const at = numbers.findIndex((number) => number >= column);
    if (at === -1) return [numbers.length, 0];
    if (numbers[at] !== column) return [at, 0];
    const row = firstFrom(rows, index);
    const isSame = compareOids(rows[row]?.index ?? [], index) === 0 && row < rows.length;
    return [at, isSame && !include ? row + 1 : row];
  }

  function cell(at: number, i: number): VarBind | undefined {
    const [column = 0, found] = [numbers[at], rows[i]];
    const value = found === undefined ? undefined : columns[column]?.(found.row);
    return found === undefined || value === undefined ? undefined : { oid: [...entry, column, ...found.index], value };
  }
}

function past({ start }: SearchRange): VarBind {
  return { oid: start, value: { type: "end-of-view" } };
}

function isBelow(oid: Oid, entry: Oid): boolean {
  return oid.length > entry.length && entry.every((part, i) => part === oid[i]);
}

/** The place of the first row that is not before `index`. */
function firstFrom(rows: readonly { readonly index: Oid }[], index: Oid): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareOids(rows[middle]?.index ?? [], index) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
