// node scripts/failed.mjs RESULTS.json: the test files of vitest's JSON results that did not pass, a line each.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const [file = ""] = process.argv.slice(2);
for (const { name, status, assertionResults } of JSON.parse(readFileSync(file, "utf8")).testResults)
  if (status !== "passed" || assertionResults.some((test) => test.status !== "passed"))
    console.log(relative(process.cwd(), name));
