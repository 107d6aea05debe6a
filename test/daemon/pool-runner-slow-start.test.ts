import { beforeEach, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { MiscCheckConfig } from "../../src/config/model/check.ts";
import type { RunnableServer, RunnableService } from "../../src/daemon/runnable.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, rows, SORRY, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

const checkers = [check(11, { retry: 0, delayLoop: seconds(5), warmup: 0 })];
const slow = (change: Partial<RunnableServer> = {}, more: Partial<RunnableService> = {}): RunnableService =>
  service([real(11, { weight: 100, slowStart: seconds(10), checkers, ...change }), real(12, { weight: 50 })], more);
const WHICH = "[10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80";

/** Up from the start, down at 1 s, up again at 6 s. */
async function returned(config: RunnableService) {
  bench.servers.manners.set(11, "refused");
  const pool = bench.start(config);
  await bench.servers.run(seconds(3));
  bench.servers.manners.delete(11);
  await bench.servers.run(seconds(3));
  return pool;
}

test("at the start it has all of its weight, when it returns 1, and then more each second", async () => {
  const pool = bench.start(slow());
  expect(rows(pool.entries)).toEqual(["11 100", "12 50"]);
  pool.stop();
  const again = await returned(slow());
  expect(rows(again.entries)).toEqual(["11 1", "12 50"]);
  bench.table.length = 0;
  await bench.servers.run(seconds(20));
  const steps = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((weight) => `11 ${weight}`);
  expect(bench.table.map(([first]) => first)).toEqual(steps);
  expect(bench.heard().filter((text) => text.includes("low start"))).toEqual([
    `Slow start of service ${WHICH}: weight 1 to 100 in 10 seconds`,
    `Slow start of service ${WHICH} has ended: weight 100`,
  ]);
});

test("down again, it begins anew when it returns", async () => {
  const pool = await returned(slow());
  await bench.servers.run(seconds(4));
  bench.servers.manners.set(11, "refused");
  await bench.servers.run(seconds(5));
  expect(rows(pool.entries)).toEqual(["12 50"]);
  bench.servers.manners.delete(11);
  await bench.servers.run(seconds(5));
  expect(rows(pool.entries)[0]).toMatch(/^11 \d0?$/);
  await bench.servers.run(seconds(10));
  expect(rows(pool.entries)).toEqual(["11 100", "12 50"]);
});

test("the quorum counts all of its weight from the beginning", async () => {
  await returned(slow({}, { quorum: 150 }));
  expect(bench.heard().filter((text) => text.includes("quorum"))).toEqual([
    "Gained quorum 150+0=150 <= 150 for VS [10.78.0.1]:tcp:80",
    "Lost quorum 150-0=150 > 50 for VS [10.78.0.1]:tcp:80",
    "Gained quorum 150+0=150 <= 150 for VS [10.78.0.1]:tcp:80",
  ]);
});

test("while the sorry server serves in its place it does not rise: that begins with the quorum, for all of them", async () => {
  const both = (manner: "refused" | "up") => bench.servers.manners.set(11, manner).set(12, manner);
  const config = service(
    [11, 12].map((host, i) => {
      const checked = check(host, { retry: 0, delayLoop: seconds(5 + 20 * i), warmup: 0 });
      return real(host, { weight: 100, slowStart: seconds(10), checkers: [checked] });
    }),
    { quorum: 200, sorryServer: SORRY },
  );
  both("refused");
  const pool = bench.start(config);
  await bench.servers.run(seconds(2));
  both("up");
  await bench.servers.run(seconds(20));
  expect(rows(pool.entries)).toEqual(["99 1"]); // the first has been up for 16 seconds
  await bench.servers.run(seconds(4));
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
});

test("a reload keeps it rising; one with another weight changes what it rises to, one without `slow_start` ends it", async () => {
  const pool = await returned(slow());
  await bench.servers.run(seconds(5));
  bench.reload(pool, slow());
  expect(rows(pool.entries)).toEqual(["11 50", "12 50"]);
  bench.reload(pool, slow({ weight: 1000 }));
  expect(rows(pool.entries)).toEqual(["11 500", "12 50"]);
  bench.reload(pool, slow({ weight: 1000, slowStart: 0 }));
  expect(rows(pool.entries)).toEqual(["11 1000", "12 50"]);
});

test("a reload that brings `slow_start` while the server is down counts when it returns", async () => {
  bench.servers.manners.set(11, "refused");
  const pool = bench.start(slow({ slowStart: 0 }));
  await bench.servers.run(seconds(3));
  bench.reload(pool, slow());
  bench.servers.manners.delete(11);
  await bench.servers.run(seconds(3));
  expect(rows(pool.entries)).toEqual(["11 1", "12 50"]);
});

test("a weight that a check asks for while it rises is what it rises to; 0 is 0 at once", async () => {
  const weighing: MiscCheckConfig = {
    type: "misc",
    command: { argv: ["/weigh"], user: undefined, group: undefined },
    ...{ timeout: seconds(2), dynamicWeight: true, alpha: false, logAllFailures: false },
    ...{ delayLoop: seconds(5), retry: 0, delayBeforeRetry: seconds(1), warmup: 0 },
  };
  const script = (exited: number) => bench.servers.scripts.set("/weigh", { exited });
  script(1);
  const pool = bench.start(slow({ checkers: [weighing] }));
  await bench.servers.run(seconds(3));
  script(202);
  await bench.servers.run(seconds(5)); // asked at 6 seconds
  expect(rows(pool.entries)[0]).toBe("11 40");
  script(2);
  await bench.servers.run(seconds(4));
  expect(rows(pool.entries)[0]).toBe("11 0");
  script(0);
  await bench.servers.run(seconds(5));
  expect(rows(pool.entries)[0]).toBe("11 100");
});

test("a respawned process goes on where the one before it was", async () => {
  const before = await returned(slow());
  await bench.servers.run(seconds(4));
  const report = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
  before.stop();
  bench.table.length = 0;
  bench.said();
  const pool = bench.start(slow(), report);
  expect(bench.table).toEqual([["11 40", "12 50"]]);
  await bench.servers.run(seconds(3));
  expect(rows(pool.entries)).toEqual(["11 70", "12 50"]);
  expect(bench.heard()).toEqual([]);
});

test("a respawned process knows who was down, and who has never been asked", async () => {
  bench.servers.manners.set(11, "refused");
  const alpha = [check(11, { alpha: true, retry: 0, delayLoop: seconds(5), warmup: seconds(8) })];
  const before = bench.start(slow({ checkers: alpha }), "start", 0);
  const unasked = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
  await bench.servers.run(seconds(3));
  const down = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
  before.stop();
  bench.servers.manners.delete(11);
  const [fresh, returning] = [unasked, down].map((report) => bench.start(slow({ checkers: alpha }), report));
  await bench.servers.run(seconds(1));
  expect(fresh && rows(fresh.entries)).toEqual(["11 100", "12 50"]);
  expect(returning && rows(returning.entries)).toEqual(["11 1", "12 50"]);
});
