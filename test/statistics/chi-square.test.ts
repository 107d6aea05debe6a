import { expect, test } from "vitest";
import { seeded } from "../../src/syntax/seeded.ts";
import { chiSquare } from "./chi-square.ts";
import { sample } from "./sample.ts";

/** Critical values of the printed tables, by degrees of freedom: NIST/SEMATECH e-Handbook §1.3.6.7.4. */
const TABLE = [
  [1, 3.841, 0.05],
  [1, 10.828, 0.001],
  [2, 5.991, 0.05],
  [2, 13.816, 0.001],
  [3, 7.815, 0.05],
  [3, 16.266, 0.001],
  [4, 18.467, 0.001],
  [7, 24.322, 0.001],
] as const;

test.each(TABLE)("%i degrees of freedom: beyond %f chance goes with %f", (freedom, critical, p) => {
  // Counts of 1000 each but for two, which depart by d to either side: the statistic is 2d²/1000.
  const d = Math.sqrt(critical * 500);
  const counts = [1000 + d, 1000 - d, ...Array<number>(freedom - 1).fill(1000)];
  const found = chiSquare(counts, Array<number>(freedom + 1).fill(1));
  expect(found.statistic).toBeCloseTo(critical, 9);
  expect(found.p).toBeCloseTo(p, p === 0.05 ? 4 : 5);
});

test("counts as the weights have it: 1; counts that ignore the weights, or leave a server out: 0", () => {
  expect(chiSquare([250, 500, 1250], [1, 2, 5])).toEqual({ statistic: 0, p: 1 });
  expect(chiSquare([667, 667, 666], [1, 2, 5]).p).toBeLessThan(1e-12);
  expect(chiSquare([1000, 1000, 0], [1, 1, 1]).p).toBeLessThan(1e-12);
  expect(() => chiSquare([1, 2], [1])).toThrow("each count needs its weight");
});

test("fair throws are seldom suspected: of 1,000 tries about one in a hundred at p < 0.01", () => {
  const random = seeded(51);
  let suspected = 0;
  for (let i = 0; i < 1000; i++) {
    const counts = [0, 0, 0];
    for (let n = 0; n < 600; n++) {
      const at = Math.min(2, Math.floor(random() * 3));
      counts[at] = (counts[at] ?? 0) + 1;
    }
    if (chiSquare(counts, [1, 1, 1]).p < 0.01) suspected++;
  }
  expect(suspected).toBeGreaterThan(2);
  expect(suspected).toBeLessThan(25);
});

test("a sample has no number twice, and is the same for the same seed", () => {
  const numbers = sample(2000, 4096, seeded(7));
  expect(new Set(numbers).size).toBe(2000);
  expect(Math.max(...numbers)).toBeLessThan(4096);
  expect(sample(2000, 4096, seeded(7))).toEqual(numbers);
  expect(sample(2000, 4096, seeded(8))).not.toEqual(numbers);
});
