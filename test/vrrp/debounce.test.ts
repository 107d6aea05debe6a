import fc from "fast-check";
import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { type Debounced, expire, longestDelay, observe } from "../../src/vrrp/debounce.ts";

const DELAYS = { down: seconds(1), up: seconds(2) };
const UP: Debounced = { up: true, turnAt: undefined };

test("without delays a change counts at once", () => {
  expect(observe({ down: 0, up: 0 }, UP, false, 7)).toEqual({ up: false, turnAt: undefined });
});

test("a change counts when it has lasted its delay", () => {
  const falling = observe(DELAYS, UP, false, 5);
  expect(falling).toEqual({ up: true, turnAt: 5 + seconds(1) });
  expect(expire(falling, seconds(1))).toBe(falling);
  expect(expire(falling, 5 + seconds(1))).toEqual({ up: false, turnAt: undefined });
  expect(observe(DELAYS, { up: false, turnAt: undefined }, true, 5)).toEqual({ up: false, turnAt: 5 + seconds(2) });
});

test("what returns within its delay was never away, and the next delay is a whole one", () => {
  const back = observe(DELAYS, observe(DELAYS, UP, false, 0), true, seconds(0.5));
  expect(back).toEqual(UP);
  expect(observe(DELAYS, back, false, seconds(0.6)).turnAt).toBe(seconds(1.6));
});

test("the same change seen again does not begin its delay anew; one without delay ends it", () => {
  const falling = observe(DELAYS, UP, false, 0);
  expect(observe(DELAYS, falling, false, seconds(0.5))).toEqual(falling);
  expect(observe({ down: 0, up: 0 }, falling, false, seconds(0.5))).toEqual({ up: false, turnAt: undefined });
});

test("whatever is seen, what has lasted longer than both delays counts", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3_000_000))), fc.boolean(), (seen, last) => {
      let [state, now]: [Debounced, number] = [UP, 0];
      for (const [up, wait] of [...seen, [last, 0] as const]) {
        state = observe(DELAYS, expire(state, now), up, now);
        now += wait;
      }
      expect(expire(state, now + seconds(2)).up).toBe(last);
    }),
  );
});

test("the interface of a router may be held back for two intervals less 1/256 of one", () => {
  expect(longestDelay({ interval: seconds(1), downTimerAdverts: 3 })).toBe(1_996_094);
  expect(longestDelay({ interval: milliseconds(10), downTimerAdverts: 1 })).toBe(0);
});
