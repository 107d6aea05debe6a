import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { centiseconds, seconds } from "../../src/base/time.ts";
import type { VrrpNote } from "../../src/vrrp/machine.ts";
import type { ReceiveProblem } from "../../src/vrrp/receive.ts";
import type { ScriptNote } from "../../src/vrrp/script.ts";
import type { FaultReason } from "../../src/vrrp/tracking.ts";
import { bfdTurnedWords, faultWords, isDetail, noteWords, problemWords, scriptWords } from "../../src/vrrp/words.ts";
import { parameters } from "../stories/lan.ts";

const router = parameters("VI_1", 100, "192.0.2.2");
const from = ip("192.0.2.1");

test.each<[VrrpNote, string]>([
  [{ name: "entering", state: "backup", initial: true }, "(VI_1) Entering BACKUP STATE (init)"],
  [{ name: "entering", state: "master", initial: false }, "(VI_1) Entering MASTER STATE"],
  [{ name: "entering", state: "fault", initial: false }, "(VI_1) Entering FAULT STATE"],
  [
    { name: "interval-differs", from, interval: centiseconds(50) },
    "(VI_1) advertisement interval mismatch with 192.0.2.1 ours = 100 centi-sec rcv'd=50 centi-sec",
  ],
  [
    { name: "interval-learned", from: seconds(1), to: centiseconds(1) },
    "(VI_1) advertisement interval updated from 1000ms to 10ms by master",
  ],
  [
    { name: "interval-own", from: centiseconds(1), to: seconds(1) },
    "(VI_1) changing advert interval from 10ms to locally configured 1000ms",
  ],
  [{ name: "advertisement-timeout" }, "(VI_1) Receive advertisement timeout"],
  [
    { name: "lower-priority-discarded", from, priority: 50 },
    "(VI_1) received lower priority (50) advert from 192.0.2.1 - discarding",
  ],
  [
    { name: "forcing-election", from, priority: 50, answered: true },
    "(VI_1) Received advert from 192.0.2.1 with lower priority 50, ours 100, forcing new election",
  ],
  [
    { name: "forcing-election", from, priority: 50, answered: false },
    "(VI_1) Received advert from 192.0.2.1 with lower priority 50, ours 100",
  ],
  [
    { name: "higher-priority", from, priority: 150 },
    "(VI_1) Master received advert from 192.0.2.1 with higher priority 150, ours 100",
  ],
  [
    { name: "same-priority-higher-address", from, priority: 100 },
    "(VI_1) Master received advert from 192.0.2.1 with same priority 100 but higher IP address than ours",
  ],
  [
    { name: "own-address-conflict", from },
    "(VI_1) WARNING - equal priority advert received from remote host with our IP address.",
  ],
  [
    { name: "owner-conflict", from },
    "(VI_1) CONFIGURATION ERROR: local instance and 192.0.2.1 are both configured as address owner, please resolve",
  ],
  [{ name: "priority-zero-received", from, by: "master" }, "(VI_1) Master received priority 0 message"],
  [{ name: "priority-zero-received", from, by: "backup" }, "(VI_1) Backup received priority 0 advertisement"],
  [
    { name: "priority-zero-ignored", from, master: ip("192.0.2.3") },
    "(VI_1) ignoring priority 0 advertisement from 192.0.2.1, master is 192.0.2.3",
  ],
  [{ name: "priority-zero-sent" }, "(VI_1) sent 0 priority"],
  [{ name: "master-changed", from: undefined, to: from }, "(VI_1) master set to 192.0.2.1"],
  [{ name: "master-changed", from, to: ip("192.0.2.3") }, "(VI_1) master changed from 192.0.2.1 to 192.0.2.3"],
  [{ name: "preempt-delay-started", delay: seconds(5) }, "(VI_1) start preempt delay (5.000000)"],
  [{ name: "preempt-delay-stopped" }, "(VI_1) stop preempt delay"],
  [{ name: "priority-changed", from: 100, to: 102 }, "(VI_1) Changing effective priority from 100 to 102"],
])("%j", (note, words) => {
  expect(noteWords(router, note)).toBe(words);
});

test("transitions are always said, timeouts only in detail", () => {
  expect(isDetail({ name: "entering", state: "master", initial: false })).toBe(false);
  expect(isDetail({ name: "advertisement-timeout" })).toBe(true);
});

test.each<[FaultReason, string | undefined]>([
  [{ type: "interface-down", interface: "eth0" }, "(VI_1): entering FAULT state (interface eth0 down)"],
  [{ type: "no-address", interface: "eth0", family: 4 }, "(VI_1) entering FAULT state (no IPv4 address for interface)"],
  [{ type: "no-address", interface: "eth0", family: 6 }, "(VI_1) entering FAULT state (no IPv6 address for interface)"],
  [{ type: "source-lost", address: from }, "(VI_1): entering FAULT state (src address not configured)"],
  [{ type: "no-peer" }, "(VI_1) Cannot use unicast without any peers - going to fault state"],
  [{ type: "script", script: "chk" }, "(VI_1): entering FAULT state due to script chk"],
  [
    { type: "lost", what: "route 10.0.0.0/8" },
    "(VI_1): entering FAULT state (route 10.0.0.0/8 was removed and cannot be restored)",
  ],
  [{ type: "script-pending", script: "chk" }, undefined],
  [{ type: "interface-up", interface: "eth1" }, "(VI_1): entering FAULT state (interface eth1 up)"],
  [{ type: "file", file: "F", value: -254 }, "(VI_1): entering FAULT state (tracked file F has status -254)"],
  [{ type: "process", process: "P" }, "(VI_1) entering FAULT state (tracked process P quorum not achieved)"],
])("%j", (reason, words) => {
  expect(faultWords(router, reason)).toBe(words);
});

test.each<[ReceiveProblem, string]>([
  [{ reason: "truncated", found: 7 }, "IPv4 VRRP packet too short - 7 bytes"],
  [{ reason: "source" }, "unicast source address 192.0.2.1 not a unicast peer"],
  [{ reason: "ttl-range", found: 63, least: 64, most: 255 }, "TTL/HL 63 from 192.0.2.1 not in range [64, 255]"],
  [{ reason: "length", found: 19, expected: 20 }, "vrrp packet from 192.0.2.1 too short, length 19 and expect 20"],
  [{ reason: "length", found: 21, expected: 20 }, "vrrp packet from 192.0.2.1 too long, length 21 and expect 20"],
  [{ reason: "ttl", found: 64 }, "invalid TTL/HL from 192.0.2.1. Received 64 and expect 255"],
  [{ reason: "version", found: 3 }, "wrong VRRP version from 192.0.2.1. Received 3 and expect 2"],
  [{ reason: "auth-type", found: 7 }, "Invalid auth type from 192.0.2.1: 7"],
  [{ reason: "auth-mismatch", found: "none" }, "received a 0 auth from 192.0.2.1, expecting 1!"],
  [{ reason: "password" }, "received an invalid passwd from 192.0.2.1!"],
  [{ reason: "interval", found: seconds(2) }, "advertisement interval mismatch with 192.0.2.1 mine=1 sec rcv'd=2 sec"],
  [{ reason: "type", found: 2 }, "Invalid packet type from 192.0.2.1. 2 and expect 1"],
  [{ reason: "checksum", found: 1 }, "Invalid VRRPv2 checksum from 192.0.2.1"],
  [{ reason: "destination" }, "Expected multicast packet but received unicast packet from 192.0.2.1"],
  [{ reason: "address-count", found: 2 }, "expected 1 VIPs but received 2"],
  [
    { reason: "address-missing", address: ip("192.0.2.254") },
    "ip address associated with VRID 51 not present in advert from 192.0.2.1: 192.0.2.254",
  ],
])("%j", (problem, words) => {
  expect(problemWords(router, from, problem)).toBe(`(VI_1) ${words}`);
});

test.each<[ScriptNote, string]>([
  [{ name: "script-up" }, "VRRP_Script(chk) succeeded"],
  [{ name: "script-down", outcome: { type: "exited", status: 1 } }, "VRRP_Script(chk) failed (exited with status 1)"],
  [{ name: "script-down", outcome: { type: "signalled", signal: 9 } }, "VRRP_Script(chk) failed (due to signal 9)"],
  [{ name: "script-down", outcome: { type: "timed-out" } }, "VRRP_Script(chk) timed_out"],
  [{ name: "script-down", outcome: { type: "not-run", why: "ENOENT" } }, "VRRP_Script(chk) failed (not run)"],
  [{ name: "script-returning", status: 1 }, "Script `chk` now returning 1"],
  [{ name: "script-still-running" }, "Track script chk is already running, expect idle - skipping run"],
  [{ name: "script-not-run", why: "ENOENT" }, "Track script chk cannot be run: ENOENT"],
])("%j", (note, words) => {
  expect(scriptWords("chk", note)).toBe(words);
});

test("a tracked BFD session that turns, and one that is the reason of a fault", () => {
  expect(bfdTurnedWords("VI_1", "B4", true)).toBe("VRRP_Instance(VI_1) Tracked BFD instance B4 is UP");
  expect(bfdTurnedWords("VI_1", "B4", false)).toBe("VRRP_Instance(VI_1) Tracked BFD instance B4 is DOWN");
  expect(faultWords(router, { type: "bfd", session: "B4", verdict: "down" })).toBe(
    "(VI_1) entering FAULT state (BFD instance B4 is DOWN)",
  );
});
