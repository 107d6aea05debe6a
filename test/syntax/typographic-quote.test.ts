import { expect, test } from "vitest";
import { newReport } from "../../src/syntax/report.ts";
import { typographicQuotes } from "../../src/syntax/typographic-quote.ts";

/** The text of each place that is warned of, with its line. */
function warned(text: string): readonly string[] {
  const report = newReport(() => undefined);
  typographicQuotes("k.conf", text, report);
  const lines = text.split("\n");
  return report.finished([]).map(({ span: { line, column, length } }) => {
    return `${line}: ${lines[line - 1]?.slice(column - 1, column - 1 + length)}`;
  });
}

// keepalived 2.2.7 -t: (V) unknown state '“MASTER”', defaulting to BACKUP; Truncating auth_pass to 8 characters (‘abc’)
test.each([
  ["router_id “lb one” x", "1: “lb one”"],
  ["\nauth_pass ‘abc’", "2: ‘abc’"],
  ["state „MASTER“ # “", "1: „MASTER“"],
  ["$P=“a b”", "1: “a b”"],
  ["notify ”/bin/x y” {", "1: ”/bin/x y”"],
  ["virtual_server_group «G»{", "1: «G»"],
  ['kw "a“b" “open', "1: “open"],
  ["kw “it’s fine” x", "1: “it’s fine”"],
])("a typographic quote around a value is a warning, with all that it seems to enclose: `%s`", (text, expected) => {
  expect(warned(text)).toEqual([expected]);
});

test.each(['router_id "“lb”"', "# “a”", "kw x ! ‘a’", "router_id it’s", "router_id a”", 'router_id "a b"', ""])(
  "within a word, double quotes or a comment it is text: `%s`",
  (text) => {
    expect(warned(text)).toEqual([]);
  },
);

test("one a line is said, and what to write", () => {
  const report = newReport(() => undefined);
  typographicQuotes("k.conf", "kw “a” “b”", report);
  expect(report.finished([])).toMatchObject([
    {
      severity: "warning",
      message: "`“` is no quote of this language but a part of the word",
      help: 'write `"` instead, at both ends',
    },
  ]);
});

test("a long line of quotes is read in no time", () => {
  expect(warned(`kw ${"a“ ".repeat(300_000)}`)).toEqual([]);
  expect(warned("kw “a\n".repeat(50_000)).length).toBeGreaterThan(99);
});
