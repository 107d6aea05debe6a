import { expect, test } from "vitest";
import { diff } from "../../src/base/diff.ts";

interface Row {
  readonly name: string;
  readonly weight: number;
}
const rows = { key: (row: Row) => row.name, same: (a: Row, b: Row) => a.weight === b.weight };
const a = { name: "a", weight: 1 };
const b = { name: "b", weight: 1 };
const c = { name: "c", weight: 1 };

test("equal tables have no difference", () => {
  expect(diff([a, b], [b, a], rows)).toEqual({ added: [], changed: [], removed: [] });
  expect(diff([], [], rows)).toEqual({ added: [], changed: [], removed: [] });
});

test("what is missing is added, what is too much is removed, what differs is changed", () => {
  const heavy = { name: "b", weight: 2 };
  expect(diff([a, b], [heavy, c], rows)).toEqual({ added: [c], changed: [{ from: b, to: heavy }], removed: [a] });
});

test("additions keep the order of `want`, removals that of `have`", () => {
  expect(diff([], [c, a, b], rows).added).toEqual([c, a, b]);
  expect(diff([c, a, b], [], rows).removed).toEqual([c, a, b]);
});

test("of two wanted entries with one key the first counts", () => {
  expect(diff([], [a, { name: "a", weight: 9 }], rows).added).toEqual([a]);
});
