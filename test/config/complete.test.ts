import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LANGUAGE } from "../../src/keywords/language.ts";
import type { Table } from "../../src/syntax/table.ts";

const SOURCE = readdirSync("src/config", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(`src/config/${name}`, "utf8"))
  .join("\n");
const WORDS = new Set(SOURCE.match(/[A-Za-z_]\w*/g));

/** Keywords that the model has no need of, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  debug: "it has no effect",
  include_check: "the reader of files has it, before there is a model",
  namespace_with_ipsets: "of kernels before 3.13, which have no IPVS that we know",
};

test("every keyword outside of virtual_server is resolved, but for those with a reason", () => {
  expect([...missing(LANGUAGE.children, "")].sort()).toEqual([]);
});

function* missing(table: Table, above: string): Iterable<string> {
  for (const [keyword, row] of Object.entries(table)) {
    if (keyword.startsWith("<")) continue;
    if (keyword === "virtual_server") continue; // its flags are named by their bits
    if (!WORDS.has(keyword) && WITHOUT[keyword] === undefined) yield above + keyword;
    if (row.kind === "block") yield* missing(row.children, `${above}${keyword}.`);
  }
}
