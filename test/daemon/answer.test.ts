import { execFileSync, spawnSync } from "node:child_process";
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

test("an answer that cannot be written ends with 74, and says why; who stops reading is no error", () => {
  expect(ended("keywords > /dev/full")).toEqual([
    74,
    "error: cannot write the answer: ENOSPC: no space left on device, write\n",
  ]);
  expect(ended("--signum=STOP > /dev/full")).toMatchObject([74, expect.stringContaining("ENOSPC")]);
  expect(ended("keywords --markdown | true")).toEqual([0, ""]);
});

test("-t with a log file that cannot be opened ends as keepalived does: 1, with its line", () => {
  const words = (file: string, why: string): string => `Unable to open config-test log file ${file} ${why}\n`;
  expect(ended("-t/tmp -f none")).toEqual([1, words("/tmp", "21 - Is a directory")]);
  expect(ended("--config-test=/none/log -f none")).toEqual([1, words("/none/log", "2 - No such file or directory")]);
});

/** Exit status and standard error of a command line. */
function ended(words: string): readonly [number | null, string] {
  const command = `"${process.execPath}" "${join(bench.folder, "dist/main.js")}" ${words}`;
  const { status, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8" });
  return [status, stderr];
}
