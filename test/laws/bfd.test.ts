import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import type { BfdParameters } from "../../src/bfd/session.ts";
import { detectionTime, transmitInterval } from "../../src/bfd/timing.ts";
import { type BfdPacket, decodeBfd, encodeBfd } from "../../src/wire/bfd.ts";
import { golden } from "../golden.ts";
import { Link } from "../stories/link.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const packet: fc.Arbitrary<BfdPacket> = fc.record({
  state: fc.constantFrom("admin-down", "down", "init", "up"),
  diagnostic: fc.integer({ min: 0, max: 31 }),
  poll: fc.boolean(),
  final: fc.constant(false),
  demand: fc.boolean(),
  multiplier: fc.integer({ min: 1, max: 255 }),
  mine: fc.integer({ min: 1, max: 0xffff_ffff }),
  yours: fc.integer({ min: 1, max: 0xffff_ffff }),
  desiredTransmit: u32,
  requiredReceive: u32,
});

test("BFD: decoding is the inverse of encoding, padded or not", () => {
  fc.assert(
    fc.property(packet, fc.nat({ max: 40 }), (value, padding) => {
      expect(decodeBfd(concat(encodeBfd(value), new Uint8Array(padding)))).toEqual({ ok: true, value });
    }),
  );
});

test("BFD: no bytes make decoding throw", () => {
  const good = golden("bfd-frr-poll");
  const mutated = fc
    .tuple(fc.nat({ max: 30 }), fc.array(fc.tuple(fc.nat({ max: 23 }), fc.nat({ max: 255 })), { maxLength: 6 }))
    .map(([length, changes]) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, length);
    });
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), (bytes) => void decodeBfd(bytes)));
});

const interval = fc.integer({ min: 20, max: 400 }).map(milliseconds);
const parameters: fc.Arbitrary<BfdParameters> = fc.record({
  minTransmit: interval,
  minReceive: interval,
  idleTransmit: fc.integer({ min: 1000, max: 2000 }).map(milliseconds),
  multiplier: fc.integer({ min: 2, max: 9 }),
  active: fc.boolean(),
});

/** What a forger may say and be forgotten: an interval of 4295 s, or that it wants nothing, would be believed for long. */
const lie = packet.map((some) => ({
  ...some,
  multiplier: (some.multiplier % 9) + 1,
  desiredTransmit: some.desiredTransmit % seconds(1),
  requiredReceive: (some.requiredReceive % seconds(1)) + 1,
}));

/** What may befall a pair of sessions, and for how long it lasts. */
const mishap = fc.record({
  what: fc.constantFrom("cut", "cut a", "loss", "kill", "respawn", "stop", "start", "reload", "lie", "none"),
  end: fc.constantFrom("a", "b"),
  change: parameters,
  packet: lie,
  span: fc.integer({ min: 1, max: 3000 }).map(milliseconds),
});

/** Chance without chance: the same storm gives the same run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function befall(
  link: Link,
  { what, end, change, packet: forged, span }: typeof mishap extends fc.Arbitrary<infer T> ? T : never,
): void {
  if (what === "cut") link.loses = () => true;
  if (what === "cut a") link.loses = (from) => from === "a";
  if (what === "loss") link.loses = () => link.chance() < 0.4;
  if (what === "none") link.loses = () => false;
  if (what === "kill") link.kill(end);
  if (what === "respawn") {
    link.kill(end);
    link.respawn(end);
  }
  if (what === "stop") link.stop(end);
  if (what === "start") {
    link.kill(end);
    link.start(end);
  }
  if (what === "reload") link.reload(end, { ...change, active: link.parameters(end).active });
  if (what === "lie") {
    const yours = link.session(end).discriminator;
    link.inject(end, { ...forged, yours });
    link.inject(end, { ...forged, yours: 0, state: "down" });
  }
  link.run(span);
}

test("BFD: after any storm of losses, deaths, reloads and lies, a healed link has both ends up, at the agreed pace", () => {
  fc.assert(
    fc.property(parameters, parameters, fc.array(mishap, { maxLength: 12 }), fc.nat(), (a, b, storm, seed) => {
      const link = new Link();
      link.tells = false;
      link.chance = dice(seed);
      link.end("a", { ...a, active: a.active || !b.active });
      link.end("b", b);
      for (const name of ["a", "b"]) link.start(name);
      for (const one of storm) befall(link, one);
      link.loses = () => false;
      for (const name of ["a", "b"]) {
        link.kill(name);
        if (link.session(name).state === "admin-down") link.start(name);
        else link.respawn(name);
      }
      link.run(seconds(20));
      const before = ["a", "b"].map((name) => link.sent(name));
      link.run(seconds(10));
      for (const [i, name] of ["a", "b"].entries()) {
        const session = link.session(name);
        expect(session).toMatchObject({ state: "up", poll: undefined });
        const pace = transmitInterval(link.parameters(name), session);
        const sent = link.sent(name) - (before[i] ?? 0);
        expect(sent).toBeGreaterThanOrEqual(Math.floor(seconds(10) / pace) - 1);
        expect(sent).toBeLessThanOrEqual(Math.ceil(seconds(10) / (0.75 * pace)) + 1);
        const other = name === "a" ? "b" : "a";
        const theirs = transmitInterval(link.parameters(other), link.session(other));
        expect(detectionTime(link.parameters(name), session)).toBeGreaterThanOrEqual(2 * theirs);
      }
    }),
    { numRuns: 60 },
  );
});

test("BFD: a flood is answered by no more packets than it has, beside the periodic ones", () => {
  fc.assert(
    fc.property(parameters, fc.array(packet, { minLength: 1, maxLength: 200 }), (own, flood) => {
      const link = new Link();
      link.tells = false;
      link.end("a", own);
      link.end("b", own);
      link.start("a");
      const before = link.sent("a");
      for (const lie of flood) link.inject("a", { ...lie, yours: 1 });
      expect(link.sent("a") - before).toBeLessThanOrEqual(flood.length);
      expect(link.session("a").discriminator).toBe(1);
    }),
  );
});
