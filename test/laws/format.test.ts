// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatText } from "../../src/syntax/format.ts";
import type { Token } from "../../src/syntax/lexer.ts";
import { preprocess } from "../../src/syntax/preprocess.ts";
import { newReport } from "../../src/syntax/report.ts";
import { sourceOf } from "../config/reading.ts";

/** A file that leaves definitions behind which tear lines and quotes apart. */
const NASTY = '$Q="\n$O={\n$C=}\n$I=include\n$M= \\\n  kw one \\\n  b {\n$H=\\#\n';

const blank = fc.constantFrom(" ", "   ", "\t", " \t ", "\u3000", "\u00a0 ", "\v", "\f", "\r", "");
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("kw", "weight", "10", "192.0.2.1/24", "a.b:c", "include", "includex") },
  { weight: 4, arbitrary: fc.constantFrom("{", "}", "{", "}", '"', "'", "#", "!", "\\", "\\#", "$", "@", "~") },
  fc.constantFrom('"a   b"', "'a   b'", '"x # y"', '"{ }"', '"a\\"b   c"', '""', "# a  note", "! \u3000note "),
  fc.constantFrom("$Q", "${Q}", "$O", "${C}", "$M", "${M}", "$H", "$I", "${U}", "${U", "$U{", "$A", "${_RANDOM 1 5}"),
  fc.constantFrom("@x", "@^x", "$A=", "$A=\\", "~SEQ(A,1,2)", "~LST({A,B},{1,2})", "include inc", "\0", "\ufeff"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const line = fc.array(fc.tuple(word, blank), { maxLength: 7 }).map((parts) => parts.flat().join(""));
const end = fc.constantFrom("\n", "\n", "\n", "\r\n", "\n\n", " \n", " \\\n", "\n{\n", "\n}\n", "\n\n\n", "\n \n");
const file = fc.array(fc.tuple(blank, line, end), { maxLength: 14 }).map((lines) => lines.flat().join(""));
const texts = fc.oneof(
  file,
  fc.string({ unit: "binary" }),
  file.map((text) => `\ufeff${text}`),
);
const RUNS = { numRuns: 1500 };

test("formatting changes nothing of what is read, on whichever machine", () => {
  fc.assert(
    fc.property(texts, fc.constantFrom("x", "y"), (text, id) => {
      expect(read(formatText(text), id)).toEqual(read(text, id));
    }),
    RUNS,
  );
});

test.each(["kw $A= $U{ $A=\\ \n\n\n } \n", " ' $O $A=\\ \n \n{\n"])(
  "%j: a definition behind a brace goes on, whatever stands before it",
  (text) => {
    expect(read(formatText(text), "x")).toEqual(read(text, "x"));
  },
);

test("formatting again changes nothing", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const once = formatText(text);
      expect(formatText(once)).toBe(once);
    }),
    RUNS,
  );
});

test.each([
  "{",
  "a {\n",
  "}\n",
  '"',
  "'",
  "\\\n",
  "${",
  "${a",
  "@a {\n",
  "$A=",
  "# ",
  "\r",
  "\r\n",
  "\u3000",
  "a ",
  "\0\n",
  " ",
])("a hundred thousand characters of %j ends soon", (piece) => {
  const text = piece.repeat(100_000 / piece.length);
  const before = performance.now();
  formatText(text);
  expect(performance.now() - before).toBeLessThan(10_000); // 0.02 s on an idle core
});

/** The words and braces of a file, the files it asks for, and what is wrong with it. */
function read(text: string, configId: string): unknown {
  const report = newReport(() => undefined);
  const files = sourceOf({ "k.conf": text, nasty: NASTY, inc: NASTY }, configId);
  const asked: string[] = [];
  const source = {
    ...files,
    random: () => 0.5,
    environment: () => undefined,
    glob(pattern: string) {
      asked.push(pattern);
      return files.glob(pattern);
    },
  };
  const found: Token[] = [];
  const emit = (token: Token): void => void found.push(token);
  preprocess("k.conf", `include nasty\n${text}`, { source, report, opened: () => {}, emit });
  const tokens = found.map((token) => (token.type === "words" ? token.words.map((each) => each.text) : token.type));
  const codes = report.finished([]).map(({ code, severity }) => `${severity} ${code}`);
  return { tokens, asked, codes: codes.filter((code) => code !== "warning foreign-blank").sort() };
}
