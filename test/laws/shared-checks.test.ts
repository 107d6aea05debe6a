import fc from "fast-check";
import { expect, test } from "vitest";
import { type Micros, seconds } from "../../src/base/time.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { RunnableService } from "../../src/daemon/runnable.ts";
import type { Manner } from "../daemon/fake-servers.ts";
import { check, PoolBench, real, rows, service } from "../daemon/pool-bench.ts";

// Directors of which one shares its checks and one does not, before the same servers: 11 and 12, by port.

const PORTS = [11, 12];
const HOSTS = [1, 2, 3]; // of services
const SERVERS = [21, 22, 23];

const anyCheck = fc
  .record({
    port: fc.constantFrom(...PORTS),
    retry: fc.constantFrom(0, 2),
    delayLoop: fc.constantFrom(seconds(3), seconds(10)),
    alpha: fc.boolean(),
  })
  .map(({ port, ...pace }) => check(port, { ...pace, warmup: port === 11 ? 0 : seconds(0.25) })); // never at one moment

const anyService = (host: number): fc.Arbitrary<RunnableService> =>
  fc
    .record({
      servers: fc.shuffledSubarray(SERVERS, { minLength: 1 }),
      checkers: fc.array(fc.array(anyCheck, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
      quorum: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ servers, checkers, quorum }) =>
      service(
        servers.map((server, i) => real(server, { checkers: checkers[i] ?? [] })),
        { host, quorum, smtpAlert: true },
      ),
    );

const anyConfig: fc.Arbitrary<readonly RunnableService[]> = fc
  .tuple(fc.subarray(HOSTS, { minLength: 1 }), fc.tuple(...HOSTS.map(anyService)))
  .map(([hosts, services]) => services.filter((_, i) => hosts.includes(HOSTS[i] ?? 0)));

type Turn = { readonly port: number; readonly manner: Manner; readonly wait: Micros };
type Act = Turn | { readonly reload: readonly RunnableService[] } | { readonly move: number };

const anyTurn: fc.Arbitrary<Turn> = fc.record({
  port: fc.constantFrom(...PORTS),
  manner: fc.constantFrom<Manner>("up", "refused", "silent", "local trouble"),
  wait: fc.integer({ min: 0, max: 20 }).map((half) => seconds(half / 2)),
});
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  anyTurn,
  fc.record({ reload: anyConfig }),
  fc.record({ move: fc.constantFrom(...HOSTS) }), // away or back
);

class Director {
  readonly bench: PoolBench;
  readonly #pools = new Map<string, PoolRunner>();

  constructor(once: boolean, config: readonly RunnableService[]) {
    this.bench = new PoolBench({ once });
    for (const one of config) this.#pools.set(one.label, this.bench.start(one, "start", 1));
  }

  get tables(): readonly (readonly string[])[] {
    return [...this.#pools].map(([label, { entries }]) => [label, ...rows(entries)].sort());
  }

  /** Everything said and told of every service since the last time. */
  get words(): readonly string[] {
    return [...this.bench.said(), ...this.bench.told()].sort();
  }

  async act(act: Act): Promise<void> {
    if ("reload" in act) return this.#reload(act.reload);
    if ("move" in act) return this.#move(`[10.78.0.${act.move}]:tcp:80`);
    this.bench.servers.manners.set(act.port, act.manner);
    await this.bench.servers.run(act.wait);
  }

  async calm(): Promise<void> {
    for (const label of [...this.bench.away]) this.#move(label);
    await this.bench.servers.run(seconds(60));
  }

  #reload(to: readonly RunnableService[]): void {
    const wanted = new Set(to.map(({ label }) => label));
    for (const [label, pool] of this.#pools) {
      if (wanted.has(label)) continue;
      pool.stop();
      this.#pools.delete(label);
    }
    for (const one of to) {
      const pool = this.#pools.get(one.label);
      if (pool === undefined) this.#pools.set(one.label, this.bench.start(one, "reload", 1));
      else this.bench.change(pool, one);
    }
    this.bench.checks.settle();
  }

  #move(label: string): void {
    if (!this.bench.away.delete(label)) this.bench.away.add(label);
    for (const pool of this.#pools.values()) pool.addressTurned();
    this.bench.checks.settle();
  }
}

test("whatever servers answer, the tables and every word of every service are those of checks of its own", async () => {
  const law = fc.asyncProperty(anyConfig, fc.array(anyTurn, { maxLength: 8 }), async (config, turns) => {
    const [once, each] = [new Director(true, config), new Director(false, config)];
    for (const turn of turns) {
      await Promise.all([once.act(turn), each.act(turn)]);
      expect(once.tables).toEqual(each.tables);
      expect(once.words).toEqual(each.words);
    }
    expect(once.bench.servers.attempts.length).toBeLessThanOrEqual(each.bench.servers.attempts.length);
  });
  await fc.assert(law, { numRuns: 60 });
});

test("whatever reloads and moves come between, silence ends in the tables of checks of their own, and of a fresh start", async () => {
  const law = fc.asyncProperty(anyConfig, fc.array(anyAct, { maxLength: 8 }), anyConfig, async (config, acts, last) => {
    const [once, each] = [new Director(true, config), new Director(false, config)];
    const all: readonly Act[] = [...acts, ...PORTS.map((port) => healed(acts, port)), { reload: last }];
    for (const act of all) await Promise.all([once.act(act), each.act(act)]);
    const fresh = new Director(true, last);
    for (const [port, manner] of once.bench.servers.manners) fresh.bench.servers.manners.set(port, manner);
    await Promise.all([once.calm(), each.calm(), fresh.calm()]);
    expect([...once.tables].sort()).toEqual([...each.tables].sort());
    expect([...once.tables].sort()).toEqual([...fresh.tables].sort());
  });
  await fc.assert(law, { numRuns: 60 });
});

/** A server ends in a manner that says something of it: trouble of our own says nothing. */
function healed(acts: readonly Act[], port: number): Turn {
  const last = acts.findLast((act): act is Turn => "port" in act && act.port === port)?.manner ?? "up";
  return { port, manner: last === "local trouble" ? "up" : last, wait: 0 };
}
