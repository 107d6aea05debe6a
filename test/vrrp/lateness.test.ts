import { describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { looksFirst } from "../../src/vrrp/lateness.ts";
import { type Backup, INIT, type Master, type Step, step, type VrrpEvent } from "../../src/vrrp/machine.ts";
import { parameters } from "../stories/lan.ts";
import { names as effectNames, heardFrom } from "./steps.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const backup: Backup = {
  name: "backup",
  masterDownAt: seconds(12),
  masterInterval: seconds(1),
  master: undefined,
  preemptAt: undefined,
};
const master: Master = { name: "master", advertiseAt: seconds(12) };
const TIMER: VrrpEvent = { type: "timer" };
/** Last advert at 11 s, then three intervals and the Skew_Time of priority 254. */
const GIVEN_UP = seconds(14) + 7_812;

const names = ({ effects }: Step): string[] => effectNames(effects);

const hear = (priority: number): VrrpEvent => heardFrom(ip("192.0.2.1"), priority);

describe("a backup", () => {
  test("that is late by a quarter of the interval takes over", () => {
    expect(step(router, backup, TIMER, seconds(12.25)).state.name).toBe("master");
  });

  test("that is later listens for an interval and its Skew_Time, and says how late it is", () => {
    const now = seconds(12.25) + 1;
    expect(step(router, backup, TIMER, now)).toEqual({
      state: { ...backup, masterDownAt: now + 1_609_375, looking: true },
      effects: [{ type: "note", note: { name: "late", late: 250_001, course: "listen" } }],
    });
  });

  test("does so once: if it is late again it takes over", () => {
    const { state } = step(router, backup, TIMER, seconds(20));
    expect(step(router, state, TIMER, seconds(30)).state.name).toBe("master");
  });

  test("that hears a master meanwhile would listen again", () => {
    const { state } = step(router, backup, TIMER, seconds(20));
    expect(step(router, state, hear(200), seconds(20.1)).state).toEqual({
      ...backup,
      master: ip("192.0.2.1"),
      masterDownAt: seconds(20.1) + 3_609_375,
    });
  });

  test("with short intervals counts as late from 10 ms on: less is scheduling", () => {
    const fast = { ...router, interval: milliseconds(10) };
    const waiting = { ...backup, masterInterval: milliseconds(10) };
    expect(step(fast, waiting, TIMER, seconds(12.01)).state.name).toBe("master");
    expect(step(fast, waiting, TIMER, seconds(12.01) + 1).state.name).toBe("backup");
  });
});

describe("a master", () => {
  test("that is late by less than others wait advertises and says nothing", () => {
    expect(names(step(router, master, TIMER, GIVEN_UP - 1))).toEqual(["advertise"]);
  });

  test("that is later goes on, and announces again: who was master meanwhile goes without a word", () => {
    const after = step(router, master, TIMER, GIVEN_UP);
    expect(names(after)).toEqual(["late", "advertise", "announce"]);
    expect(after.state).toEqual({ name: "master", advertiseAt: GIVEN_UP + seconds(1) });
  });

  const yielding = { ...router, preempt: false, lateTimerPriority: 254 };

  test("timer_expired_backup: goes without resigning and waits in full", () => {
    const after = step(yielding, master, TIMER, GIVEN_UP);
    expect(names(after)).toEqual(["late", "entering", "release-addresses"]);
    expect(after.state).toEqual({ ...backup, masterDownAt: GIVEN_UP + 3_609_375 });
    expect(names(step(yielding, master, TIMER, GIVEN_UP - 1))).toEqual(["advertise"]);
  });

  test("timer_expired_backup: goes before it answers a lower one, and then follows it", () => {
    const after = step(yielding, master, hear(50), GIVEN_UP);
    expect(names(after)).toEqual(["late", "entering", "release-addresses", "master-changed"]);
    expect(after.state).toMatchObject({ name: "backup", master: ip("192.0.2.1") });
  });

  test("timer_expired_backup 100: others of priority 100 wait longer, and so does it", () => {
    const patient = { ...yielding, lateTimerPriority: 100 };
    expect(step(patient, master, TIMER, GIVEN_UP).state.name).toBe("master");
    expect(step(patient, master, TIMER, seconds(14) + 609_375).state.name).toBe("backup");
  });

  test("timer_expired_backup needs nopreempt", () => {
    expect(step({ ...yielding, preempt: true }, master, TIMER, GIVEN_UP).state.name).toBe("master");
  });

  test("down_timer_adverts: others wait as long as we would", () => {
    const patient = { ...router, downTimerAdverts: 5 };
    expect(names(step(patient, master, TIMER, GIVEN_UP))).toEqual(["advertise"]);
  });
});

test("what waits in the socket is heard before a takeover, and before a master speaks that others gave up", () => {
  expect(looksFirst(router, backup, seconds(12))).toBe(true);
  expect(looksFirst(router, backup, seconds(11))).toBe(false);
  expect(looksFirst(router, master, seconds(12))).toBe(false);
  expect(looksFirst(router, master, GIVEN_UP)).toBe(true);
  expect(looksFirst(router, INIT, seconds(12))).toBe(false);
});
