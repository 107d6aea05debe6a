// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";
import { lex, run } from "./lexing.ts";

test("a full-width blank is a blank, with a warning that names it and its column", () => {
  const { lines, said } = run("connect_timeout 10\u3000\u3000\nkw\u00a0x");
  expect(lines).toEqual(["<connect_timeout> <10>", "<kw> <x>"]);
  expect(said).toEqual([
    "1:19+2 `U+3000` (ideographic space) in column 19 is read as a blank",
    "2:3+1 `U+00A0` (no-break space) in column 3 is read as a blank",
  ]);
});

// keepalived 2.2.7 -t on the same: Unknown keyword '<BOM>global_defs', Unexpected '{' - ignoring, Unknown keyword '}'
test("a byte order mark is a blank with a warning", () => {
  const { lines, said } = run("\ufeffglobal_defs {\n}");
  expect(lines).toEqual(["<global_defs>", "open", "close"]);
  expect(said).toEqual(["1:1+1 `U+FEFF` (byte order mark) in column 1 is read as a blank"]);
});

test("behind a foreign blank begins what begins a line", () => {
  expect(lex("\u3000$A=x\u3000\n\u200b@node1 kw $A\n\u2003~SEQ(N,\u30002)\u3000k${N}")).toEqual([
    "<kw> <x>",
    "<k1>",
    "<k2>",
  ]);
  expect(lex("\u3000include a.inc\u3000", { files: { "/etc/k/a.inc": "kw" } })).toEqual(["<kw>"]);
});

test("full-width blanks in comments and quotes are nobody's business", () => {
  expect(run('kw "a\u3000b" # \u3000')).toMatchObject({ lines: ["<kw> <a\u3000b>"], said: [] });
});

test("a line with a NUL byte is ignored with an error", () => {
  expect(run("kw a\nkw\0b\nkw c")).toMatchObject({
    lines: ["<kw> <a>", "<kw> <c>"],
    said: ["2:3+1 the line holds a NUL byte and is ignored"],
  });
});

test("carriage returns before the line break are blanks, also in definitions", () => {
  expect(run("$M= \\\r\n m1 \\\r\n\r\nm2\r\n$M\r\n")).toMatchObject({ lines: ["<m2>", "<m1>"], said: [] });
});

test("bytes that are no UTF-8 are text, with one warning a line that names the first and its column", () => {
  const bytes = Buffer.from("kw caf\xe9 \xff\n# \xe9\nkw ", "latin1");
  const text = decodeUtf8(Buffer.concat([bytes, Buffer.from("é\ufffd€😀")]));
  expect(run(text)).toMatchObject({
    lines: ["<kw> <caf\ufffd> <\ufffd>", "<kw> <é\ufffd€😀>"],
    said: ["1:7+1 the byte 0xE9 in column 7 is no UTF-8"],
  });
});

test.each([
  ["61c3a9e282acf09f9880", "aé€😀"],
  ["efbbbf61", "\ufeffa"],
  ["c3", "\udcc3"], // cut off
  ["e282", "\udce2\udc82"],
  ["c0af", "\udcc0\udcaf"], // longer than needed
  ["e080af", "\udce0\udc80\udcaf"],
  ["eda080", "\udced\udca0\udc80"], // a surrogate
  ["f4908080", "\udcf4\udc90\udc80\udc80"], // past U+10FFFF
  ["ff00", "\udcff\0"],
])("the bytes %s are %j", (hex, text) => {
  expect(decodeUtf8(Buffer.from(hex, "hex"))).toBe(text);
});
