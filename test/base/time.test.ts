import { expect, test } from "vitest";
import { centiseconds, milliseconds, seconds, toSeconds } from "../../src/base/time.ts";

test("every unit is integer microseconds inside", () => {
  expect(seconds(1)).toBe(1_000_000);
  expect(seconds(0.1 + 0.2)).toBe(300_000);
  expect(milliseconds(1.5)).toBe(1_500);
  expect(centiseconds(100)).toBe(1_000_000);
  expect(toSeconds(seconds(3.25))).toBe(3.25);
});
