import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { TOP } from "../../src/keywords/language.ts";
import type { Token } from "../../src/syntax/lexer.ts";
import { preprocess } from "../../src/syntax/preprocess.ts";
import { newReport } from "../../src/syntax/report.ts";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";
import { servicesFiles } from "../lab/services/corpus.ts";
import { EMULATED } from "../lab/services/pace.ts";
import { type Use, usedIn } from "./corpus-uses.ts";
import { sourceOf } from "./reading.ts";

/** Every block and keyword that serious files have (tiers A and B) stands in a file of the corpus that reads well. */
const FOLDER = "/etc/keepalived";
const CORPUS = new URL("corpus/", import.meta.url);
const FILES = Object.fromEntries(
  readdirSync(CORPUS, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(conf|inc)$/.test(name))
    .map((name) => [`${FOLDER}/${name.replace(/^.*\//, "")}`, decodeUtf8(readFileSync(new URL(name, CORPUS)))]),
);

/** What stands in no file, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

test("every block and keyword of tiers A and B is used in a file that reads without an error about it", () => {
  const used = new Set(Object.keys(FILES).flatMap(goodUses));
  const missing = wanted().filter((name) => !used.has(name) && EXCEPTIONS[name] === undefined);
  expect(missing).toEqual([]);
});

test("no exception is made for a keyword that is used", () => {
  const used = new Set(Object.keys(FILES).flatMap(goodUses));
  expect(Object.keys(EXCEPTIONS).filter((name) => used.has(name) || !wanted().includes(name))).toEqual([]);
});

test("those of load balancing stand in a file that is played beside keepalived", () => {
  const played = servicesFiles(EMULATED.pace).map(({ name }) => `${FOLDER}/${name.replace(/^.*\//, "")}.conf`);
  expect(played.length).toBeGreaterThanOrEqual(60);
  const used = new Set(played.flatMap(goodUses));
  expect(wanted(["ipvs", "checker"]).filter((name) => !used.has(name))).toEqual([]);
});

/** `virtual_server: lb_algo`, for each row of the tiers, and of these families. */
function wanted(families?: readonly string[]): readonly string[] {
  const [, ...lines] = readFileSync(new URL("../keywords/keywords.csv", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const field = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  return lines.flatMap((line) => {
    const fields = [...line.matchAll(field)].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
    const [block = "", keyword = "", , , , , , family = "", tier = ""] = fields;
    const isWanted = (tier === "A" || tier === "B") && (families?.includes(family) ?? true);
    return isWanted ? [nameOf({ block, keyword })] : [];
  });
}

function nameOf({ block, keyword }: Pick<Use, "block" | "keyword">): string {
  return `${block}: ${keyword}`;
}

/** What a configuration uses on lines without an error. */
function goodUses(path: string): readonly string[] {
  if (!path.endsWith(".conf")) return []; // read by those that include it
  const source = sourceOf(FILES, "lb1");
  const { diagnostics, files } = readConfig(path, source);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const bad = new Set(errors.map(({ span }) => `${span.file}:${span.line}`));
  const isGood = ({ file, line }: Use): boolean => !bad.has(`${file}:${line}`);
  const report = newReport(() => undefined);
  const tokens: Token[] = [];
  const emit = (token: Token): void => void tokens.push(token);
  preprocess(path, FILES[path] ?? "", { source, report, opened: () => undefined, emit });
  const keywords = [...usedIn(tokens, TOP)].filter(isGood).map(nameOf);
  return [...keywords, ...files.flatMap(syntaxOf).filter(isGood).map(nameOf)];
}

/** What stands before the keywords, by what a line looks like. */
const SYNTAX: Readonly<Record<string, RegExp>> = {
  "#": /^\s*#|\s#/,
  "!": /^\s*!|\s!/,
  "\\#": /^[^#!"]*\\#/,
  "\\!": /^[^#!"]*\\!/,
  "{": /\{/,
  "}": /\}/,
  '"': /"[^"]*"/,
  "'": /'[^']*'/,
  "\\": /\\$/,
  "@<ID>": /^\s*@[^\s^]/,
  "@^<ID>": /^\s*@\^\S/,
  "$<NAME>=": /^\s*\$\w+=/,
  "$<NAME>": /\S\s+\$\w+(?:\s|$)/,
  "${<NAME>}": /\$\{[A-Za-z]\w*\}/,
  "${_PWD}": /\$\{_PWD\}/,
  "${_INSTANCE}": /\$\{_INSTANCE\}/,
  include: /^\s*include\s/,
  includer: /^\s*includer\s/,
  includea: /^\s*includea\s/,
};

function syntaxOf(file: string): readonly Use[] {
  const lines = (FILES[file] ?? "").split("\n");
  return lines.flatMap((text, i) => {
    const found = Object.entries(SYNTAX).filter(([, shape]) => shape.test(text.trimEnd()));
    return found.map(([keyword]) => ({ block: "(lexer)", keyword, file, line: i + 1 }));
  });
}
