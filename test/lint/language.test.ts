import { expect, test } from "vitest";
import { newerKeywords } from "../../src/lint/language.ts";
import { searchFor } from "../../src/lint/walk.ts";
import { block, line, type Setting, type Settings, type Table } from "../../src/syntax/table.ts";
import { flag } from "../../src/syntax/types.ts";
import { instance } from "../config/reading.ts";
import { codes } from "./linting.ts";

const INNER = { old: line(flag, { meaning: "" }), young: line(flag, { meaning: "", since: "2.10.1" }) } satisfies Table;
const OUTER = { box: block(flag, INNER, { meaning: "", since: "2.2.8" }) } satisfies Table;

const SINCE = searchFor(OUTER, (_, { since }) => since !== undefined);

const at = <T>(value: T, number: number): Setting<T> => {
  const span = { file: "k.conf", line: number, column: 1, length: 1 };
  return { value, keyword: span, span, order: number, at: "" };
};

/** A box on line 1 that holds `old` on line 2 and `young` on lines 3 and 4. */
const TREE: Settings<typeof OUTER> = {
  box: [
    at({ header: true, settings: { old: [at(true, 2)], young: [at(true, 3), at(true, 4)] }, end: at(true, 5).span }, 1),
  ],
};

test.each([
  ["2.2.7", ["1 `box`", "3 `young`"]],
  ["2.2.8", ["3 `young`"]],
  ["v2.2.8 (Debian)", ["3 `young`"]],
  ["2.9", ["3 `young`"]],
  ["2.10", ["3 `young`"]],
  ["2.10.1", []],
  ["3", []],
  ["1.4", ["1 `box`", "3 `young`"]],
])("Keepalived %s does not know %j", (version, expected) => {
  const found = [...newerKeywords(SINCE, TREE, version)];
  expect(found.map(({ span, message }) => `${span.line} ${/`\w+`/.exec(message)?.[0]}`)).toEqual(expected);
});

test("a version that is none, or that nobody gave, finds nothing", () => {
  expect([...newerKeywords(SINCE, TREE, "newest")]).toEqual([]);
  expect(codes(`global_defs {\nuse_symlink_paths\n}`)).toEqual([]);
});

test("a file of keywords that 2.2.7 has is no finding", () => {
  expect(codes(instance("advert_int 1", "state BACKUP"), { peerVersion: "2.2.7" })).toEqual([]);
});

test("what the reader does not know or does not use are two lints", () => {
  expect(codes(instance("foo 1", "priority 1 2", "advert_int x"))).toEqual(["K005", "K006", "K006"]);
});
