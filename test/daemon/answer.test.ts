import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench } from "./daemon-under-test.ts";

const bench = new Bench();
beforeAll(() => bench.build());
afterAll(() => bench.close());

test("an answer longer than a pipe holds arrives whole, however slow its reader", () => {
  const program = join(bench.folder, "dist/main.js");
  const command = `"${process.execPath}" "${program}" keywords --markdown | (sleep 0.2; cat)`;
  const options = { encoding: "utf8", maxBuffer: 2 ** 22 } as const;
  expect(execFileSync("sh", ["-c", command], options)).toBe(readFileSync("docs/keywords.md", "utf8"));
});
