import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ELSEWHERE } from "./elsewhere.ts";
import { missingTests } from "./named-tests.ts";
import { conformancePage } from "./page.ts";

test("docs/conformance.md shows the tables", () => {
  const page = conformancePage();
  if (process.env["UPDATE"] === "1") writeFileSync("docs/conformance.md", page);
  expect(readFileSync("docs/conformance.md", "utf8")).toBe(page);
});

test("every test that the page names is there", () => {
  expect(missingTests(ELSEWHERE.flatMap(({ tests }) => tests))).toEqual([]);
});
