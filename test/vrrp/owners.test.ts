import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { type Master, type Step, step, type VrrpEvent } from "../../src/vrrp/machine.ts";
import { parameters } from "../stories/lan.ts";
import { names as effectNames, heardFrom } from "./steps.ts";

const owner = { ...parameters("VI_1", 255, "192.0.2.2"), wantsMaster: true };
const NOW = seconds(10);
const master: Master = { name: "master", advertiseAt: seconds(10.5) };
const LOWER = ip("192.0.2.1");

const hear = (from = LOWER, priority = 255): VrrpEvent => heardFrom(from, priority);

const names = ({ effects }: Step): string[] => effectNames(effects);

test("a lower owner is answered and announced against once, then suffered for two adverts and 1.2 intervals", () => {
  const first = step(owner, master, hear(), NOW);
  expect(names(first)).toEqual(["owner-conflict", "advertise", "announce"]);
  expect(first.state).toMatchObject({ name: "master", conflict: { from: LOWER, patientTo: seconds(12.2) } });
  const second = step(owner, first.state, hear(), seconds(11));
  expect(names(second)).toEqual(["owner-conflict"]);
  expect(second.state).toMatchObject({ name: "master", advertiseAt: seconds(11) });
  const turn = step(owner, second.state, { type: "timer" }, seconds(11));
  expect(turn.state).toMatchObject({ conflict: { heardAt: seconds(11) } });
  expect(step(owner, turn.state, hear(), seconds(12.1)).state.name).toBe("master");
  const last = step(owner, turn.state, hear(), seconds(12.2));
  expect(names(last)).toEqual(["owner-stays", "entering", "release-addresses"]);
  expect(last.state).toMatchObject({ name: "backup", master: LOWER });
});

test("one that was silent for a down interval, or another one, begins anew", () => {
  const first = step(owner, master, hear(), NOW);
  for (const [from, at] of [
    [LOWER, seconds(13.1)],
    [ip("192.0.2.0"), seconds(12.5)],
  ] as const)
    expect(names(step(owner, first.state, hear(from), at))).toEqual(["owner-conflict", "advertise", "announce"]);
});

test("in strict mode the first is not answered out of turn either", () => {
  const first = step({ ...owner, lowerPriorityAdvert: false }, master, hear(), NOW);
  expect(names(first)).toEqual(["owner-conflict", "announce"]);
  expect(first.state).toMatchObject({ advertiseAt: master.advertiseAt, conflict: { from: LOWER } });
});

test("who went is an owner still: it follows 255, discards what says less, and is back after the wait of 255", () => {
  const gone = step(owner, { ...master, conflict: { from: LOWER, heardAt: NOW, patientTo: NOW } }, hear(), NOW);
  expect(gone.state).toMatchObject({ name: "backup", masterDownAt: NOW + 3_003_906 });
  expect(names(step(owner, gone.state, hear(LOWER, 254), NOW))).toEqual(["lower-priority-discarded"]);
  expect(names(step(owner, gone.state, hear(), seconds(11)))).toEqual([]);
});
