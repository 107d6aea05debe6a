import { expect, test } from "vitest";
import { BELOW, ITEMS, isEscaped, isPattern, isScript, NAME } from "../../src/convert/shape.ts";
import { written } from "../../src/convert/word.ts";
import { TOP } from "../../src/keywords/language.ts";
import { Argument, Place } from "../../src/syntax/argument.ts";
import { sourceLine } from "../../src/syntax/line.ts";
import { SILENT } from "../../src/syntax/report.ts";
import type { ArgumentType, BlockRow, Row, Table } from "../../src/syntax/table.ts";

const blocks = blocksOf({ kind: "block", header: TOP.SSL.header, children: TOP, meaning: "" });
const tables = [...new Set(blocks.map(({ children }) => children))];
const rows = tables.flatMap((table) => Object.entries(table));

/** A block and those within it. */
function blocksOf(block: BlockRow<unknown, Table>): readonly BlockRow<unknown, Table>[] {
  return [block, ...Object.values(block.children).flatMap((row) => (row.kind === "block" ? blocksOf(row) : []))];
}

test("there are tables to look at", () => {
  expect(tables.length).toBeGreaterThan(20);
  expect(rows.length).toBeGreaterThan(500);
});

test("no keyword has the name of a key that is none; only a block without words before its brace may have `name`", () => {
  expect(rows.filter(([keyword]) => keyword === ITEMS || keyword === BELOW)).toEqual([]);
  const named = blocks.filter(({ header }) => header.most > 0);
  expect(named.filter(({ children }) => NAME in children)).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});

test("keywords need no quotes, and keep their order as keys of an object", () => {
  const keywords = rows.map(([keyword]) => keyword).filter((keyword) => !keyword.startsWith("<"));
  expect(keywords.filter((keyword) => written(keyword) !== keyword || /^\d+$/.test(keyword))).toEqual([]);
});

test("a row takes a script where its usage says so", () => {
  const readsScripts = (type: ArgumentType<unknown>): boolean => {
    const place = new Place("", "", [], { global: false, later: false });
    const line = sourceLine("", 1, "kw 1.0");
    const value = type.read(
      new Argument([word("1.0")], word("kw"), { line, row: { meaning: "" }, report: SILENT, place }),
    );
    return typeof value === "object" && value !== null && "argv" in value;
  };
  const lines = rows.flatMap(([keyword, row]: [string, Row]) =>
    row.kind === "line" ? [{ keyword, type: row.type }] : [],
  );
  for (const { keyword, type } of lines) expect([keyword, isScript(type)]).toEqual([keyword, readsScripts(type)]);
  expect(lines.filter(({ type }) => isScript(type)).length).toBeGreaterThan(20);
});

function word(text: string) {
  return { text, span: { file: "", line: 1, column: 1, length: text.length } };
}

test("a row takes a pattern where its usage says so", () => {
  const patterns = rows.filter(([, row]) => row.kind === "line" && isPattern(row.type)).map(([keyword]) => keyword);
  expect([...new Set(patterns)].sort()).toEqual(["body", "regex"]);
  const escaped = rows.filter(([, row]) => row.kind === "line" && isEscaped(row.type)).map(([keyword]) => keyword);
  expect([...new Set(escaped)].sort()).toEqual(["basic_auth", "header"]);
});
