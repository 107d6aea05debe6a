import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { pathOf, usageOf } from "../../src/keywords/entries.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";
import { BLOCKS, DIFFERENT, HEADERS, statements, valueStatements } from "../keywords/differential.ts";
import { casesOf, fileOf, type ItemCase, LISTS, type List, MOST } from "../keywords/items.ts";
import { samples } from "../keywords/samples.ts";
import { Lan } from "./lan.ts";

/** Every keyword with values at, below and above its bounds: `keepalived -t` 2.2.7 and we complain of the same lines. */
let lan: Lan;
const folder = mkdtempSync(join(tmpdir(), "keepalived-ts-keywords-"));
const met = new Set<string>();

beforeAll(async () => {
  lan = await Lan.open([{ name: "lb1", interface: "eth0", addresses: ["192.0.2.1/24"] }]);
});

afterAll(() => {
  lan.close();
  rmSync(folder, { recursive: true, force: true });
});

test("there are hundreds of keywords, and thousands of items", () => {
  expect(statements.length).toBeGreaterThan(350);
  expect(LISTS.flatMap(casesOf).length).toBeGreaterThan(1500);
});

test("the same values are accepted and refused as by keepalived -t, but for the differences with a reason", async () => {
  const cases = statements.flatMap((entry) =>
    samples(usageOf(entry.row)).map((value) => ({
      name: `${pathOf(entry)} ${value}`.trim(),
      text: BLOCKS[entry.block]?.(`${`${entry.keyword} ${value}`.trim()}\n`) ?? "",
    })),
  );
  const values = valueStatements.map(({ entry, block, text }) => ({
    name: pathOf(entry),
    text: BLOCKS[block]?.(`${text}\n`) ?? "",
  }));
  expect(await differences([...cases, ...values])).toEqual([]);
});

test("the same headers of blocks are accepted and refused", async () => {
  expect(await differences(HEADERS.map((text) => ({ name: text.split("\n", 1)[0] ?? "", text })))).toEqual([]);
});

test.each(LISTS.map((list) => [list.path, list] as const))(
  "the same items of %s are accepted and refused",
  async (_, list) => {
    expect(await itemDifferences(list)).toEqual([]);
  },
);

test("every difference that is named is one", () => {
  expect(DIFFERENT.filter(([, reason]) => !met.has(reason))).toEqual([]);
});

interface Case {
  readonly name: string;
  readonly text: string;
}

/** Cases that end otherwise than for keepalived, and have no reason to. */
async function differences(cases: readonly Case[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  await inParallel(cases, async ({ name, text }, i) => {
    const [theirs, ours] = [await keepalived(text, join(folder, `${i}.conf`)), reading(text)];
    if (!same(theirs, ours)) differs(name, `keepalived ${show(theirs)}, we ${show(ours)}`, wrong);
  });
  return wrong;
}

/**
 * The same for items, many to a file: those that we accept stand together, of which keepalived must not complain; and
 * those that we refuse, each of which it must name. Where that fails, and where the reading ends, each stands alone.
 */
async function itemDifferences(list: List): Promise<readonly string[]> {
  const cases = casesOf(list);
  const alone = (each: ItemCase): Case => ({ name: each.name, text: fileOf(list, [each.item(0)]).text });
  if (list.alone) return await differences(cases.map(alone));
  const verdicts = cases.map((each) => reading(alone(each).text).status);
  const files = [0, 5].flatMap((status) =>
    chunks(cases.filter((_, i) => verdicts[i] === status)).map((group) => ({ status, group })),
  );
  const doubtful = cases.filter((_, i) => verdicts[i] !== 0 && verdicts[i] !== 5);
  await inParallel(files, async ({ status, group }, i) => {
    const { text, first } = fileOf(
      list,
      group.map(({ item }, j) => item(j)),
    );
    const theirs = await keepalived(text, join(folder, `list-${i}.conf`));
    const named = group.filter((_, j) => theirs.lines.includes(first + j));
    const odd = status === 0 ? named : group.filter((each) => !named.includes(each));
    if (status === 0 && theirs.status !== 0 && odd.length === 0) doubtful.push(...group);
    else doubtful.push(...odd);
  });
  return await differences(doubtful.map(alone));
}

function chunks(cases: readonly ItemCase[]): readonly (readonly ItemCase[])[] {
  return Array.from({ length: Math.ceil(cases.length / MOST) }, (_, i) => cases.slice(i * MOST, (i + 1) * MOST));
}

function differs(name: string, what: string, wrong: string[]): void {
  const reason = DIFFERENT.find(([pattern]) => pattern.test(name))?.[1];
  if (reason === undefined) wrong.push(`${name}: ${what}`);
  else met.add(reason);
}

const AT_ONCE = 4;

/** Does something for each of a list, a few at a time. */
async function inParallel<T>(list: readonly T[], work: (each: T, i: number) => Promise<void>): Promise<void> {
  const left = list.entries();
  const worker = async (): Promise<void> => {
    for (const [i, each] of left) await work(each, i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

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

/** It is given three seconds: on some files it never ends. */
async function keepalived(text: string, file: string): Promise<Outcome> {
  writeFileSync(file, text);
  const { status, stderr } = await lan.attempt("lb1", ["timeout", "-s", "KILL", "3", "keepalived", "-t", "-f", file]);
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
