import { beforeAll, describe, expect, test } from "vitest";
import { chiSquare } from "../statistics/chi-square.ts";
import { boot } from "./emulated.ts";
import {
  BRIEF,
  CHANGES,
  COUNT,
  caseName,
  DEALINGS,
  type Dealing,
  FLOW,
  KEEPINGS,
  SERVERS,
  WAYS,
} from "./traffic-cases.ts";
import type { ChangeRecord, TrafficRecord } from "./traffic-record.ts";

/**
 * The chance that a scheduler which deals fairly is called unfair: 1 in 1,000. Sources are of fixed seeds (traffic-cases.ts),
 * and sh and mh hash them without chance: they are judged alike in every run. Only the ports of `sh-port` and `mh-port` are
 * the kernel's choice.
 */
const SIGNIFICANCE = 0.001;

/** Runs the traffic of all cases, or of the brief choice, or of `CASE;CASE`, in the emulated kernel, and judges it. */
export function proveTraffic(which: "whole" | "brief" | `${string};${string}`): void {
  const names = which === "brief" ? BRIEF : which.split(";");
  const chosen = <T extends { readonly name: string; readonly family: 4 | 6 }>(all: readonly T[]): [string, T][] =>
    all.map((one): [string, T] => [caseName(one), one]).filter(([name]) => which === "whole" || names.includes(name));
  let record: TrafficRecord;

  beforeAll(async () => {
    const command = `node dist/lab/traffic.js "${which}" /out/result.json`;
    const { status, stdout, stderr, read } = await boot({ command, timeout: which === "brief" ? 800 : 1800 });
    const result = read("result.json");
    if (status !== 0) throw new Error(`ended with status ${status}:\n${stdout}\n${stderr}`);
    record = JSON.parse(result) as TrafficRecord;
    if (which === "whole") console.log(table(record));
  });

  describe("round robin reaches each server as often, to one connection", () => {
    test.each(chosen(WAYS))("%s", (name) => {
      expect(counts(record.ways[name])).toEqual([100, 100, 100]);
    });
  });

  describe("a scheduler deals out 2,000 connections as it promises", () => {
    test.each(chosen(DEALINGS))("%s", (name, { weights }) => {
      const found = counts(record.dealings[name]);
      expect(found.reduce((sum, one) => sum + one, 0)).toBe(COUNT.dealing); // none failed
      expect(chiSquare(found, weights).p).toBeGreaterThan(SIGNIFICANCE);
    });

    test.each(chosen(DEALINGS).filter(([, one]) => isExact(one)))("%s: to the connection", (name, { weights }) => {
      const all = weights.reduce((sum, one) => sum + one, 0);
      for (const [i, found] of counts(record.dealings[name]).entries())
        expect(Math.abs(found - (COUNT.dealing * (weights[i] ?? 0)) / all)).toBeLessThanOrEqual(1);
    });

    test.each(chosen(DEALINGS).filter(([, one]) => isByAddress(one)))("%s: a source stays where it was", (name) => {
      expect(record.again[name]).toEqual(record.dealings[name]?.slice(0, COUNT.again));
    });
  });

  describe("persistence keeps a client, of whatever size", () => {
    test.each(chosen(KEEPINGS))("%s", (name) => {
      const byClient = new Map<number, Set<string>>();
      for (const [source, answer] of record.keepings[name] ?? [])
        byClient.set(source >> 8, (byClient.get(source >> 8) ?? new Set()).add(answer));
      expect([...byClient.values()].map(({ size }) => size)).toEqual(Array(16).fill(1));
      const first = [...byClient.values()].flatMap((answers) => [...answers]);
      expect(counts(first).toSorted()).toEqual([5, 5, 6]); // and clients are dealt out in turn
    });
  });

  describe("no connection is lost", () => {
    const changes = chosen(CHANGES);
    const drained = changes.filter(([, { how }]) => how === "weight 0" || how === "inhibit_on_failure");
    const sorry = changes.filter(([, { how }]) => how.startsWith("sorry"));
    const quiet = changes.filter(([, { how }]) => how !== "sorry server"); // nobody leaves the table

    test.each(quiet)("%s: what is established goes on to its end", (name) => {
      const { held, during, after } = of(record, name);
      expect(held).toHaveLength(90);
      expect(failed(held)).toEqual([]);
      expect(during).toEqual(held);
      expect(after).toEqual(held);
    });

    test.each(quiet)("%s: a client that connects all the time is answered each time", (name) => {
      const { flow } = of(record, name);
      expect(flow.length).toBeGreaterThan(200);
      expect(failed(flow.map(({ answer }) => answer))).toEqual([]);
    });

    test.each(drained)("%s: new ones go to the others, then to all", (name) => {
      const { before, out, back } = stages(of(record, name));
      expect(new Set(before)).toEqual(new Set(SERVERS));
      expect(new Set(out)).toEqual(new Set(["rs2", "rs3"]));
      expect(new Set(back)).toEqual(new Set(SERVERS));
    });

    test.each(sorry)("%s: new ones go to the sorry server, then back", (name) => {
      const { before, out, back } = stages(of(record, name));
      expect(new Set(before)).toContain("rs1");
      expect(new Set(out)).toEqual(new Set(["sorry"]));
      expect(new Set(back)).toEqual(new Set(["rs1"]));
    });

    const removed = changes.filter(([, { how }]) => how === "sorry server");
    test.each(removed)("%s: no new one is refused; but a server that leaves the table takes its own along", (name) => {
      const { flow, outAt, inAt } = of(record, name);
      const lost = flow.filter(({ answer }) => answer.startsWith("!"));
      expect(lost.filter(({ answer }) => answer === "!connect")).toEqual([]); // as with an empty pool
      const underWay = (at: number) => lost.filter(({ startedAt, endedAt }) => startedAt < at && endedAt > at);
      expect(lost.length).toBeLessThanOrEqual(underWay(outAt).length + underWay(inAt).length);
      expect(lost.length).toBeLessThanOrEqual(2 * FLOW);
    });
  });
}

/** Whether it counts instead of trusting to chance. */
function isExact({ name }: Dealing): boolean {
  return name === "rr" || name === "wrr" || name === "wlc";
}

/** Whether it goes by the address of the client alone. */
function isByAddress({ name }: Dealing): boolean {
  return name === "sh" || name === "mh";
}

function counts(answers: readonly string[] = []): number[] {
  return SERVERS.map((server) => answers.filter((answer) => answer === server).length);
}

function of({ changes }: TrafficRecord, name: string): ChangeRecord {
  const found = changes[name];
  if (found === undefined) throw new Error(`nothing of ${name}`);
  return found;
}

/** Who answered what was begun before the change, while the servers were out, and when they were back. */
function stages({ flow, outAt, backAt, inAt }: ChangeRecord) {
  const between = (from: number, to: number): string[] =>
    flow.filter(({ startedAt }) => startedAt > from && startedAt < to).map(({ answer }) => answer);
  return { before: between(0, outAt), out: between(outAt, backAt), back: between(inAt, Number.MAX_SAFE_INTEGER) };
}

function failed(answers: readonly string[]): readonly string[] {
  return answers.filter((answer) => answer.startsWith("!"));
}

/** What is worth reading of a long run. */
function table({ dealings, took }: TrafficRecord): string {
  const rows = DEALINGS.map((one) => {
    const found = counts(dealings[caseName(one)]);
    const { statistic, p } = chiSquare(found, one.weights);
    const numbers = `${found.join(" ")} for weights ${one.weights.join(" ")}`;
    return `${caseName(one)}: ${numbers}, chi-square ${statistic.toFixed(2)}, p ${p.toFixed(3)}`;
  });
  return [...rows, ...Object.entries(took).map(([name, time]) => `${name}: ${time.toFixed(1)} s`)].join("\n");
}
