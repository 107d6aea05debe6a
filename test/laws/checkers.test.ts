import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Act, anyEvent, anyFile, reloadTo, respawn } from "./checkers-arbitrary.ts";

/** What stands between a checkers process and its world. */
const MODULES = [
  ...["../../src/io/ipvs-kernel.ts", "../../src/daemon/check-io.ts", "../../src/daemon/check-scripts.ts"],
  ...["../../src/daemon/check-files.ts", "../../src/daemon/ha-suspend.ts"],
];
const PATIENCE = 120_000; // ms, of a machine that is busy with something else
let Life: typeof import("./checkers-life.ts").Life;

// Test files of one process share its modules: here they are loaded anew, and so they are behind us.
beforeAll(async () => {
  vi.resetModules();
  for (const module of MODULES) vi.doMock(module, () => import("./checkers-world.ts"));
  ({ Life } = await import("./checkers-life.ts"));
}, PATIENCE);
afterAll(() => {
  for (const module of MODULES) vi.doUnmock(module);
  vi.resetModules();
});

// The whole checkers process, with its plan of a reload, its pools and its table, on a virtual clock and a kernel that
// is a function; groups, marks, sorry servers, quorum, alpha, inhibit, weights by files and scripts, BFD, ha_suspend.
const RUNS = { numRuns: 15 };
const acts = (hysteresis: number): fc.Arbitrary<readonly Act[]> =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: anyEvent },
      { weight: 1, arbitrary: anyFile(hysteresis).map(reloadTo) },
      { weight: 1, arbitrary: fc.constant(respawn) },
    ),
    { maxLength: 25 },
  );

test(
  "reload(x, x) writes nothing, moves no check and says nothing, whatever happened before and happens after",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyFile(2), acts(2), acts(2), async (text, before, after) => {
        const [reloaded, other] = [new Life(text), new Life(text)];
        const both = async (list: readonly Act[]): Promise<void> => {
          for (const each of list) for (const life of [reloaded, other]) await each(life);
        };
        await both(before);
        const { kernel, servers } = reloaded.world;
        const [asked, said] = [kernel.asked.length, reloaded.said.length];
        const attempts = servers.attempts.length;
        reloaded.reload();
        expect(kernel.asked.slice(asked)).toEqual([]);
        expect(reloaded.said.slice(said)).toEqual([]);
        expect(servers.attempts.length).toBe(attempts);
        await both(after);
        expect(servers.attempts).toEqual(other.world.servers.attempts);
        expect(reloaded.table).toEqual(other.table);
        expect(reloaded.said).toEqual(other.said);
        for (const life of [reloaded, other]) await life.close();
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  "a process that takes over from a report writes nothing, and on an empty table gives the same one",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyFile(2), acts(2), async (text, before) => {
        const life = new Life(text);
        for (const each of before) await each(life);
        const { kernel } = life.world;
        const [table, asked] = [life.table, kernel.asked.length];
        await life.respawn();
        expect(kernel.asked.slice(asked)).toEqual([]);
        kernel.table = [];
        await life.respawn();
        expect(life.table).toEqual(table);
        await life.close();
        expect(life.table).toEqual([]);
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  "whatever happened, after a silence the table is that of a fresh start: no verdict depends on how it came about",
  async () => {
    await fc.assert(
      // With hysteresis the quorum remembers, within its margin, where it came from.
      fc.asyncProperty(anyFile(0), acts(0), async (text, before) => {
        const old = new Life(text);
        for (const each of before) await each(old);
        await old.silence();
        const fresh = new Life(old.text, old.world);
        await fresh.silence();
        expect(old.table).toEqual(fresh.table);
        for (const life of [old, fresh]) await life.close();
      }),
      RUNS,
    );
  },
  PATIENCE,
);
