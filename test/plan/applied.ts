import type { Plain, PlainDifference, PlainShape } from "../../src/plan/compare.ts";
import type { Entry } from "../../src/plan/difference.ts";
import { CONFIG, type Plan } from "../../src/plan/plan.ts";

/** What the old configuration becomes by the plan. */
export function applied({ from, difference }: Plan): unknown {
  return apply(from as unknown as Plain, difference as unknown as PlainDifference);
}

function apply(record: Plain, { fields, groups, lists }: PlainDifference): Plain {
  const inner = ([field, group]: readonly [string, PlainDifference]) =>
    [field, apply(record[field] as Plain, group)] as const;
  const items = (entry: Entry<unknown>): readonly unknown[] => {
    if (entry.type === "removed") return [];
    if (entry.type === "kept") return [entry.from];
    if (entry.type === "added") return [entry.to];
    return [apply(entry.from as Plain, entry.difference as unknown as PlainDifference)];
  };
  return {
    ...record,
    ...Object.fromEntries(fields.map(({ field, to }) => [field, to])),
    ...Object.fromEntries(Object.entries(groups).map(inner)),
    ...Object.fromEntries(Object.entries(lists).map(([field, { entries }]) => [field, entries.flatMap(items)])),
  };
}

/** The same with every list whose order does not count in one order, without what a plan does not speak of. */
export function sorted(value: unknown, shape: PlainShape = CONFIG as PlainShape): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) => {
      const row = shape[field];
      if (row?.kind === "value" && row.words === "") return [];
      if (row?.kind !== "list" || !Array.isArray(inner)) return [[field, inner]];
      const items = inner.map((item) => sorted(item, row.shape as PlainShape));
      return [[field, row.ordered ? items : items.map((item) => JSON.stringify(item)).sort()]];
    }),
  );
}
