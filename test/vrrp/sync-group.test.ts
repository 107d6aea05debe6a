import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { INIT, type Standing, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import {
  type GroupState,
  type GroupStep,
  groupStanding,
  type Member,
  memberStep,
  NOT_STARTED,
  settleStep,
  standingStep,
} from "../../src/vrrp/sync-group.ts";
import { groupWords } from "../../src/vrrp/words.ts";
import { parameters } from "../stories/lan.ts";

const NOW = seconds(10);
const backup = (masterDownAt = NOW): VrrpState => ({
  ...{ name: "backup", masterDownAt, masterInterval: seconds(1), master: undefined, preemptAt: undefined },
});
const MASTER: VrrpState = { name: "master", advertiseAt: NOW };
const FAULT: VrrpState = { name: "fault", pending: false };
const PENDING: VrrpState = { name: "fault", pending: true };

/** Members r1, r2, … in these states. */
const members = (states: readonly VrrpState[], standings: readonly Standing[] = [], priority = 100): Member[] =>
  states.map((state, i) => ({
    parameters: { ...parameters(`r${i + 1}`, priority, "192.0.2.1"), wantsMaster: priority === 255 },
    state,
    standing: standings[i] ?? "fit",
  }));
const of = (name: GroupState["name"], ...seeking: number[]): GroupState => ({ name, seeking: new Set(seeking) });
const feed = (all: readonly Member[], group: GroupState, member: number, event: VrrpEvent): GroupStep =>
  memberStep(all, group, { member, event }, NOW);
const advert = (priority: number): VrrpEvent => ({
  type: "advertisement",
  from: parameters("x", 1, "192.0.2.9").primaryAddress,
  advertisement: {
    ...{ version: 2, vrid: 51, priority, interval: seconds(1), authentication: { type: "none" }, addresses: [] },
  },
});

/** What a step does, in words: `r1 master advertise claim-addresses`, `note …`, `backup -> master`. */
const told = ({ actions }: GroupStep): string[] =>
  actions.map((action) => {
    if (action.type === "transition") return `${action.from} -> ${action.to}`;
    if (action.type === "note") return groupWords("G", action.note);
    const { state, effects } = action.step;
    const done = effects.map((effect) => (effect.type === "note" ? effect.note.name : effect.type));
    return [`r${action.member + 1}`, state.name, ...done.filter((each) => each !== "entering")].join(" ");
  });

describe("to master", () => {
  test("a backup whose wait is over waits in full once more while another member hears a master", () => {
    const step = feed(members([backup(), backup(NOW + 1)]), of("backup"), 0, { type: "timer" });
    expect(told(step)).toEqual(["r1 backup advertisement-timeout"]);
    expect(step.state).toEqual(of("backup", 0));
    const [action] = step.actions;
    expect(action).toMatchObject({ step: { state: { masterDownAt: NOW + 3_609_375 } } });
  });

  test("that it waits again is not said again", () => {
    expect(told(feed(members([backup(), backup(NOW + 1)]), of("backup", 0), 0, { type: "timer" }))).toEqual([
      "r1 backup",
    ]);
  });

  test("the last one that hears no master goes first, then the others in their order", () => {
    const all = members([backup(NOW + 9), backup(NOW + 9), backup()]);
    const step = feed(all, of("backup", 0, 1), 2, { type: "timer" });
    expect(told(step)).toEqual([
      "r3 master advertisement-timeout advertise claim-addresses",
      "VRRP_Group(G) Syncing instances to MASTER state",
      "r1 master advertise claim-addresses",
      "r2 master advertise claim-addresses",
      "backup -> master",
    ]);
    expect(step.state).toEqual(of("master"));
  });

  test("who hears a master again seeks no more; a lower one that is discarded changes nothing", () => {
    const all = members([backup(NOW + 1), backup()]);
    expect(feed(all, of("backup", 0), 0, advert(200)).state).toEqual(of("backup"));
    expect(feed(all, of("backup", 0), 0, advert(50)).state).toEqual(of("backup", 0));
  });

  test("a group of one goes as an instance without a group does", () => {
    expect(told(feed(members([backup()]), of("backup"), 0, { type: "timer" }))).toEqual([
      "r1 master advertisement-timeout advertise claim-addresses",
      "backup -> master",
    ]);
  });
});

test("a master that loses an election takes the others with it, who do not resign either", () => {
  expect(told(feed(members([MASTER, MASTER]), of("master"), 1, advert(200)))).toEqual([
    "r2 backup higher-priority release-addresses",
    "VRRP_Group(G) Syncing instances to BACKUP state",
    "r1 backup release-addresses",
    "master -> backup",
  ]);
});

test("after a lower rival of one member the addresses of all are announced", () => {
  expect(told(feed(members([MASTER, MASTER]), of("master"), 0, advert(50)))).toEqual([
    "r1 master forcing-election advertise announce",
    "r2 master announce",
  ]);
});

describe("fault", () => {
  test("the first fault is everybody's, and each master resigns once", () => {
    const step = standingStep(members([MASTER, MASTER], ["fit", "unfit"]), of("master"), 1, NOW);
    expect(told(step)).toEqual([
      "r2 fault advertise priority-zero-sent release-addresses",
      "VRRP_Group(G) Syncing instances to FAULT state",
      "r1 fault advertise priority-zero-sent release-addresses",
      "master -> fault",
    ]);
  });

  test("while one member is unfit, the recovery of another ends nothing", () => {
    expect(told(standingStep(members([FAULT, FAULT], ["fit", "unfit"]), of("fault"), 0, NOW))).toEqual(["r1 fault"]);
  });

  test("with the last one all are backups", () => {
    expect(told(standingStep(members([FAULT, FAULT]), of("fault"), 0, NOW))).toEqual([
      "r1 backup",
      "VRRP_Group(G) Syncing instances to BACKUP state",
      "r2 backup",
      "fault -> backup",
    ]);
  });

  test("a script that has not finished once holds all back without a word, and its result decides", () => {
    const waiting = members([PENDING, PENDING], ["fit", "pending"]);
    expect(standingStep(waiting, NOT_STARTED, 0, NOW).actions).toEqual([]);
    expect(told(standingStep(members([PENDING, PENDING]), NOT_STARTED, 1, NOW))).toEqual([
      "r2 backup",
      "VRRP_Group(G) Syncing instances to BACKUP state",
      "r1 backup",
      "init -> backup",
    ]);
    expect(told(standingStep(members([PENDING, PENDING], ["fit", "unfit"]), NOT_STARTED, 1, NOW))).toEqual([
      "r2 fault",
      "VRRP_Group(G) Syncing instances to FAULT state",
      "r1 fault",
      "init -> fault",
    ]);
  });
});

describe("the start", () => {
  const start = (standing: Standing): VrrpEvent => ({ type: "startup", standing });

  test("a group that is backup is told of before its instances", () => {
    expect(told(feed(members([INIT, INIT]), NOT_STARTED, 0, start("fit")))).toEqual(["init -> backup", "r1 backup"]);
  });

  test("a fit member of an unfit group starts in fault, and that is said; the group is told of after its instances", () => {
    const first = feed(members([INIT, INIT], ["fit", "unfit"]), NOT_STARTED, 0, start("unfit"));
    expect(told(first)).toEqual(["VRRP_Group(G): Syncing r1 to FAULT state", "r1 fault"]);
    expect(told(feed(members([FAULT, INIT], ["fit", "unfit"]), first.state, 1, start("unfit")))).toEqual([
      "r2 fault",
      "init -> fault",
    ]);
  });

  test("owners are masters at once only where all members are, and the group is told of after the last", () => {
    const owners = members([INIT, INIT], [], 255);
    const step = feed(owners, NOT_STARTED, 0, start("fit"));
    expect(told(step)).toEqual(["r1 master advertise claim-addresses"]);
    expect(told(feed(members([MASTER, INIT], [], 255), step.state, 1, start("fit")))).toEqual([
      "r2 master advertise claim-addresses",
      "init -> master",
    ]);
    const [first, second] = [...owners, ...members([INIT], [], 100)].filter((_, i) => i !== 1);
    const mixed = first === undefined || second === undefined ? [] : [first, second];
    expect(told(feed(mixed, NOT_STARTED, 0, start("fit")))[1]).toBe("r1 backup");
  });

  test("who joins a group that is master becomes master with it", () => {
    expect(told(feed(members([MASTER, INIT]), of("master"), 1, start("fit")))).toEqual([
      "r2 backup",
      "VRRP_Group(G) Syncing instances to MASTER state",
      "r2 master advertise claim-addresses",
    ]);
  });
});

test("who stops does so alone", () => {
  expect(told(feed(members([MASTER, MASTER]), of("master"), 0, { type: "shutdown" }))).toEqual([
    "r1 init advertise priority-zero-sent release-addresses",
  ]);
});

test("members that a reload brought together, or that were taken over, are brought into one state", () => {
  const settled = (states: VrrpState[], ...standings: Standing[]): string[] =>
    told(settleStep(members(states, standings), of("backup"), NOW)).filter((each) => each.startsWith("r"));
  expect(settled([MASTER, backup()])).toEqual(["r2 master advertise claim-addresses"]);
  expect(settled([MASTER, FAULT])).toEqual(["r2 master advertise claim-addresses"]);
  expect(settled([MASTER, backup()], "fit", "unfit")).toEqual([
    "r1 fault advertise priority-zero-sent release-addresses",
    "r2 fault",
  ]);
  expect(settled([FAULT, backup()])).toEqual(["r1 backup"]);
  expect(settled([backup(), backup(), INIT])).toEqual([]);
});

test("a member that came with a script that has not finished once is left alone meanwhile", () => {
  const all = members([MASTER, PENDING], ["fit", "pending"]);
  expect(told(settleStep(all, of("master"), NOW))).toEqual([]);
  expect(told(feed(all, of("master"), 0, advert(50)))).toEqual(["r1 master forcing-election advertise announce"]);
  expect(told(feed(all, of("master"), 0, advert(200)))).toEqual(["r1 backup higher-priority release-addresses"]);
});

test("nothing happens to a group that has not started, or to who is not in it", () => {
  expect(settleStep(members([INIT, INIT]), NOT_STARTED, NOW)).toEqual({ state: NOT_STARTED, actions: [] });
  expect(feed(members([MASTER]), of("master"), 7, { type: "timer" }).actions).toEqual([]);
});

test("a group stands as its worst member", () => {
  expect(groupStanding(["fit", "pending", "unfit"])).toBe("unfit");
  expect(groupStanding(["fit", "pending"])).toBe("pending");
  expect(groupStanding(["fit", "fit"])).toBe("fit");
});
