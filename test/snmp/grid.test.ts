import fc from "fast-check";
import { expect, test } from "vitest";
import { grid } from "../../src/snmp/grid.ts";
import { compareOids, get, next, sorted } from "../../src/snmp/rows.ts";
import { integer, table } from "../../src/snmp/value.ts";
import type { Oid } from "../../src/wire/agentx-value.ts";

const ENTRY = [1, 3, 1];

/** A cell for each number; none where it is odd. */
const cell = (value: number) => (value % 2 === 0 ? integer(value) : undefined);

test("a question makes the cell that it asks for, and no other", () => {
  const made: number[] = [];
  const column = (row: number) => {
    made.push(row);
    return cell(row);
  };
  const rows = { indexes: [[1], [3], [5]], row: (i: number) => [0, 2, 4][i] };
  const all = grid(ENTRY, rows, { 2: column, 7: (row) => cell(row + 1) });
  expect(all.get([...ENTRY, 2, 3])).toEqual({ type: "integer", value: 2 });
  expect(all.next({ start: [...ENTRY, 2, 3], include: false, end: [] }).oid).toEqual([...ENTRY, 2, 5]);
  expect(made).toEqual([2, 4]);
  expect(all.get([...ENTRY, 7, 1])).toEqual({ type: "no-such-instance" });
  expect(all.get([...ENTRY, 3, 1])).toEqual({ type: "no-such-instance" });
  expect(all.get([...ENTRY, 2])).toEqual({ type: "no-such-instance" });
});

test("whatever is asked, the answer is that of the table made as a whole", () => {
  const part = fc.nat({ max: 3 });
  const name = fc.array(part, { maxLength: 3 }).map((rest) => [...ENTRY, ...rest]);
  const oid = fc.oneof(name, fc.array(part, { maxLength: 4 }));
  const indexes = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 2 }), { selector: String, maxLength: 6 });
  const range = fc.record({ start: oid, include: fc.boolean(), end: fc.oneof(fc.constant([] as Oid), oid) });
  fc.assert(
    fc.property(indexes, fc.array(fc.nat({ max: 5 }), { maxLength: 12 }), range, oid, (keys, values, search, asked) => {
      const row = (i: number, column: number) => cell(values[2 * i + (column - 1)] ?? 1);
      const ordered = [...keys].sort(compareOids);
      const columns = { 1: (i: number) => row(i, 1), 2: (i: number) => row(i, 2) };
      const lazy = grid(ENTRY, { indexes: ordered, row: (i) => i }, columns);
      const whole = sorted(
        table(
          ENTRY,
          ordered.map((index, i) => ({ index, cells: { 1: row(i, 1), 2: row(i, 2) } })),
        ),
      );
      expect(lazy.next(search)).toEqual(next(whole, search));
      expect(lazy.get(asked)).toEqual(get(whole, asked));
    }),
  );
});
