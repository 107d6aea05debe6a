import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "../../src/daemon/throttle.ts";

let acts: number[];
let throttle: Throttle;

beforeEach(() => {
  vi.useFakeTimers();
  acts = [];
  throttle = new Throttle((finished) => {
    acts.push(Date.now());
    finished();
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** When it acted since the last time, in milliseconds from now. */
function within(milliseconds: number): number[] {
  const from = Date.now();
  vi.advanceTimersByTime(milliseconds);
  return acts.splice(0).map((at) => at - from);
}

test("what is requested is done at once, and what is requested meanwhile 100 ms later, once", () => {
  throttle.request();
  expect(within(1)).toHaveLength(1);
  for (let i = 0; i < 5; i++) throttle.request();
  expect(within(1000)).toEqual([expect.closeTo(100, -1)]);
  expect(within(10_000)).toEqual([]);
});

test("what has time is done two seconds later, however often it is requested, or with what has none", () => {
  throttle.requestInTime();
  expect(within(1500)).toEqual([]);
  throttle.requestInTime();
  expect(within(8500)).toEqual([expect.closeTo(500, -1)]);
  throttle.requestInTime();
  within(1000);
  throttle.request();
  expect(within(10_000)).toEqual([expect.closeTo(0, -1)]);
});
