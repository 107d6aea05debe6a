import { beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsEntry } from "../../src/base/ipvs.ts";
import { seconds } from "../../src/base/time.ts";
import type { RealServerConfig, TcpCheckConfig, VirtualServerConfig } from "../../src/config/model.ts";
import { PoolRunner } from "../../src/daemon/pool-runner.ts";
import { createLog } from "../../src/observe/log.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { FakeServers } from "./fake-servers.ts";

const check = (port: number, change: Partial<TcpCheckConfig> = {}): TcpCheckConfig => ({
  type: "tcp",
  address: ip("10.88.0.1"),
  port,
  bindAddress: undefined,
  bindPort: 0,
  bindInterface: undefined,
  fwmark: 0,
  connectTimeout: seconds(2),
  delayLoop: seconds(10),
  retry: 2,
  delayBeforeRetry: seconds(1),
  warmup: seconds(8),
  alpha: false,
  logAllFailures: false,
  ...change,
});

/** A real server checked on a port of its own number. */
const real = (host: number, change: Partial<RealServerConfig> = {}): RealServerConfig => ({
  ...{ address: ip(`10.88.0.${host}`), port: 80, weight: 1, forwarding: "nat" },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false, checkers: [check(host)], ...change },
});

const service = (realServers: readonly RealServerConfig[], change: Partial<VirtualServerConfig> = {}) => ({
  ...({ address: ip("10.78.0.1"), port: 80, protocol: "tcp", scheduler: "rr", schedulerFlags: 0 } as const),
  ...{ persistenceTimeout: 0, persistenceNetmask: 32, quorum: 1, hysteresis: 0, realServers, sorryServer: undefined },
  ...change,
});
const SORRY = { address: ip("10.88.0.99"), port: 80, forwarding: "nat", inhibitOnFailure: false } as const;

let servers: FakeServers;
let said: string[];
let table: string[][]; // each wanted table, hosts and weights

beforeEach(() => {
  servers = new FakeServers();
  said = [];
  table = [];
});

function start(
  config: VirtualServerConfig,
  origin: "start" | "reload" | ServiceReport = "start",
  random = 0,
): PoolRunner {
  return new PoolRunner(config, origin, {
    io: servers,
    random: () => random,
    log: createLog([({ text }) => said.push(text)], true),
    changed: () => {},
    wanted: (entry) => table.push(rows(entry)),
    weight: (_, destination) => (destination === destinationName(real(11)) ? 1 : 0),
  });
}

function rows({ destinations }: IpvsEntry): string[] {
  return destinations.map(({ address, weight }) => `${address.split(".").at(-1)} ${weight}`);
}

/** What was said since the last time, but for the checkers' beginning. */
function heard(): string[] {
  return said.splice(0).filter((text) => !text.startsWith("Activating"));
}

describe("start", () => {
  test("servers are in the table before the first check, which comes after a second and the random part", async () => {
    const pool = start(service([real(11), real(12)]), "start", 0.25);
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
    expect(said).toEqual([
      "Activating healthchecker for service [10.88.0.11]:tcp:80 for VS [10.78.0.1]:tcp:80",
      "Activating healthchecker for service [10.88.0.12]:tcp:80 for VS [10.78.0.1]:tcp:80",
      "Gained quorum 1+0=1 <= 2 for VS [10.78.0.1]:tcp:80",
    ]);
    await servers.run(seconds(4));
    expect(servers.attempts).toEqual(["3 s 11", "3 s 12"]);
  });

  test("one failure is enough for the first verdict", async () => {
    servers.manners.set(12, "refused");
    const pool = start(service([real(11), real(12)]));
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(heard()).toEqual([
      "Gained quorum 1+0=1 <= 2 for VS [10.78.0.1]:tcp:80",
      "TCP connection to [10.88.0.11]:tcp:80 success.",
      "TCP_CHECK on service [10.88.0.12]:tcp:80 failed.",
      "Removing service [10.88.0.12]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("with alpha no server is in the table until its first success", async () => {
    servers.manners.set(12, "refused");
    const alpha = (host: number) => real(host, { checkers: [check(host, { alpha: true })] });
    const pool = start(service([alpha(11), alpha(12)]));
    expect(rows(pool.entry)).toEqual([]);
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual(["11 1"]);
  });

  test("trouble of our own changes nothing and is said", async () => {
    servers.manners.set(11, "local trouble");
    const pool = start(service([real(11)]));
    await servers.run(seconds(25));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(servers.attempts).toEqual(["1 s 11", "11 s 11", "21 s 11"]);
    expect(heard()).toContain("TCP_CHECK on service [10.88.0.11]:tcp:80 cannot be made: local trouble");
  });
});

describe("health", () => {
  test("a server leaves after retry + 1 failures and comes back with the first success", async () => {
    const pool = start(service([real(11), real(12)]));
    await servers.run(seconds(2));
    heard();
    servers.manners.set(12, "refused");
    await servers.run(seconds(10));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
    await servers.run(seconds(1)); // 11, 12 and 13 s
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(heard()[0]).toBe("TCP_CHECK on service [10.88.0.12]:tcp:80 failed after 2 retries.");
    servers.manners.set(12, "up");
    await servers.run(seconds(10));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
    expect(heard()).toEqual([
      "TCP connection to [10.88.0.12]:tcp:80 success.",
      "Adding service [10.88.0.12]:tcp:80 to VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("a server with several checkers is alive when all of them say so", async () => {
    const two = real(11, { checkers: [check(1), check(2)] });
    servers.manners.set(1, "refused").set(2, "refused");
    const pool = start(service([two, real(12)]));
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual(["12 1"]);
    servers.manners.set(1, "up");
    await servers.run(seconds(10));
    expect(rows(pool.entry)).toEqual(["12 1"]);
    servers.manners.set(2, "up");
    await servers.run(seconds(10));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
  });

  test("with inhibit_on_failure a dead server stays with weight 0", async () => {
    servers.manners.set(11, "refused");
    const pool = start(service([real(11, { inhibitOnFailure: true, weight: 3 })]));
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual(["11 0"]);
    servers.manners.set(11, "up");
    await servers.run(seconds(10));
    expect(rows(pool.entry)).toEqual(["11 3"]);
    expect(heard().filter((text) => /abling/.test(text))).toEqual([
      "Disabling service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
      "Enabling service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("the sorry server comes when the quorum is lost, and goes when it is gained with its margin", async () => {
    const all = [real(11), real(12), real(13)];
    const pool = start(service(all, { quorum: 2, hysteresis: 1, sorryServer: SORRY }));
    await servers.run(seconds(2));
    heard();
    servers.manners.set(11, "refused").set(12, "refused");
    await servers.run(seconds(11));
    expect(rows(pool.entry)).toEqual(["13 1"]); // 1 is not below 2 - 1
    servers.manners.set(13, "refused");
    await servers.run(seconds(13));
    expect(rows(pool.entry)).toEqual(["99 1"]);
    servers.manners.set(11, "up").set(12, "up");
    await servers.run(seconds(20));
    expect(rows(pool.entry)).toEqual(["99 1"]); // 2 is not 2 + 1
    servers.manners.set(13, "up");
    await servers.run(seconds(20));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1", "13 1"]);
    expect(heard().filter((text) => /quorum|sorry|alive servers/.test(text))).toEqual([
      "Lost quorum 2-1=1 > 0 for VS [10.78.0.1]:tcp:80",
      "Adding sorry server [10.88.0.99]:tcp:80 to VS [10.78.0.1]:tcp:80",
      "Removing alive servers from the pool for VS [10.78.0.1]:tcp:80",
      "Gained quorum 2+1=3 <= 3 for VS [10.78.0.1]:tcp:80",
      "Removing sorry server [10.88.0.99]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Adding alive servers to the pool for VS [10.78.0.1]:tcp:80",
    ]);
  });
});

describe("reload", () => {
  /** A pool of 11 and 12, of which 12 is dead, at 2 s. */
  async function halfDead(change: Partial<VirtualServerConfig> = {}): Promise<PoolRunner> {
    servers.manners.set(12, "refused");
    const pool = start(service([real(11), real(12)], change));
    await servers.run(seconds(2));
    servers.attempts.length = 0;
    table.length = 0;
    heard();
    return pool;
  }

  test("of the same configuration does nothing at all", async () => {
    const pool = await halfDead();
    pool.reconfigure(service([real(11), real(12)]));
    expect(table).toEqual([]);
    await servers.run(seconds(10));
    expect(servers.attempts).toEqual(["11 s 11", "11 s 12"]);
    expect(said).toEqual([]);
  });

  test("checkers that did not change go on: no new warm-up, the verdict stays", async () => {
    const pool = await halfDead();
    pool.reconfigure(service([real(11), real(12)], { scheduler: "wrr" }));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(pool.entry.service.scheduler).toBe("wrr");
    await servers.run(seconds(10));
    expect(servers.attempts).toEqual(["11 s 11", "11 s 12"]);
    expect(said).toEqual([]);
  });

  test("a checker with another pace begins anew, but keeps its verdict", async () => {
    const pool = await halfDead();
    const patient = real(12, { checkers: [check(12, { delayLoop: seconds(30) })] });
    pool.reconfigure(service([real(11), patient]));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    await servers.run(seconds(4));
    expect(servers.attempts).toEqual(["3 s 12"]);
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(heard()).toEqual([]);
  });

  test("a checker that asks something else knows nothing: the server is back until it fails", async () => {
    const pool = await halfDead();
    servers.manners.set(13, "refused");
    pool.reconfigure(service([real(11), real(12, { checkers: [check(13)] })]));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
    await servers.run(seconds(2));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
    await servers.run(seconds(1)); // 3, 4 and 5 s: all its failures
    expect(rows(pool.entry)).toEqual(["11 1"]);
  });

  test("a new server needs retry + 1 failures", async () => {
    const pool = await halfDead();
    servers.manners.set(13, "refused");
    pool.reconfigure(service([real(11), real(12), real(13)]));
    expect(rows(pool.entry)).toEqual(["11 1", "13 1"]);
    await servers.run(seconds(3));
    expect(servers.attempts).toEqual(["3 s 13", "4 s 13", "5 s 13"]);
    expect(heard()).toEqual([
      "TCP_CHECK on service [10.88.0.13]:tcp:80 failed after 2 retries.",
      "Removing service [10.88.0.13]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("so does a server of a new service (measured on keepalived 2.2.7)", async () => {
    servers.manners.set(11, "refused");
    const pool = start(service([real(11)]), "reload");
    await servers.run(seconds(2));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual([]);
    expect(heard()).toContain("TCP_CHECK on service [10.88.0.11]:tcp:80 failed after 2 retries.");
  });

  test("a weight changes at once where the server is alive", async () => {
    const pool = await halfDead();
    pool.reconfigure(service([real(11, { weight: 5 }), real(12, { weight: 6 })]));
    expect(rows(pool.entry)).toEqual(["11 5"]);
    expect(heard()).toEqual([
      "Changing weight from 1 to 5 for active service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
      "Changing weight from 1 to 6 for inactive service [10.88.0.12]:tcp:80 of VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("a server that is gone is checked no more, also in the middle of a check", async () => {
    const pool = await halfDead();
    servers.manners.set(11, "silent");
    await servers.run(seconds(10));
    pool.reconfigure(service([real(12)]));
    expect(heard()).toEqual([
      "service [10.88.0.11]:tcp:80 no longer exist",
      "Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Lost quorum 1-0=1 > 0 for VS [10.78.0.1]:tcp:80",
    ]);
    expect(servers.abandoned).toBe(1);
    servers.attempts.length = 0;
    await servers.run(seconds(30));
    expect(servers.attempts.filter((attempt) => attempt.endsWith(" 11"))).toEqual([]);
    expect(heard()).toEqual([]);
  });

  test("a server without checkers any more is up, one without inhibit any more leaves", async () => {
    const pool = await halfDead();
    pool.reconfigure(service([real(11), real(12, { inhibitOnFailure: true })]));
    expect(rows(pool.entry)).toEqual(["11 1", "12 0"]);
    pool.reconfigure(service([real(11), real(12)]));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    pool.reconfigure(service([real(11), real(12, { checkers: [] })]));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
  });

  test("a quorum that is higher now is lost, and the sorry server comes", async () => {
    const pool = await halfDead({ sorryServer: SORRY });
    pool.reconfigure(service([real(11), real(12)], { sorryServer: SORRY, quorum: 2 }));
    expect(rows(pool.entry)).toEqual(["99 1"]);
    pool.reconfigure(service([real(11), real(12)], { sorryServer: SORRY }));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    expect(heard().filter((text) => text.includes("quorum"))).toEqual([
      "Lost quorum 2-0=2 > 1 for VS [10.78.0.1]:tcp:80",
      "Gained quorum 1+0=1 <= 1 for VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("counters of checkers that did not change go on", async () => {
    const pool = await halfDead();
    pool.reconfigure(service([real(11), real(12)], { scheduler: "wrr" }));
    await servers.run(seconds(10));
    const [first, second] = pool.report().realServers.map(({ checkers }) => checkers[0]);
    expect(first).toMatchObject({ up: true, hasRun: true, succeeded: 2, failed: 0 });
    expect(second).toMatchObject({ up: false, hasRun: true, succeeded: 0, failed: 2 });
  });
});

describe("respawn", () => {
  test("what was reported is believed: a dead server is not in the table before its first check", async () => {
    servers.manners.set(12, "refused");
    const dead = start(service([real(11), real(12)]));
    await servers.run(seconds(2));
    dead.stop();
    const report = JSON.parse(JSON.stringify(dead.report())) as ServiceReport;
    table.length = 0;
    heard();
    const pool = start(service([real(11), real(12)]), report);
    expect(table).toEqual([["11 1"]]);
    expect(heard()).toEqual([]);
    servers.manners.set(12, "up");
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
  });

  test("a server that was alive needs all its failures", async () => {
    const before = start(service([real(11)]));
    await servers.run(seconds(2));
    before.stop();
    servers.manners.set(11, "refused");
    const pool = start(service([real(11)]), before.report());
    await servers.run(seconds(2));
    expect(rows(pool.entry)).toEqual(["11 1"]);
    await servers.run(seconds(1));
    expect(rows(pool.entry)).toEqual([]);
  });

  test("the sorry server stays while the quorum is within its margin", async () => {
    const all = [real(11), real(12), real(13)];
    const config = service(all, { quorum: 2, hysteresis: 1, sorryServer: SORRY });
    servers.manners.set(11, "refused");
    const before = start(config);
    expect(rows(before.entry)).toEqual(["11 1", "12 1", "13 1"]);
    servers.manners.set(12, "refused").set(13, "refused");
    await servers.run(seconds(1));
    servers.manners.set(12, "up").set(13, "up");
    await servers.run(seconds(10));
    expect(rows(before.entry)).toEqual(["99 1"]);
    before.stop();
    table.length = 0;
    const pool = start(config, before.report());
    expect(table).toEqual([["99 1"]]);
    pool.stop();
  });

  test("verdicts of another question are not believed", () => {
    const reported: ServiceReport = {
      name: "[10.78.0.1]:tcp:80",
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
    expect(rows(start(service([real(11)]), reported).entry)).toEqual(["11 1"]);
  });
});

describe("stop", () => {
  test("gives up the checks under way and starts no other", async () => {
    servers.manners.set(11, "silent").set(12, "silent");
    const pool = start(service([real(11), real(12)]));
    await servers.run(seconds(1));
    pool.stop();
    expect(servers.abandoned).toBe(2);
    servers.attempts.length = 0;
    heard();
    await servers.run(seconds(60));
    expect(servers.attempts).toEqual([]);
    expect(heard()).toEqual([]);
    expect(rows(pool.entry)).toEqual(["11 1", "12 1"]);
  });

  test("the servers that leave the table are said, and no others", async () => {
    servers.manners.set(12, "refused").set(13, "refused");
    const inhibited = real(13, { inhibitOnFailure: true });
    const pool = start(service([real(11), real(12), inhibited, real(14, { weight: 0 })]));
    await servers.run(seconds(1));
    heard();
    pool.sayLeaving("Shutting down");
    expect(heard()).toEqual([
      "Shutting down service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Shutting down (inhibited) service [10.88.0.13]:tcp:80 from VS [10.78.0.1]:tcp:80",
      "Shutting down service [10.88.0.14]:tcp:80 from VS [10.78.0.1]:tcp:80",
    ]);
  });

  test("the report has the kernel's weight and the latency of the last check", async () => {
    servers.manners.set(12, "silent");
    const pool = start(service([real(11), real(12)]));
    await servers.run(seconds(4));
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
