import type { Added, Difference, Entry, FieldChange, ListDifference, Removed, Replaced } from "./difference.ts";
import type { GroupRow, ListRow, Shape, ValueRow } from "./shape.ts";
import { inPlainWords } from "./words.ts";

/**
 * In what two records differ. A list is compared item by item, as its row says; one without a row by the names of its
 * items. A field that is missing is undefined: JSON between processes leaves it out. Linear in both.
 */
export function compare<T extends object>(from: T, to: T, shape: Shape<T>): Difference<T> {
  // The rows are typed by their records; the walk is the same for every record.
  const found = compareRecords(from as Plain, to as Plain, shape as PlainShape) ?? nothing();
  return found as unknown as Difference<T>;
}

/** The names of the items of a list: their keys, with a number from the second of the same key on. */
export function keysOf<I>(items: readonly I[], key: (item: I) => string): readonly string[] {
  const counts = new Map<string, number>();
  return items.map((item) => {
    const name = key(item);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}\n${count}`; // no keyword has a line break in its value
  });
}

/** A list without a row: its items by name, or by all that they are. */
export const ANY_LIST: ListRow<unknown> = {
  kind: "list",
  words: "item",
  ordered: true,
  key: (item) => (isRecord(item) && typeof item["name"] === "string" ? item["name"] : text(item)),
  title: (item) =>
    isRecord(item) && typeof item["name"] === "string" ? `\`${item["name"]}\`` : `${inPlainWords(item)}`,
  shape: {},
};

/** A record as the walk sees it. */
export interface Plain {
  readonly [field: string]: unknown;
}

/** A shape as the walk sees it. */
export interface PlainShape {
  readonly [field: string]: ValueRow<unknown> | ListRow<unknown> | GroupRow<Plain> | undefined;
}

/** Whether a value is a record, and no list. */
export function isRecord(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A difference as the walk makes it. */
export interface PlainDifference {
  readonly fields: FieldChange[];
  readonly groups: Record<string, PlainDifference>;
  readonly lists: Record<string, ListDifference<unknown>>;
}

function nothing(): PlainDifference {
  return { fields: [], groups: {}, lists: {} };
}

function compareRecords(from: Plain, to: Plain, shape: PlainShape): PlainDifference | undefined {
  let found: PlainDifference | undefined;
  for (const field in to) compareField(field);
  for (const field in from) if (!(field in to)) compareField(field);
  return found;

  function compareField(field: string): void {
    const [before, after] = [from[field], to[field]];
    if (before === after) return;
    const row = shape[field];
    const isSame = (row?.kind === "value" ? row.same : undefined) ?? same;
    if (row?.kind !== "value" && (Array.isArray(before) || Array.isArray(after))) {
      const list = compareLists(asList(before), asList(after), row?.kind === "list" ? row : ANY_LIST);
      if (list !== undefined) difference().lists[field] = list;
    } else if (row?.kind !== "value" && isRecord(before) && isRecord(after)) {
      const group = compareRecords(before, after, row?.kind === "group" ? (row.shape as PlainShape) : {});
      if (group !== undefined) difference().groups[field] = group;
    } else if (!isSame(before, after)) difference().fields.push({ field, from: before, to: after });
  }

  function difference(): PlainDifference {
    found ??= nothing();
    return found;
  }
}

function compareLists(
  from: readonly unknown[],
  to: readonly unknown[],
  row: ListRow<unknown>,
): ListDifference<unknown> | undefined {
  if (same(from, to)) return undefined;
  const [before, after] = [keysOf(from, row.key), keysOf(to, row.key)];
  const [old, now] = [new Map(before.map((key, i) => [key, from[i]])), new Set(after)];
  const stays = after.map((key, i): Entry<unknown> => {
    return old.has(key) ? pair(key, old.get(key), to[i], row) : { type: "added", key, to: to[i] };
  });
  const goes = before.flatMap((key, i): Removed<unknown>[] =>
    now.has(key) ? [] : [{ type: "removed", key, from: from[i] }],
  );
  const entries = row.successor === undefined ? [...stays, ...goes] : succeeded(stays, goes, row.successor, row);
  const kept = after.filter((key) => old.has(key));
  const reordered = row.ordered === true && before.filter((key) => now.has(key)).some((key, i) => key !== kept[i]);
  return reordered || entries.some(({ type }) => type !== "kept") ? { entries, reordered } : undefined;
}

function pair(key: string, from: unknown, to: unknown, { shape }: ListRow<unknown>): Entry<unknown> {
  const difference = isRecord(from) && isRecord(to) ? compareRecords(from, to, shape as PlainShape) : undefined;
  if (difference === undefined) return { type: "kept", key, from, to };
  return { type: "changed", key, from, to, difference: difference as unknown as Difference<unknown> };
}

/** What comes for something that goes replaces it. */
function succeeded(
  stays: readonly Entry<unknown>[],
  goes: readonly Removed<unknown>[],
  successor: (item: unknown) => string,
  { shape }: ListRow<unknown>,
): readonly Entry<unknown>[] {
  const goneNames = keysOf(goes, ({ from }) => successor(from));
  const gone = new Map(goes.map((entry, i) => [goneNames[i] ?? "", entry]));
  const comes = stays.filter((entry) => entry.type === "added");
  const names = keysOf(comes, ({ to }) => successor(to));
  const replaced = new Map<Entry<unknown>, Replaced<unknown>>();
  for (const [i, entry] of comes.entries()) {
    const former = gone.get(names[i] ?? "");
    if (former === undefined) continue;
    gone.delete(names[i] ?? "");
    replaced.set(entry, replacement(former, entry, shape as PlainShape));
  }
  return [...stays.map((entry) => replaced.get(entry) ?? entry), ...gone.values()];
}

function replacement(former: Removed<unknown>, { key, to }: Added<unknown>, shape: PlainShape): Replaced<unknown> {
  const { key: formerKey, from } = former;
  const found = isRecord(from) && isRecord(to) ? compareRecords(from, to, shape) : undefined;
  const difference = (found ?? nothing()) as unknown as Difference<unknown>;
  return { type: "replaced", key, formerKey, from, to, difference };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function text(item: unknown): string {
  return typeof item === "string" ? item : JSON.stringify(item);
}

/** Whether two values are alike in everything, the order of lists included. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const field in a) if (!same(a[field], b[field])) return false;
  for (const field in b) if (!(field in a) && b[field] !== undefined) return false;
  return true;
}
