// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { lex, run } from "./lexing.ts";

test.each([
  ["kw a b ! note", "<kw> <a> <b>"],
  ["kw a#b c", "<kw> <a>"],
  ['kw "a # b" c', "<kw> <a # b> <c>"],
  ["kw a \\# b \\! c", "<kw> <a> <#> <b> <!> <c>"],
  ["kw 'a # b' z", "<kw> <'a>"],
  ['r"s t"', "<r> <s t>"],
  ['"x y"z', "<x y> <z>"],
  ['""', "<>"],
  ["kw 'a b'", "<kw> <'a> <b'>"],
  ["kw tail \\", "<kw> <tail\\>"],
  ["\t kw\ta\f\vb \r", "<kw> <a> <b>"],
  ['kw "oops', "<kw>"],
  ["kw a ~SEQ(N,2) b", "<kw> <a> <~SEQ(N,2)> <b>"],
])("%j is %s", (text, expected) => {
  expect(lex(text)).toEqual([expected]);
});

test("blank lines and comments vanish", () => {
  expect(lex("\n   \n# all of it\n! this too\n")).toEqual([]);
});

test("braces stand by themselves, but not inside double quotes", () => {
  expect(lex("b {kw i}")).toEqual(["<b>", "open", "<kw> <i>", "close"]);
  expect(lex("b {}")).toEqual(["<b>", "open", "close"]);
  expect(lex("b\n{\nkw j}k\n}")).toEqual(["<b>", "open", "<kw> <j>", "close", "<k>", "close"]);
  expect(lex('kw "{ }"')).toEqual(["<kw> <{ }>"]);
  expect(lex("b { kw one; kw two }")).toEqual(["<b>", "open", "<kw> <one;> <kw> <two>", "close"]);
});

test("an unterminated quote is an error at the quote, and its word is dropped", () => {
  expect(run('kw "oops').said).toEqual(["1:4+5 unterminated double quote"]);
});

test("every word knows its place, also behind an escaped mark", () => {
  const [token] = run('  kw \\#a "b c" d{').tokens;
  const places = token?.type === "words" ? token.words.map(({ span }) => [span.column, span.length]) : [];
  expect(places).toEqual([
    [3, 2],
    [7, 2], // the backslash is no part of the word
    [10, 5],
    [16, 1],
  ]);
});

test("@ID keeps a line for one machine, @^ID for all others", () => {
  const text = "@idA kw x\n@^idA kw y\n@idB kw z\n@idA\n@idA $A=third\nkw $A";
  expect(lex(text, { id: "idA" })).toEqual(["<kw> <x>", "<kw> <third>"]);
  expect(lex(text, { id: "idB" })).toEqual(["<kw> <y>", "<kw> <z>", "<kw> <$A>"]);
  expect(lex("@a @a kw", { id: "a" })).toEqual(["<@a> <kw>"]);
});

// keepalived 2.2.7 -t does the same with each of them
test.each([
  ["b { @nope kw\n}", ["<b>", "open", "close"]],
  ["b { @^nope kw }", ["<b>", "open", "<kw>", "close"]],
  ["b {\n} @nope kw", ["<b>", "open", "close"]],
  ["b { ~SEQ(N,1,2) k${N}\n}", ["<b>", "open", "<k1>", "<k2>", "close"]],
  ["b { $A=x\n$A\n}", ["<b>", "open", "<x>", "close"]],
  ['b "{ @nope" { kw @nope', ["<b> <{ @nope>", "open", "<kw> <@nope>"]],
])("behind a brace begins a line: %j", (text, expected) => {
  expect(lex(text)).toEqual(expected);
});

test("the id is the host name up to its first dot unless given", () => {
  expect(lex("@node1 kw here")).toEqual(["<kw> <here>"]);
});
