import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LINTS } from "../../src/lint/lints.ts";
import { readPage, said } from "./pages.ts";

const CODES = LINTS.map(({ code }) => code);

test("every lint has a page, and every page a lint", () => {
  const pages = readdirSync("docs/lints").filter((name) => name !== "README.md");
  expect(pages.sort()).toEqual(CODES.map((code) => `${code}.md`));
});

test("the list shows every lint with its severities and its meaning, by code", () => {
  const rows = LINTS.map(
    ({ code, name, severity, meaning }) =>
      `| [${code}](${code}.md) | \`${name}\` | ${severity.join(", ")} | ${meaning} |`,
  );
  const shown = readFileSync("docs/lints/README.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| [K"));
  expect(shown).toEqual(rows);
});

test("codes and names are used once, and the reader's findings belong to one lint", () => {
  const reader = LINTS.flatMap((lint) => lint.reader ?? []);
  for (const each of [CODES, LINTS.map(({ name }) => name), reader]) expect(new Set(each).size).toBe(each.length);
});

test.each(LINTS.map((lint) => [lint.code, lint] as const))(
  "the page of %s says what it is",
  (code, { name, meaning }) => {
    const { text } = readPage(code);
    expect(text.split("\n")[0]).toBe(`# ${code} \`${name}\``);
    expect(text.replace(/\s+/g, " ").toLowerCase()).toContain(`${meaning.toLowerCase()}.`);
    for (const title of ["Why it matters at 3 a.m.", "Example", "Fix", "Switch it off"])
      expect(text).toContain(`\n## ${title}\n`);
    expect(text).toContain(`--off=${code} `);
  },
);

test.each(CODES)("the example of %s yields that lint and nothing else, in the words that the page shows", (code) => {
  const { example, said: shown } = readPage(code);
  expect(said(example).map((each) => `${each.severity}[${each.code}]: ${each.message}`)).toEqual(shown);
  expect(shown.every((line) => line.includes(`[${code}]`))).toBe(true);
});

test.each(CODES)("the fixed example of %s yields nothing", (code) => {
  expect(said(readPage(code).fix)).toEqual([]);
});

test.each(LINTS.map((lint) => [lint.code, lint] as const))(
  "the severity of %s is one of its own",
  (code, { severity }) => {
    for (const each of said(readPage(code).example)) expect(severity).toContain(each.severity);
  },
);
