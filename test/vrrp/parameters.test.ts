import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { masterDownInterval, skewTime } from "../../src/vrrp/parameters.ts";
import { parameters } from "../stories/lan.ts";

test.each([
  [100, 609_375],
  [50, 804_687],
  [254, 7_812],
  [1, 996_093],
])("RFC 3768 §6.1: the Skew_Time of priority %i is %i µs", (priority, skew) => {
  expect(skewTime({ priority, basePriority: priority })).toBe(skew);
});

test("VRRPv2 counts Skew_Time in parts of one second, whatever the interval", () => {
  expect(masterDownInterval({ ...parameters("r1", 100, "192.0.2.1"), interval: seconds(10) })).toBe(30_609_375);
});

test("an owner's Skew_Time is that of 255, also while it advertises less", () => {
  expect(skewTime({ priority: 254, basePriority: 255 })).toBe(3_906);
});

test("down_timer_adverts sets how many silent intervals are suffered", () => {
  expect(masterDownInterval({ ...parameters("r1", 50, "192.0.2.1"), downTimerAdverts: 1 })).toBe(1_804_687);
});
