import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/model/model.ts";
import { readConfig } from "../../src/config/read.ts";
import { changesOf } from "../../src/plan/changes.ts";
import type { Plain, PlainShape } from "../../src/plan/compare.ts";
import { CONFIG, planReload } from "../../src/plan/plan.ts";
import { lineOf, summaryOf } from "../../src/plan/text.ts";
import { sourceOf } from "../config/reading.ts";
import { vrrpCases } from "../config/vrrp-cases.ts";
import { applied, sorted } from "./applied.ts";

/** The seeds, and every folder of the corpus. */
const FOLDERS = readdirSync("test/config/corpus", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `test/config/corpus/${name}`)
  .concat("test/seeds");

/** Every configuration that the tests have, by name. */
const CONFIGS: readonly (readonly [name: string, config: Config])[] = [
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".conf"))
      .map((name): [string, string] => [`${folder}/${name}`, readFileSync(`${folder}/${name}`, "latin1")]),
  ),
  ...vrrpCases().map(({ name, text }): [string, string] => [name, text]),
].map(([name, text]) => [name, readConfig("k.conf", sourceOf({ "k.conf": text })).config]);

/** Each with the next one. */
const PAIRS = CONFIGS.map(([name, from], i) => [name, from, CONFIGS[(i + 1) % CONFIGS.length]?.[1] ?? from] as const);

test("the configurations have something of everything", () => {
  const unused = (Object.keys(CONFIG) as (keyof Config)[]).filter((field) =>
    CONFIGS.every(([, { [field]: part }]) => part === undefined || (Array.isArray(part) && part.length === 0)),
  );
  expect(unused).toEqual([]);
});

test("every list has a row", () => {
  const check = (record: Plain, shape: PlainShape, path: string): readonly string[] =>
    Object.entries(record).flatMap(([field, inner]) => {
      const row = shape[field];
      const at = `${path}.${field}`;
      if (row?.kind === "value") return [];
      if (!Array.isArray(inner)) {
        const within = row?.kind === "group" ? row.shape : {};
        return typeof inner === "object" && inner !== null ? check(inner as Plain, within as PlainShape, at) : [];
      }
      if (row?.kind !== "list") return [at];
      return inner.flatMap((item) =>
        typeof item === "object" ? check(item as Plain, row.shape as PlainShape, at) : [],
      );
    });
  const missing = CONFIGS.flatMap(([, config]) => check(config as unknown as Plain, CONFIG as PlainShape, "config"));
  expect([...new Set(missing)]).toEqual([]);
});

test("planned onto itself each is no change, also when it comes as JSON", () => {
  for (const [name, config] of CONFIGS) {
    const plan = planReload(config, JSON.parse(JSON.stringify(config)) as Config);
    expect([name, changesOf(plan), summaryOf(plan)]).toEqual([name, [], "no change"]);
  }
});

test("from each to the next every change has a line, and none says twice that nothing happens", () => {
  for (const [name, from, to] of PAIRS) {
    const said = changesOf(planReload(from, to)).map(lineOf);
    for (const line of said) expect([name, line]).toEqual([name, expect.stringMatching(/^ *\S.*[^:\s]$/)]);
    for (const [i, line] of said.entries()) {
      const inner = said.slice(i + 1);
      const end = inner.findIndex((other) => depth(other) <= depth(line));
      const within = line.endsWith("nothing happens") ? inner.slice(0, end === -1 ? inner.length : end) : [];
      expect([name, within.filter((other) => other.includes("nothing happens"))]).toEqual([name, []]);
    }
  }
});

test("the plan from each to the next, applied, gives the next", () => {
  for (const [name, from, to] of PAIRS)
    expect([name, sorted(applied(planReload(from, to)))]).toEqual([name, sorted(to)]);
});

test("what the way there adds, the way back removes", () => {
  for (const [name, from, to] of PAIRS) {
    const [there, back] = [changesOf(planReload(from, to)), changesOf(planReload(to, from))];
    const top = (changes: typeof there, kind: string): readonly unknown[] =>
      changes.filter(({ change, within }) => change === kind && within.length === 0).map((it) => it.name);
    expect([name, top(there, "added")]).toEqual([name, top(back, "removed")]);
    expect([name, top(there, "removed")]).toEqual([name, top(back, "added")]);
  }
});

function depth(line: string): number {
  return line.search(/\S/);
}
