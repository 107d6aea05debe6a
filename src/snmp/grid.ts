import type { SearchRange } from "../wire/agentx.ts";
import type { Oid, SnmpValue, VarBind } from "../wire/agentx-value.ts";
import type { Objects } from "./objects.ts";
import { compareOids } from "./rows.ts";

/** What a row has in each column; undefined: nothing. */
export type Columns<R> = Readonly<Record<number, (row: R) => SnmpValue | undefined>>;

/** The rows of a table: their indexes in order, and what each is made from. */
export interface GridRows<R> {
  readonly indexes: readonly Oid[];
  readonly row: (i: number) => R | undefined;
}

/** A table whose cells are made when they are asked for: of thousands of rows and tens of columns a question wants few. */
export function grid<R>(entry: Oid, { indexes, row }: GridRows<R>, columns: Columns<R>): Objects {
  const numbers = Object.keys(columns).map(Number); // ascending, as JavaScript has them

  return {
    get(oid) {
      const [column = 0, ...index] = oid.slice(entry.length);
      const i = firstFrom(indexes, index);
      const isThere = isBelow(oid, entry) && isAt(i, index);
      return (isThere ? value(column, i) : undefined) ?? { type: "no-such-instance" };
    },
    next(range) {
      const { end } = range;
      let [at, i] = begin(range);
      for (; at < numbers.length; at++, i = 0)
        for (; i < indexes.length; i++) {
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
    const i = firstFrom(indexes, index);
    return [at, isAt(i, index) && !include ? i + 1 : i];
  }

  function isAt(i: number, index: Oid): boolean {
    const found = indexes[i];
    return found !== undefined && compareOids(found, index) === 0;
  }

  function cell(at: number, i: number): VarBind | undefined {
    const column = numbers[at] ?? 0;
    const found = value(column, i);
    return found && { oid: [...entry, column, ...(indexes[i] ?? [])], value: found };
  }

  function value(column: number, i: number): SnmpValue | undefined {
    const made = row(i);
    return made === undefined ? undefined : columns[column]?.(made);
  }
}

function past({ start }: SearchRange): VarBind {
  return { oid: start, value: { type: "end-of-view" } };
}

function isBelow(oid: Oid, entry: Oid): boolean {
  return oid.length > entry.length && entry.every((part, i) => part === oid[i]);
}

/** The place of the first row that is not before `index`. */
function firstFrom(indexes: readonly Oid[], index: Oid): number {
  let [low, high] = [0, indexes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareOids(indexes[middle] ?? [], index) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
