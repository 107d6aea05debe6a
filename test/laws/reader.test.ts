// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";
import { run } from "../syntax/lexing.ts";

const PIECES = [
  ...["{", "}", "\n", " ", '"', "#", "!", "\\", "\\\n", "\\#", "\u3000", "\ufeff", "\t", "\r\n", "\0", "$", ",", ")"],
  ...[
    "$A",
    "${A}",
    "${B}",
    "$A=",
    "$B= \\\n",
    "$C=$A",
    "@node1 ",
    "@^node1 ",
    "${_RANDOM}",
    "${_RANDOM 1 6}",
    "${_ENV A}",
  ],
  ...["~SEQ(A,3) ", "~SEQ(B,", "~SEQx(A,1,2)", "~LST({A,B},{1,2},{3})", "~LST(C,~SEQ(A", "9999999999"],
  ...["include ", "includea a*", "include b\n", "global_defs {", "include_check", "kw", "x"],
] as const;
const mess = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((parts) => parts.join(""));
const files = { "/etc/k/a": "kw $A\ninclude b\n", "/etc/k/b": "$A=$B\n~SEQ(N,1,2) include a\n}" };

test("no text makes the preprocessor throw or point to where nothing is", () => {
  fc.assert(
    fc.property(mess, (text) => {
      const lines = text.split("\n");
      const { tokens, found } = run(text, { files });
      const spans = [
        ...found.map(({ span }) => span),
        ...tokens.flatMap((token) => (token.type === "words" ? token.words.map(({ span }) => span) : [token.span])),
      ];
      for (const { file, line, column, length } of spans) {
        if (file !== "/etc/k/k.conf" || line === 0) continue;
        expect(column).toBeGreaterThan(0);
        expect(column - 1 + length).toBeLessThanOrEqual((lines[line - 1] ?? "").length);
      }
    }),
    { numRuns: 1500 },
  );
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      run(decodeUtf8(bytes));
    }),
  );
});

test("UTF-8 is decoded as the platform does, and wrong bytes come back", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(decodeUtf8(bytes)).toBe(decoder.decode(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const parts = decodeUtf8(bytes).match(/[\udc80-\udcff]|(?:(?![\udc80-\udcff])[\s\S])+/gu) ?? [];
      const back = parts.map((part) =>
        /^[\udc80-\udcff]$/u.test(part) ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part),
      );
      expect(Buffer.concat(back)).toEqual(Buffer.from(bytes));
    }),
  );
});

test("a word without marks is itself, and knows its place", () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9_.:/'$-]{1,12}$/).filter((it) => !/^(include|\$\w+=)/.test(it));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.stringMatching(/^[ \t]{1,3}$/)), { minLength: 1 }), (parts) => {
      const text = parts.flat().join("");
      const [token] = run(text).tokens;
      const words = token?.type === "words" ? token.words : [];
      expect(words.map((it) => it.text)).toEqual(parts.map(([it]) => it));
      for (const { text: it, span } of words)
        expect(text.slice(span.column - 1, span.column - 1 + span.length)).toBe(it);
    }),
  );
});

const QUARTER = 250_000; // characters; of a megabyte most of these take 20 to 300 ms on an idle core
test.each([
  ["words", "", "abcdefghi "],
  ["open braces", "", "{"],
  ["lines begun by braces", "", "{ @node1 "],
  ["lines of one word", "", "x\n"],
  ["uses of a value", "$A=val\n", "${A}"],
  ["uses of nothing", "$A=\nkw ", "${A}"],
  ["uses and braces", "$A=val\nkw ", "${A}{"],
  ["dollars", "", "$"],
  ["begun uses", "", "${"],
  ["begun calls", "", "${_RANDOM 1 "],
  ["escapes", "", "\\#"],
  ["quotes", "", '"'],
  ["foreign blanks", "", "a\u3000"],
  ["wrong bytes", "", "a\udce4"],
  ["definitions", "", "$A=b\n"],
  ["sequences in a line", "", "~SEQ(A,1,1) "],
  ["sequences without end", "", "~SEQ(A,1\n"],
  ["endless sequences", "", "~SEQ(A,1,9999999999) x\n"],
  ["missing files", "", "include x\n"],
  ["itself", "", "include k.conf\n"],
  ["sets of one brace", "include ", "{a}"],
  ["uses of many lines within a line", `$M= \\\n${"x\\\n".repeat(40_000)}\n`, "a$M b\n"],
])("a quarter of a megabyte of %s ends soon", (_, before, part) => {
  const text = before + part.repeat(Math.ceil((QUARTER - before.length) / part.length));
  const start = process.cpuUsage();
  const { found } = run(text, { files: { "/etc/k/k.conf": text } });
  const { user } = process.cpuUsage(start);
  expect(found.length).toBeLessThanOrEqual(303);
  expect(user / 1e6).toBeLessThan(5); // seconds, on a busy machine; what is not linear takes minutes
});
