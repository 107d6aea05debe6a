// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { preprocess } from "../../src/config/preprocess.ts";
import { newReport } from "../../src/config/report.ts";
import { type Files, sourceOf } from "./reading.ts";

const NONE = { line: 0, column: 0, length: 0, file: "" };

/** The words of every line, one string a line: `<kw> <a>`; braces stand alone. */
function lex(text: string, { files = {}, id }: { files?: Files; id?: string } = {}): readonly string[] {
  return run(text, files, id).lines;
}

function run(text: string, files: Files = {}, id?: string): { lines: readonly string[]; said: readonly string[] } {
  const report = newReport(() => undefined);
  const context = { source: sourceOf(files, id), report, opened: () => {} };
  const lines = preprocess("/etc/k/k.conf", text, context).map((token) =>
    token.type === "words" ? token.words.map((word) => `<${word.text}>`).join(" ") : token.type,
  );
  const said = report.finished([]).map(({ message, span }) => `${span.line}:${span.column}+${span.length} ${message}`);
  return { lines, said };
}

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

test("a full-width blank is a blank, with a warning that names it and its column", () => {
  const { lines, said } = run("connect_timeout 10\u3000\u3000\nkw\u00a0x");
  expect(lines).toEqual(["<connect_timeout> <10>", "<kw> <x>"]);
  expect(said).toEqual([
    "1:19+2 `U+3000` (ideographic space) in column 19 is read as a blank",
    "2:3+1 `U+00A0` (no-break space) in column 3 is read as a blank",
  ]);
});

test("a byte order mark is a blank with a warning", () => {
  const { lines, said } = run("\ufeffglobal_defs {\n}");
  expect(lines).toEqual(["<global_defs>", "open", "close"]);
  expect(said).toEqual(["1:1+1 `U+FEFF` (byte order mark) in column 1 is read as a blank"]);
});

test("full-width blanks in comments and quotes are nobody's business", () => {
  expect(run('kw "a\u3000b" # \u3000')).toEqual({ lines: ["<kw> <a\u3000b>"], said: [] });
});

test("a line with a NUL byte is ignored with an error", () => {
  expect(run("kw a\nkw\0b\nkw c")).toEqual({
    lines: ["<kw> <a>", "<kw> <c>"],
    said: ["2:3+1 the line holds a NUL byte and is ignored"],
  });
});

test("@ID keeps a line for one machine, @^ID for all others", () => {
  const text = "@idA kw x\n@^idA kw y\n@idB kw z\n@idA\n@idA $A=third\nkw $A";
  expect(lex(text, { id: "idA" })).toEqual(["<kw> <x>", "<kw> <third>"]);
  expect(lex(text, { id: "idB" })).toEqual(["<kw> <y>", "<kw> <z>", "<kw> <$A>"]);
});

test("the id is the host name up to its first dot unless given", () => {
  expect(lex("@node1 kw here")).toEqual(["<kw> <here>"]);
});

test("definitions are used as the manual shows", () => {
  const text = [
    "$A=alpha",
    "$D=${A}-x",
    "kw pre$A ${A}post $A,x ($A) $Apost $A/24 [$A]",
    "$A=beta",
    "kw ${D}",
    '$Q="two words"',
    "kw $Q",
    "$K=kw",
    "$K z",
    "$E=",
    "kw a${E}b ${UNDEFINED_}x",
  ].join("\n");
  expect(lex(text)).toEqual([
    "<kw> <prealpha> <alphapost> <alpha,x> <(alpha)> <$Apost> <$A/24> <[$A]>",
    "<kw> <beta-x>",
    "<kw> <two words>",
    "<kw> <z>",
    "<kw> <ab> <$>",
    "open",
    "<UNDEFINED_>",
    "close",
    "<x>",
  ]);
});

test("a definition of several lines continues the line that uses it", () => {
  const text = "$M= \\\n  kw one ${N} \\\n\n  kw two\n$N=5\n$M\nkw pre $M\nvb { $M }";
  expect(lex(text.replace("\n\n", "\n"))).toEqual([
    "<kw> <one> <5>",
    "<kw> <two>",
    "<kw> <pre> <kw> <one> <5>",
    "<kw> <two>",
    "<vb>",
    "open",
    "<$M>",
    "close",
  ]);
});

test("a completely empty line ends a definition", () => {
  expect(lex("$M=kw one \\\n\nkw two\n$M")).toEqual(["<kw> <two>", "<kw> <one>"]);
});

test("predefined names", () => {
  const text = 'kw ${_PWD} ${_INSTANCE}\nkw x${_BANG}y\nkw "a ${_HASH}b"\nkw x\\${_HASH}y';
  expect(lex(text, { id: "me" })).toEqual(["<kw> </etc/k> <me>", "<kw> <x>", "<kw> <a #b>", "<kw> <x#y>"]);
});

test("the place of a substituted word is the place that used the definition", () => {
  const report = newReport(() => undefined);
  const [token] = preprocess("k", "$L=long_value\nkw ${L} tail", { source: sourceOf({}), report, opened: () => {} });
  const places = token?.type === "words" ? token.words.map(({ span }) => span) : [];
  expect(places).toEqual([
    { ...NONE, file: "k", line: 2, column: 1, length: 2 },
    { ...NONE, file: "k", line: 2, column: 4, length: 4 },
    { ...NONE, file: "k", line: 2, column: 9, length: 4 },
  ]);
});

test.each([
  ["$A=$A\nkw $A"],
  ["$A=$B\n$B=$A\nkw $A"],
  ["$A=x$A\nkw $A"],
  ["$A=$A$A$A\nkw $A"],
  ["$M= \\\n $M \\\n $M\n$M"],
])("a definition that names itself ends with an error: %j", (text) => {
  expect(run(text).said.join()).toMatch(/expands without end|uses itself/);
});

test("what is not supported yet says so and does nothing", () => {
  const { lines, said } = run("~SEQ(N,3) kw ${N}\n~LST(N,a) kw\nkw ${_ENV HOME} ${_RANDOM 1 5}\n~FOO");
  expect(said).toEqual(
    [
      "1:1+4 `~SEQ` is not supported yet",
      "2:1+4 `~LST` is not supported yet",
      "3:4+12 `${_ENV HOME}` is not supported yet",
      "3:17+13 `${_RANDOM 1 5}` is not supported yet",
    ].map((line) => line.replace("3:17+13", "3:17+14")),
  );
  expect(lines.at(-1)).toBe("<~FOO>");
});

test("include reads files relative to its own, in order, anywhere", () => {
  const files = {
    "/etc/k/a/1.inc": "kw one ${_PWD}\ninclude b.inc",
    "/etc/k/a/2.inc": "kw two",
    "/etc/k/a/b.inc": "kw b",
  };
  expect(lex("include a/*.inc\nkw ${_PWD}", { files }).slice(0, 3)).toEqual([
    "<kw> <one> </etc/k/a>",
    "<kw> <b>",
    "<kw> <two>",
  ]);
  expect(lex("include /etc/k/a/{2,b}.inc", { files })).toEqual(["<kw> <two>", "<kw> <b>"]);
  expect(lex("$F=a/2.inc\nb { \ninclude $F\n}", { files })).toEqual(["<b>", "open", "<kw> <two>", "close"]);
});

const BAD = { "/etc/k/dir": "directory", "/etc/k/x": "executable", "/etc/k/secret": "unreadable" } as const;

test.each([
  // variant, pattern, what -t counts
  ["include", "nosuch", 0],
  ["include", "dir", 0],
  ["include", "no*", 0],
  ["includer", "nosuch", 0],
  ["includer", "dir", 6],
  ["includer", "x", 6],
  ["includer", "secret", 6],
  ["includem", "nosuch", 6],
  ["includem", "no*", 0],
  ["includew", "no*", 6],
  ["includeb", "{x,nosuch}", 6],
  ["includer", "{nosuch,other}", 0],
  ["includea", "nosuch", 6],
])("%s %s counts as %i", (variant, pattern, status) => {
  const report = newReport(() => undefined);
  preprocess("/etc/k/k.conf", `${variant} ${pattern}`, { source: sourceOf(BAD), report, opened: () => {} });
  const found = report.finished([]);
  expect(Math.max(0, ...found.map((each) => each.status ?? 0))).toBe(status);
  expect(found.some((each) => each.fatal === true)).toBe(status === 6);
});

test("includex is a keyword like any other", () => {
  expect(lex("includex a")).toEqual(["<includex> <a>"]);
});

test("a file that includes itself ends with an error", () => {
  const files = { "/etc/k/k.conf": "include k.conf\nkw x" };
  expect(run("include k.conf", files).said[0]).toMatch(/more than 32 deep/);
});
