import { expect, test } from "vitest";
import { rangeWithGroup } from "../../src/lvs/ping-group-range.ts";

test.each([
  ["1\t0", 0, "0\t0"], // as Linux begins: nobody
  ["1\t0", 100, "100\t100"],
  ["100\t200", 0, "0\t200"],
  ["0\t50", 100, "0\t100"],
  ["0\t2147483647", 0, undefined],
  ["0 0", 0, undefined],
  ["7\t7", 7, undefined],
  ["", 0, undefined],
  ["0", 0, undefined],
  ["a b", 0, undefined],
])("%j with group %i is %j", (range, group, wider) => {
  expect(rangeWithGroup(range, group)).toBe(wider);
});
