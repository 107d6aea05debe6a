import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { ENTRIES, pathOf, usageOf } from "../../src/keywords/entries.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";
import { BLOCKS, DIFFERENT, inDebian } from "../keywords/differential.ts";
import { samples } from "../keywords/samples.ts";
import { Lan } from "./lan.ts";

/** Every keyword with values at, below and above its bounds: `keepalived -t` 2.2.7 and we complain of the same lines. */
let lan: Lan;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-keywords-"));

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
});

afterAll(() => {
  lan.close();
  rmSync(folder, { recursive: true, force: true });
});

const cases = ENTRIES.filter(({ block, keyword, row }) => {
  return BLOCKS[block] !== undefined && row.kind === "line" && !keyword.startsWith("<") && inDebian(row);
});

test("there are hundreds of them", () => {
  expect(cases.length).toBeGreaterThan(350);
});

test("the same values are accepted and refused as by keepalived -t, but for the differences with a reason", async () => {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (const entry of cases) {
    const values = samples(usageOf(entry.row));
    const texts = values.map((value) => BLOCKS[entry.block]?.(`${`${entry.keyword} ${value}`.trim()}\n`) ?? "");
    const outcomes = await Promise.all(texts.map((text, i) => keepalived(text, join(folder, `${i}.conf`))));
    for (const [i, theirs] of outcomes.entries()) {
      const [value, ours] = [values[i] ?? "", reading(texts[i] ?? "")];
      if (same(theirs, ours)) continue;
      const name = `${pathOf(entry)} ${value}`.trim();
      const reason = DIFFERENT.find(([pattern]) => pattern.test(name))?.[1];
      if (reason === undefined) wrong.push(`${name}: keepalived ${show(theirs)}, we ${show(ours)}`);
      else met.add(reason);
    }
  }
  expect(wrong).toEqual([]);
  expect(DIFFERENT.filter(([, reason]) => !met.has(reason))).toEqual([]);
});

/** Exit status of `-t`, and the lines that were complained of. Keepalived names the line in some messages only. */
interface Outcome {
  readonly status: number;
  readonly lines: readonly number[];
}

function same(theirs: Outcome, ours: Outcome): boolean {
  return theirs.status === ours.status && theirs.lines.every((line) => ours.lines.includes(line));
}

function show({ status, lines }: Outcome): string {
  return `${status} [${lines.join(" ")}]`;
}

async function keepalived(text: string, file: string): Promise<Outcome> {
  writeFileSync(file, text);
  const { status, stderr } = await lan.attempt("lb1", ["keepalived", "-t", "-f", file]);
  return { status, lines: unique([...stderr.matchAll(/Line (\d+)\)/g)].map(([, line]) => Number(line))) };
}

function reading(text: string): Outcome {
  const { diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
  const complaints = diagnostics.filter(({ status = 0 }) => status > 0);
  return { status: testStatus(diagnostics), lines: unique(complaints.map(({ span }) => span.line)) };
}

function unique(lines: readonly number[]): number[] {
  return [...new Set(lines)].sort((a, b) => a - b);
}
