import { describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { formatMac } from "../../src/base/mac.ts";
import { seconds } from "../../src/base/time.ts";
import type { VrrpState } from "../../src/vrrp/machine.ts";
import type { Received, ReceiveProblem } from "../../src/vrrp/receive.ts";
import {
  type Evidence,
  evidenceOf,
  IDLE,
  type SplitBrainEvent,
  type SplitBrainState,
  splitBrainDeadline,
  splitBrainStep,
} from "../../src/vrrp/split-brain.ts";
import { splitBrainWords } from "../../src/vrrp/split-brain-words.ts";
import { parameters } from "../stories/lan.ts";

const router = parameters("VI_1", 200, "192.0.2.2");
const OTHER = ip("192.0.2.1");
const NOW = seconds(100);
const alone: SplitBrainState = { name: "alone", since: seconds(10) };
const lower: Evidence = { seen: "advertisement", from: OTHER, priority: 100 };
const refused: Evidence = { seen: "refused", from: OTHER, problem: "password" };
const arp: Evidence = { seen: "arp", from: formatMac(Uint8Array.of(2, 0, 0, 0, 0, 9)), address: ip("192.0.2.254") };

const step = (state: SplitBrainState, event: SplitBrainEvent, now = NOW) => splitBrainStep(router, state, event, now);
const see = (evidence: Evidence): SplitBrainEvent => ({ type: "evidence", evidence });

describe("two masters", () => {
  test("are said and counted once, however many adverts show them, and again after an end", () => {
    const first = step(alone, see(lower));
    expect(first.note).toEqual({ name: "split-brain", evidence: lower });
    const second = step(first.state, see(lower), seconds(101));
    expect(second.note).toBeUndefined();
    expect(step(second.state, see(refused), seconds(101)).note).toBeUndefined();
    const end = step(second.state, { type: "timer" }, seconds(101) + 3_218_750);
    expect(end.note).toMatchObject({ name: "split-brain-over", lasted: 4_218_750, resigned: false });
    expect(step(end.state, see(lower), seconds(110)).note?.name).toBe("split-brain");
  });

  test("are over when the other one is silent for a down interval; then the neighbours are told again", () => {
    const { state } = step(alone, see(lower));
    expect(splitBrainDeadline(state)).toBe(NOW + 3_218_750);
    expect(step(state, { type: "timer" }, NOW + 3_218_749)).toEqual({ state, note: undefined, announce: false });
    expect(step(state, { type: "timer" }, NOW + 3_218_750).announce).toBe(true);
  });

  test("are over at once when the other one resigns, and not when a third one does", () => {
    const { state } = step(alone, see(lower));
    expect(step(state, { type: "resigned", from: ip("192.0.2.3") }).note).toBeUndefined();
    const end = step(state, { type: "resigned", from: OTHER });
    expect(end).toMatchObject({ state: { name: "alone" }, note: { resigned: true }, announce: true });
  });

  test("are announced against at once where no election does it", () => {
    expect(step(alone, see(lower)).announce).toBe(false);
    expect(step(alone, see(refused)).announce).toBe(true);
    expect(step(alone, see(arp)).announce).toBe(true);
  });

  test("who advertises is watched by its adverts, whatever it says by ARP", () => {
    const { state } = step(alone, see(lower));
    expect(step(state, see(arp), seconds(101)).state).toEqual(state);
    const better = step(step(alone, see(arp)).state, see(lower), seconds(101));
    expect(better).toMatchObject({ state: { evidence: lower, until: seconds(101) + 3_218_750 }, note: undefined });
  });

  test("by ARP are remembered for a minute: it is heard seldom", () => {
    expect(splitBrainDeadline(step(alone, see(arp)).state)).toBe(NOW + seconds(60));
  });

  test("are none while a former master's last ARP may still be about", () => {
    const fresh: SplitBrainState = { name: "alone", since: NOW - seconds(1) + 1 };
    expect(step(fresh, see(arp)).note).toBeUndefined();
    expect(step({ ...fresh, since: NOW - seconds(1) }, see(arp)).note?.name).toBe("split-brain");
  });

  test("are none of our business when we are not master", () => {
    expect(step(IDLE, see(lower)).state).toBe(IDLE);
    expect(step(step(alone, see(lower)).state, { type: "left" })).toEqual({
      state: IDLE,
      note: undefined,
      announce: false,
    });
    expect(splitBrainDeadline(IDLE)).toBeUndefined();
  });

  test("a master that is told so again keeps what it knows", () => {
    expect(step(IDLE, { type: "master" }).state).toEqual({ name: "alone", since: NOW });
    const { state } = step(alone, see(lower));
    expect(step(state, { type: "master" }).state).toBe(state);
  });
});

describe("evidence", () => {
  const master: VrrpState = { name: "master", advertiseAt: 0 };
  const backup: VrrpState = {
    name: "backup",
    masterDownAt: 0,
    masterInterval: seconds(1),
    master: undefined,
    preemptAt: undefined,
  };
  const packet = { from: OTHER, payload: Uint8Array.of(0x21, 51, 100, 1) };
  const accepted = (priority: number): Received => ({
    type: "accepted",
    advertisement: {
      version: 2,
      vrid: 51,
      priority,
      interval: seconds(1),
      authentication: { type: "none" },
      addresses: [],
    },
    checksum: "message",
    problem: undefined,
  });
  const dropped = (reason: ReceiveProblem["reason"]): Received => ({
    type: "dropped",
    problem: { reason } as ReceiveProblem,
  });

  test("is an advert that we do not yield to", () => {
    expect(evidenceOf(master, master, packet, accepted(100))).toEqual(see(lower));
    expect(evidenceOf(master, backup, packet, accepted(250))).toBeUndefined();
    expect(evidenceOf(backup, backup, packet, accepted(100))).toBeUndefined();
  });

  test("a resignation is none, whether it is accepted or refused", () => {
    expect(evidenceOf(master, master, packet, accepted(0))).toEqual({ type: "resigned", from: OTHER });
    const resigning = { ...packet, payload: Uint8Array.of(0x21, 51, 0, 1) };
    expect(evidenceOf(master, master, resigning, dropped("password"))).toBeUndefined();
  });

  test.each(["password", "auth-mismatch", "auth-type", "interval", "version", "destination"] as const)(
    "is an advert that is refused for its %s",
    (reason) => {
      expect(evidenceOf(master, master, packet, dropped(reason))).toEqual(see({ ...refused, problem: reason }));
    },
  );

  test.each(["ttl", "checksum", "length", "truncated", "type"] as const)(
    "is none where nothing of a packet can be believed: %s",
    (reason) => {
      expect(evidenceOf(master, master, packet, dropped(reason))).toBeUndefined();
    },
  );
});

test("the words say who, and the reason that won", () => {
  const begun = (evidence: Evidence): string => splitBrainWords(router, { name: "split-brain", evidence });
  expect(begun(lower)).toBe(
    "(VI_1) SPLIT BRAIN: 192.0.2.1 is master too; our priority 200 is higher than 100, we stay",
  );
  expect(begun({ ...lower, priority: 200 })).toBe(
    "(VI_1) SPLIT BRAIN: 192.0.2.1 is master too; of equal priority 200 our address is the higher, we stay",
  );
  expect(begun(refused)).toBe(
    "(VI_1) SPLIT BRAIN: 192.0.2.1 is master too; its advertisements are refused (password), so neither of us goes",
  );
  expect(begun(arp)).toBe("(VI_1) SPLIT BRAIN: 02:00:00:00:00:09 is master too; it claims 192.0.2.254 by ARP");
  const over = { name: "split-brain-over", evidence: lower, lasted: 4_218_750 } as const;
  expect(splitBrainWords(router, { ...over, resigned: false })).toBe(
    "(VI_1) split brain is over after 4.219 s: 192.0.2.1 is silent",
  );
  expect(splitBrainWords(router, { ...over, resigned: true })).toMatch(/192.0.2.1 has resigned$/);
});
