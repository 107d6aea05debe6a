import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { replayFarm } from "./farm-script.ts";
import { replayLan } from "./lan-script.ts";
import { replayLink } from "./link-script.ts";

const DIRECTORY = "test/stories";

for (const file of readdirSync(DIRECTORY).filter((name) => name.endsWith(".txt"))) {
  test(`story ${file}`, () => {
    const path = `${DIRECTORY}/${file}`;
    const expected = readFileSync(path, "utf8");
    const actual = teller(expected)(expected);
    if (process.env["UPDATE"] === "1") writeFileSync(path, actual);
    else expect(actual).toBe(expected);
  });
}

/** Who replays a story: its first things are routers, BFD sessions, or web servers. */
function teller(story: string): (story: string) => string {
  if (story.includes("\n> router ")) return replayLan;
  return story.includes("\n> session ") ? replayLink : replayFarm;
}
