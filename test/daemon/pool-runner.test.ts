import { beforeEach, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { check, PoolBench, real, rows, SORRY, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

describe("start", () => {
  test("servers are in the table before the first check, which comes after a second and the random part", async () => {
    const pool = bench.start(service([real(11), real(12)]), "start", 0.25);
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
    expect(bench.said()).toEqual([
      "Activating healthchecker for service [10.88.0.11]:tcp:80 for VS [10.78.0.1]:tcp:80",
      "Activating healthchecker for service [10.88.0.12]:tcp:80 for VS [10.78.0.1]:tcp:80",
      "Gained quorum 1+0=1 <= 2 for VS [10.78.0.1]:tcp:80",
    ]);
    await bench.servers.run(seconds(4));
    expect(bench.servers.attempts).toEqual(["3 s 11", "3 s 12"]);
  });

  test("one failure is enough for the first verdict", async () => {
    bench.servers.manners.set(12, "refused");
    const pool = bench.start(service([real(11), real(12)]));
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(bench.heard()).toEqual([
      "Gained quorum 1+0=1 <= 2 for VS [10.78.0.1]:tcp:80",
      "TCP connection to [10.88.0.11]:tcp:80 success.",
      "TCP_CHECK on service [10.88.0.12]:tcp:80 failed.",
      "Removing service [10.88.0.12]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("with alpha no server is in the table until its first success", async () => {
    bench.servers.manners.set(12, "refused");
    const alpha = (host: number) => real(host, { checkers: [check(host, { alpha: true })] });
    const pool = bench.start(service([alpha(11), alpha(12)]));
    expect(rows(pool.entries)).toEqual([]);
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual(["11 1"]);
  });

  test("a verdict that was expected wants nothing of the table", async () => {
    bench.start(service([real(11), real(12)]));
    expect(bench.table).toEqual([["11 1", "12 1"]]);
    await bench.servers.run(seconds(2));
    expect(bench.table).toHaveLength(1);
  });

  test("trouble of our own changes nothing and is said", async () => {
    bench.servers.manners.set(11, "local trouble");
    const pool = bench.start(service([real(11)]));
    await bench.servers.run(seconds(25));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(bench.servers.attempts).toEqual(["1 s 11", "11 s 11", "21 s 11"]);
    expect(bench.heard()).toContain("TCP_CHECK on service [10.88.0.11]:tcp:80 cannot be made: local trouble");
  });
});

describe("health", () => {
  test("a server leaves after retry + 1 failures and comes back with the first success", async () => {
    const pool = bench.start(service([real(11), real(12)]));
    await bench.servers.run(seconds(2));
    bench.heard();
    bench.servers.manners.set(12, "refused");
    await bench.servers.run(seconds(10));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
    await bench.servers.run(seconds(1)); // 11, 12 and 13 s
    expect(rows(pool.entries)).toEqual(["11 1"]);
    expect(bench.heard()[0]).toBe("TCP_CHECK on service [10.88.0.12]:tcp:80 failed after 2 retries.");
    bench.servers.manners.set(12, "up");
    await bench.servers.run(seconds(10));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
    expect(bench.heard()).toEqual([
      "TCP connection to [10.88.0.12]:tcp:80 success.",
      "Adding service [10.88.0.12]:tcp:80 to VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("a server with several checkers is alive when all of them say so", async () => {
    const two = real(11, { checkers: [check(1), check(2)] });
    bench.servers.manners.set(1, "refused").set(2, "refused");
    const pool = bench.start(service([two, real(12)]));
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual(["12 1"]);
    bench.servers.manners.set(1, "up");
    await bench.servers.run(seconds(10));
    expect(rows(pool.entries)).toEqual(["12 1"]);
    bench.servers.manners.set(2, "up");
    await bench.servers.run(seconds(10));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  });

  test("with inhibit_on_failure a dead server stays with weight 0", async () => {
    bench.servers.manners.set(11, "refused");
    const pool = bench.start(service([real(11, { inhibitOnFailure: true, weight: 3 })]));
    await bench.servers.run(seconds(1));
    expect(rows(pool.entries)).toEqual(["11 0"]);
    bench.servers.manners.set(11, "up");
    await bench.servers.run(seconds(10));
    expect(rows(pool.entries)).toEqual(["11 3"]);
    expect(bench.heard().filter((text) => /abling/.test(text))).toEqual([
      "Disabling service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
      "Enabling service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("the sorry server comes when the quorum is lost, and goes when it is gained with its margin", async () => {
    const all = [real(11), real(12), real(13)];
    const pool = bench.start(service(all, { quorum: 2, hysteresis: 1, sorryServer: SORRY }));
    await bench.servers.run(seconds(2));
    bench.heard();
    bench.servers.manners.set(11, "refused").set(12, "refused");
    await bench.servers.run(seconds(11));
    expect(rows(pool.entries)).toEqual(["13 1"]); // 1 is not below 2 - 1
    bench.servers.manners.set(13, "refused");
    await bench.servers.run(seconds(13));
    expect(rows(pool.entries)).toEqual(["99 1"]);
    bench.servers.manners.set(11, "up").set(12, "up");
    await bench.servers.run(seconds(20));
    expect(rows(pool.entries)).toEqual(["99 1"]); // 2 is not 2 + 1
    bench.servers.manners.set(13, "up");
    await bench.servers.run(seconds(20));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1", "13 1"]);
    expect(bench.heard().filter((text) => /quorum|sorry|alive servers/.test(text))).toEqual([
      "Lost quorum 2-1=1 > 0 for VS [10.78.0.1]:tcp:80",
      "Adding sorry server [10.88.0.99]:tcp:80 to VS [10.78.0.1]:tcp:80",
      "Removing alive servers from the pool for VS [10.78.0.1]:tcp:80",
      "Gained quorum 2+1=3 <= 3 for VS [10.78.0.1]:tcp:80",
      "Removing sorry server [10.88.0.99]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Adding alive servers to the pool for VS [10.78.0.1]:tcp:80",
    ]);
  });
});

describe("stop", () => {
  test("gives up the checks under way and starts no other", async () => {
    bench.servers.manners.set(11, "silent").set(12, "silent");
    const pool = bench.start(service([real(11), real(12)]));
    await bench.servers.run(seconds(1));
    pool.stop();
    bench.checks.settle();
    expect(bench.servers.abandoned).toBe(2);
    bench.servers.attempts.length = 0;
    bench.heard();
    await bench.servers.run(seconds(60));
    expect(bench.servers.attempts).toEqual([]);
    expect(bench.heard()).toEqual([]);
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  });

  test("the servers that leave the table are said, and no others", async () => {
    bench.servers.manners.set(12, "refused").set(13, "refused");
    const inhibited = real(13, { inhibitOnFailure: true });
    const pool = bench.start(service([real(11), real(12), inhibited, real(14, { weight: 0 })]));
    await bench.servers.run(seconds(1));
    bench.heard();
    pool.leave("Shutting down");
    expect(bench.heard()).toEqual([
      "Shutting down service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Shutting down (inhibited) service [10.88.0.13]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Shutting down service [10.88.0.14]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("the report has the kernel's weight and the latency of the last check", async () => {
    bench.servers.manners.set(12, "silent");
    const pool = bench.start(service([real(11), real(12)]));
    await bench.servers.run(seconds(4));
    expect(pool.report()).toMatchObject({
      name: "[10.78.0.1]:tcp:80",
      quorumUp: true,
      realServers: [
        { name: "[10.88.0.11]:80", up: true, weight: 1, checkers: [{ latency: 0, succeeded: 1, failed: 0 }] },
        { name: "[10.88.0.12]:80", up: false, weight: 0, checkers: [{ latency: seconds(2), succeeded: 0, failed: 1 }] },
      ],
    });
  });
});
