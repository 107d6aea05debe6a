import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { startsAt } from "../../src/vrrp/startup.ts";

const start = (startupDelay: number, delayAfterBoot: number): number =>
  startsAt({ startupDelay: seconds(startupDelay), delayAfterBoot: seconds(delayAfterBoot) }, seconds(100));

test("nothing holds the start back where nothing is configured, or the boot was long ago", () => {
  expect(start(0, 0)).toBe(seconds(100));
  expect(start(0, 60)).toBe(seconds(100));
});

test("vrrp_startup_delay counts from the start, vrrp_delay_after_boot from the boot; the later one wins", () => {
  expect(start(5, 60)).toBe(seconds(105));
  expect(start(5, 120)).toBe(seconds(120));
});
