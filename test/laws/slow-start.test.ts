import fc from "fast-check";
import { expect, test } from "vitest";
import { destinationName } from "../../src/base/ipvs.ts";
import { milliseconds, seconds, toSeconds } from "../../src/base/time.ts";
import type { RunnableServer } from "../../src/daemon/runnable.ts";
import { SlowStarter } from "../../src/daemon/slow-starter.ts";
import { EMPTY_POOL, type PoolEvent, type PoolState, poolStep, wantedEntries } from "../../src/lvs/pool.ts";
import { FakeServers } from "../daemon/fake-servers.ts";
import { real, SORRY, service } from "../daemon/pool-bench.ts";

const server = fc.record({
  weight: fc.oneof(fc.nat(5), fc.integer({ min: 6, max: 2 ** 31 - 1 })),
  slowStart: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })).map(seconds),
  inhibitOnFailure: fc.boolean(),
});
const verdict = fc.record({ after: fc.nat(15_000), server: fc.nat(3), alive: fc.boolean() });

/** Three servers of a service, which begins to run, and who has what weight when. */
class Farm {
  readonly #world = new FakeServers();
  readonly #slow: SlowStarter;
  #state: PoolState = EMPTY_POOL;
  readonly #of;
  readonly seen: { readonly at: number; readonly weights: ReadonlyMap<string, number> }[] = [];

  constructor(servers: readonly Partial<RunnableServer>[], sorry: boolean, alive: readonly boolean[]) {
    const realServers = servers.map((change, i) => real(11 + i, change));
    this.#of = service(realServers, { quorum: 2, sorryServer: sorry ? SORRY : undefined });
    this.#slow = new SlowStarter(new Map(), { io: this.#world, say: () => {}, stepped: () => this.#look() });
    this.feed({ type: "configured", alive });
  }

  get alive(): readonly boolean[] {
    return this.#state.alive;
  }

  get entries() {
    return wantedEntries(this.#slow.slowed(this.#of), this.#state);
  }

  get unhurried() {
    return wantedEntries(this.#of, this.#state);
  }

  feed(event: PoolEvent): void {
    const before = this.#state;
    const { state } = poolStep(this.#of, before, event);
    this.#state = state;
    this.#slow.follow(this.#of, { event, before, state });
    this.#look();
  }

  pass(milli: number): Promise<void> {
    return this.#world.run(milliseconds(milli));
  }

  #look(): void {
    const rows = this.entries[0]?.destinations ?? [];
    const weights = new Map(rows.map((row) => [destinationName(row), row.weight]));
    this.seen.push({ at: toSeconds(this.#world.now()), weights });
  }
}

const farms = fc.tuple(
  fc.array(server, { minLength: 3, maxLength: 3 }),
  fc.boolean(),
  fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  fc.array(verdict, { maxLength: 20 }),
);

test("any sequence of verdicts, and then silence, ends in the table of a start with these verdicts", async () => {
  await fc.assert(
    fc.asyncProperty(farms, async ([servers, sorry, alive, verdicts]) => {
      const farm = new Farm(servers, sorry, alive);
      for (const { after, server, alive } of verdicts) {
        await farm.pass(after);
        farm.feed({ type: "changed", server, alive });
      }
      await farm.pass(42_000);
      expect(farm.entries).toEqual(farm.unhurried);
      expect(farm.entries).toEqual(new Farm(servers, sorry, farm.alive).entries);
    }),
    { numRuns: 200 },
  );
});

test("a weight is at least 1 and at most what is configured; in silence it never falls, nor changes twice in a second", async () => {
  await fc.assert(
    fc.asyncProperty(farms, async ([servers, sorry, alive, verdicts]) => {
      const farm = new Farm(servers, sorry, alive);
      for (const { after, server, alive } of verdicts) {
        await farm.pass(after);
        farm.feed({ type: "changed", server, alive });
      }
      const silence = farm.seen.length;
      await farm.pass(42_000);
      const most = new Map(servers.map(({ weight }, i) => [destinationName(real(11 + i)), weight]));
      for (const { weights } of farm.seen)
        for (const [name, weight] of weights) {
          const all = most.get(name) ?? 1;
          expect(weight).toBeLessThanOrEqual(all);
          if (all > 0 && !servers.some((one) => one.inhibitOnFailure) && !sorry) expect(weight).toBeGreaterThan(0);
        }
      for (const name of most.keys()) {
        const changes = farm.seen.slice(silence - 1).flatMap(({ at, weights }, i, all) => {
          const before = all[i - 1]?.weights.get(name);
          const now = weights.get(name);
          if (before === undefined || before === now) return [];
          expect(now).toBeGreaterThan(before);
          return [at];
        });
        for (const [i, at] of changes.entries()) expect(at - (changes[i - 1] ?? 0)).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 200 },
  );
});
