import { expect, test } from "vitest";
import { seconds, toSeconds } from "../../src/base/time.ts";
import { died, FRESH, permanentError } from "../../src/daemon/respawn.ts";

test("early deaths are followed by 0, 1, 2, 4 .. 32, 60, 60 seconds of waiting (measured on keepalived 2.2.7)", () => {
  const delays: number[] = [];
  let backoff = FRESH;
  for (let death = 0; death < 10; death++) {
    const next = died(backoff, seconds(59.9));
    delays.push(toSeconds(next.delay));
    backoff = next.backoff;
  }
  expect(delays).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test("who lived for a minute is replaced at once, and its early deaths are forgotten", () => {
  expect(died({ earlyDeaths: 5 }, seconds(60))).toEqual({ delay: 0, backoff: FRESH });
});

test("only statuses 1, 2 and 4 are permanent; a signal and any other status are not", () => {
  const statuses = [0, 1, 2, 3, 4, 70, 204, null];
  expect(statuses.filter((status) => permanentError(status) !== undefined)).toEqual([1, 2, 4]);
  expect(permanentError(2)).toBe("CONFIG");
});
