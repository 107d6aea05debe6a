import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFECTS } from "./defects.ts";
import { defectsPage } from "./defects-page.ts";
import { ELSEWHERE } from "./elsewhere.ts";
import type { Matrix } from "./interoperation.ts";
import { missingTests } from "./named-tests.ts";
import { conformancePage } from "./page.ts";

const MATRIX = "./matrix.ts";
const matrix = existsSync("test/conformance/matrix.ts") ? ((await import(MATRIX)) as Matrix) : undefined;

test.each([
  ["docs/conformance.md", () => conformancePage(matrix)],
  ["docs/defects.md", defectsPage],
])("%s shows the tables", (path, write) => {
  const page = write();
  if (process.env["UPDATE"] === "1") writeFileSync(path, page);
  expect(readFileSync(path, "utf8")).toBe(page);
});

test("every test that the pages name is there", () => {
  expect(missingTests([...DEFECTS, ...ELSEWHERE].flatMap(({ tests }) => tests))).toEqual([]);
});

test("every defect is absent by a row of docs/differences.md, or kept for a reason, and has a test", () => {
  const there = new Set(readFileSync("docs/differences.md", "utf8").match(/(?<=^\| )V\d+(?= \|)/gm));
  for (const { number, rows, kept, tests } of DEFECTS) {
    expect([number, rows.filter((row) => !there.has(row))]).toEqual([number, []]);
    expect([number, rows.length > 0, kept !== undefined, tests.length > 0]).toEqual([
      number,
      kept === undefined,
      kept !== undefined,
      true,
    ]);
  }
  expect(DEFECTS.map(({ number }) => number)).toEqual(DEFECTS.map((_, i) => i + 1));
});
