import { beforeEach, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import type { Trap } from "../../src/base/trap.ts";
import { noticeTrap } from "../../src/daemon/pool-traps.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { check, PoolBench, real, SORRY, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

/** What managers were told since the last time: `12 down 1/2`, `quorum 1 met 2/2`. */
function told(): string[] {
  return bench.traps.splice(0).map(words);
}

function words(trap: Trap): string {
  if (trap.type !== "server" && trap.type !== "quorum") return trap.type;
  const { alive, total } = trap.pool;
  if (trap.type === "quorum") return `quorum ${trap.quorum} ${trap.status} ${alive}/${total}`;
  return `${trap.server.address.split(".").at(-1)} ${trap.up ? "up" : "down"} ${alive}/${total}`;
}

test("a start tells of the quorum, and of its loss where a sorry server steps in; of no server", () => {
  bench.start(service([real(11), real(12)]));
  expect(told()).toEqual(["quorum 1 met 2/2"]);
  const alpha = real(11, { checkers: [check(11, { alpha: true })] });
  bench.start(service([alpha], { sorryServer: SORRY }));
  expect(told()).toEqual(["quorum 1 not-met 0/1"]);
  bench.start(service([alpha]));
  expect(told()).toEqual([]);
});

test("a server that turns is told with how many are up then, before the quorum that turns by it", async () => {
  bench.start(service([real(11), real(12)], { quorum: 2, sorryServer: SORRY }));
  told();
  bench.servers.manners.set(12, "refused");
  await bench.servers.run(seconds(2));
  expect(told()).toEqual(["12 down 1/2", "quorum 2 not-met 1/2"]);
  bench.servers.manners.set(12, "up");
  await bench.servers.run(seconds(30));
  expect(told()).toEqual(["12 up 2/2", "quorum 2 met 2/2"]);
});

test("the stop takes the servers one by one, then tells of each quorum as shut down, of one that is lost too", async () => {
  bench.servers.manners.set(12, "refused");
  const pool = bench.start(service([real(11), real(12), real(13)]));
  await bench.servers.run(seconds(2));
  told();
  pool.leave("Shutting down");
  expect(told()).toEqual(["11 down 1/3", "13 down 0/3", "quorum 1 shutdown 0/3"]);
});

test("a service that a reload removes loses its servers and its quorum", () => {
  const pool = bench.start(service([real(11)]));
  told();
  pool.leave("Removing");
  expect(told()).toEqual(["11 down 0/1", "quorum 1 not-met 0/1"]);
});

test("a reload tells of servers that go while they are up, and of nothing where it changes nothing", async () => {
  bench.servers.manners.set(12, "refused");
  const config = service([real(11), real(12), real(13)]);
  const pool = bench.start(config);
  await bench.servers.run(seconds(2));
  told();
  bench.reload(pool, service([real(11), real(12), real(13)]));
  expect(told()).toEqual([]);
  bench.reload(pool, service([real(11)]));
  expect(told()).toEqual(["13 down 1/3"]);
});

test("a process that takes over tells nothing that was told", async () => {
  const alpha = real(11, { checkers: [check(11, { alpha: true })] });
  for (const config of [service([real(11)]), service([alpha], { sorryServer: SORRY })]) {
    const before = bench.start(config);
    const report = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
    before.stop();
    told();
    bench.start(config, report);
    expect(told()).toEqual([]);
  }
});

test("a trap names its service by what leads to it, and carries nothing else of it", () => {
  const pool = { quorum: 3, realServers: [real(11)] };
  const notice = { type: "quorum", up: true, weight: 5, quorum: 3 } as const;
  const named = (service: Parameters<typeof noticeTrap>[0]) =>
    JSON.parse(JSON.stringify(noticeTrap(service, [true], notice)));
  expect(named({ ...pool, subject: { fwmark: 9 } }).pool).toEqual({ service: { fwmark: 9 }, alive: 1, total: 1 });
  expect(named({ ...pool, subject: { group: "G", protocol: "tcp" } }).pool.service).toEqual({
    group: "G",
    protocol: "tcp",
  });
  expect(named({ ...pool, subject: { address: ip("10.9.0.1"), port: 80, protocol: "udp" } })).toEqual({
    ...{ type: "quorum", status: "met", quorum: 3 },
    pool: { service: { address: "10.9.0.1", port: 80, protocol: "udp" }, alive: 1, total: 1 },
  });
});
