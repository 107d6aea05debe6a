import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import {
  adopt,
  deadline,
  INIT,
  step,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
} from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { parameters } from "../stories/lan.ts";
import { heardFrom, names } from "./steps.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const owner: VrrpParameters = { ...parameters("VI_1", 255, "192.0.2.2"), wantsMaster: true };
const MASTER = ip("192.0.2.3");
const NOW = seconds(10);
const backup: VrrpState = {
  name: "backup",
  masterDownAt: seconds(12),
  masterInterval: seconds(1),
  master: undefined,
  preemptAt: undefined,
};
const master: VrrpState = { name: "master", advertiseAt: seconds(10.5) };
const fault: VrrpState = { name: "fault", pending: false };
const STATES: readonly VrrpState[] = [INIT, backup, master, fault];

const advertise = (priority: number): VrrpEffect => ({ type: "advertise", priority });
const entering = (state: VrrpState["name"], initial = false): VrrpEffect => ({
  type: "note",
  note: { name: "entering", state, initial },
});
const resigning: readonly VrrpEffect[] = [advertise(0), { type: "note", note: { name: "priority-zero-sent" } }];

const hear = (priority: number, from = MASTER): VrrpEvent => heardFrom(from, priority);

test("a fit router starts as backup and waits in full", () => {
  expect(step(router, INIT, { type: "startup", standing: "fit" }, NOW)).toEqual({
    state: { ...backup, masterDownAt: NOW + 3_609_375 },
    effects: [entering("backup", true)],
  });
});

test("an owner with `state MASTER` is master at once", () => {
  expect(step(owner, INIT, { type: "startup", standing: "fit" }, NOW)).toEqual({
    state: { name: "master", advertiseAt: seconds(11) },
    effects: [advertise(255), entering("master"), { type: "claim-addresses" }],
  });
});

test("an owner whose start is delayed is master when the delay ends, without a word before", () => {
  const delayed = step(owner, INIT, { type: "startup", standing: "fit", delayed: true }, NOW);
  expect(delayed).toEqual({ state: { ...backup, masterDownAt: NOW }, effects: [] });
  expect(names(step(owner, delayed.state, { type: "timer" }, NOW).effects)).toEqual([
    "advertisement-timeout",
    "advertise",
    "entering",
    "claim-addresses",
  ]);
});

test.each([
  ["an owner with `state BACKUP`", { ...owner, wantsMaster: false }],
  ["`state MASTER` below 255", { ...router, wantsMaster: true }],
])("%s waits like a backup", (_, some) => {
  expect(step(some, INIT, { type: "startup", standing: "fit" }, NOW).state.name).toBe("backup");
});

test("an unfit router starts in fault and says so", () => {
  const after = step(router, INIT, { type: "startup", standing: "unfit" }, NOW);
  expect(after).toEqual({ state: fault, effects: [entering("fault", true)] });
});

test("a router whose script is pending starts in fault without a word; its first result decides", () => {
  const { state, effects } = step(router, INIT, { type: "startup", standing: "pending" }, NOW);
  expect({ state, effects }).toEqual({ state: { name: "fault", pending: true }, effects: [] });
  expect(step(router, state, { type: "fault" }, NOW)).toEqual({ state: fault, effects: [entering("fault")] });
  expect(names(step(router, state, { type: "recovered" }, NOW).effects)).toEqual(["entering"]);
});

test("a stopped router hears and does nothing before startup", () => {
  for (const event of [hear(200), { type: "timer" }, { type: "fault" }, { type: "shutdown" }] as const)
    expect(step(router, INIT, event, NOW)).toEqual({ state: INIT, effects: [] });
});

test("RFC 9568 §6.4.2: silence makes a backup master, which advertises before it claims the addresses", () => {
  expect(step(router, backup, { type: "timer" }, seconds(12))).toEqual({
    state: { name: "master", advertiseAt: seconds(13) },
    effects: [
      { type: "note", note: { name: "advertisement-timeout" } },
      advertise(100),
      entering("master"),
      { type: "claim-addresses" },
    ],
  });
});

test("a timer that fires early changes nothing", () => {
  expect(step(router, backup, { type: "timer" }, seconds(11.9))).toEqual({ state: backup, effects: [] });
  expect(step(router, master, { type: "timer" }, seconds(10.4))).toEqual({ state: master, effects: [] });
});

test.each([100, 101, 255])("a backup of priority 100 follows a master of priority %i", (priority) => {
  expect(step(router, backup, hear(priority), NOW)).toEqual({
    state: { ...backup, masterDownAt: NOW + 3_609_375, master: MASTER },
    effects: [{ type: "note", note: { name: "master-changed", from: undefined, to: MASTER } }],
  });
});

test("the same master is not news", () => {
  expect(step(router, { ...backup, master: MASTER }, hear(200), NOW).effects).toEqual([]);
});

test("a lower advertisement does not move a backup's deadline", () => {
  expect(step(router, backup, hear(99), NOW)).toEqual({
    state: { ...backup, master: MASTER },
    effects: [{ type: "note", note: { name: "lower-priority-discarded", from: MASTER, priority: 99 } }],
  });
});

test("with nopreempt a lower advertisement does", () => {
  const { state } = step({ ...router, preempt: false }, backup, hear(99), NOW);
  expect(state).toEqual({ ...backup, master: MASTER, masterDownAt: NOW + 3_609_375 });
});

test("RFC 9568 §6.4.2: priority 0 shortens the wait to Skew_Time", () => {
  const known = { ...backup, master: MASTER };
  const received: VrrpEffect = { type: "note", note: { name: "priority-zero-received", from: MASTER, by: "backup" } };
  expect(step(router, known, hear(0), NOW)).toEqual({
    state: { ...known, masterDownAt: 10_609_375 },
    effects: [received],
  });
  expect(step(router, backup, hear(0), NOW)).toEqual({
    state: { ...backup, masterDownAt: 10_609_375 },
    effects: [received],
  });
});

test("priority 0 of somebody who is not the master is not believed", () => {
  const known = { ...backup, master: MASTER };
  const from = ip("192.0.2.9");
  expect(step(router, known, hear(0, from), NOW)).toEqual({
    state: known,
    effects: [{ type: "note", note: { name: "priority-zero-ignored", from, master: MASTER } }],
  });
});

test("preempt_delay: the first lower advertisement starts it, the next are followed, after it they are discarded", () => {
  const patient = { ...router, preemptDelay: seconds(5) };
  const first = step(patient, backup, hear(50), NOW);
  expect(first.state).toEqual({
    name: "backup",
    masterDownAt: 13_609_375,
    masterInterval: seconds(1),
    master: MASTER,
    preemptAt: seconds(15),
  });
  expect(names(first.effects)).toEqual(["preempt-delay-started", "master-changed"]);
  const next = step(patient, first.state, hear(50), seconds(14.9));
  expect(next.state).toEqual({ ...first.state, masterDownAt: 18_509_375 });
  const late = step(patient, next.state, hear(50), seconds(15));
  expect(late.state).toEqual(next.state);
  expect(names(late.effects)).toEqual(["lower-priority-discarded"]);
});

test("preempt_delay: a higher advertisement stops it, silence does not wait for it", () => {
  const waiting: VrrpState = { ...backup, master: MASTER, preemptAt: seconds(20) };
  const after = step({ ...router, preemptDelay: seconds(5) }, waiting, hear(100), NOW);
  expect(after.state).toMatchObject({ preemptAt: undefined });
  expect(names(after.effects)).toEqual(["preempt-delay-stopped"]);
  expect(step(router, waiting, { type: "timer" }, seconds(12)).state.name).toBe("master");
});

test("preempt_delay: neither does a resignation", () => {
  const waiting: VrrpState = { ...backup, masterDownAt: seconds(13), master: MASTER, preemptAt: seconds(20) };
  const after = step({ ...router, preemptDelay: seconds(5) }, waiting, hear(0), NOW);
  expect(after.state).toEqual({ ...waiting, masterDownAt: 10_609_375 });
  expect(step(router, after.state, { type: "timer" }, 10_609_375).state.name).toBe("master");
});

test("RFC 9568 §6.4.3: a master advertises each interval", () => {
  expect(step(router, master, { type: "timer" }, seconds(10.5))).toEqual({
    state: { name: "master", advertiseAt: seconds(11.5) },
    effects: [advertise(100)],
  });
});

test("a master that hears priority 0 advertises at once", () => {
  const after = step(router, master, hear(0), NOW);
  expect(after.state).toEqual({ name: "master", advertiseAt: seconds(11) });
  expect(names(after.effects)).toEqual(["priority-zero-received", "advertise"]);
});

test("lower_prio_no_advert: that answer does not move its own deadline", () => {
  const after = step({ ...router, lowerPriorityAdvert: false }, master, hear(0), NOW);
  expect(after.state).toEqual(master);
  expect(names(after.effects)).toEqual(["priority-zero-received", "advertise"]);
});

test("out of fault a router of unicast peers announces its source: they send to it", () => {
  const after = step({ ...router, announcesSource: true }, fault, { type: "recovered" }, NOW);
  expect(names(after.effects)).toEqual(["entering", "announce-source"]);
});

test("a master answers a lower advertisement at once and announces its addresses again", () => {
  const after = step(router, master, hear(99), NOW);
  expect(after.state).toEqual({ name: "master", advertiseAt: seconds(11) });
  expect(names(after.effects)).toEqual(["forcing-election", "advertise", "announce"]);
});

test("who was told less than a millisecond ago is not told again: a flood is not answered by a flood", () => {
  const fresh: VrrpState = { name: "master", advertiseAt: NOW - 999 + seconds(1) };
  const after = step(router, fresh, hear(99), NOW);
  expect(after.state).toEqual(fresh);
  expect(names(after.effects)).toEqual(["forcing-election", "announce"]);
  const later: VrrpState = { name: "master", advertiseAt: NOW - 1000 + seconds(1) };
  expect(names(step(router, later, hear(99), NOW).effects)).toEqual(["forcing-election", "advertise", "announce"]);
});

test("lower_prio_no_advert: it does not answer, and so does not move its own deadline", () => {
  const after = step({ ...router, lowerPriorityAdvert: false }, master, hear(99), NOW);
  expect(after.state).toEqual(master);
  expect(names(after.effects)).toEqual(["forcing-election", "announce"]);
});

test("a master gives way to a higher advertisement without resigning", () => {
  const after = step(router, master, hear(101), NOW);
  expect(after.state).toEqual({ ...backup, masterDownAt: 13_609_375, master: MASTER });
  expect(names(after.effects)).toEqual(["higher-priority", "entering", "release-addresses"]);
});

test("higher_prio_send_advert: it advertises once more before it goes", () => {
  const after = step({ ...router, higherPriorityAdvert: true }, master, hear(101), NOW);
  expect(names(after.effects)).toEqual(["advertise", "higher-priority", "entering", "release-addresses"]);
});

test.each([
  ["192.0.2.3", "backup", ["same-priority-higher-address", "entering", "release-addresses"]],
  ["192.0.2.10", "backup", ["same-priority-higher-address", "entering", "release-addresses"]],
  ["192.0.2.1", "master", ["forcing-election", "advertise", "announce"]],
  ["192.0.2.2", "master", ["own-address-conflict"]],
])("RFC 9568 §6.4.3: at equal priorities the higher address wins: %s against 192.0.2.2", (from, name, said) => {
  const after = step(router, master, hear(100, ip(from)), NOW);
  expect(after.state.name).toBe(name);
  expect(names(after.effects)).toEqual(said);
});

test.each([
  ["192.0.2.3", "backup", ["owner-conflict", "entering", "release-addresses"]],
  ["192.0.2.1", "master", ["owner-conflict", "advertise", "announce"]],
])("of two address owners the higher address wins, and both say what is wrong: %s", (from, name, said) => {
  const after = step(owner, master, hear(255, ip(from)), NOW);
  expect(after.state.name).toBe(name);
  expect(names(after.effects)).toEqual(said);
});

test("a master in fault resigns once and releases; it recovers as a backup that waits in full", () => {
  const release: VrrpEffect = { type: "release-addresses" };
  expect(step(router, master, { type: "fault" }, NOW)).toEqual({
    state: fault,
    effects: [entering("fault"), ...resigning, release],
  });
  expect(step(router, fault, { type: "recovered" }, NOW)).toEqual({
    state: { ...backup, masterDownAt: 13_609_375 },
    effects: [entering("backup")],
  });
});

test("an owner recovers as a backup too, that waits as 255 does", () => {
  const after = step(owner, fault, { type: "recovered" }, NOW);
  expect(after.state).toMatchObject({ name: "backup", masterDownAt: NOW + 3_003_906 });
});

test("a backup in fault says nothing on the wire", () => {
  expect(step(router, backup, { type: "fault" }, NOW)).toEqual({ state: fault, effects: [entering("fault")] });
});

test("fault and recovery fed again change nothing", () => {
  expect(step(router, fault, { type: "fault" }, NOW)).toEqual({ state: fault, effects: [] });
  expect(step(router, fault, hear(200), NOW)).toEqual({ state: fault, effects: [] });
  expect(step(router, backup, { type: "recovered" }, NOW)).toEqual({ state: backup, effects: [] });
  expect(step(router, master, { type: "recovered" }, NOW)).toEqual({ state: master, effects: [] });
});

test("a master that stops resigns and releases; others just stop", () => {
  expect(step(router, master, { type: "shutdown" }, NOW)).toEqual({
    state: INIT,
    effects: [...resigning, { type: "release-addresses" }],
  });
  for (const state of [backup, fault])
    expect(step(router, state, { type: "shutdown" }, NOW)).toEqual({ state: INIT, effects: [] });
});

test("a new priority moves a backup's deadline by the difference of the skews", () => {
  const after = step({ ...router, priority: 50 }, backup, { type: "priority-changed", from: 100 }, NOW);
  expect(after.state).toEqual({ ...backup, masterDownAt: seconds(12) + 804_687 - 609_375 });
  expect(after.effects).toEqual([{ type: "note", note: { name: "priority-changed", from: 100, to: 50 } }]);
});

test("a new priority does not make a master advertise out of turn", () => {
  const after = step({ ...router, priority: 50 }, master, { type: "priority-changed", from: 100 }, NOW);
  expect(after.state).toEqual(master);
  expect(names(after.effects)).toEqual(["priority-changed"]);
});

test("after a reload a master advertises at once and brings its addresses up to date", () => {
  expect(step(router, master, { type: "reconfigured" }, NOW)).toEqual({
    state: { name: "master", advertiseAt: seconds(11) },
    effects: [advertise(100), { type: "update-addresses" }],
  });
});

test("after a reload a backup waits in full and knows no master", () => {
  const known: VrrpState = { ...backup, master: MASTER, preemptAt: seconds(11) };
  expect(step(router, known, { type: "reconfigured" }, NOW)).toEqual({
    state: { ...backup, masterDownAt: 13_609_375 },
    effects: [],
  });
});

test("deadlines: a backup's wait, a master's next advertisement, none in init and fault", () => {
  expect(STATES.map(deadline)).toEqual([undefined, seconds(12), seconds(10.5), undefined]);
});

test("RFC 9568 §6.4.2: VRRPv3 follows by the master's interval and says so, VRRPv2 by its own", () => {
  const heard: VrrpEvent = {
    type: "advertisement",
    from: MASTER,
    advertisement: { version: 3, vrid: 51, priority: 200, interval: seconds(4), addresses: [] },
  };
  const third: VrrpParameters = { ...router, version: 3 };
  const followed = step(third, backup, heard, NOW);
  expect(followed.state).toEqual({
    ...backup,
    master: MASTER,
    masterInterval: seconds(4),
    masterDownAt: NOW + 14_437_500,
  });
  expect(names(followed.effects)).toEqual(["master-changed", "interval-differs", "interval-learned"]);
  expect(step(router, backup, heard, NOW).state).toMatchObject({ masterInterval: seconds(1) });
  const yielded = step(third, master, heard, NOW);
  expect(yielded.state).toEqual(followed.state);
  expect(names(yielded.effects)).toContain("interval-learned");
});

test("RFC 9568 §6.4.2: priority 0 shortens the wait to the Skew_Time of the master's interval", () => {
  const known: VrrpState = { ...backup, master: MASTER, masterInterval: seconds(4) };
  expect(step({ ...router, version: 3 }, known, hear(0), NOW).state).toEqual({
    ...known,
    masterDownAt: NOW + 2_437_500,
  });
});

test("a new master of VRRPv3 advertises by its own interval, and says so", () => {
  const known: VrrpState = { ...backup, master: MASTER, masterInterval: seconds(4) };
  const { state, effects } = step({ ...router, version: 3 }, known, { type: "timer" }, seconds(12));
  expect(state).toEqual({ name: "master", advertiseAt: seconds(13) });
  expect(names(effects)).toContain("interval-own");
});

test("a reload and a respawn keep the interval that was learned in VRRPv3", () => {
  const known: VrrpState = { ...backup, master: MASTER, masterInterval: seconds(4) };
  const kept = { masterInterval: seconds(4), masterDownAt: NOW + 14_437_500 };
  const third: VrrpParameters = { ...router, version: 3 };
  expect(step(third, known, { type: "reconfigured" }, NOW).state).toMatchObject(kept);
  expect(adopt(third, known, 0, NOW)).toMatchObject(kept);
  expect(adopt(router, known, 0, NOW)).toMatchObject({ masterInterval: seconds(1) });
});
