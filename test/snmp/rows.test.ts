import fc from "fast-check";
import { expect, test } from "vitest";
import { objects } from "../../src/snmp/objects.ts";
import { compareOids, get, next, sorted } from "../../src/snmp/rows.ts";
import type { Oid } from "../../src/wire/agentx-value.ts";

const row = (...oid: number[]) => ({ oid, value: { type: "integer", value: oid.length } }) as const;
const rows = sorted([row(1, 3, 2), row(1, 3), row(1, 10), row(1, 3, 10), row(1, 2, 9, 9)]);

test("objects are in lexicographic order, a shorter name before what begins with it", () => {
  expect(rows.map(({ oid }) => oid.join("."))).toEqual(["1.2.9.9", "1.3", "1.3.2", "1.3.10", "1.10"]);
});

test("of two objects of one name there is one", () => {
  expect(sorted([row(1), row(1)])).toHaveLength(1);
});

test("what is not there is no such instance", () => {
  expect(get(rows, [1, 3])).toEqual({ type: "integer", value: 2 });
  expect(get(rows, [1, 3, 3])).toEqual({ type: "no-such-instance" });
});

test("a search finds the first object behind its start, or the start itself if that counts, before its end", () => {
  const search = (start: Oid, include: boolean, end: Oid) => next(rows, { start, include, end });
  expect(search([1, 3], false, []).oid).toEqual([1, 3, 2]);
  expect(search([1, 3], true, []).oid).toEqual([1, 3]);
  expect(search([1, 3], false, [1, 3, 2])).toEqual({ oid: [1, 3], value: { type: "end-of-view" } });
  expect(search([1, 10], false, [])).toEqual({ oid: [1, 10], value: { type: "end-of-view" } });
});

test("a walk finds every object once, in order, whatever there is", () => {
  const oid = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(oid), (oids) => {
      const all = sorted(oids.map((each) => row(...each)));
      const found: Oid[] = [];
      for (let at: Oid = []; ; ) {
        const { oid: name, value } = next(all, { start: at, include: false, end: [] });
        if (value.type === "end-of-view") break;
        found.push(name);
        at = name;
      }
      const distinct = [...new Set(oids.map(String))].map((name) => name.split(",").map(Number));
      expect(found).toEqual(distinct.sort(compareOids));
    }),
  );
});

test("blocks that lie between each other are walked in order, and made only when they are asked for", () => {
  const made: string[] = [];
  const block = (name: string, ...tables: number[]) => ({
    subtrees: tables.map((number) => [1, number]),
    rows: () => {
      made.push(name);
      return tables.flatMap((number) => [row(1, number, 2), row(1, number, 1)]);
    },
  });
  const all = objects([block("b", 2, 9), block("a", 1, 3), { subtrees: [[1, 4]], rows: () => [] }]);
  const search = (start: Oid, end: Oid = [], include = false) => {
    const { oid, value } = all.next({ start, include, end });
    return value.type === "end-of-view" ? "end" : oid.join(".");
  };
  expect(all.get([1, 7])).toEqual({ type: "no-such-object" });
  expect(search([1, 9, 2])).toBe("end");
  expect(made).toEqual(["b"]);
  expect([search([1]), search([1, 1, 2]), search([1, 2, 2]), search([1, 3, 2])]).toEqual([
    "1.1.1",
    "1.2.1",
    "1.3.1",
    "1.9.1",
  ]);
  expect([search([1, 1, 2], [1, 2]), search([1, 1, 2], [1, 2, 1]), search([1, 2], [1, 3])]).toEqual([
    "end",
    "end",
    "1.2.1",
  ]);
  expect(search([1, 3, 1], [], true)).toBe("1.3.1");
  expect([all.get([1, 3, 1]), all.get([1, 3, 9])]).toEqual([
    { type: "integer", value: 3 },
    { type: "no-such-instance" },
  ]);
  expect(made).toEqual(["b", "a"]);
});
