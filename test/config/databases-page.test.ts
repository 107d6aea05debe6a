import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findings, reading, server } from "./reading.ts";

const SAMPLES = [...readFileSync("docs/databases.md", "utf8").matchAll(/^```\n([\s\S]*?)^```$/gm)].map(
  ([, text = ""]) => text,
);

test("docs/databases.md shows checkers as they are written", () => {
  expect(SAMPLES).toHaveLength(4);
  for (const sample of SAMPLES) expect(findings(reading(server(sample)))).toEqual([]);
});
