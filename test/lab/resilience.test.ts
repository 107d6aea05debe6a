import { beforeAll, describe, expect, test } from "vitest";
import { boot } from "./emulated.ts";
import type { ResilienceRecord } from "./resilience-record.ts";

const FAILOVERS = 100;
let record: ResilienceRecord;

beforeAll(async () => {
  const command = `modprobe ip_vs && node dist/lab/resilience.js /out/result.json ${FAILOVERS}`;
  const { status, stdout, stderr, read } = await boot({ command, timeout: 800 });
  const result = read("result.json");
  if (status !== 0) throw new Error(`ended with status ${status}:\n${stdout}\n${stderr}\n${result}`);
  record = JSON.parse(result) as ResilienceRecord;
});

describe("kill -9 of the checkers process", () => {
  test("another one comes, and the IPVS table is as it was", () => {
    expect(record.checkers.after).toEqual(record.checkers.before);
    expect(record.checkers.before).toHaveLength(3);
  });

  test("touches neither VIP nor adverts nor traffic", () => {
    const { gaps, advertGap, othersTransitions, silence, logs } = record.checkers;
    expect(gaps, logs.join("\n")).toEqual([]);
    expect(advertGap).toBeLessThan(9_000_000);
    expect(othersTransitions).toBe(0);
    expect(silence).toBeLessThan(2_000_000);
  });
});

describe("kill -9 of the vrrp process of a master", () => {
  test("another one keeps the mastership: the VIP never leaves", () => {
    expect(record.vrrp.gaps, record.vrrp.logs.join("\n")).toEqual([]);
  });

  test("the backup does not notice: the next advert comes before Master_Down_Interval", () => {
    const { advertGap, othersAdverts, othersTransitions, respawned } = record.vrrp;
    console.log(`${advertGap / 1_000_000} s between adverts; another process after ${respawned / 1_000_000} s`);
    expect(advertGap).toBeLessThan(24_093_750);
    expect(othersAdverts).toBe(0);
    expect(othersTransitions).toBe(0);
  });

  test("traffic goes on", () => {
    expect(record.vrrp.silence).toBeLessThan(2_000_000);
  });
});

describe(`${FAILOVERS} failovers in a row`, () => {
  test("exactly one master after each, the other one", () => {
    expect(record.rounds).toHaveLength(FAILOVERS);
    expect(record.rounds.filter(({ masters, expected }) => masters.join() !== expected)).toEqual([]);
  });

  test("the VIP is on the master alone after each", () => {
    expect(record.rounds.filter(({ holders, expected }) => holders.join() !== expected)).toEqual([]);
  });

  test("the IPVS tables hold what they should, and nothing is left after a clean stop", () => {
    expect(record.rounds.filter(({ ipvs }) => ipvs !== 3)).toEqual([]);
    expect(record.tables.lb1).toEqual(record.checkers.before);
    expect(record.tables.lb2).toEqual(record.checkers.before);
    expect(record.left.ipvs).toEqual([]);
    expect(record.left.addresses.filter((line) => line.includes("10.77.0.100"))).toEqual([]);
  });

  test("descriptors do not grow: no process has more than one more at the end than at the beginning", () => {
    const rounds = record.rounds.map(({ descriptors }) => descriptors);
    const at = (index: number): readonly number[] => rounds.at(index) ?? [];
    for (const [early, late] of [
      [10, -2],
      [11, -1],
    ] as const)
      for (const [i, count] of at(late).entries()) expect(count).toBeLessThanOrEqual((at(early)[i] ?? 0) + 1);
  });
});
