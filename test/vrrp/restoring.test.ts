import fc from "fast-check";
import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { type Restoring, restoreAt, restored, UNDISTURBED, wordsOf } from "../../src/vrrp/restoring.ts";

/** After `times` removals that came as soon as each was undone. */
function fought(times: number, from = seconds(1000)): { state: Restoring; now: number } {
  let [state, now] = [UNDISTURBED, from];
  for (let i = 0; i < times; i++) {
    now = restoreAt(state, now);
    state = restored(state, now);
  }
  return { state, now };
}

test("twenty removals are undone at once", () => {
  expect(fought(20).now).toBe(seconds(1000));
});

test("then each round waits twice as long as the one before, up to ten seconds", () => {
  const at = (times: number): number => fought(times).now - seconds(1000);
  expect([at(21), at(22), at(23)]).toEqual([milliseconds(100), milliseconds(300), milliseconds(700)]);
  expect(at(40) - at(39)).toBe(seconds(10));
});

test("a quiet minute makes it forgotten, less does not", () => {
  const { state, now } = fought(30);
  expect(restoreAt(state, now + seconds(60))).toBe(now + seconds(60));
  expect(restored(state, now + seconds(60))).toEqual({ times: 1, lastAt: now + seconds(60) });
  expect(restored(state, now + seconds(59)).times).toBe(31);
});

test("a time that has passed is now", () => {
  const { state, now } = fought(21);
  expect(restoreAt(state, now + seconds(5))).toBe(now + seconds(5));
});

test("each is said until the fight is, and none after it", () => {
  expect([wordsOf(fought(1).state), wordsOf(fought(19).state)]).toEqual(["restored", "restored"]);
  expect([wordsOf(fought(20).state), wordsOf(fought(21).state)]).toEqual(["fight", "nothing"]);
});

test("in a fight of any rhythm nobody is outrun: no minute sees more than forty restorations", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(seconds(3)), { minLength: 200, maxLength: 200 }), (pauses) => {
      let [state, now] = [UNDISTURBED, 0];
      const times: number[] = [];
      for (const pause of pauses) {
        now = restoreAt(state, now + pause);
        state = restored(state, now);
        times.push(now);
      }
      expect(times.filter((at, i) => at - (times[i - 40] ?? Number.NEGATIVE_INFINITY) < seconds(60))).toEqual([]);
    }),
  );
});
