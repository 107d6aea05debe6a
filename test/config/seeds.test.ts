import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { type Reading, readConfig } from "../../src/config/read.ts";
import { startStatus, testStatus } from "../../src/syntax/diagnostic.ts";
import { rendered, sourceOf } from "./reading.ts";

/**
 * The published configurations. `expected/NAME.txt` is what we say and `expected/NAME.json` what we make of it; both are
 * rewritten with UPDATE=1. `expected/NAME.keepalived` is what `keepalived -t` 2.2.7 printed for the same file on a host
 * that has the interfaces and addresses, and its exit status; that file is never rewritten.
 */
const SEEDS = readdirSync("test/seeds")
  .filter((name) => /\.(conf|txt)$/.test(name))
  .sort();

/** Lines of Keepalived that we do not say, and why. */
const DIFFERENT: Readonly<Record<string, RegExp>> = {
  // We read the ideographic space as a blank and warn about it: the value is the one that was meant.
  "001-lb1.conf": /invalid number|Invalid retry connection value/,
  "001-lb2.conf": /invalid number|Invalid retry connection value/,
};

/** Lines that we add: Keepalived stops reading the instance at the first fatal error. */
const MORE: Readonly<Record<string, string>> = { "003-as-published.txt": "(VI_1) Unknown interface!" };

test.each(SEEDS)("%s is understood as expected", (name) => {
  const result = read(name);
  same(`${name}.txt`, `${rendered(result)}\n-t ends with ${testStatus(result.diagnostics)}\n`);
  sameValue(`${name}.json`, result.config);
});

test.each(SEEDS)("%s: what keepalived -t finds, we find, with the same exit status", (name) => {
  const { diagnostics } = read(name);
  const lines = readFileSync(`test/config/expected/${name}.keepalived`, "utf8").trim().split("\n");
  const status = lines.pop();
  const theirs = lines.filter((line) => !DIFFERENT[name]?.test(line));
  const ours = diagnostics.flatMap(({ keepalived }) => keepalived?.split("\n") ?? []);
  expect(ours.filter((line) => line !== MORE[name]).sort()).toEqual(theirs.sort());
  expect(`exit ${testStatus(diagnostics)}`).toBe(status);
});

test("the published file that lost its line breaks cannot be started, and says which line break is missing", () => {
  const { diagnostics } = read("003-as-published.txt");
  expect(startStatus(diagnostics)).toBe(2);
  expect(diagnostics.find(({ message }) => message.includes("virtual_router_id"))?.help).toBe(
    "`virtual_router_id` stands in the comment of line 3, column 114: put a line break before it",
  );
});

test.each(SEEDS.filter((name) => name.endsWith(".conf")))("%s can be started", (name) => {
  expect(startStatus(read(name).diagnostics)).toBeUndefined();
});

function read(name: string): Reading {
  return readConfig(name, sourceOf({ [name]: readFileSync(`test/seeds/${name}`, "utf8") }));
}

function same(name: string, text: string): void {
  const path = `test/config/expected/${name}`;
  if (process.env["UPDATE"] === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

/** Compared as values: the file may be formatted as one likes. */
function sameValue(name: string, value: unknown): void {
  const path = `test/config/expected/${name}`;
  const text = JSON.stringify(value, null, 2);
  const before = readFileSync(path, { encoding: "utf8", flag: process.env["UPDATE"] === "1" ? "a+" : "r" });
  if (process.env["UPDATE"] === "1" && !(before !== "" && isDeepStrictEqual(JSON.parse(before), JSON.parse(text))))
    writeFileSync(path, `${text}\n`);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(path, "utf8")));
}
