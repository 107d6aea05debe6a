import fc from "fast-check";
import { expect, test } from "vitest";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { OWNER, type VrrpParameters } from "../../src/vrrp/parameters.ts";
import { Lan, parameters } from "../stories/lan.ts";

type Blow = (lan: Lan, name: string) => void;

/** What can happen to a router. A stopped or dead process may come back in both ways. */
const BLOWS: readonly Blow[] = [
  (lan, name) => lan.start(name),
  (lan, name) => lan.stop(name),
  (lan, name) => lan.kill(name),
  (lan, name) => lan.respawn(name),
  (lan, name) => lan.move(name, "main"),
  (lan, name) => lan.move(name, "left"),
  (lan, name) => lan.move(name, "right"),
  (lan, name) => lan.sleep(name, false),
  (lan, name) => lan.sleep(name, true),
  (lan, name) => lan.wake(name),
  (lan, name) => lan.feed(name, { type: "fault" }),
  (lan, name) => lan.feed(name, { type: "recovered" }),
  (lan, name) => lan.feed(name, { type: "reconfigured" }),
];

/** What is configured of a router, as far as it decides who is master. */
const rules = fc.record({
  priority: fc.oneof(fc.constantFrom(100, OWNER), fc.integer({ min: 1, max: 254 })),
  preempt: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  preemptDelay: fc.constantFrom(0, 0, seconds(3)),
  wantsMaster: fc.boolean(),
  lowerPriorityAdvert: fc.boolean(),
  higherPriorityAdvert: fc.boolean(),
});

/** Packets are lost, doubled, late, and overtaken by later ones. */
const fates = fc.array(
  fc.constantFrom<readonly Micros[]>([0], [0], [], [0, 0], [milliseconds(30)], [0, seconds(1.5)], [seconds(4)]),
  { minLength: 1, maxLength: 12 },
);

const storm = fc.record({
  routers: fc.array(rules, { minLength: 2, maxLength: 5 }),
  intervals: fc.option(fc.array(fc.constantFrom(100, 500, 2000), { minLength: 5, maxLength: 5 })), // VRRPv3, milliseconds
  blows: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...BLOWS), fc.nat(5_000)), { maxLength: 30 }),
  fates,
});
type Storm = typeof storm extends fc.Arbitrary<infer T> ? T : never;

/** One owner at most, who always preempts; of nopreempt and preempt_delay one, as the configuration has it. */
function configured({ routers, intervals }: Storm): readonly VrrpParameters[] {
  const owner = routers.findIndex(({ priority }) => priority === OWNER);
  return routers.map((rule, i) => {
    const priority = rule.priority === OWNER && i !== owner ? OWNER - 1 : rule.priority;
    const preempt = rule.preempt || priority === OWNER;
    const wantsMaster = rule.wantsMaster && priority === OWNER;
    const preemptDelay = preempt && priority !== OWNER ? rule.preemptDelay : 0;
    const usual = { ...parameters(`r${i}`, priority, `192.0.2.${i + 1}`), ...rule };
    const router = { ...usual, priority, basePriority: priority, preempt, preemptDelay, wantsMaster };
    const interval = intervals?.[i];
    return interval === undefined ? router : { ...router, version: 3, interval: milliseconds(interval) };
  });
}

/** A LAN that has been through the storm and was healed `calm` ago. */
function weather(what: Storm, routers: readonly VrrpParameters[], calm: Micros): Lan {
  const lan = new Lan();
  for (const router of routers) lan.router(router);
  let packets = 0;
  lan.fate = () => what.fates[packets++ % what.fates.length] ?? [];
  for (const [which, blow, wait] of what.blows) {
    blow(lan, routers[which % routers.length]?.name ?? "");
    lan.run(milliseconds(wait));
  }
  lan.fate = () => [0];
  for (const { name } of routers) {
    lan.move(name, "main");
    lan.wake(name);
    lan.start(name);
    lan.feed(name, { type: "recovered" });
  }
  lan.run(calm);
  return lan;
}

/** Until the last late packet has come, every wait is over, and a preemption that was delayed too. */
const CALM = seconds(30);

test("after any storm, a healed LAN has exactly one master, whom nobody may preempt, and it alone holds the addresses", () => {
  fc.assert(
    fc.property(storm, (what) => {
      const routers = configured(what);
      const lan = weather(what, routers, CALM);
      expect(lan.masters).toHaveLength(1);
      expect(lan.holders).toEqual(lan.masters);
      const master = routers.find(({ name }) => name === lan.masters[0]);
      const better = routers.filter(({ preempt, priority }) => preempt && priority > (master?.priority ?? 0));
      expect(better.map(({ name }) => name)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("a vrrp process that is started again, after any storm, changes nothing: no address moves and nobody resigns", () => {
  fc.assert(
    fc.property(storm, fc.array(fc.tuple(fc.nat(), fc.nat(180)), { maxLength: 6 }), (what, deaths) => {
      const routers = configured(what);
      const lan = weather(what, routers, CALM);
      const [masters, said] = [lan.masters, lan.log.length];
      for (const [which, gap] of deaths) {
        const { name = "", interval = 0, downTimerAdverts = 0 } = routers[which % routers.length] ?? {};
        lan.kill(name);
        lan.run(Math.min(milliseconds(gap), (downTimerAdverts - 1) * interval - 1)); // the last advert is up to one old
        lan.respawn(name);
        lan.run(milliseconds(gap));
      }
      lan.run(seconds(15));
      expect(lan.log.slice(said).filter((line) => /-addresses|priority=0|STATE/.test(line))).toEqual([]);
      expect([lan.masters, lan.holders]).toEqual([masters, masters]);
    }),
    { numRuns: 40 },
  );
});

test("whoever does not run for a while, and hears what was said when it runs again, takes nothing from a living master", () => {
  const nap = fc.tuple(fc.constantFrom("r100", "r50"), fc.nat(9_000), fc.nat(3_000));
  fc.assert(
    fc.property(fc.array(nap, { maxLength: 20 }), (naps) => {
      const lan = new Lan();
      for (const [i, priority] of [200, 100, 50].entries()) {
        lan.router(parameters(`r${priority}`, priority, `192.0.2.${i + 1}`));
        lan.start(`r${priority}`);
      }
      lan.run(seconds(5));
      for (const [name, asleep, awake] of naps) {
        lan.sleep(name, false);
        lan.run(milliseconds(asleep));
        lan.wake(name);
        expect(lan.masters).toEqual(["r200"]);
        lan.run(milliseconds(awake));
      }
      expect(lan.masters).toEqual(["r200"]);
    }),
  );
});

test("after any storm, the client sends to no other than the master within a minute and a wait", () => {
  fc.assert(
    fc.property(storm, (what) => {
      const lan = weather(what, configured(what), seconds(95));
      // Who has heard nobody asks by ARP, and the master answers.
      expect([...lan.masters, "nobody"]).toContain(lan.neighbour);
    }),
    { numRuns: 25 },
  );
});
