import { beforeAll, describe, expect, test } from "vitest";
import type { Loss, LossRecord, PairName, PairRecord, Tables } from "./cluster-record.ts";
import { boot } from "./emulated.ts";
import { CLUSTERS, type ClusterName, cluster, LATEST, takeoverTime } from "./topology.ts";

/** One after the other: with three emulators on two cores keepalived itself was late by seconds. */
const AT_ONCE = 1;
const PAIRS: readonly PairName[] = ["ours+ours", "ours+keepalived", "keepalived+ours"];
const LOSSES: readonly Loss[] = ["stop", "kill", "link"];

/** What is wrong with the published files, in our words. */
const WARNINGS: Partial<Record<ClusterName, RegExp>> = {
  "000": /000-lb\d\.conf: Line \d+\) direct routing cannot rewrite ports: .*; use `lb_kind NAT`/,
  "001": /001-lb\d\.conf: Line \d+\) .*delete `persistence_timeout`/,
  "002": /002-lb\d\.conf: Line \d+\) .*delay_beefore_retry.*`delay_before_retry`/,
  "004": /004-lb\d\.conf: Line \d+\) .*cannot be reached.*delete `vrrp_strict`/,
};

type Records = Readonly<Record<PairName, PairRecord>>;
const running = new Map<ClusterName, Promise<Records>>();

beforeAll(() => {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  for (const [i, name] of CLUSTERS.entries()) {
    const records = (lanes[i % AT_ONCE] ?? Promise.resolve()).then(() => runCluster(name));
    lanes[i % AT_ONCE] = records.catch(() => {}); // reported where it is awaited
    running.set(name, records);
  }
});

async function runCluster(name: ClusterName): Promise<Records> {
  const command = `modprobe ip_vs && node dist/lab/clusters.js ${name} /out/result.json`;
  const { status, stdout, stderr, read } = await boot({ command, timeout: 420 });
  const result = read("result.json");
  if (result === "") throw new Error(`cluster ${name} ended with status ${status}:\n${stdout}\n${stderr}`);
  return JSON.parse(result) as Records;
}

describe.each(CLUSTERS)("cluster %s", (name) => {
  const { delayLoop, realServers } = cluster(name);
  let records: Records;

  beforeAll(async () => {
    records = (await running.get(name)) as Records;
  });

  test("keepalived+keepalived: runs to the end", () => {
    expect(records["keepalived+keepalived"].error).toBeUndefined();
  });

  describe.each(PAIRS)("%s", (pair) => {
    const [first, second] = pair.split("+");

    test("runs to the end: no wait in vain, every daemon ends on SIGTERM", () => {
      expect(problem(records[pair])).toBeUndefined();
    });

    test("1. one master; addresses and IPVS table on both as with keepalived", () => {
      expect(records[pair].election).toEqual(records["keepalived+keepalived"].election);
    });

    test("2. requests reach the real servers in the scheduler's order", () => {
      const { replies } = records[pair];
      const answers = first === "keepalived" || name === "000" ? records["keepalived+keepalived"].replies : undefined;
      expect(pattern(replies)).toBe(answers === undefined ? expected(name) : pattern(answers));
    });

    test.each(LOSSES)("3. %s of the master: the VIP moves and returns as with keepalived", (kind) => {
      const ours = records[pair].losses[kind];
      const theirs = records["keepalived+keepalived"].losses[kind];
      expect(settledTables(ours, kind)).toEqual(settledTables(theirs, kind));
      expect(ours.resigned).toBe(kind === "stop");
      expect(ours.announced).toBe(true);
      // Tells one timer from another, no more: the emulated kernel is slow, and keepalived's own time in it is no
      // measure. failover.test.ts compares the two at full speed.
      const late = ours.takeover - takeoverTime(cluster(name), kind);
      expect(late).toBeGreaterThan(-100_000);
      expect(late).toBeLessThan(LATEST);
      const serves = name !== "000" && !(name === "004" && second === "keepalived");
      expect(ours.answered).toBe(serves);
      if (serves) expect(ours.replies.filter((reply) => !reply.startsWith("rs"))).toEqual([]);
    });

    test("4. a web server that stops leaves the table and re-enters it at the configured times", () => {
      const { web } = records[pair];
      const server = realServers.find(({ node }) => node === web.node);
      if (server === undefined) throw new Error(`no real server ${web.node}`);
      const delay =
        second === "keepalived" ? (server.keepalivedDelay ?? server.delayBeforeRetry) : server.delayBeforeRetry;
      const patience = server.retry * delay;
      expect(web.removed / 1e6).toBeGreaterThan(patience - 1.5);
      expect(web.removed / 1e6).toBeLessThan(patience + delayLoop + 3);
      expect(web.added / 1e6).toBeGreaterThan((server.successes - 1) * delayLoop - 1.5);
      expect(web.added / 1e6).toBeLessThan(server.successes * delayLoop + 3);
      expect(web.without.some((line) => line.includes(`.${server.host}:`))).toBe(false);
    });

    test("after all that, the tables are as after the election", () => {
      expect(records[pair].final).toEqual(records[pair].election);
    });
  });

  const warning = WARNINGS[name];
  if (warning !== undefined) {
    test("what cannot work is said with file, line and remedy", () => {
      expect(records["ours+ours"].logs.lb1.filter((line) => warning.test(line))).not.toEqual([]);
      expect(records["keepalived+ours"].logs.lb2.filter((line) => warning.test(line))).not.toEqual([]);
    });
  }

  if (name === "003") {
    test.each(PAIRS)("003 %s: the tracked process adds its weight, and its end moves no VIP", (pair) => {
      expect(records[pair].tracked).toEqual({ running: 102, gone: 100 });
    });
  }
});

function problem({ error, logs }: PairRecord): string | undefined {
  if (error === undefined) return undefined;
  return [error, "lb1:", ...logs.lb1.slice(-25), "lb2:", ...logs.lb2.slice(-25)].join("\n");
}

/** The order of answers without its beginning, which is chance: `rs2 rs1 rs2` and `rs1 rs2 rs1` alternate both. */
function pattern(replies: readonly string[]): string {
  const [first] = replies;
  if (replies.some((reply) => !reply.startsWith("rs"))) return [...new Set(replies)].sort().join(" or ");
  return replies.map((reply) => (reply === first ? "a" : "b")).join("");
}

/** With persistence every request of one client lands on one server; else round robin. */
function expected(name: ClusterName): string {
  return name === "001" || name === "003" ? "aaaaaa" : "ababab";
}

/** What is certain a moment after the takeover: not which servers have been missed, where a director is unreachable. */
function settledTables({ during }: LossRecord, kind: Loss): Tables {
  return kind === "link" ? { ...during, ipvs: { lb1: [], lb2: [] } } : during;
}
