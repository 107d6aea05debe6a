import fc from "fast-check";
import { expect, test } from "vitest";
import { type Deadline, Deadlines } from "../../src/base/deadlines.ts";

/** Takes out all that is left, in order. */
function drain<T>(deadlines: Deadlines<T>): T[] {
  const values: T[] = [];
  for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
    values.push(first.value);
    deadlines.remove(first);
  }
  return values;
}

test("the earliest deadline is first", () => {
  const deadlines = new Deadlines<string>();
  expect(deadlines.first).toBeUndefined();
  for (const at of [30, 10, 40, 20]) deadlines.add(at, `at ${at}`);
  expect(deadlines.first).toMatchObject({ at: 10, value: "at 10" });
  expect(drain(deadlines)).toEqual(["at 10", "at 20", "at 30", "at 40"]);
});

test("equal deadlines come in the order of their adding", () => {
  const deadlines = new Deadlines<number>();
  for (let i = 0; i < 100; i++) deadlines.add(5, i);
  expect(drain(deadlines)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("the order counts the adds", () => {
  const deadlines = new Deadlines<number>();
  expect(deadlines.latest).toBe(0);
  const { order } = deadlines.add(5, 0);
  expect(deadlines.latest).toBe(order);
  deadlines.remove(deadlines.add(1, 0));
  expect(deadlines.latest).toBe(order + 1);
});

test("a deadline that was removed stays out, and removing it again changes nothing", () => {
  const deadlines = new Deadlines<number>();
  const [first, second, third] = [1, 2, 3].map((at) => deadlines.add(at, at)) as [
    Deadline<number>,
    ...Deadline<number>[],
  ];
  for (const deadline of [second, second, first, first]) if (deadline !== undefined) deadlines.remove(deadline);
  expect(deadlines.first).toBe(third);
  deadlines.remove(first);
  expect(drain(deadlines)).toEqual([3]);
});

test("whatever is added and removed, the rest comes out sorted", () => {
  const step = fc.record({ at: fc.nat(50), remove: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const deadlines = new Deadlines<number>();
      const model: Deadline<number>[] = [];
      for (const { at, remove } of steps) {
        model.push(deadlines.add(at, at));
        if (remove === null) continue;
        for (const deadline of model.splice(remove % model.length, 1)) deadlines.remove(deadline);
      }
      const sorted = model.sort((a, b) => a.at - b.at || a.order - b.order);
      expect(drain(deadlines)).toEqual(sorted.map(({ value }) => value));
    }),
  );
});
