import { beforeEach, describe, expect, test } from "vitest";
import type { FileCheckConfig } from "../../src/config/model/check.ts";
import type { PoolRunner } from "../../src/daemon/pool-runner.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { PoolBench, real, rows, SORRY, service } from "./pool-bench.ts";

const LEAST = -(2 ** 31);

let bench: PoolBench;

beforeEach(() => {
  bench = new PoolBench();
});

const follows = (trackFile: string, weight = 1, reverse = false): FileCheckConfig => ({
  ...{ type: "file", trackFile, weight, reverse },
});
const fed = (host: number, ...checkers: FileCheckConfig[]) => real(host, { weight: 5, checkers });

function write(pool: PoolRunner, file: string, number: number): void {
  bench.numbers.set(file, number);
  pool.fileTurned(file);
}

test("the number in a file is added to the weight, and quorum is counted with the sum", () => {
  bench.numbers.set("A", 3);
  const pool = bench.start(
    service([fed(11, follows("A")), fed(12, follows("A", 2))], { quorum: 15, sorryServer: SORRY }),
  );
  expect(rows(pool.entries)).toEqual(["11 8", "12 11"]);
  expect(bench.heard()).toEqual(["Gained quorum 15+0=15 <= 19 for VS [10.78.0.1]:tcp:80"]);
  write(pool, "A", 1);
  expect(rows(pool.entries)).toEqual(["99 1"]);
  expect(bench.heard()).toEqual([
    "Changing weight from 8 to 6 for active service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
    "Changing weight from 11 to 7 for active service [10.88.0.12]:tcp:80 of VS [10.78.0.1]:tcp:80",
    "Lost quorum 15-0=15 > 13 for VS [10.78.0.1]:tcp:80",
    "Adding sorry server [10.88.0.99]:tcp:80 to VS [10.78.0.1]:tcp:80",
    "Removing alive servers from the pool for VS [10.78.0.1]:tcp:80",
  ]);
  expect(bench.table.length).toBe(2);
});

test("several files of a server add up; a sum below 0 is weight 0, and the server stays", () => {
  const pool = bench.start(
    service([fed(11, follows("A"), follows("B", -2), follows("A", 10)), real(12, { checkers: [] })]),
  );
  expect(rows(pool.entries)).toEqual(["11 5", "12 1"]);
  write(pool, "A", 1);
  expect(rows(pool.entries)).toEqual(["11 16", "12 1"]);
  write(pool, "B", 20);
  expect(rows(pool.entries)).toEqual(["11 0", "12 1"]);
  write(pool, "B", 4);
  expect(rows(pool.entries)).toEqual(["11 8", "12 1"]);
  expect(bench.heard().filter((text) => /Removing|Adding/.test(text))).toEqual([]);
});

test("a fault takes the server out, the end of it brings it back with its weight", () => {
  const pool = bench.start(service([fed(11, follows("A")), real(12, { checkers: [] })]));
  bench.heard();
  write(pool, "A", LEAST);
  expect(rows(pool.entries)).toEqual(["12 1"]);
  write(pool, "A", 2);
  expect(rows(pool.entries)).toEqual(["11 7", "12 1"]);
  expect(bench.heard()).toEqual([
    "([10.88.0.11]:tcp:80): tracked file A now FAULT state",
    "Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80",
    "Changing weight from 5 to 7 for inactive service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80",
    "([10.88.0.11]:tcp:80): tracked file A leaving FAULT state",
    "Adding service [10.88.0.11]:tcp:80 to VS [10.78.0.1]:tcp:80",
  ]);
});

test("without weight the start knows the verdict: a server in fault is not in the table for a moment", () => {
  bench.numbers.set("one", 1);
  const checkers = [follows("none", 0), follows("none", 0, true), follows("one", 0), follows("one", 0, true)];
  const pool = bench.start(service(checkers.map((checker, i) => fed(11 + i, checker))));
  expect(bench.table).toEqual([["11 5", "14 5"]]);
  expect(bench.heard().filter((text) => text.includes("service"))).toEqual([]);
  write(pool, "none", 1);
  expect(rows(pool.entries)).toEqual(["12 5", "14 5"]);
});

test("with inhibit_on_failure a server in fault stays with weight 0", () => {
  const pool = bench.start(service([real(11, { weight: 5, inhibitOnFailure: true, checkers: [follows("A", 0)] })]));
  write(pool, "A", 1);
  expect(rows(pool.entries)).toEqual(["11 0"]);
  write(pool, "A", 0);
  expect(rows(pool.entries)).toEqual(["11 5"]);
});

test("when servers turn with one file the quorum is counted once, and the table wanted once", () => {
  const pool = bench.start(service([fed(11, follows("A", 0)), fed(12, follows("A", 0, true))], { sorryServer: SORRY }));
  bench.heard();
  bench.table.length = 0;
  write(pool, "A", 1);
  expect(bench.table).toEqual([["12 5"]]);
  expect(bench.heard().filter((text) => text.includes("quorum"))).toEqual([]);
});

test("a file that nobody here follows changes nothing", () => {
  const pool = bench.start(service([fed(11, follows("A"))]));
  bench.table.length = 0;
  write(pool, "B", 7);
  expect(bench.table).toEqual([]);
});

test("a server drained by its file leaves at the end as one that is alive", () => {
  const pool = bench.start(service([fed(11, follows("A", -1))]));
  write(pool, "A", 9);
  bench.heard();
  pool.leave("Shutting down");
  expect(bench.heard()).toEqual(["Shutting down service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80"]);
});

describe("reload", () => {
  test("of the same configuration does nothing at all", () => {
    bench.numbers.set("A", 3);
    const pool = bench.start(service([fed(11, follows("A"))]));
    bench.table.length = 0;
    bench.said();
    bench.reload(pool, service([fed(11, follows("A"))]));
    expect([bench.table, bench.said()]).toEqual([[], []]);
  });

  test("another weight, of the server or of the file, counts at once and is said once", () => {
    bench.numbers.set("A", 3);
    const pool = bench.start(service([fed(11, follows("A"))]));
    bench.heard();
    bench.reload(pool, service([fed(11, follows("A", 2))]));
    expect(rows(pool.entries)).toEqual(["11 11"]);
    bench.reload(pool, service([real(11, { weight: 1, checkers: [follows("A", 2)] })]));
    expect(rows(pool.entries)).toEqual(["11 7"]);
    bench.reload(pool, service([real(11, { weight: 1, checkers: [] })]));
    expect(rows(pool.entries)).toEqual(["11 1"]);
    const of = "for active service [10.88.0.11]:tcp:80 of VS [10.78.0.1]:tcp:80";
    expect(bench.heard()).toEqual([
      `Changing weight from 8 to 11 ${of}`,
      `Changing weight from 11 to 7 ${of}`,
      `Changing weight from 7 to 1 ${of}`,
    ]);
  });

  test("a weight with which the file says fault takes the server out, and is said", () => {
    bench.numbers.set("A", 3);
    const pool = bench.start(service([fed(11, follows("A")), real(12, { checkers: [] })]));
    bench.heard();
    bench.reload(pool, service([fed(11, follows("A", 0)), real(12, { checkers: [] })]));
    expect(rows(pool.entries)).toEqual(["12 1"]);
    expect(bench.heard()).toContain("Removing service [10.88.0.11]:tcp:80 from VS [10.78.0.1]:tcp:80");
  });

  test("a server in fault stays out, whatever else changes", () => {
    bench.numbers.set("A", 1);
    const pool = bench.start(service([fed(11, follows("A", 0)), real(12, { checkers: [] })]));
    bench.heard();
    bench.reload(pool, service([fed(11, follows("A", 0)), real(12, { checkers: [] })], { scheduler: "wrr" }));
    expect(rows(pool.entries)).toEqual(["12 1"]);
    expect(bench.heard()).toEqual([]);
  });
});

describe("respawn", () => {
  function again(pool: PoolRunner): PoolRunner {
    const report = JSON.parse(JSON.stringify(pool.report())) as ServiceReport;
    pool.stop();
    bench.table.length = 0;
    bench.heard();
    return bench.start(service([fed(11, follows("A")), fed(12, follows("B", 0))]), report);
  }

  test("with the same numbers wants the same table and says nothing", () => {
    bench.numbers.set("A", 3).set("B", 1);
    again(bench.start(service([fed(11, follows("A")), fed(12, follows("B", 0))])));
    expect(bench.table).toEqual([["11 8"]]);
    expect(bench.heard()).toEqual([]);
  });

  test("what a file says otherwise by then is said", () => {
    const before = bench.start(service([fed(11, follows("A")), fed(12, follows("B", 0))]));
    bench.numbers.set("B", 1);
    const pool = again(before);
    expect(rows(pool.entries)).toEqual(["11 5"]);
    expect(bench.heard()).toContain("Removing service [10.88.0.12]:tcp:80 from VS [10.78.0.1]:tcp:80");
  });
});

test("the report has the verdict of each file, and how many numbers it has judged", () => {
  const pool = bench.start(service([fed(11, follows("A", 0), follows("A"))]));
  write(pool, "A", 4);
  expect(pool.report().realServers[0]).toMatchObject({
    up: false,
    checkers: [
      { type: "file", up: false, succeeded: 1, failed: 1 },
      { type: "file", up: true, succeeded: 2, failed: 0 },
    ],
  });
});
