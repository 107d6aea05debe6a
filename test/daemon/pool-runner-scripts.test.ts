import { beforeEach, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { MiscCheckConfig } from "../../src/config/model/check.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { PoolBench, real, rows, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

const misc = (path: string, change: Partial<MiscCheckConfig> = {}): MiscCheckConfig => ({
  type: "misc",
  command: { argv: [path, "argument"], user: undefined, group: undefined },
  ...{ timeout: seconds(2), dynamicWeight: true, alpha: false, logAllFailures: false },
  ...{ delayLoop: seconds(10), retry: 1, delayBeforeRetry: seconds(1), warmup: 0 },
  ...change,
});
const scripted = (...checkers: MiscCheckConfig[]) => service([real(11, { weight: 28, checkers })]);
const MISC = "Misc check for [[10.88.0.11]:tcp:80 VS [10.78.0.1]:tcp:80] by [/a]";
const WEIGHT = (from: number, to: number) =>
  `Changing weight from ${from} to ${to} for active service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80`;

test("misc_dynamic: the status is the weight and two more, 0 brings the configured one back", async () => {
  const pool = bench.start(scripted(misc("/a")));
  bench.servers.scripts.set("/a", { exited: 12 });
  await bench.servers.run(seconds(1));
  expect(rows(pool.entries)).toEqual(["11 10"]);
  bench.servers.scripts.set("/a", { exited: 2 });
  await bench.servers.run(seconds(10));
  expect(rows(pool.entries)).toEqual(["11 0"]);
  bench.servers.scripts.set("/a", { exited: 0 });
  await bench.servers.run(seconds(10));
  expect(rows(pool.entries)).toEqual(["11 28"]);
  expect(bench.heard().filter((text) => !text.includes("quorum"))).toEqual([
    `${MISC} succeeded.`,
    WEIGHT(28, 10),
    WEIGHT(10, 0),
    WEIGHT(0, 28),
  ]);
});

test("the weight does not drift: after a timeout or a signal it is the configured one again (Keepalived: 45 of 28)", async () => {
  const pool = bench.start(scripted(misc("/a", { retry: 0 })));
  for (const bad of [{ timedOut: true }, { signal: 9 }, { exited: 1 }] as const)
    for (const good of [{ exited: 13 }, bad, { exited: 0 }, bad, { exited: 13 }, { exited: 13 }]) {
      bench.servers.scripts.set("/a", good);
      await bench.servers.run(seconds(10));
      const weight = "exited" in good ? { 13: 11, 0: 28 }[good.exited as 0 | 13] : undefined;
      expect(rows(pool.entries)).toEqual(weight === undefined ? [] : [`11 ${weight}`]);
    }
});

test("several of them add up around the configured weight", async () => {
  const pool = bench.start(scripted(misc("/a"), misc("/b")));
  bench.servers.scripts.set("/a", { exited: 12 }).set("/b", { exited: 32 });
  await bench.servers.run(seconds(1));
  expect(rows(pool.entries)).toEqual(["11 12"]); // 28 - 18 + 2
  bench.servers.scripts.set("/b", { exited: 2 });
  await bench.servers.run(seconds(10));
  expect(rows(pool.entries)).toEqual(["11 0"]);
});

test("a script that cannot be run takes its server out, and that is said once", async () => {
  bench.servers.scripts.set("/a", { notRun: "ENOENT (No such file or directory)", local: false });
  const pool = bench.start(scripted(misc("/a", { retry: 0 })));
  await bench.servers.run(seconds(60));
  expect(rows(pool.entries)).toEqual([]);
  expect(bench.heard().filter((text) => text.startsWith("Misc"))).toEqual([
    `${MISC} failed with retry disabled (it cannot be run: ENOENT (No such file or directory)).`,
  ]);
});

test("a respawned process has the weight at once, and a reload of the same keeps it", async () => {
  bench.servers.scripts.set("/a", { exited: 12 });
  const before = bench.start(scripted(misc("/a")));
  await bench.servers.run(seconds(1));
  const report = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
  before.stop();
  bench.table.length = 0;
  bench.said();
  const pool = bench.start(scripted(misc("/a")), report);
  bench.reload(pool, scripted(misc("/a")));
  expect(bench.table).toEqual([["11 10"]]);
  bench.reload(pool, scripted(misc("/a", { delayLoop: seconds(3) })));
  expect(rows(pool.entries)).toEqual(["11 10"]);
  expect(bench.heard()).toEqual([]);
});
