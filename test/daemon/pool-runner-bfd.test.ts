import { beforeEach, describe, expect, test } from "vitest";
import type { BfdCheckConfig } from "../../src/config/model/check.ts";
import { CheckSessions } from "../../src/daemon/check-sessions.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { PoolBench, real, rows, service } from "./pool-bench.ts";

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

const bfd = (instance: string, alpha = false): BfdCheckConfig => ({ type: "bfd", instance, alpha });
const following = (...checkers: BfdCheckConfig[]) => service([real(11, { checkers }), real(12, { checkers: [] })]);
const SAID = "BFD check of [B] RS([10.88.0.11]:tcp:80) is";

function turn(pool: PoolRunner, name: string, up: boolean): void {
  bench.sessions.set(name, up);
  pool.sessionsTurned(new Set([name]));
}

test("the server follows the session, in Keepalived's words", () => {
  const pool = bench.start(following(bfd("B")));
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  bench.said();
  turn(pool, "B", false);
  expect(rows(pool.entries)).toEqual(["12 1"]);
  turn(pool, "B", true);
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  expect(bench.said()).toEqual([
    `${SAID} DOWN`,
    "Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
    `${SAID} UP`,
    "Adding service [10.88.0.11]:tcp:80 to VS [10.78.0.1]:tcp:80",
  ]);
});

test("with alpha it is down until the session is up; what is known at the start counts at once", () => {
  const pool = bench.start(following(bfd("B", true)));
  expect(rows(pool.entries)).toEqual(["12 1"]);
  turn(pool, "B", false);
  expect(rows(pool.entries)).toEqual(["12 1"]);
  turn(pool, "B", true);
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  bench.sessions.set("C", false);
  expect(rows(bench.start(following(bfd("C"))).entries)).toEqual(["12 1"]);
  bench.sessions.set("C", true);
  expect(rows(bench.start(following(bfd("C", true))).entries)).toEqual(["11 1", "12 1"]);
});

test("of two sessions both must be up, and another one changes nothing", () => {
  const pool = bench.start(following(bfd("A"), bfd("B")));
  turn(pool, "A", false);
  turn(pool, "B", false);
  turn(pool, "A", true);
  expect(rows(pool.entries)).toEqual(["12 1"]);
  bench.table.length = 0;
  turn(pool, "C", true);
  expect(bench.table).toEqual([]);
  turn(pool, "B", true);
  expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  expect(pool.report().realServers[0]).toMatchObject({
    checkers: [
      { type: "bfd", up: true, hasRun: true, succeeded: 1, failed: 1 },
      { type: "bfd", up: true, succeeded: 1, failed: 1 },
    ],
  });
});

describe("the verdict outlives", () => {
  test("a reload: nothing happens where nothing changes; a session that is new here counts as it is", () => {
    const pool = bench.start(following(bfd("B")));
    turn(pool, "B", false);
    bench.table.length = 0;
    bench.said();
    bench.reload(pool, following(bfd("B")));
    bench.reload(pool, following(bfd("B", true)));
    expect(rows(pool.entries)).toEqual(["12 1"]);
    expect(bench.said()).toEqual([]);
    bench.sessions.set("C", true);
    bench.reload(pool, following(bfd("C")));
    expect(rows(pool.entries)).toEqual(["11 1", "12 1"]);
  });

  test("a respawn, and what has turned meanwhile is said at once", () => {
    const before = bench.start(following(bfd("B")));
    turn(before, "B", false);
    const report = JSON.parse(JSON.stringify(before.report())) as ServiceReport;
    bench.said();
    bench.table.length = 0;
    bench.start(following(bfd("B")), report);
    expect([bench.table, bench.said()]).toEqual([[["12 1"]], []]);
    bench.sessions.set("B", true);
    expect(rows(bench.start(following(bfd("B")), report).entries)).toEqual(["11 1", "12 1"]);
    expect(bench.said()).toContain(`${SAID} UP`);
  });

  test("a respawn before anything was heard: alpha is still down", () => {
    const report = JSON.parse(JSON.stringify(bench.start(following(bfd("B"))).report())) as ServiceReport;
    expect(rows(bench.start(following(bfd("B", true)), report).entries)).toEqual(["12 1"]);
  });
});

test("what was said of a session is forgotten with it", () => {
  const sessions = new CheckSessions();
  const config = (...names: string[]) => ({ bfdInstances: names.map((name) => ({ name })) }) as never;
  sessions.configure(config("A", "B"), [{ name: "A", up: true }]);
  expect([sessions.isUp("A"), sessions.isUp("B")]).toEqual([true, undefined]);
  expect(
    sessions.heard([
      { name: "A", up: true },
      { name: "B", up: false },
    ]),
  ).toEqual(new Set(["B"]));
  sessions.configure(config("B"), []);
  sessions.configure(config("A", "B"), []);
  expect([sessions.isUp("A"), sessions.isUp("B")]).toEqual([undefined, false]);
});
