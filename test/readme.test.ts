import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCommand } from "../src/command/commands.ts";
import { sourceOf } from "./config/reading.ts";

/** What README.md shows of the commands, with the files of test/seeds. A line `…` stands for any number of lines. */
const SESSIONS = [...readFileSync("README.md", "utf8").matchAll(/^```\n((?:\$ keepalived-ts )[\s\S]*?)^```$/gm)]
  .flatMap(([, block = ""]) => block.split(/^(?=\$ )/m))
  .map((session): [string, string] => {
    const [command = "", ...output] = session.split("\n");
    return [command.slice("$ keepalived-ts ".length), output.join("\n")];
  });

const SEEDS = Object.fromEntries(
  readdirSync("test/seeds").map((name) => [name, readFileSync(`test/seeds/${name}`, "utf8")]),
);

/** What they say depends on the host. */
const ABOUT_HOSTS = ["real-server", "doctor"];

test("each command is shown", () => {
  const shown = new Set(SESSIONS.map(([command]) => command.split(" ")[0]));
  expect([...shown].sort()).toEqual(["check", "convert", "explain", "format", "keywords", "plan"]);
  for (const name of ABOUT_HOSTS) expect(readFileSync("README.md", "utf8")).toContain(`| \`keepalived-ts ${name} `);
});

test.each(SESSIONS)("README.md shows what `%s` prints", (command, expected) => {
  const out: string[] = [];
  const source = sourceOf(SEEDS);
  const facts = () => ({});
  const say = (text: string): void => void out.push(text);
  runCommand(command.split(" "), { source, facts, out: say, error: () => {}, write: () => "read only" });
  const pattern = expected.split(/^…\n/m).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  expect(out.join("")).toMatch(new RegExp(`^${pattern.join("(?:.*\\n)*")}$`));
});
