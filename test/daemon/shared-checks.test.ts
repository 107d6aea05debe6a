import { beforeEach, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { MiscCheckConfig, TcpCheckConfig } from "../../src/config/model/check.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { RunnableService } from "../../src/daemon/runnable.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, rows, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

/** Service N with these servers, of which 11 is asked at port 11 as all others ask it. */
const at = (host: number, hosts: readonly number[] = [11], change: Partial<TcpCheckConfig> = {}): RunnableService =>
  service(
    hosts.map((one) => real(one, { checkers: [check(one, change)] })),
    { host, smtpAlert: true },
  );

const tables = (pools: readonly PoolRunner[]): string[][] => pools.map(({ entries }) => rows(entries));
const attempts = (): string[] => bench.servers.attempts.splice(0);
const counts = (pools: readonly PoolRunner[]) => bench.checks.report(pools.map((pool) => pool.report()));

describe("equal checks of several services", () => {
  test("run once, and each service has the verdict", async () => {
    const pools = [1, 2, 3].map((host) => bench.start(at(host, [11, 12])));
    await bench.servers.run(seconds(2));
    expect(attempts()).toEqual(["1 s 11", "1 s 12"]);
    bench.servers.manners.set(11, "refused");
    await bench.servers.run(seconds(12)); // at 11, 12 and 13 s
    expect(attempts()).toEqual(["11 s 11", "11 s 12", "12 s 11", "13 s 11"]);
    expect(tables(pools)).toEqual([["12 1"], ["12 1"], ["12 1"]]);
    expect(counts(pools)).toEqual({ configured: 6, running: 2, saved: 4 });
  });

  test("write the table of all services in one batch", async () => {
    const pools = [1, 2, 3].map((host) => bench.start(at(host, [11, 12])));
    await bench.servers.run(seconds(2));
    bench.servers.manners.set(11, "refused");
    bench.events.length = 0;
    await bench.servers.run(seconds(12));
    expect(tables(pools)).toEqual([["12 1"], ["12 1"], ["12 1"]]);
    expect(bench.events).toEqual(["event of 3"]);
  });

  test("are said and told by each service as if it had asked", async () => {
    for (const host of [1, 2]) bench.start(at(host, [11, 12]));
    await bench.servers.run(seconds(2));
    bench.said();
    bench.told();
    bench.servers.manners.set(11, "refused");
    await bench.servers.run(seconds(12));
    const failed = "TCP_CHECK on service [10.88.0.11]:tcp:80 failed after 2 retries.";
    const removed = (host: number): string => `Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.${host}]:tcp:80`;
    expect(bench.said().sort()).toEqual([removed(1), removed(2), failed, failed]);
    expect(bench.told()).toEqual(
      [1, 2].flatMap((host) => [
        `RS [10.88.0.11]:tcp:80 [10.78.0.${host}]:tcp:80 DOWN`,
        expect.stringMatching(/^mail .*TCP CHECK failed on service/),
      ]),
    );
  });

  test("a pace, an address or a first belief of their own makes them unequal", async () => {
    const others: readonly Partial<TcpCheckConfig>[] = [
      ...[{ retry: 1 }, { delayLoop: seconds(11) }, { delayBeforeRetry: seconds(2) }, { connectTimeout: seconds(1) }],
      ...[{ alpha: true }, { fwmark: 7 }, { bindInterface: "eth1" }, { logAllFailures: true }, { warmup: 0 }],
    ];
    const pools = [{}, ...others].map((change, i) => bench.start(at(1 + i, [11], change)));
    await bench.servers.run(seconds(1));
    expect(attempts()).toHaveLength(1 + others.length);
    expect(counts(pools).saved).toBe(0);
  });

  test("a script runs once, and each server has its own weight by it", async () => {
    const misc: MiscCheckConfig = {
      ...{ type: "misc", command: { argv: ["load"], user: undefined, group: undefined }, timeout: seconds(5) },
      ...{ dynamicWeight: true, delayLoop: seconds(10), retry: 0, delayBeforeRetry: 0, warmup: 0, alpha: false },
      logAllFailures: false,
    };
    const server = (weight: number) => [real(11, { weight, checkers: [misc] })];
    const pools = [bench.start(service(server(3))), bench.start(service(server(50), { host: 2 }))];
    bench.servers.scripts.set("load", { exited: 22 });
    await bench.servers.run(seconds(1));
    expect(attempts()).toEqual(["1 s load"]);
    expect(tables(pools)).toEqual([["11 20"], ["11 20"]]);
    bench.servers.scripts.set("load", { exited: 0 });
    await bench.servers.run(seconds(10));
    expect(tables(pools)).toEqual([["11 3"], ["11 50"]]);
  });
});

describe("a reload", () => {
  test("that brings a service does not ask anew: it hears the verdict at once, tells it, and is in the table with it", async () => {
    bench.servers.manners.set(11, "refused");
    bench.start(at(1, [11, 12]));
    await bench.servers.run(seconds(2));
    attempts();
    bench.said();
    bench.told();
    const late = bench.start(at(2, [11, 12]), "reload");
    expect(rows(late.entries)).toEqual(["12 1"]);
    expect(bench.heard().filter((text) => !text.includes("quorum"))).toEqual([
      "TCP_CHECK on service [10.88.0.11]:tcp:80 failed.",
      "Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.2]:tcp:80",
      "TCP connection to [10.88.0.12]:tcp:80 success.",
    ]);
    expect(bench.told()).toContainEqual("RS [10.88.0.11]:tcp:80 [10.78.0.2]:tcp:80 DOWN");
    await bench.servers.run(seconds(10));
    expect(attempts()).toEqual(["11 s 11", "11 s 12"]);
    expect(bench.said()).toEqual([]); // and nothing a second time
    const [dead] = late.report().realServers;
    expect(dead?.checkers[0]).toMatchObject({ hasRun: true, succeeded: 0, failed: 1 }); // since it came
  });

  test("brings an `alpha` service up at once where the server is known to be up", async () => {
    bench.start(at(1, [11], { alpha: true }));
    await bench.servers.run(seconds(2));
    const late = bench.start(at(2, [11], { alpha: true }), "reload");
    expect(rows(late.entries)).toEqual(["11 1"]);
  });

  test("that takes a service away leaves the check to the others, in its rhythm", async () => {
    const first = bench.start(at(1));
    const second = bench.start(at(2));
    await bench.servers.run(seconds(2));
    first.stop();
    bench.checks.settle();
    attempts();
    await bench.servers.run(seconds(10));
    expect(attempts()).toEqual(["11 s 11"]);
    second.stop();
    bench.checks.settle();
    await bench.servers.run(seconds(60));
    expect(attempts()).toEqual([]);
  });

  test("that takes one service and brings another does not disturb the check, even in the middle", async () => {
    const first = bench.start(at(1));
    await bench.servers.run(seconds(2));
    bench.servers.manners.set(11, "silent");
    await bench.servers.run(seconds(9.5)); // asked at 11 s, until 13 s
    attempts();
    first.stop();
    const second = bench.start(at(2), "reload");
    bench.checks.settle();
    expect(bench.servers.abandoned).toBe(0);
    await bench.servers.run(seconds(2));
    expect(attempts()).toEqual([]);
    await bench.servers.run(seconds(0.5)); // a second after it has failed
    expect(attempts()).toEqual(["14 s 11"]);
    expect(rows(second.entries)).toEqual(["11 1"]);
  });

  test("that gives one of them another pace parts them, with the verdict that they had", async () => {
    bench.servers.manners.set(11, "refused");
    const [first, second] = [bench.start(at(1)), bench.start(at(2))];
    await bench.servers.run(seconds(2));
    attempts();
    bench.reload(first, at(1, [11], { delayLoop: seconds(4) }));
    expect(tables([first, second])).toEqual([[], []]);
    await bench.servers.run(seconds(10));
    expect(attempts()).toEqual(["3 s 11", "7 s 11", "11 s 11", "11 s 11"]);
    bench.reload(second, at(2, [11], { delayLoop: seconds(4) }));
    await bench.servers.run(seconds(8));
    expect(attempts()).toEqual(["15 s 11", "19 s 11"]);
  });

  test("of `check_once` parts and unites them, and verdicts stay", async () => {
    bench.servers.manners.set(11, "refused");
    const pools = [bench.start(at(1)), bench.start(at(2))];
    await bench.servers.run(seconds(2));
    attempts();
    bench.said();
    bench.checks.configure(false);
    bench.checks.settle();
    await bench.servers.run(seconds(10));
    expect(attempts()).toEqual(["3 s 11", "3 s 11"]);
    bench.checks.configure(true);
    bench.checks.settle();
    await bench.servers.run(seconds(10));
    expect(attempts()).toEqual(["13 s 11"]);
    expect([tables(pools), bench.said()]).toEqual([[[], []], []]);
    expect(pools.map((pool) => pool.report().realServers[0]?.checkers[0]?.failed)).toEqual([3, 3]);
  });
});

describe("a service whose address is elsewhere", () => {
  const move = (pool: PoolRunner, host: number, where: "here" | "away"): void => {
    if (where === "away") bench.away.add(`[10.78.0.${host}]:tcp:80`);
    else bench.away.delete(`[10.78.0.${host}]:tcp:80`);
    pool.addressTurned();
    bench.checks.settle();
  };

  test("rests while others go on, keeps its verdict, and has theirs when it returns", async () => {
    const [first, second] = [bench.start(at(1)), bench.start(at(2))];
    await bench.servers.run(seconds(2));
    move(first, 1, "away");
    bench.servers.manners.set(11, "refused");
    bench.said();
    bench.told();
    await bench.servers.run(seconds(20));
    expect(tables([first, second])).toEqual([["11 1"], []]);
    expect(bench.told().filter((text) => text.includes("[10.78.0.1]"))).toEqual([]);
    expect(counts([first, second])).toEqual({ configured: 2, running: 1, saved: 0 });
    move(first, 1, "here");
    expect(tables([first, second])).toEqual([[], []]);
    expect(bench.told()).toContainEqual("RS [10.88.0.11]:tcp:80 [10.78.0.1]:tcp:80 DOWN");
  });

  test("when all of them rest nobody is asked, and counters stay", async () => {
    const pools = [bench.start(at(1)), bench.start(at(2))] as const;
    await bench.servers.run(seconds(12));
    attempts();
    move(pools[0], 1, "away");
    await bench.servers.run(seconds(10)); // 21 s
    move(pools[1], 2, "away");
    await bench.servers.run(seconds(60));
    expect(attempts()).toEqual(["21 s 11"]);
    expect(counts(pools)).toEqual({ configured: 2, running: 0, saved: 0 });
    const done = (): (number | undefined)[] =>
      pools.map((pool) => pool.report().realServers[0]?.checkers[0]?.succeeded);
    expect(done()).toEqual([2, 3]);
    move(pools[1], 2, "here");
    move(pools[0], 1, "here");
    await bench.servers.run(seconds(1));
    expect(attempts()).toEqual(["83 s 11"]);
    expect(done()).toEqual([3, 4]);
  });
});

test("a respawned process asks once too, from the verdicts that were reported, and says nothing again", async () => {
  bench.servers.manners.set(11, "refused");
  const before = [bench.start(at(1)), bench.start(at(2))];
  await bench.servers.run(seconds(2));
  const reports = before.map((pool) => JSON.parse(JSON.stringify(pool.report())) as ServiceReport);
  for (const pool of before) pool.stop();
  attempts();
  bench.said();
  bench.told();
  const after = reports.map((report, i) => bench.start(at(1 + i), report));
  expect(tables(after)).toEqual([[], []]);
  await bench.servers.run(seconds(1));
  expect(attempts()).toEqual(["3 s 11"]);
  expect([bench.heard(), bench.told()]).toEqual([[], []]);
  const late = bench.start(at(3), "reload");
  expect(rows(late.entries)).toEqual([]);
  expect(bench.heard()).toContain("TCP_CHECK on service [10.88.0.11]:tcp:80 failed.");
});

test("with `check_once off` each service asks for itself", async () => {
  bench = new PoolBench({ once: false });
  const pools = [1, 2].map((host) => bench.start(at(host)));
  await bench.servers.run(seconds(1));
  expect(attempts()).toEqual(["1 s 11", "1 s 11"]);
  expect(counts(pools)).toEqual({ configured: 2, running: 2, saved: 0 });
});
