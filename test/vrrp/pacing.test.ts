import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type Announcement, type PacingState, paceDeadline, paceStep, rounds, UNPACED } from "../../src/vrrp/pacing.ts";

const a: Announcement = { instance: "VI_1", interface: "eth0", address: ip("192.0.2.1") };
const b: Announcement = { instance: "VI_1", interface: "eth0", address: ip("192.0.2.2") };
const other: Announcement = { instance: "VI_2", interface: "eth0", address: ip("192.0.2.3") };
const GAP = 100;

test("rounds go over all addresses: A B A B", () => {
  expect(rounds([a, b], 2)).toEqual([a, b, a, b]);
});

test("without garp_interval everything leaves at once", () => {
  const after = paceStep(0, UNPACED, { type: "queue", announcements: [a, b] }, 5);
  expect(after.send).toEqual([a, b]);
  expect(paceDeadline(after.state)).toBeUndefined();
});

test("garp_interval: the gap is kept, and no repeat is lost", () => {
  const sent: [number, Announcement][] = [];
  let now = 1000;
  let { state, send } = paceStep(GAP, UNPACED, { type: "queue", announcements: rounds([a, b], 3) }, now);
  for (;;) {
    sent.push(...send.map((item): [number, Announcement] => [now, item]));
    const at = paceDeadline(state);
    if (at === undefined) break;
    now = at;
    ({ state, send } = paceStep(GAP, state, { type: "timer" }, now));
  }
  expect(sent).toEqual([a, b, a, b, a, b].map((item, i) => [1000 + GAP * i, item]));
});

test("what comes within the gap waits; a timer that fires early or for nothing sends nothing", () => {
  const waiting: PacingState = { queue: [], readyAt: 1000 };
  const queued = paceStep(GAP, waiting, { type: "queue", announcements: [a] }, 950);
  expect(queued).toEqual({ state: { queue: [a], readyAt: 1000 }, send: [] });
  expect(paceStep(GAP, queued.state, { type: "timer" }, 999).send).toEqual([]);
  expect(paceStep(GAP, waiting, { type: "timer" }, 2000)).toEqual({ state: waiting, send: [] });
});

test("leaving master drops what is queued for that instance, and only that", () => {
  const state: PacingState = { queue: [a, other, b], readyAt: 1000 };
  const after = paceStep(GAP, state, { type: "drop", instance: "VI_1" }, 0);
  expect(after).toEqual({ state: { queue: [other], readyAt: 1000 }, send: [] });
});
