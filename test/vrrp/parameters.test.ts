import { expect, test } from "vitest";
import { centiseconds, seconds } from "../../src/base/time.ts";
import { masterDownInterval, skewTime } from "../../src/vrrp/parameters.ts";
import { parameters } from "../stories/lan.ts";

test.each([
  [100, 609_375],
  [50, 804_687],
  [254, 7_812],
  [1, 996_093],
])("RFC 3768 §6.1: the Skew_Time of priority %i is %i µs", (priority, skew) => {
  expect(skewTime({ version: 2, priority, basePriority: priority }, seconds(7))).toBe(skew);
});

test("VRRPv2 counts Skew_Time in parts of one second, whatever the interval", () => {
  expect(masterDownInterval(parameters("r1", 100, "192.0.2.1"), seconds(10))).toBe(30_609_375);
});

test("an owner's Skew_Time is that of 255, also while it advertises less", () => {
  expect(skewTime({ version: 2, priority: 254, basePriority: 255 }, seconds(1))).toBe(3_906);
});

test("down_timer_adverts sets how many silent intervals are suffered", () => {
  expect(masterDownInterval({ ...parameters("r1", 50, "192.0.2.1"), downTimerAdverts: 1 }, seconds(1))).toBe(1_804_687);
});

test.each([
  [100, seconds(1), 609_375],
  [50, centiseconds(50), 402_343],
  [254, centiseconds(1), 78],
  [1, centiseconds(4095), 40_790_039],
])(
  "RFC 9568 §6.1: VRRPv3 counts Skew_Time in parts of the master's interval: priority %i, %i µs",
  (priority, interval, skew) => {
    expect(skewTime({ version: 3, priority, basePriority: priority }, interval)).toBe(skew);
  },
);

test("RFC 9568 §6.1: the wait of VRRPv3 goes by the master's interval, not by ours", () => {
  const router = { ...parameters("r1", 100, "192.0.2.1"), version: 3 as const };
  expect(masterDownInterval(router, centiseconds(10))).toBe(360_937);
});
