import fc from "fast-check";
import { expect, test } from "vitest";
import { fileVerdict, weightWith } from "../../src/lvs/file-check.ts";

const MOST = 2 ** 31 - 1;
const plain = (weight: number) => ({ weight, reverse: false });
const reversed = (weight: number) => ({ weight, reverse: true });

test("without weight any number but 0 is a fault, with reverse 0 is: that one is right from the start", () => {
  expect(fileVerdict(plain(0), 0)).toEqual({ up: true, delta: 0 });
  expect(fileVerdict(plain(0), 1)).toEqual({ up: false, delta: 0 });
  expect(fileVerdict(plain(0), -1)).toEqual({ up: false, delta: 0 });
  expect(fileVerdict(reversed(0), 0)).toEqual({ up: false, delta: 0 });
  expect(fileVerdict(reversed(0), 1)).toEqual({ up: true, delta: 0 });
});

test.each([
  [plain(1), 5, 5],
  [plain(3), -2, -6],
  [reversed(3), 2, -6],
  [reversed(-3), 2, 6],
  [plain(7), 0, 0],
  [reversed(7), 0, 0],
])("with %j the number %d adds %d", (weight, number, delta) => {
  expect(fileVerdict(weight, number)).toEqual({ up: true, delta });
});

test("a product that is too small is a fault, one that is too large counts for the largest", () => {
  expect(fileVerdict(plain(1), -MOST)).toEqual({ up: true, delta: -MOST });
  expect(fileVerdict(plain(1), -MOST - 1)).toEqual({ up: false, delta: 0 });
  expect(fileVerdict(plain(2), -(2 ** 30))).toEqual({ up: false, delta: 0 });
  expect(fileVerdict(reversed(1), -MOST - 1)).toEqual({ up: true, delta: MOST });
  expect(fileVerdict(plain(MOST), MOST)).toEqual({ up: true, delta: MOST });
  expect(fileVerdict(plain(-MOST), MOST)).toEqual({ up: false, delta: 0 });
});

test("what the checkers of a server say is added to its weight, and ends at 0 and at the largest", () => {
  expect(weightWith(5, [])).toBe(5);
  expect(weightWith(5, [3, -1])).toBe(7);
  expect(weightWith(5, [3, -9])).toBe(0);
  expect(weightWith(1, [-MOST, MOST])).toBe(1);
  expect(weightWith(1, [MOST, MOST])).toBe(MOST);
});

test("whatever the file holds, the weight is one that the kernel takes", () => {
  const int32 = fc.integer({ min: -MOST - 1, max: MOST });
  const checker = fc.record({ weight: fc.integer({ min: -MOST, max: MOST }), reverse: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MOST }), fc.array(fc.tuple(checker, int32)), (own, checkers) => {
      const verdicts = checkers.map(([weight, number]) => fileVerdict(weight, number));
      for (const { delta } of verdicts) expect(Math.abs(delta)).toBeLessThanOrEqual(MOST);
      const weight = weightWith(
        own,
        verdicts.map(({ delta }) => delta),
      );
      expect(Number.isInteger(weight) && weight >= 0 && weight <= MOST).toBe(true);
    }),
  );
});
