import fc from "fast-check";
import { expect, test } from "vitest";
import { type Token, tokenize, withoutComment } from "../../src/syntax/lexer.ts";
import { sourceLine } from "../../src/syntax/line.ts";
import { emitPlain } from "../../src/syntax/plain.ts";
import { newReport } from "../../src/syntax/report.ts";

/** What is read of a line without the stages of the preprocessor; undefined: it needs them. */
function plain(line: string): readonly unknown[] | undefined {
  const found: Token[] = [];
  const text = `above\n${line}\nbelow`;
  const read = emitPlain(text, { file: "k.conf", number: 2, from: 6, to: 6 + line.length }, (token) =>
    found.push(token),
  );
  return read ? found.map(shown) : undefined;
}

function shown(token: Token): unknown {
  if (token.type !== "words") return token;
  return [token.words.map(({ text, span }) => ({ text, span })), token.line.text.trimEnd(), token.line.number];
}

test.each([
  ["    weight 1", 1],
  ["real_server 192.0.2.1 80 {", 2],
  ["\t}\r", 1],
  ["{", 1],
  ["  \t ", 0],
  ["", 0],
])("%j is read at once", (line, tokens) => {
  expect(plain(line)).toHaveLength(tokens);
});

test.each([
  "weight 1 # heavy",
  "! note",
  'router_id "a b"',
  "$A=1",
  "weight $A",
  "mail a@b",
  "~SEQ(A,1,2) weight",
  "path C:\\x",
  "a { b }",
  "} b",
  "a }",
  "include other.conf",
  "includes",
  "r\u00e9gion 1",
  "a\u3000b",
  "a\0b",
  "a\u001bb",
])("%j takes the long way", (line) => {
  expect(plain(line)).toBeUndefined();
});

test("what is read at once is what the long way reads, word for word and column for column", () => {
  const piece = fc.constantFrom("weight", "1", "include", "10.0.0.1", "{", "}", " ", "  ", "\t", "\r", "'", "é", "#");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const line = pieces.join("");
      const quick = plain(line);
      if (quick === undefined) return;
      const found: Token[] = [];
      tokenize(
        withoutComment(sourceLine("k.conf", 2, line)),
        newReport(() => undefined),
        found,
      );
      expect(quick).toEqual(found.map(shown));
    }),
    { numRuns: 2000 },
  );
});
