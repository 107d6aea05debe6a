import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Command, CommandHost } from "../../src/command/command.ts";
import { COMMANDS, runCommand } from "../../src/command/commands.ts";
import { explain } from "../../src/command/explain.ts";
import { keywords } from "../../src/command/keywords.ts";
import { ENTRIES } from "../../src/keywords/entries.ts";
import { exampleOf } from "../../src/keywords/example.ts";
import { reading, sourceOf } from "../config/reading.ts";

test("explain says what a keyword means, with an example", () => {
  expect(ran(explain, "virtual_server.persistence_timeout")).toEqual({
    status: 0,
    error: "",
    out: `virtual_server.persistence_timeout
  Persistent connection timeout
  usage:   persistence_timeout [<integer 1..2678400>]
  unit:    s
  default: off; bare means 360
  example:
    virtual_server 192.0.2.100 80 {
        persistence_timeout 10
    }
`,
  });
});

test("a name without its block is explained in every block that has it", () => {
  const { out } = ran(explain, "quorum");
  expect(out).toContain("virtual_server.quorum\n");
  expect(out).toContain("vrrp_track_process.quorum\n");
});

test.each([
  [["virtual_server.persistance_timeout"], "did you mean `virtual_server.persistence_timeout`?"],
  [[], "takes one keyword"],
  [["a", "b"], "takes one keyword"],
])("explain %j is refused: %s", (args, why) => {
  const { status, error } = ran(explain, ...args);
  expect(status).toBe(1);
  expect(error).toContain(why);
});

test.each(COMMANDS)("$name --help says how it is used", ({ name, usage }) => {
  const { status, out } = ranBy((host) => runCommand([name, "--help"], host) ?? -1);
  expect([status, out.startsWith(`Usage: keepalived-ts ${name} ${usage}\n`)]).toEqual([0, true]);
});

test("behind `--` a --help is a file", () => {
  const { status, error } = ranBy((host) => runCommand(["format", "--", "--help"], host) ?? -1);
  expect([status, error]).toEqual([2, "error: `--help` does not exist\n"]);
});

test("a misspelt command is refused, and starts no daemon; other operands are the daemon's", () => {
  const host = (args: readonly string[]): Ran => ranBy((it) => runCommand(args, it) ?? -1);
  expect(host(["chek", "k.conf"])).toMatchObject({
    status: 1,
    error: expect.stringContaining("did you mean `check`?"),
  });
  for (const args of [["-n"], ["--check"], ["elephant"], []])
    expect(host(args)).toMatchObject({ status: -1, error: "" });
});

test("keywords prints one line for each", () => {
  const { out, status } = ran(keywords);
  expect(status).toBe(0);
  expect(out.trim().split("\n")).toHaveLength(ENTRIES.length);
  expect(out).toContain("vrrp_instance.priority\t<integer 1..255>\tElection priority\n");
});

test("keywords --unimplemented prints those that do nothing, and how many they are: there is none", () => {
  const out = `0 of ${ENTRIES.length} keywords and options are not implemented\n`;
  expect(ran(keywords, "--unimplemented")).toEqual({ status: 0, error: "", out });
  expect(ran(keywords, "--foo").status).toBe(1);
});

test.each([
  ["--markdown", "docs/keywords.md"],
  ["--man", "man/keepalived-ts.conf.5"],
])("keywords %s is what lies in %s", (flag, file) => {
  expect(readFileSync(file, "utf8")).toBe(ran(keywords, flag).out);
});

test("every example is understood", () => {
  const wrong = ENTRIES.flatMap((entry) => {
    const text = exampleOf(entry)?.join("\n") ?? "";
    const bad = reading(text).diagnostics.filter(({ code }) => MISUNDERSTOOD.has(code));
    return bad.map(({ message }) => `${text}\n${message}`);
  });
  expect(wrong).toEqual([]);
});

const MISUNDERSTOOD = new Set("unknown-keyword unknown-option bad-value bad-number missing-argument".split(" "));

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

function ran(command: Command, ...args: readonly string[]): Ran {
  return ranBy((host) => command.run(args, host));
}

function ranBy(run: (host: CommandHost) => number): Ran {
  let [out, error] = ["", ""];
  const status = run({
    source: sourceOf({}),
    facts: () => ({}),
    write: () => undefined,
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { status, out, error };
}
