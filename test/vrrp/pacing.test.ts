import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import {
  type Announcement,
  type AnnouncementBlock,
  BURST,
  blocksOf,
  type PacingEvent,
  type PacingState,
  paceDeadline,
  paceStep,
  UNPACED,
} from "../../src/vrrp/pacing.ts";

const A = ip("192.0.2.1");
const B = ip("192.0.2.2");
const C = ip("192.0.2.3");
const GAP = 100;

function block(addresses: readonly IpAddress[], rounds: number, instance = "VI_1"): AnnouncementBlock {
  return { instance, interface: "eth0", about: "addresses", addresses, rounds };
}

const queue = (...blocks: AnnouncementBlock[]): PacingEvent => ({ type: "queue", blocks });

/** Feeds the event, then wakes at each deadline until nothing waits: when, and what. */
function run(gap: number, state: PacingState, event: PacingEvent, at: number): [number, IpAddress][] {
  const sent: [number, IpAddress][] = [];
  let now = at;
  let after = paceStep(gap, state, event, now);
  for (;;) {
    for (const { address } of after.send) sent.push([now, address]);
    const next = paceDeadline(after.state);
    if (next === undefined) return sent;
    now = next;
    after = paceStep(gap, after.state, { type: "timer" }, now);
  }
}

const what = (sent: readonly (readonly [number, IpAddress])[]): IpAddress[] => sent.map(([, address]) => address);
const numbered = (count: number): IpAddress[] =>
  Array.from({ length: count }, (_, i) => ip(`10.0.${i >> 8}.${i & 255}`));

test("announcements of one instance, interface and family are one block, in their order", () => {
  const at = (name: string, address: string): Announcement => ({
    instance: "VI_1",
    interface: name,
    address: ip(address),
  });
  const all = [at("eth0", "192.0.2.1"), at("eth1", "192.0.2.9"), at("eth0", "fe80::1"), at("eth0", "192.0.2.2")];
  expect(blocksOf(all, 5).map((it) => `${it.interface} ${it.addresses.join(" ")}`)).toEqual([
    "eth0 192.0.2.1 192.0.2.2",
    "eth1 192.0.2.9",
    "eth0 fe80::1",
  ]);
});

describe("without a gap", () => {
  test("everything leaves at once, in rounds: A B A B", () => {
    const after = paceStep(0, UNPACED, queue(block([A, B], 2)), 5);
    expect(after.send.map(({ address }) => address)).toEqual([A, B, A, B]);
    expect(paceDeadline(after.state)).toBeUndefined();
  });

  test("many leave in turns, so that advertisements have theirs: the first round first", () => {
    const many = numbered(1000);
    const after = paceStep(0, UNPACED, queue(block(many, 5)), 5);
    expect(after.send.map(({ address }) => address)).toEqual(many);
    expect(paceDeadline(after.state)).toBe(5);
    const again = paceStep(0, after.state, { type: "timer" }, 5);
    expect(again.send).toHaveLength(BURST.repeats);
    expect(paceStep(0, UNPACED, queue(block(numbered(3000), 1)), 5).send).toHaveLength(BURST.first);
    const all = what(run(0, UNPACED, queue(block(many, 5)), 5));
    expect(all.slice(0, 1000)).toEqual(many);
    expect(all).toHaveLength(5000);
  });
});

describe("with a gap", () => {
  test("it is kept, and no repeat is lost", () => {
    const sent = run(GAP, UNPACED, queue(block([A, B], 3)), 1000);
    expect(sent).toEqual([A, B, A, B, A, B].map((address, i) => [1000 + GAP * i, address]));
  });

  test("what comes within it waits; a timer that fires early or for nothing sends nothing", () => {
    const sent = paceStep(GAP, UNPACED, queue(block([A], 1)), 900);
    const queued = paceStep(GAP, sent.state, queue(block([B], 1)), 950);
    expect(queued.send).toEqual([]);
    expect(paceDeadline(queued.state)).toBe(1000);
    expect(paceStep(GAP, queued.state, { type: "timer" }, 999).send).toEqual([]);
    expect(paceStep(GAP, sent.state, { type: "timer" }, 2000)).toEqual({ state: sent.state, send: [] });
  });

  test("every address is announced once before any is announced twice, those of another instance too", () => {
    const { state } = paceStep(GAP, UNPACED, queue(block([A, B], 3)), 0); // A is out
    const first = paceStep(GAP, state, { type: "timer" }, 100); // B
    const second = paceStep(GAP, first.state, { type: "timer" }, 200); // A again
    expect(what(run(GAP, second.state, queue(block([C], 2, "VI_2")), 250))).toEqual([C, B, C, A, B]);
  });

  test("a block that is asked for again is sent as often from then on, and its round goes on where it was", () => {
    const { state } = paceStep(GAP, UNPACED, queue(block([A, B, C], 2)), 0); // A is out
    expect(what(run(GAP, state, queue(block([A, B, C], 2)), 50))).toEqual([B, C, A, B, C, A, B, C]);
  });

  test("other addresses begin anew", () => {
    const { state } = paceStep(GAP, UNPACED, queue(block([A, B], 2)), 0);
    expect(what(run(GAP, state, queue(block([A, C], 1)), 50))).toEqual([A, C, A, C]);
  });

  test("asked for faster than it can be sent, the last address has its turn, and nothing piles up", () => {
    const sent: IpAddress[] = [];
    let state = UNPACED;
    for (let now = 0; now < 1000; now += GAP) {
      const after = paceStep(GAP, state, queue(block([A, B, C], 5)), now);
      sent.push(...after.send.map(({ address }) => address));
      state = after.state;
    }
    expect(sent).toEqual([A, B, C, A, B, C, A, B, C, A]);
    expect(run(GAP, state, { type: "timer" }, 1000)).toHaveLength(14);
  });

  test("leaving master drops what waits for that instance, and only that", () => {
    const { state } = paceStep(GAP, UNPACED, queue(block([A, B], 1), block([C], 1, "VI_2")), 0);
    expect(what(run(GAP, state, { type: "drop", instance: "VI_1" }, 50))).toEqual([C]);
    expect(what(run(GAP, state, { type: "drop", instance: "VI_2" }, 50))).toEqual([B]);
  });
});

test("the time to send grows with the number of messages, not with its square", () => {
  const time = (count: number): number => {
    const began = process.cpuUsage();
    expect(run(GAP, UNPACED, queue(block(numbered(count), 5)), 0)).toHaveLength(5 * count);
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  time(1000);
  const [few, many] = [time(1000), time(10_000)];
  expect(many / few).toBeLessThan(40); // ten times, where the square is a hundred
});

test("whatever is asked for and when: gaps are kept, and all that was asked for last is sent", () => {
  const asked = fc.record({
    wait: fc.nat(1000),
    instance: fc.constantFrom("VI_1", "VI_2", "VI_3"),
    count: fc.integer({ min: 1, max: 4 }),
    rounds: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 20 }), fc.constantFrom(1, GAP), (script, gap) => {
      let state = UNPACED;
      let now = 0;
      const sent: { at: number; address: IpAddress; instance: string }[] = [];
      const keep = (after: ReturnType<typeof paceStep>): void => {
        state = after.state;
        sent.push(...after.send.map(({ address, instance }) => ({ at: now, address, instance })));
      };
      const runTo = (end: number): void => {
        for (let at = paceDeadline(state); at !== undefined && at <= end; at = paceDeadline(state)) {
          now = Math.max(now, at);
          keep(paceStep(gap, state, { type: "timer" }, now));
        }
        now = Math.max(now, end);
      };
      const last = new Map<string, { at: number; index: number; addresses: IpAddress[]; rounds: number }>();
      for (const { wait, instance, count, rounds } of script) {
        runTo(now + wait);
        const addresses = numbered(count);
        last.set(instance, { at: now, index: sent.length, addresses, rounds });
        keep(paceStep(gap, state, queue(block(addresses, rounds, instance)), now));
      }
      runTo(now + 100_000);
      expect(paceDeadline(state)).toBeUndefined();
      for (const [i, { at }] of sent.entries())
        if (i > 0) expect(at - (sent[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(gap);
      for (const [instance, { index, addresses, rounds }] of last)
        for (const address of addresses) {
          const times = sent.slice(index).filter((it) => it.instance === instance && it.address === address).length;
          expect(times).toBeGreaterThanOrEqual(rounds);
        }
    }),
  );
});
