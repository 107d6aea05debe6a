import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFECTS } from "./defects.ts";
import { defectsPage } from "./defects-page.ts";
import { ELSEWHERE } from "./elsewhere.ts";
import type { Matrix } from "./interoperation.ts";
import { LVS_DEFECTS, LVS_ITEMS } from "./lvs-defects.ts";
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
  expect(missingTests([...DEFECTS, ...LVS_DEFECTS, ...ELSEWHERE].flatMap(({ tests }) => tests))).toEqual([]);
});

test("every defect is absent by a row of docs/differences.md, or kept for a reason, and has a test", () => {
  const there = new Set(readFileSync("docs/differences.md", "utf8").match(/(?<=^\| )[A-Z]\d+(?= \|)/gm));
  for (const { defect, rows, kept, tests } of [...DEFECTS, ...LVS_DEFECTS]) {
    expect([defect, rows.filter((row) => !there.has(row))]).toEqual([defect, []]);
    expect([defect, rows.length > 0, kept !== undefined, tests.length > 0]).toEqual([
      defect,
      kept === undefined,
      kept !== undefined,
      true,
    ]);
  }
  expect(DEFECTS.map(({ number }) => number)).toEqual(DEFECTS.map((_, i) => i + 1));
  expect(LVS_DEFECTS.map(({ item }) => item)).toEqual(LVS_ITEMS);
});
