import { beforeEach, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { BfdCheckConfig } from "../../src/config/model/check.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, rows, service } from "./pool-bench.ts";

const VS = "[10.78.0.1]:tcp:80";
const words = (how: string, host: number): string =>
  `${how} healthchecker for service [10.88.0.${host}]:tcp:80 for VS ${VS}`;

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

function move(pool: PoolRunner, where: "here" | "away"): void {
  if (where === "away") bench.away.add(VS);
  else bench.away.delete(VS);
  pool.addressTurned();
  bench.checks.settle();
}

test("checks begin when the address comes; until then servers are in the table unasked (as with 2.2.7)", async () => {
  bench.away.add(VS);
  bench.servers.manners.set(12, "refused");
  const pool = bench.start(service([real(11), real(12)]));
  await bench.servers.run(seconds(60));
  expect(bench.servers.attempts).toEqual([]);
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  expect(bench.said()).toContain(words("Deactivating", 11));
  move(pool, "here");
  await bench.servers.run(seconds(1));
  expect(rows(pool.entries)).toEqual(["11 1"]);
  expect(bench.said().slice(0, 2)).toEqual([words("Activating", 11), words("Activating", 12)]);
});

test("verdicts freeze while it is away: no server leaves, and none comes back; the check under way is given up", async () => {
  bench.servers.manners.set(12, "refused");
  const pool = bench.start(service([real(11), real(12)]));
  await bench.servers.run(seconds(2));
  bench.servers.manners.set(11, "silent");
  await bench.servers.run(seconds(9.5));
  bench.said();
  move(pool, "away");
  expect(bench.servers.abandoned).toBe(1);
  bench.servers.attempts.length = 0;
  bench.servers.manners.set(12, "up");
  await bench.servers.run(seconds(600));
  expect([bench.servers.attempts, rows(pool.entries)]).toEqual([[], ["11 1"]]);
  expect(bench.said()).toEqual([words("Suspending", 11), words("Suspending", 12)]);
  move(pool, "here");
  await bench.servers.run(seconds(1));
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]); // 11 was up: it has its retries
  await bench.servers.run(seconds(20));
  expect(rows(pool.entries)).toEqual(["12 1"]);
});

test("another address that comes or goes changes nothing", async () => {
  const pool = bench.start(service([real(11)]));
  bench.said();
  bench.away.add("[10.78.0.2]:tcp:80");
  pool.addressTurned();
  await bench.servers.run(seconds(1));
  expect(bench.servers.attempts).toEqual(["1 s 11"]);
});

test("what follows a file or a session goes on", () => {
  bench.away.add(VS);
  const bfd: BfdCheckConfig = { type: "bfd", instance: "B", alpha: false };
  const pool = bench.start(
    service([
      real(11, { checkers: [{ type: "file", trackFile: "F", weight: 0, reverse: false }] }),
      real(12, { checkers: [bfd] }),
    ]),
  );
  bench.numbers.set("F", 1);
  pool.fileTurned("F");
  expect(rows(pool.entries)).toEqual(["12 1"]);
  bench.sessions.set("B", false);
  pool.sessionsTurned(new Set(["B"]));
  expect(rows(pool.entries)).toEqual([]);
});

test("a reload and a respawn leave at rest what rests, also what is new", async () => {
  bench.away.add(VS);
  const before = bench.start(service([real(11)]));
  bench.reload(before, service([real(11, { checkers: [check(11, { retry: 5 })] }), real(12)]));
  const report = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
  const after = bench.start(service([real(11), real(12)]), report);
  await bench.servers.run(seconds(60));
  expect(bench.servers.attempts).toEqual([]);
  move(after, "here");
  await bench.servers.run(seconds(1));
  expect(bench.servers.attempts).toEqual(["61 s 11", "61 s 12"]);
});
