import fc from "fast-check";
import { expect, test } from "vitest";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { deadline, INIT, type Standing, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import {
  type GroupState,
  type GroupStep,
  groupStanding,
  groupStateName,
  memberStep,
  NOT_STARTED,
  standingStep,
} from "../../src/vrrp/sync-group.ts";
import { parameters } from "../stories/lan.ts";

interface Router {
  readonly parameters: VrrpParameters;
  state: VrrpState;
  standing: Standing;
  holds: boolean;
}

/** A host with one group, a member on each LAN. It drives the group as a daemon does. */
class Host {
  readonly members: readonly Router[];
  readonly sent: { readonly lan: number; readonly priority: number }[] = [];
  group: GroupState = NOT_STARTED;
  told: GroupState["name"] = "init"; // what transitions have said

  constructor(priority: number, address: IpAddress, lans: number, preempt = true) {
    this.members = Array.from({ length: lans }, (_, lan) => ({
      parameters: { ...parameters(`r${lan}`, priority, address), preempt },
      state: INIT,
      standing: "fit" as const,
      holds: false,
    }));
  }

  get standing(): Standing {
    return groupStanding(this.members.map(({ standing }) => standing));
  }

  start(now: Micros): void {
    for (const [lan, { state }] of this.members.entries())
      if (state.name === "init") this.feed(lan, { type: "startup", standing: this.standing }, now);
  }

  feed(member: number, event: VrrpEvent, now: Micros): void {
    this.#do(memberStep(this.members, this.group, { member, event }, now));
  }

  judge(member: number, standing: Standing, now: Micros): void {
    const router = this.members[member];
    if (router === undefined || router.standing === standing) return;
    router.standing = standing;
    this.#do(standingStep(this.members, this.group, member, now));
  }

  #do({ state, actions }: GroupStep): void {
    this.group = state;
    for (const action of actions) {
      if (action.type === "transition") {
        expect(action.from).toBe(this.told);
        this.told = action.to;
      }
      const router = action.type === "member" ? this.members[action.member] : undefined;
      if (router === undefined || action.type !== "member") continue;
      router.state = action.step.state;
      for (const effect of action.step.effects) {
        if (effect.type === "claim-addresses" || effect.type === "release-addresses") {
          expect(router.holds).toBe(effect.type === "release-addresses");
          router.holds = effect.type === "claim-addresses";
        }
        if (effect.type === "advertise") this.sent.push({ lan: action.member, priority: effect.priority });
      }
    }
  }
}

function advertisement(from: IpAddress, priority: number): VrrpEvent {
  const authentication = { type: "none" } as const;
  const message = { version: 2, vrid: 51, priority, interval: seconds(1), authentication, addresses: [] } as const;
  return { type: "advertisement", from, advertisement: message };
}

type Blow =
  | { readonly type: "advert"; readonly lan: number; readonly host: number; readonly priority: number }
  | { readonly type: "standing"; readonly lan: number; readonly standing: Standing }
  | { readonly type: "reconfigured"; readonly lan: number };

const blow = (lans: number): fc.Arbitrary<Blow> => {
  const lan = fc.nat(lans - 1);
  return fc.oneof(
    fc.record({
      type: fc.constant("advert" as const),
      lan,
      host: fc.integer({ min: 1, max: 9 }),
      priority: fc.nat(255),
    }),
    fc.record({
      type: fc.constant("standing" as const),
      lan,
      standing: fc.constantFrom<Standing>("fit", "unfit", "pending"),
    }),
    fc.record({ type: fc.constant("reconfigured" as const), lan }),
  );
};

const storm = fc.integer({ min: 1, max: 4 }).chain((lans) =>
  fc.record({
    lans: fc.constant(lans),
    priority: fc.constantFrom(1, 100, 254, 255),
    preempt: fc.boolean(),
    first: fc.array(fc.constantFrom<Standing>("fit", "fit", "unfit", "pending"), { minLength: lans, maxLength: lans }),
    blows: fc.array(fc.tuple(blow(lans), fc.nat(4_000_000)), { maxLength: 40 }),
  }),
);

test("whatever happens in whatever order, all members of a group are in one state after it", () => {
  fc.assert(
    fc.property(storm, ({ lans, priority, preempt, first, blows }) => {
      const host = new Host(priority, ip("192.0.2.5"), lans, preempt);
      host.members.forEach((member, i) => {
        member.standing = first[i] ?? "fit";
      });
      let now = 0;
      host.start(now);
      const check = (): void => {
        const names = new Set(host.members.map(({ state }) => groupStateName(state)));
        expect([...names]).toHaveLength(1);
        expect([...names][0]).toBe(host.group.name);
        expect(host.told).toBe(host.group.name);
        if (host.standing === "unfit") expect(host.group.name).toBe("fault");
        for (const { state, holds } of host.members) {
          expect(holds).toBe(state.name === "master");
          if (state.name === "backup" || state.name === "master") expect(deadline(state)).toBeGreaterThan(now);
        }
      };
      check();
      for (const [what, wait] of blows) {
        const end = now + wait;
        for (let [lan, due] = next(host); due <= end; [lan, due] = next(host)) {
          now = Math.max(now, due);
          host.feed(lan, { type: "timer" }, now);
          for (const [other, { state }] of host.members.entries())
            if ((deadline(state) ?? Number.POSITIVE_INFINITY) <= now) host.feed(other, { type: "timer" }, now);
          check();
        }
        now = end;
        if (what.type === "standing") host.judge(what.lan, what.standing, now);
        if (what.type === "reconfigured") host.feed(what.lan, { type: "reconfigured" }, now);
        if (what.type === "advert" && isListening(host.members[what.lan]))
          host.feed(what.lan, advertisement(ip(`192.0.2.${what.host}`), what.priority), now);
        check();
      }
    }),
    { numRuns: 500 },
  );
});

function isListening(router: Router | undefined): boolean {
  return router?.state.name === "backup" || router?.state.name === "master";
}

/** The member whose deadline is first, and when. */
function next(host: Host): readonly [lan: number, at: Micros] {
  return host.members.reduce<readonly [number, Micros]>(
    (best, { state }, lan) => {
      const at = deadline(state) ?? Number.POSITIVE_INFINITY;
      return at < best[1] ? [lan, at] : best;
    },
    [0, Number.POSITIVE_INFINITY],
  );
}

/** Copies that arrive of what is sent: none, one or two. */
type Fate = 0 | 1 | 2;

/** Hosts with a group each, over LANs that can be cut, and on which packets are lost and doubled. */
class World {
  readonly hosts: readonly Host[];
  readonly cut: boolean[];
  fate: () => Fate = () => 1;
  now: Micros = 0;
  readonly #asleep = new Map<Host, (() => void)[]>(); // and what waits in its sockets

  constructor(priorities: readonly number[], lans: number) {
    this.hosts = priorities.map((priority, i) => new Host(priority, ip(`192.0.2.${i + 1}`), lans));
    this.cut = Array.from({ length: lans }, () => false);
    for (const host of this.hosts) host.start(0);
    this.deliver();
  }

  run(span: Micros): void {
    const end = this.now + span;
    for (;;) {
      const awake = this.hosts.filter((each) => !this.#asleep.has(each)).map((each) => [each, ...next(each)] as const);
      const [host, lan, at] = awake.toSorted(([, , a], [, , b]) => a - b)[0] ?? [];
      if (host === undefined || lan === undefined || at === undefined || at > end) break;
      this.now = Math.max(this.now, at);
      host.feed(lan, { type: "timer" }, this.now);
      this.deliver();
    }
    this.now = end;
  }

  /** The process of a host does not run until `wake`. */
  sleep(host: Host): void {
    if (!this.#asleep.has(host)) this.#asleep.set(host, []);
  }

  /** It runs again, and hears what waits before its timers are looked at. */
  wake(host: Host): void {
    const waiting = this.#asleep.get(host) ?? [];
    this.#asleep.delete(host);
    for (const hear of waiting) hear();
    this.deliver();
  }

  /** What was sent reaches everybody on a LAN that is whole, and the answers too. */
  deliver(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const [i, host] of this.hosts.entries())
        for (const { lan, priority } of host.sent.splice(0)) {
          busy = true;
          for (const other of this.hosts)
            if (other !== host && this.cut[lan] === false)
              for (let copies = this.fate(); copies > 0; copies--) this.#arrive(other, lan, { sender: i, priority });
        }
    }
  }

  #arrive(host: Host, lan: number, { sender, priority }: { readonly sender: number; readonly priority: number }): void {
    const hear = (): void => {
      if (isListening(host.members[lan]))
        host.feed(lan, advertisement(ip(`192.0.2.${sender + 1}`), priority), this.now);
    };
    const asleep = this.#asleep.get(host);
    if (asleep === undefined) hear();
    else asleep.push(hear);
  }
}

const weather = fc.record({
  priorities: fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { minLength: 2, maxLength: 5 }),
  lans: fc.integer({ min: 1, max: 3 }),
  fates: fc.array(fc.constantFrom<Fate>(0, 1, 1, 1, 2), { minLength: 1, maxLength: 9 }),
  blows: fc.array(
    fc.tuple(
      fc.nat(),
      fc.nat(),
      fc.constantFrom("cut", "heal", "fault", "recover", "reload", "sleep", "wake"),
      fc.nat(5000),
    ),
    { maxLength: 25 },
  ),
});

test("after any storm, healed LANs have one master each, and it is the same host: the highest priority", () => {
  fc.assert(
    fc.property(weather, ({ priorities, lans, fates, blows }) => {
      const world = new World(priorities, lans);
      let packets = 0;
      world.fate = () => fates[packets++ % fates.length] ?? 1;
      for (const [h, l, what, wait] of blows) {
        const [host, lan] = [world.hosts[h % priorities.length], l % lans];
        if (host === undefined) continue;
        if (what === "cut" || what === "heal") world.cut[lan] = what === "cut";
        if (what === "fault" || what === "recover") host.judge(lan, what === "fault" ? "unfit" : "fit", world.now);
        if (what === "reload") host.feed(lan, { type: "reconfigured" }, world.now);
        if (what === "sleep") world.sleep(host);
        if (what === "wake") world.wake(host);
        world.deliver();
        world.run(milliseconds(wait));
      }
      world.cut.fill(false);
      world.fate = () => 1;
      for (const host of world.hosts) {
        world.wake(host);
        for (let lan = 0; lan < lans; lan++) host.judge(lan, "fit", world.now);
      }
      world.deliver();
      world.run(seconds(30));
      const masters = world.hosts.map(({ members }) => members.map(({ holds }) => holds));
      const best = Math.max(...priorities);
      expect(masters).toEqual(priorities.map((priority) => Array.from({ length: lans }, () => priority === best)));
    }),
    { numRuns: 200 },
  );
});
