import { expect, test } from "vitest";
import { collectGarbage } from "../../src/io/heap.ts";

test("what nobody needs any more is gone", () => {
  const used = (): number => process.memoryUsage().heapUsed;
  collectGarbage();
  const before = used();
  let kept: unknown = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  expect(used() - before).toBeGreaterThan(5_000_000);
  expect(kept).toBeDefined();
  kept = undefined;
  collectGarbage();
  expect(used() - before).toBeLessThan(2_000_000);
});
