import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLUSTER_CODES, codeProblem, READER_CODES } from "../../src/lint/codes.ts";
import { LINTS } from "../../src/lint/lints.ts";

const PATHS = ["syntax", "keywords", "config", "lint"].flatMap((folder) =>
  readdirSync(`src/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${folder}/${name}`),
);
const read = LINTS.flatMap(({ reader = [] }) => reader);

test("every code with a hyphen that the source writes before a message is known, or belongs to a lint", () => {
  const known = new Set<string>([...READER_CODES, ...CLUSTER_CODES, ...read]);
  const unknown = PATHS.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(CODE)].map(([, code = ""]) => code),
  ).filter((code) => !known.has(code) && codeProblem(code) !== undefined);
  expect(unknown).toEqual([]);
});
const CODE = /(?:\(\[?|code: |finding = \[)\s*"([a-z]+(?:-[a-z]+)+)",/g;

test("every code is written somewhere, and none is a lint's", () => {
  const text = PATHS.filter((path) => path !== "src/lint/codes.ts")
    .map((path) => readFileSync(path, "utf8"))
    .join("");
  expect([...READER_CODES, ...CLUSTER_CODES].filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  expect(READER_CODES.filter((code) => read.includes(code))).toEqual([]);
});

test("codes stand by alphabet", () => {
  for (const list of [READER_CODES, CLUSTER_CODES]) expect([...list]).toEqual([...list].sort());
});
