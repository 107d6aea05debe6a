import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { replayFarm } from "./farm-script.ts";
import { replayLan } from "./lan-script.ts";

const DIRECTORY = "test/stories";

for (const file of readdirSync(DIRECTORY).filter((name) => name.endsWith(".txt"))) {
  test(`story ${file}`, () => {
    const path = `${DIRECTORY}/${file}`;
    const expected = readFileSync(path, "utf8");
    const actual = (expected.includes("\n> router ") ? replayLan : replayFarm)(expected);
    if (process.env["UPDATE"] === "1") writeFileSync(path, actual);
    else expect(actual).toBe(expected);
  });
}
