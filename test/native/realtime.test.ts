import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lockProgram, raiseDescriptorLimit } from "../../src/io/realtime.ts";

test("garbage collection goes on while the program is locked in memory", () => {
  const refused = lockProgram(); // without privilege it is refused, beyond some megabytes
  if (refused !== undefined) expect(["EPERM", "ENOMEM", "EAGAIN"]).toContain(refused.code);
  else expect(readFileSync("/proc/self/status", "utf8")).toMatch(/^VmLck:\s+\d{4,} kB/m);
  // Enough garbage that V8 gives memory back to the system: on memory locked by mlockall(2) that ends the process.
  for (let round = 0; round < 12; round++) {
    const garbage = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `number ${i}` }));
    expect(garbage).toHaveLength(200_000);
  }
});

test("the descriptor limit is raised, and never lowered", () => {
  const softLimit = (): number =>
    Number(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  const before = softLimit();
  expect(raiseDescriptorLimit(16)).toBeUndefined();
  expect(softLimit()).toBe(before);
  expect(raiseDescriptorLimit(before + 1)).toBeUndefined();
  expect(softLimit()).toBeGreaterThanOrEqual(before);
});
