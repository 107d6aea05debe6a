import { expect, test } from "vitest";
import type { Command } from "../../src/base/notification.ts";
import { INIT, type VrrpEffect, type VrrpState } from "../../src/vrrp/machine.ts";
import {
  groupNotification,
  happened,
  instanceNotification,
  lineOnly,
  type NotifiedEvent,
  notifiedState,
  removedNotification,
} from "../../src/vrrp/notification.ts";
import { entering, note } from "../../src/vrrp/transition.ts";

const command = (name: string): Command => ({ argv: [name, "word"], user: "u", group: "g" });
const scripts = {
  master: command("master"),
  backup: command("backup"),
  fault: command("fault"),
  stop: command("stop"),
  every: command("every"),
};
const instance = {
  name: "VI_1",
  interface: "eth0",
  vrid: 51,
  family: 4,
  notify: { ...scripts, deleted: command("deleted"), reportsDeleted: true, lowerPriority: command("lower") },
  smtpAlert: true,
  notifyPriorityChanges: true,
} as const;
const group = { name: "G", notify: scripts, smtpAlert: true };
const words = (list: readonly Command[]): string[] => list.map(({ argv }) => argv.join(" "));
const MASTER: VrrpState = { name: "master", advertiseAt: 0 };
const FAULT: VrrpState = { name: "fault", pending: false };

test.each<[NotifiedEvent, string]>([
  ["MASTER", "master word"],
  ["BACKUP", "backup word"],
  ["FAULT", "fault word"],
  ["STOP", "stop word"],
  ["DELETED", "deleted word"],
])("%s: its own script without, then `notify` with four more words; one FIFO line", (event, own) => {
  const told = instanceNotification(instance, event, 150);
  expect(words(told.scripts)).toEqual([own, `every word INSTANCE VI_1 ${event} 150`]);
  expect(told.scripts.every(({ user, group: of }) => user === "u" && of === "g")).toBe(true);
  expect(told.line).toBe(`INSTANCE "VI_1" ${event} 150`);
  expect([told.about, told.final]).toEqual(['INSTANCE "VI_1"', event === "STOP"]);
});

test("a lower advertisement runs its own script alone, and goes to the FIFO", () => {
  const told = instanceNotification(instance, "MASTER_RX_LOWER_PRI", 150);
  expect([words(told.scripts), told.line, told.alert, told.repeats]).toEqual([
    ["lower word"],
    'INSTANCE "VI_1" MASTER_RX_LOWER_PRI 150',
    undefined,
    true,
  ]);
  expect(instanceNotification(instance, "MASTER", 150).repeats).toBe(false);
});

test("a changed priority goes to the FIFO alone", () => {
  const told = instanceNotification(instance, "MASTER_PRIORITY", 130);
  expect([told.scripts, told.line, told.alert]).toEqual([[], 'INSTANCE "VI_1" MASTER_PRIORITY 130', undefined]);
});

test("a group is told as GROUP, with priority 0", () => {
  const told = groupNotification(group, "MASTER");
  expect(words(told.scripts)).toEqual(["master word", "every word GROUP G MASTER 0"]);
  expect(told.line).toBe('GROUP "G" MASTER 0');
  expect(told.alert).toEqual({
    state: "MASTER",
    subject: "VRRP Group G - Entering MASTER state",
    body: "=> All VRRP group instances are now in MASTER state <=",
  });
});

test("mails are worded as keepalived's (measured, 2.2.7)", () => {
  const alert = (event: NotifiedEvent) => instanceNotification(instance, event, 1).alert;
  expect(alert("MASTER")).toEqual({
    state: "MASTER",
    subject: "VRRP Instance VI_1 - Entering MASTER state",
    body: "=> VRRP Instance is now owning VRRP VIPs <=",
  });
  expect(alert("BACKUP")?.body).toBe("=> VRRP Instance is no longer owning VRRP VIPs <=");
  expect(alert("FAULT")?.subject).toBe("VRRP Instance VI_1 - Entering FAULT state");
  expect(alert("STOP")?.subject).toBe("VRRP Instance VI_1 - Stopping");
  expect(alert("DELETED")).toEqual({
    state: "DELETED",
    subject: "VRRP Instance VI_1 - Deleted",
    body: "=> VRRP Deleted at reload <=",
  });
});

test("no mail without smtp_alert, nor of a fault with no_email_faults", () => {
  expect(instanceNotification({ ...instance, smtpAlert: false }, "MASTER", 1).alert).toBeUndefined();
  expect(instanceNotification(instance, "FAULT", 1, { faults: false }).alert).toBeUndefined();
  expect(groupNotification(group, "FAULT", { faults: false }).alert).toBeUndefined();
  expect(instanceNotification(instance, "BACKUP", 1, { faults: false }).alert).toBeDefined();
});

test("a script that is not configured is not run", () => {
  const none = { master: undefined, backup: undefined, fault: undefined, stop: undefined, every: undefined };
  const quiet = { ...instance, notify: { ...instance.notify, ...none, lowerPriority: undefined } };
  expect(instanceNotification(quiet, "MASTER", 1).scripts).toEqual([]);
  expect(instanceNotification(quiet, "MASTER_RX_LOWER_PRI", 1).scripts).toEqual([]);
});

test("what a step reports: the transition, the lower advertisement, the priority where that is asked for", () => {
  const from = "192.0.2.9" as never;
  const effects: readonly VrrpEffect[] = [
    { type: "advertise", priority: 1 },
    note({ name: "forcing-election", from, priority: 1, answered: true }),
    note({ name: "priority-changed", from: 1, to: 2 }),
    entering("fault", false),
  ];
  expect(happened(instance, MASTER, effects)).toEqual(["MASTER_RX_LOWER_PRI", "MASTER_PRIORITY", "FAULT"]);
  expect(happened(instance, FAULT, effects)[1]).toBe("BACKUP_PRIORITY");
  expect(happened({ notifyPriorityChanges: false }, MASTER, effects)).toEqual(["MASTER_RX_LOWER_PRI", "FAULT"]);
  expect(happened(instance, MASTER, [note({ name: "priority-zero-sent" }), entering("init", false)])).toEqual([]);
});

test("an instance that a reload removes reports DELETED if it is told to, else FAULT without notify_fault", () => {
  expect(removedNotification(instance, 7)).toEqual(instanceNotification(instance, "DELETED", 7));
  const silent = { ...instance, notify: { ...instance.notify, reportsDeleted: false } };
  const told = removedNotification(silent, 7);
  expect([words(told.scripts), told.line]).toEqual([["every word INSTANCE VI_1 FAULT 7"], 'INSTANCE "VI_1" FAULT 7']);
});

test("a state has a name before it is told again; before the start there is none", () => {
  expect([notifiedState(INIT), notifiedState(MASTER), notifiedState(FAULT)]).toEqual([undefined, "MASTER", "FAULT"]);
  expect(lineOnly(instanceNotification(instance, "MASTER", 7))).toEqual({
    about: 'INSTANCE "VI_1"',
    scripts: [],
    traps: [],
    line: 'INSTANCE "VI_1" MASTER 7',
    alert: undefined,
    repeats: false,
    final: false,
  });
});

test("who watches the bus is told of states alone, and of the virtual router by what identifies it", () => {
  const change = { interface: "eth0", vrid: 51, family: 4 };
  for (const state of ["MASTER", "BACKUP", "FAULT", "STOP", "DELETED"] as const)
    expect(instanceNotification(instance, state, 7).change).toEqual({ ...change, state });
  expect(instanceNotification(instance, "MASTER_PRIORITY", 7).change).toBeUndefined();
  expect(instanceNotification(instance, "MASTER_RX_LOWER_PRI", 7).change).toBeUndefined();
  expect(lineOnly(instanceNotification(instance, "MASTER", 7)).change).toBeUndefined();
  expect(groupNotification(group, "MASTER").change).toBeUndefined();
});
