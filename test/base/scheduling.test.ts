import fc from "fast-check";
import { expect, test } from "vitest";
import { LEAST_LIMIT, priorityAfter, schedulingOf } from "../../src/base/scheduling.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";

const NOTHING = { nice: 0, realtimePriority: 0, realtimeLimit: milliseconds(10), locked: false, cpus: [] };

test("who sends adverts is in real time with the program locked also where nobody asks; who checks servers is not", () => {
  expect(schedulingOf(NOTHING, true)).toMatchObject({ priority: 1, memory: "program locked", nice: 0, cpus: [] });
  expect(schedulingOf(NOTHING, false)).toMatchObject({ priority: 0, memory: "ordinary" });
});

test("what is asked for is what a process gets", () => {
  const wish = { nice: -5, realtimePriority: 7, realtimeLimit: seconds(3), locked: true, cpus: [1] };
  for (const critical of [true, false])
    expect(schedulingOf(wish, critical)).toEqual({
      nice: -5,
      priority: 7,
      limit: seconds(3),
      memory: "locked",
      cpus: [1],
    });
});

test("a limit that is too short for a garbage collection is three seconds", () => {
  expect(schedulingOf(NOTHING, true).limit).toBe(LEAST_LIMIT);
  expect(schedulingOf({ ...NOTHING, realtimeLimit: seconds(3) + 1 }, true).limit).toBe(seconds(3) + 1);
});

test("lateness raises the priority by one up to the ceiling; without max_auto_priority never", () => {
  const auto = { maxAutoPriority: 2, minAutoPriorityDelay: milliseconds(50) };
  expect(priorityAfter(milliseconds(50), 0, auto)).toBe(1);
  expect(priorityAfter(milliseconds(50), 1, auto)).toBe(2);
  expect(priorityAfter(milliseconds(50), 2, auto)).toBe(2);
  expect(priorityAfter(milliseconds(50) - 1, 0, auto)).toBe(0);
  for (const maxAutoPriority of [0, -1]) expect(priorityAfter(seconds(9), 1, { ...auto, maxAutoPriority })).toBe(1);
});

test("whatever happens, the priority is never below what the operator set, nor above 99", () => {
  const priority = fc.integer({ min: 0, max: 99 });
  fc.assert(
    fc.property(priority, fc.integer({ min: -1, max: 99 }), fc.array(fc.nat(3_000_000)), (set, ceiling, lates) => {
      const auto = { maxAutoPriority: ceiling, minAutoPriorityDelay: seconds(1) };
      let raised = 0;
      for (const late of lates) {
        const before = schedulingOf({ ...NOTHING, realtimePriority: set }, true, raised).priority;
        raised = priorityAfter(late, before, auto);
        expect(raised).toBeGreaterThanOrEqual(before);
        expect(raised).toBeLessThanOrEqual(Math.max(ceiling, set, 1));
      }
    }),
  );
});
