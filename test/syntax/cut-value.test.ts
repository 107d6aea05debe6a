import fc from "fast-check";
import { expect, test } from "vitest";
import { cutValues } from "../../src/syntax/cut-value.ts";
import { formatText } from "../../src/syntax/format.ts";
import { newReport } from "../../src/syntax/report.ts";

/** `LINE:COLUMN+LENGTH KEPT of WORD`. */
function cuts(text: string): readonly string[] {
  const report = newReport(() => undefined);
  cutValues("k.conf", text, report);
  return report.finished(["k.conf"]).map(({ span, message }) => {
    const [, kept, word] = /only `(.*)` of `(.*)` is read/.exec(message) ?? [];
    return `${span.line}:${span.column}+${span.length} ${kept} of ${word}`;
  });
}

// keepalived 2.2.7 logs nothing about any of these, and reads the word up to the sign
test.each([
  ["auth_pass pa!ss#1", "1:13+5 pa of pa!ss#1"],
  ["router_id a#b c # d", "1:12+2 a of a#b"],
  ["auth_pass secret!", "1:17+1 secret of secret!"],
  ["auth_pass secret! # ours", "1:17+1 secret of secret!"],
  ["auth_pass 1234#5", "1:15+2 1234 of 1234#5"],
  ["auth_pass 1234!", "1:15+1 1234 of 1234!"],
  ["@lb1 router_id a#b", "1:17+2 a of a#b"],
  ["vrrp_instance V#1 {", "1:16+2 V of V#1"],
  ['"a # b" c\nkw "x y" z\\#a!b', "2:14+2 z\\#a of z\\#a!b"],
])("a sign glued to a value cuts it: `%s`", (text, said) => {
  expect(cuts(text)).toEqual([said]);
});

test("help is what works with every Keepalived: quotes", () => {
  const report = newReport(() => undefined);
  cutValues("k.conf", "router_id a#b", report);
  expect(report.finished([]).map(({ severity, help }) => [severity, help])).toEqual([
    ["warning", "put the value into double quotes; a comment needs a blank before it"],
  ]);
});

test("a definition holds its value in its first word", () => {
  expect(cuts("$P=pa#ss")).toEqual(["1:6+3 $P=pa of $P=pa#ss"]);
});

test.each([
  "weight 1 #heavy",
  "weight 1\t!heavy",
  "weight 100# master",
  "nopreempt# only here",
  "authentication {#ours",
  "a {\n}#end",
  "kw { nopreempt#x",
  "@lb1 nopreempt#x",
  "# don't panic! it#is fine",
  '"a#b"',
  '"a b"#c',
  "a \\#b c\\!d",
  "",
])("a comment that is one is left alone: `%s`", (text) => {
  expect(cuts(text)).toEqual([]);
});

test("the lines are counted, the same line twice is two findings", () => {
  expect(cuts("\n# a!\n\nrouter_id a#b\r\nx\nrouter_id a#b")).toEqual(["4:12+2 a of a#b", "6:12+2 a of a#b"]);
});

test("a long line is no slower than a short one, and its word is shown in part", () => {
  const long = "x".repeat(1_000_000);
  expect(cuts(`kw ${long}#${long}`)[0]?.length).toBeLessThan(200);
});

test("what is cut is cut after formatting as well", () => {
  const words = fc.constantFrom("a", " ", "#", "!", '"', "\\", "{", "}", "$P=", "@b ", "\n", "1", "'", "$A");
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      expect(cuts(formatText(text)).length).toBe(cuts(text).length);
    }),
  );
});

test("whatever stands in a text, each finding is on a line that holds the sign", () => {
  const texts = fc.array(fc.constantFrom("a", " ", "#", "!", '"', "\\", "{", "$P=", "@b", "\n", "1"), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join("");
      const report = newReport(() => undefined);
      cutValues("k.conf", text, report);
      for (const { span } of report.finished([])) {
        const rest = text.split("\n")[span.line - 1]?.slice(span.column - 1, span.column - 1 + span.length);
        if (span.line > 0) expect(rest).toMatch(/^[#!]/);
      }
    }),
  );
});
