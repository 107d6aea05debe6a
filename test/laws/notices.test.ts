import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { leavingNotices, type PoolNotice } from "../../src/lvs/notice.ts";
import {
  aliveWeight,
  EMPTY_POOL,
  hasQuorum,
  type PoolState,
  poolStep,
  type RealServer,
  type VirtualServer,
} from "../../src/lvs/pool.ts";

const HOSTS = [11, 12, 13, 14, 15];

const real = (host: number, weight: number): RealServer => ({
  ...{ address: ip(`192.0.2.${host}`), port: 80, weight, forwarding: "nat", tunnel: undefined },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false },
});

const WEB = {
  ...({ protocol: "tcp", address: ip("192.0.2.100"), port: 80, scheduler: "rr" } as const),
  ...{ flags: 0, timeout: 0, netmask: 32, engine: undefined },
};

const anyService: fc.Arbitrary<VirtualServer> = fc
  .record({
    hosts: fc.shuffledSubarray(HOSTS, { minLength: 1 }),
    weights: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
    quorum: fc.integer({ min: 1, max: 6 }),
    hysteresis: fc.integer({ min: 0, max: 2 }),
    sorry: fc.boolean(),
  })
  .map(({ hosts, weights, quorum, hysteresis, sorry }) => ({
    ...{ name: "[192.0.2.100]:tcp:80", protocol: "tcp", services: [WEB] },
    ...{ quorum, hysteresis: Math.min(hysteresis, quorum - 1) },
    realServers: hosts.map((host, i) => real(host, weights[i] ?? 1)),
    sorryServer: sorry ? { ...real(99, 1), inhibitOnFailure: false } : undefined,
  }));

type Act =
  | { readonly type: "turn"; readonly host: number; readonly up: boolean }
  | { readonly type: "turns"; readonly up: readonly boolean[] } // by host
  | { readonly type: "reload"; readonly to: VirtualServer; readonly up: readonly boolean[] };

const everyHost = fc.array(fc.boolean(), { minLength: HOSTS.length, maxLength: HOSTS.length });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant("turn" as const), host: fc.constantFrom(...HOSTS), up: fc.boolean() }),
  fc.record({ type: fc.constant("turns" as const), up: everyHost }),
  fc.record({ type: fc.constant("reload" as const), to: anyService, up: everyHost }),
);

/** Who follows the lines, with `rs_init_notifies`: the last word about each server and the quorum. */
class Follower {
  readonly servers = new Map<string, boolean>();
  quorum = false;

  hear(notices: readonly PoolNotice[], { realServers }: VirtualServer): void {
    for (const notice of notices) {
      if (notice.type === "quorum") {
        if (!notice.initial) expect(notice.up).not.toBe(this.quorum); // nothing is told twice
        this.quorum = notice.up;
      }
      if (notice.type !== "server") continue;
      const name = realServers[notice.server]?.address ?? "";
      expect([name, notice.alive]).not.toEqual([name, this.servers.get(name) ?? false]);
      this.servers.set(name, notice.alive);
    }
  }

  /** What it believes is what is. */
  compare({ alive, quorumUp }: PoolState, server: VirtualServer): void {
    expect(this.quorum).toBe(quorumUp);
    expect(quorumUp).toBe(hasQuorum(server, aliveWeight(server, alive), quorumUp));
    const up = server.realServers.flatMap(({ address }, i) => (alive[i] === true ? [String(address)] : []));
    expect([...this.servers].flatMap(([name, told]) => (told ? [name] : [])).sort()).toEqual(up.sort());
  }
}

test("who follows what is told knows the state of each server and the quorum, and hears nothing twice", () => {
  fc.assert(
    fc.property(anyService, everyHost, fc.array(anyAct, { maxLength: 30 }), (first, begin, acts) => {
      const follower = new Follower();
      const upOf = (server: VirtualServer, up: readonly boolean[]): boolean[] =>
        server.realServers.map(({ address }) => up[HOSTS.findIndex((host) => address.endsWith(`.${host}`))] ?? false);
      let server = first;
      let { state, notices } = poolStep(server, EMPTY_POOL, { type: "configured", alive: upOf(server, begin) });
      follower.hear(notices, server);
      for (const act of acts) {
        if (act.type === "turn") {
          const index = server.realServers.findIndex(({ address }) => address.endsWith(`.${act.host}`));
          ({ state, notices } = poolStep(server, state, { type: "changed", server: index, alive: act.up }));
        } else if (act.type === "turns") {
          ({ state, notices } = poolStep(server, state, { type: "turned", alive: upOf(server, act.up) }));
        } else {
          const [from, before] = [server, state];
          server = act.to;
          const stays = new Set(server.realServers.map(({ address }) => address));
          for (const [i, { address }] of from.realServers.entries())
            if (!stays.has(address)) follower.hear(leavingNotices(i, before.alive[i], "Removing"), from);
          const alive = upOf(server, act.up);
          ({ state, notices } = poolStep(server, before, { type: "reconfigured", from, alive }));
        }
        follower.hear(notices, server);
        follower.compare(state, server);
      }
    }),
    { numRuns: 100 },
  );
});
