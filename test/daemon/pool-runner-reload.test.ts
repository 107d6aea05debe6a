import { beforeEach, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { RunnableService } from "../../src/daemon/runnable.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, rows, SORRY, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

describe("reload", () => {
  /** A pool of 11 and 12, of which 12 is dead, at 2 s. */
  async function halfDead(change: Partial<RunnableService> = {}): Promise<PoolRunner> {
    bench.servers.manners.set(12, "refused");
    const pool = bench.start(service([real(11), real(12)], change));
    await bench.servers.run(seconds(2));
    bench.servers.attempts.length = 0;
    bench.table.length = 0;
    bench.heard();
    return pool;
  }

  test("of the same configuration does nothing at all", async () => {
    const pool = await halfDead();
    bench.reload(pool, service([real(11), real(12)]));
    expect(bench.table).toEqual([]);
    await bench.servers.run(seconds(10));
    expect(bench.servers.attempts).toEqual(["11 s 11", "11 s 12"]);
    expect(bench.said()).toEqual([]);
  });

  test("checkers that did not change go on: no new warm-up, the verdict stays", async () => {
    const pool = await halfDead();
    bench.reload(pool, service([real(11), real(12)], { scheduler: "wrr" }));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(pool.entries[0]?.service.scheduler).toBe("wrr");
    await bench.servers.run(seconds(10));
    expect(bench.servers.attempts).toEqual(["11 s 11", "11 s 12"]);
    expect(bench.said()).toEqual([]);
  });

  test("a checker with another pace begins anew, but keeps its verdict", async () => {
    const pool = await halfDead();
    const patient = real(12, { checkers: [check(12, { delayLoop: seconds(30) })] });
    bench.reload(pool, service([real(11), patient]));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    await bench.servers.run(seconds(4));
    expect(bench.servers.attempts).toEqual(["3 s 12"]);
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(bench.heard()).toEqual([]);
    await bench.servers.run(seconds(10)); // 16 s: the old pace is over, the server that did not change has kept its own
    expect(bench.servers.attempts).toEqual(["3 s 12", "11 s 11"]);
  });

  test("a checker that asks something else knows nothing: the server is back until it fails", async () => {
    const pool = await halfDead();
    bench.servers.manners.set(13, "refused");
    bench.reload(pool, service([real(11), real(12, { checkers: [check(13)] })]));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
    await bench.servers.run(seconds(2));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
    await bench.servers.run(seconds(1)); // 3, 4 and 5 s: all its failures
    expect(rows(pool.entries)).toEqual(["11 1"]);
  });

  test("a new server needs retry + 1 failures", async () => {
    const pool = await halfDead();
    bench.servers.manners.set(13, "refused");
    bench.reload(pool, service([real(11), real(12), real(13)]));
    expect(rows(pool.entries)).toEqual(["11 1", "13 1"]);
    await bench.servers.run(seconds(3));
    expect(bench.servers.attempts).toEqual(["3 s 13", "4 s 13", "5 s 13"]);
    expect(bench.heard()).toEqual([
      "TCP_CHECK on service [10.88.0.13]:tcp:80 failed after 2 retries.",
      "Removing service [10.88.0.13]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("so does a server of a new service (measured on keepalived 2.2.7)", async () => {
    bench.servers.manners.set(11, "refused");
    const pool = bench.start(service([real(11)]), "reload");
    await bench.servers.run(seconds(2));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual([]);
    expect(bench.heard()).toContain("TCP_CHECK on service [10.88.0.11]:tcp:80 failed after 2 retries.");
  });

  test("a weight changes at once where the server is alive", async () => {
    const pool = await halfDead();
    bench.reload(pool, service([real(11, { weight: 5 }), real(12, { weight: 6 })]));
    expect(rows(pool.entries)).toEqual(["11 5"]);
    expect(bench.heard()).toEqual([
      "Changing weight from 1 to 5 for active service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
      "Changing weight from 1 to 6 for inactive service [10.88.0.12]:tcp:80 of VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("a server that is gone is checked no more, also in the middle of a check", async () => {
    const pool = await halfDead();
    bench.servers.manners.set(11, "silent");
    await bench.servers.run(seconds(10));
    bench.reload(pool, service([real(12)]));
    expect(bench.heard()).toEqual([
      "service [10.88.0.11]:tcp:80 no longer exist",
      "Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Lost quorum 1-0=1 > 0 for VS [10.78.0.1]:tcp:80",
    ]);
    expect(bench.servers.abandoned).toBe(1);
    bench.servers.attempts.length = 0;
    await bench.servers.run(seconds(30));
    expect(bench.servers.attempts.filter((attempt) => attempt.endsWith(" 11"))).toEqual([]);
    expect(bench.heard()).toEqual([]);
  });

  test("a server without checkers any more is up, one without inhibit any more leaves", async () => {
    const pool = await halfDead();
    bench.reload(pool, service([real(11), real(12, { inhibitOnFailure: true })]));
    expect(rows(pool.entries)).toEqual(["11 1", "12 0"]);
    bench.reload(pool, service([real(11), real(12)]));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    bench.reload(pool, service([real(11), real(12, { checkers: [] })]));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  });

  test("a quorum that is higher now is lost, and the sorry server comes", async () => {
    const pool = await halfDead({ sorryServer: SORRY });
    bench.reload(pool, service([real(11), real(12)], { sorryServer: SORRY, quorum: 2 }));
    expect(rows(pool.entries)).toEqual(["99 1"]);
    bench.reload(pool, service([real(11), real(12)], { sorryServer: SORRY }));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(bench.heard().filter((text) => text.includes("quorum"))).toEqual([
      "Lost quorum 2-0=2 > 1 for VS [10.78.0.1]:tcp:80",
      "Gained quorum 1+0=1 <= 1 for VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("counters of checkers that did not change go on", async () => {
    const pool = await halfDead();
    bench.reload(pool, service([real(11), real(12)], { scheduler: "wrr" }));
    await bench.servers.run(seconds(10));
    const [first, second] = pool.report().realServers.map(({ checkers }) => checkers[0]);
    expect(first).toMatchObject({ up: true, hasRun: true, succeeded: 2, failed: 0 });
    expect(second).toMatchObject({ up: false, hasRun: true, succeeded: 0, failed: 2 });
  });
});

describe("respawn", () => {
  test("what was reported is believed: a dead server is not in the table before its first check", async () => {
    bench.servers.manners.set(12, "refused");
    const dead = bench.start(service([real(11), real(12)]));
    await bench.servers.run(seconds(2));
    dead.stop();
    const report = JSON.parse(JSON.stringify(dead.report())) as ServiceReport;
    bench.table.length = 0;
    bench.heard();
    const pool = bench.start(service([real(11), real(12)]), report);
    expect(bench.table).toEqual([["11 1"]]);
    expect(bench.heard()).toEqual([]);
    bench.servers.manners.set(12, "up");
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  });

  test("a server that was alive needs all its failures", async () => {
    const before = bench.start(service([real(11)]));
    await bench.servers.run(seconds(2));
    before.stop();
    bench.servers.manners.set(11, "refused");
    const pool = bench.start(service([real(11)]), before.report());
    await bench.servers.run(seconds(2));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual([]);
  });

  test("of two checkers that ask the same thing each has its own verdict, also before its first check", () => {
    const twice = [check(11), check(11, { alpha: true })];
    const before = bench.start(service([real(11, { checkers: twice })]));
    expect(rows(before.entries)).toEqual([]);
    before.stop();
    expect(rows(bench.start(service([real(11, { checkers: twice })]), before.report()).entries)).toEqual([]);
  });

  test("the sorry server stays while the quorum is within its margin", async () => {
    const all = [real(11), real(12), real(13)];
    const config = service(all, { quorum: 2, hysteresis: 1, sorryServer: SORRY });
    bench.servers.manners.set(11, "refused");
    const before = bench.start(config);
    expect(rows(before.entries)).toEqual(["11 1", "12 1", "13 1"]);
    bench.servers.manners.set(12, "refused").set(13, "refused");
    await bench.servers.run(seconds(1));
    bench.servers.manners.set(12, "up").set(13, "up");
    await bench.servers.run(seconds(10));
    expect(rows(before.entries)).toEqual(["99 1"]);
    before.stop();
    bench.table.length = 0;
    const pool = bench.start(config, before.report());
    expect(bench.table).toEqual([["99 1"]]);
    pool.stop();
  });

  test("verdicts of another question are not believed", () => {
    const reported: ServiceReport = {
      name: "[10.78.0.1]:tcp:80",
      places: [],
      quorumUp: true,
      realServers: [
        {
          name: "[10.88.0.11]:80",
          up: false,
          weight: 0,
          checkers: [
            { type: "tcp", identity: "another", up: false, hasRun: true, latency: 1, succeeded: 0, failed: 1 },
          ],
        },
      ],
    };
    expect(rows(bench.start(service([real(11)]), reported).entries)).toEqual(["11 1"]);
  });
});
