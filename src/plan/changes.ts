import { ANY_LIST, isRecord, type Plain, type PlainDifference, type PlainShape } from "./compare.ts";
import type { Entry } from "./difference.ts";
import { CONFIG, type Plan } from "./plan.ts";
import type { ListRow, Shown, ValueRow } from "./shape.ts";
import { inPlainWords, nameInWords } from "./words.ts";

/** One thing that a reload changes, for words and for programs. What is not named stays as it is. */
export interface Change {
  readonly change: "added" | "removed" | "changed" | "replaced" | "reordered";
  readonly within: readonly string[]; // the blocks it is in, outermost first
  readonly what: string; // the keyword
  readonly name: string | undefined; // of a block
  readonly from: Shown | undefined; // of a value; undefined: none
  readonly to: Shown | undefined;
  readonly unit: string | undefined;
  readonly effect: string | undefined; // what it means for traffic
}

/** All that a plan changes: each block before what changes in it. Of a new block also what it consists of. */
export function changesOf({ difference }: Plan): readonly Change[] {
  const found: Change[] = [];
  describe(difference as unknown as PlainDifference, CONFIG as PlainShape, TOP, found);
  return found;
}

interface Place {
  readonly within: readonly string[];
  readonly prefix: string; // of the names of fields
  readonly said: boolean; // the block has said what it means for traffic, for all that is in it
}

const TOP: Place = { within: [], prefix: "", said: false };

function describe({ fields, groups, lists }: PlainDifference, shape: PlainShape, place: Place, found: Change[]): void {
  const { within, prefix } = place;
  for (const { field, from, to } of fields) {
    const row = valueRow(shape[field]);
    const show = (value: unknown): Shown | undefined => {
      if (value == null) return undefined;
      return row?.show === undefined ? inPlainWords(value, row === undefined ? field : "") : row.show(value);
    };
    found.push({
      change: "changed",
      within,
      what: prefix + (row?.words ?? nameInWords(field)),
      name: undefined,
      from: show(from),
      to: show(to),
      unit: row?.unit,
      effect: place.said ? undefined : row?.effect?.(from, to),
    });
  }
  for (const [field, group] of Object.entries(groups)) {
    const row = shape[field]?.kind === "group" ? shape[field] : undefined;
    const words = row?.words ?? nameInWords(field);
    const inner = { ...place, prefix: words === "" ? prefix : `${prefix}${words} ` };
    describe(group, (row?.shape ?? {}) as PlainShape, inner, found);
  }
  for (const [field, { entries, reordered }] of Object.entries(lists)) {
    const row = rowOf(shape, field);
    if (reordered) found.push(block("reordered", { within, what: prefix + row.words }));
    for (const entry of entries) describeEntry(entry, row, place, found);
  }
}

function describeEntry(entry: Entry<unknown>, row: ListRow<unknown>, place: Place, found: Change[]): void {
  if (entry.type === "kept") return;
  const item = entry.type === "removed" ? entry.from : entry.to;
  const title = row.title(item);
  const what = place.prefix + row.words;
  const effect = place.said ? undefined : effectOf(entry, row);
  found.push(block(entry.type, { within: place.within, what, name: title, effect }));
  const inner: Place = {
    within: [...place.within, `${what} ${title}`],
    prefix: "",
    said: place.said || entry.type !== "changed",
  };
  if (entry.type === "changed" || entry.type === "replaced")
    describe(entry.difference as unknown as PlainDifference, row.shape as PlainShape, inner, found);
  else if (entry.type === "added" && !place.said && isRecord(item)) contents(item, row.shape, inner, found);
}

function valueRow(row: PlainShape[string]): ValueRow<unknown> | undefined {
  if (row?.kind === "value") return row;
  return row?.kind === "group" ? row.whole : undefined;
}

/** What happens to a block, or to a list of them. */
function block(
  change: Change["change"],
  { within, what, name, effect }: Pick<Change, "within" | "what"> & Partial<Pick<Change, "name" | "effect">>,
): Change {
  return { change, within, what, name, from: undefined, to: undefined, unit: undefined, effect };
}

/** The items of the lists of something new. */
function contents(item: Plain, shape: PlainShape, place: Place, found: Change[]): void {
  for (const [field, list] of Object.entries(item)) {
    if (!Array.isArray(list) || shape[field]?.kind === "value") continue;
    const row = rowOf(shape, field);
    for (const to of list) describeEntry({ type: "added", key: row.key(to), to }, row, place, found);
  }
}

function rowOf(shape: PlainShape, field: string): ListRow<unknown> {
  const row = shape[field];
  return row?.kind === "list" ? row : { ...ANY_LIST, words: nameInWords(field) };
}

function effectOf(entry: Exclude<Entry<unknown>, { type: "kept" }>, row: ListRow<unknown>): string | undefined {
  switch (entry.type) {
    case "added":
      return row.added?.(entry.to);
    case "removed":
      return row.removed?.(entry.from);
    case "replaced":
      return row.replaced?.(entry.to);
    case "changed": {
      const { fields, groups, lists } = entry.difference;
      return row.changed?.(
        new Set([...fields.map(({ field }) => field), ...Object.keys({ ...groups, ...lists })]),
        entry.to,
      );
    }
  }
}
