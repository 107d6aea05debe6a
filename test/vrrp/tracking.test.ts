import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import {
  contribution,
  effectivePriority,
  faultReasons,
  standing,
  standingEvent,
  type Tracked,
  type TrackedCondition,
  type Tracker,
} from "../../src/vrrp/tracking.ts";

const fit: Tracked = {
  interfaces: [
    { name: "eth0", up: true },
    { name: "eth1", up: true },
  ],
  primary: { interface: "eth0", family: 4, hasAddress: true, lostSource: undefined, hasPeers: true },
  trackers: [],
};

const condition = (more: Partial<TrackedCondition>): TrackedCondition => ({
  ...{ kind: "script", name: "s", weight: 0, reverse: false, verdict: "up" },
  ...more,
});
const scripts = (...some: Partial<TrackedCondition>[]): Tracked => ({
  ...fit,
  trackers: some.map((item, i) => condition({ name: `s${i}`, ...item })),
});
const file = (value: number, weight: number, reverse = false): Tracker => {
  return { kind: "file", name: "f", value, weight, reverse };
};

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
  const bare = { ...fit, primary: { ...fit.primary, hasAddress: false } };
  expect(faultReasons(bare)).toEqual([{ type: "no-address", interface: "eth0", family: 4 }]);
});

test("a source that is gone, and unicast without a peer, are faults", () => {
  const lost = { ...fit, primary: { ...fit.primary, lostSource: ip("192.0.2.9") } };
  expect(faultReasons(lost)).toEqual([{ type: "source-lost", address: "192.0.2.9" }]);
  expect(of(lost)).toBe("unfit");
  expect(faultReasons({ ...fit, primary: { ...fit.primary, hasPeers: false } })).toEqual([{ type: "no-peer" }]);
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
    for (const kind of ["script", "interface", "process"] as const) {
      expect(contribution(condition({ kind, weight, reverse, verdict: "up" }))).toBe(up);
      expect(contribution(condition({ kind, weight, reverse, verdict: "down" }))).toBe(down);
      expect(contribution(condition({ kind, weight, reverse, verdict: "pending" }))).toBe(0);
    }
  },
);

test("without a weight a tracked interface or process is a fault while down, with reverse while up", () => {
  const reasons = (more: Partial<TrackedCondition>) => faultReasons({ ...fit, trackers: [condition(more)] });
  expect(reasons({ kind: "interface", verdict: "down" })).toEqual([{ type: "interface-down", interface: "s" }]);
  expect(reasons({ kind: "interface", verdict: "up", reverse: true })).toEqual([
    { type: "interface-up", interface: "s" },
  ]);
  expect(reasons({ kind: "process", verdict: "down" })).toEqual([{ type: "process", process: "s" }]);
  expect(reasons({ kind: "process", verdict: "up", reverse: true })).toEqual([{ type: "process", process: "s" }]);
  for (const kind of ["interface", "process"] as const)
    expect([reasons({ kind, verdict: "up" }), reasons({ kind, verdict: "down", weight: -9 })]).toEqual([[], []]);
});

test.each([
  [5, 1, false, 5],
  [-5, 2, false, -10],
  [5, 2, true, -10],
  [253, 1, false, 253],
  [3000, 1, false, 253],
  [-253, 1, false, -253],
  [0, 254, false, 0],
])("a file with %i times weight %i, reverse %s, adds %i", (value, weight, reverse, expected) => {
  expect(contribution(file(value, weight, reverse))).toBe(expected);
  expect(faultReasons({ ...fit, trackers: [file(value, weight, reverse)] })).toEqual([]);
});

test.each([
  [-254, 1, false],
  [-127, 2, false],
  [254, 1, true],
  [-2147483648, 254, false],
  [1, 0, false],
  [-1, 0, false],
  [0, 0, true],
])("a file with %i times weight %i, reverse %s, is a fault and adds nothing", (value, weight, reverse) => {
  expect(faultReasons({ ...fit, trackers: [file(value, weight, reverse)] })).toEqual([
    { type: "file", file: "f", value },
  ]);
  expect(contribution(file(value, weight, reverse))).toBe(0);
});

test.each([
  [0, false],
  [7, true],
])("a file with %i without weight, reverse %s, is none", (value, reverse) => {
  expect(faultReasons({ ...fit, trackers: [file(value, 0, reverse)] })).toEqual([]);
});

test("the priority is the sum within 1..254; an owner's never changes", () => {
  expect(effectivePriority(100, [2, -30])).toBe(72);
  expect(effectivePriority(100, [253])).toBe(254);
  expect(effectivePriority(100, [-253])).toBe(1);
  expect(effectivePriority(100, [-253, 200])).toBe(47);
  expect(effectivePriority(255, [-100])).toBe(255);
});

test("an unweighted BFD session that is down is a fault, with reverse one that is up; a weighted one never is", () => {
  const bfd = (item: Partial<TrackedCondition>): Tracked => ({
    ...fit,
    trackers: [{ kind: "bfd", name: "b", weight: 0, reverse: false, verdict: "down", ...item }],
  });
  expect(faultReasons(bfd({}))).toEqual([{ type: "bfd", session: "b", verdict: "down" }]);
  expect(faultReasons(bfd({ reverse: true, verdict: "up" }))).toEqual([{ type: "bfd", session: "b", verdict: "up" }]);
  expect([of(bfd({})), of(bfd({ verdict: "up" })), of(bfd({ reverse: true })), of(bfd({ weight: -9 }))]).toEqual([
    "unfit",
    "fit",
    "fit",
    "fit",
  ]);
});
