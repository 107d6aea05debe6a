import type { Change } from "./changes.ts";
import type { Plain, PlainDifference, PlainShape } from "./compare.ts";
import { CONFIG, type Plan } from "./plan.ts";
import type { Shown } from "./shape.ts";
import { nameInWords } from "./words.ts";

/** A change as a line, indented by the blocks it is in: `priority 100 → 150: mastership may move`. */
export function lineOf({ change, within, what, name, from, to, unit, effect }: Change): string {
  const values = from === to ? "" : ` ${shown(from, unit)} → ${shown(to, unit)}`;
  const said = {
    added: `added ${what} ${name}`,
    removed: `removed ${what} ${name}`,
    replaced: `replaced ${what} ${name}`,
    reordered: `${what} in another order`,
    changed:
      name === undefined && values !== ""
        ? `${what}${values}`
        : `changed ${what}${name === undefined ? "" : ` ${name}`}`,
  }[change];
  return `${"    ".repeat(within.length)}${said}${effect === undefined ? "" : `: ${effect}`}`;
}

function shown(value: Shown | undefined, unit: string | undefined): string {
  if (value === undefined) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  return unit === undefined ? `${value}` : `${value} ${unit}`;
}

/** What becomes of the things of each kind: `2 instances kept, 1 added; 3 virtual servers kept`, or `no change`. */
export function summaryOf({ from, to, difference }: Plan): string {
  const { fields, groups, lists } = difference as unknown as PlainDifference;
  if (fields.length + Object.keys(groups).length + Object.keys(lists).length === 0) return "no change";
  const next = to as unknown as Plain;
  const parts = Object.keys({ ...from, ...to }).flatMap((field) => {
    const items = next[field];
    const entries = lists[field]?.entries;
    if (Array.isArray(items) || entries !== undefined) {
      const kept = entries?.filter(({ type }) => type === "kept").length ?? (Array.isArray(items) ? items.length : 0);
      return counted(kept, entries ?? [], pluralOf(field));
    }
    const group = groups[field];
    const own = fields.filter((change) => change.field === field).length;
    const count = own + (group === undefined ? 0 : sizeOf(group));
    return count === 0 ? [] : [`${numbered(count, `${nameInWords(field)} settings`)} changed`];
  });
  return parts.join("; ");
}

function pluralOf(field: string): string {
  const row = (CONFIG as PlainShape)[field];
  return (row?.kind === "list" ? row.plural : undefined) ?? nameInWords(field);
}

const FATES = ["changed", "added", "removed", "replaced"] as const;

function counted(kept: number, entries: readonly { readonly type: string }[], plural: string): readonly string[] {
  const counts = FATES.map((fate) => [fate, entries.filter(({ type }) => type === fate).length] as const);
  const parts = [["kept", kept] as const, ...counts].filter(([, count]) => count > 0);
  if (parts.length === 0) return [];
  const words = parts.map(([fate, count], i) => `${i === 0 ? numbered(count, plural) : count} ${fate}`);
  return [words.join(", ")];
}

/** `addresses` is `address`, and `virtual servers by mark` is `virtual server by mark`. */
const SINGULAR = /(ss)es$|s$|s(?= by )/;

function numbered(count: number, plural: string): string {
  return `${count} ${count === 1 ? plural.replace(SINGULAR, "$1") : plural}`;
}

function sizeOf({ fields, groups, lists }: PlainDifference): number {
  return fields.length + Object.values(groups).reduce((sum, it) => sum + sizeOf(it), 0) + Object.keys(lists).length;
}
