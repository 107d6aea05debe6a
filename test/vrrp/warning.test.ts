import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { INIT, type VrrpState } from "../../src/vrrp/machine.ts";
import { forgetsWarnings, isRepetitive, UNWARNED, warn } from "../../src/vrrp/warning.ts";

const backup: VrrpState = {
  name: "backup",
  masterDownAt: 0,
  masterInterval: seconds(1),
  master: undefined,
  preemptAt: undefined,
};
const follows = (text: string): VrrpState => ({ ...backup, master: ip(text) });
const master: VrrpState = { name: "master", advertiseAt: 0 };

test("each reason is said once", () => {
  const first = warn(UNWARNED, "ttl");
  expect(first.say).toBe(true);
  expect(warn(first.warned, "ttl")).toEqual({ say: false, warned: first.warned });
  expect(warn(first.warned, "checksum").say).toBe(true);
});

test("entering and leaving master makes it news again, and so does another master", () => {
  expect(forgetsWarnings(backup, master)).toBe(true);
  expect(forgetsWarnings(master, backup)).toBe(true);
  expect(forgetsWarnings(backup, follows("192.0.2.1"))).toBe(true);
  expect(forgetsWarnings(follows("192.0.2.1"), follows("192.0.2.2"))).toBe(true);
});

test("nothing else does", () => {
  expect(forgetsWarnings(master, master)).toBe(false);
  expect(forgetsWarnings(INIT, backup)).toBe(false);
  expect(forgetsWarnings(follows("192.0.2.1"), follows("192.0.2.1"))).toBe(false);
  expect(forgetsWarnings(follows("192.0.2.1"), backup)).toBe(false);
});

test("what comes with every advertisement is said once, transitions always", () => {
  const from = ip("192.0.2.1");
  expect(isRepetitive({ name: "lower-priority-discarded", from, priority: 1 })).toBe(true);
  expect(isRepetitive({ name: "priority-zero-ignored", from, master: from })).toBe(true);
  expect(isRepetitive({ name: "own-address-conflict", from })).toBe(true);
  expect(isRepetitive({ name: "owner-conflict", from })).toBe(true);
  expect(isRepetitive({ name: "forcing-election", from, priority: 1, answered: true })).toBe(true);
  expect(isRepetitive({ name: "entering", state: "master", initial: false })).toBe(false);
});
