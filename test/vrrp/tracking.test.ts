import { expect, test } from "vitest";
import {
  contribution,
  effectivePriority,
  faultReasons,
  standing,
  standingEvent,
  type Tracked,
  type TrackedVerdict,
} from "../../src/vrrp/tracking.ts";

const fit: Tracked = {
  interfaces: [
    { name: "eth0", up: true },
    { name: "eth1", up: true },
  ],
  primary: { interface: "eth0", hasAddress: true },
  scripts: [],
};

const scripts = (...some: Partial<TrackedVerdict>[]): Tracked => ({
  ...fit,
  scripts: some.map((item, i) => ({ script: `s${i}`, weight: 0, reverse: false, verdict: "up", ...item })),
});

const of = (tracked: Tracked): string => standing(faultReasons(tracked));

test("a host with everything up is fit", () => {
  expect(faultReasons(fit)).toEqual([]);
  expect(of(fit)).toBe("fit");
});

test("what others removed and cannot be put back makes unfit", () => {
  const tracked = { ...fit, lost: ["route 10.0.0.0/8"] };
  expect(faultReasons(tracked)).toEqual([{ type: "lost", what: "route 10.0.0.0/8" }]);
  expect(of(tracked)).toBe("unfit");
});

test("of two interfaces down, the return of one does not make fit", () => {
  const one = {
    ...fit,
    interfaces: [
      { name: "eth0", up: true },
      { name: "eth1", up: false },
    ],
  };
  expect(faultReasons(one)).toEqual([{ type: "interface-down", interface: "eth1" }]);
  expect(of(one)).toBe("unfit");
});

test("without an address there is nothing to send from", () => {
  const bare = { ...fit, primary: { interface: "eth0", hasAddress: false } };
  expect(faultReasons(bare)).toEqual([{ type: "no-address", interface: "eth0" }]);
});

test("an unweighted script that fails is a fault, with reverse one that succeeds", () => {
  expect(faultReasons(scripts({ verdict: "down" }))).toEqual([{ type: "script", script: "s0" }]);
  expect(faultReasons(scripts({ verdict: "up", reverse: true }))).toEqual([{ type: "script", script: "s0" }]);
  expect(of(scripts({ verdict: "up" }, { verdict: "down", reverse: true }))).toBe("fit");
});

test("an unweighted script that has not finished once leaves it open, unless something is wrong already", () => {
  expect(of(scripts({ verdict: "pending" }))).toBe("pending");
  expect(of(scripts({ verdict: "pending" }, { verdict: "down" }))).toBe("unfit");
});

test("a weighted script is never a fault", () => {
  expect(of(scripts({ verdict: "down", weight: 2 }, { verdict: "pending", weight: -2 }))).toBe("fit");
});

test("the machine is told what has changed, and nothing of what is pending", () => {
  expect([standingEvent("fit"), standingEvent("unfit"), standingEvent("pending")]).toEqual([
    { type: "recovered" },
    { type: "fault" },
    undefined,
  ]);
});

test.each([
  { weight: 30, reverse: false, up: 30, down: 0 },
  { weight: -30, reverse: false, up: 0, down: -30 },
  { weight: 30, reverse: true, up: -30, down: 0 },
  { weight: -30, reverse: true, up: 0, down: 30 },
  { weight: 0, reverse: false, up: 0, down: 0 },
])(
  "weight $weight, reverse $reverse: $up while up, $down while down, 0 while pending",
  ({ weight, reverse, up, down }) => {
    expect(contribution({ weight, reverse, verdict: "up" })).toBe(up);
    expect(contribution({ weight, reverse, verdict: "down" })).toBe(down);
    expect(contribution({ weight, reverse, verdict: "pending" })).toBe(0);
  },
);

test("the priority is the sum within 1..254; an owner's never changes", () => {
  expect(effectivePriority(100, [2, -30])).toBe(72);
  expect(effectivePriority(100, [253])).toBe(254);
  expect(effectivePriority(100, [-253])).toBe(1);
  expect(effectivePriority(100, [-253, 200])).toBe(47);
  expect(effectivePriority(255, [-100])).toBe(255);
});
