// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatText } from "../../src/syntax/format.ts";

/** The lines of the result. */
function lines(...text: readonly string[]): readonly string[] {
  const formatted = formatText(text.join("\n"));
  expect(formatText(formatted)).toBe(formatted);
  expect(formatted === "" || formatted.endsWith("\n")).toBe(true);
  return formatted.split("\n").slice(0, -1);
}

test("a block is indented by four blanks, whatever it was before", () => {
  expect(lines("a  {", "\tb\t 1", "      c {", "d", "  }", " }")).toEqual([
    "a {",
    "    b 1",
    "    c {",
    "        d",
    "    }",
    "}",
  ]);
});

test("a brace that shares its line gets a line of its own", () => {
  const once = ["b {", "    kw one", "}"];
  expect(lines("b { kw one }")).toEqual(once);
  expect(lines("b {kw one}")).toEqual(once);
  expect(lines("b{", "kw one }")).toEqual(once);
  expect(lines("b {}", "c { }")).toEqual(["b {", "}", "c {", "}"]);
  expect(lines("a { b {", "c", "} }")).toEqual(["a {", "    b {", "        c", "    }", "}"]);
});

test("a `{` that stands alone moves behind its keyword", () => {
  expect(lines("a", "{", "b", "", " {", "c", "}", "}")).toEqual(["a {", "    b {", "        c", "    }", "}"]);
  expect(lines("a  # one", "{")).toEqual(["a {  # one"]);
  expect(lines("a", "{ # two")).toEqual(["a {  # two"]);
  expect(lines("a", "{ b 1", "}")).toEqual(["a {", "    b 1", "}"]);
});

test("a `{` stays alone where it could not move without losing a comment or another meaning", () => {
  expect(lines("a", "# between", "{", "b", "}")).toEqual(["a", "# between", "{", "    b", "}"]);
  expect(lines("a # one", "{ # two", "}")).toEqual(["a  # one", "{  # two", "}"]);
  for (const before of ["a $M", "@lb1 a", "include x", "a \\", 'a "b', "a 'b'", "}"])
    expect(lines(before, "{").slice(-1)).toEqual(["{"]);
});

test.each(["{ $A=\\", "{ $A=\\ ! note", "} @lb1 $A=\\", "{ $A=\\ $H"])(
  "behind a brace, too, a definition may go on: %j",
  (first) => {
    expect(lines(first, " { kw").at(-1)).toBe(" { kw");
  },
);

test("comments stay where they are, as they were written", () => {
  expect(lines("! first", "a { # why", "#    b 1", "b 2 #two", "  }  ! end ", "# last")).toEqual([
    "! first",
    "a {  # why",
    "    #    b 1",
    "    b 2  #two",
    "}  ! end",
    "# last",
  ]);
  expect(lines("a { b } # c")).toEqual(["a {", "    b", "}  # c"]);
});

test("a comment that cuts a value stays glued to it, one behind a whole word gets its blanks", () => {
  expect(formatText("auth_pass  pa!ss\nvrrp_instance V#1\n{\n}")).toBe("auth_pass pa!ss\nvrrp_instance V#1\n{\n}\n");
  expect(formatText("a b c{d}#end\nweight 1# heavy\nnopreempt#x")).toBe(
    "a b c {\n    d\n}  #end\nweight 1  # heavy\nnopreempt  #x\n",
  );
});

test("a comment that ends in a backslash, which Keepalived sees, keeps the blank behind it and stays in its line", () => {
  expect(lines("a 1 # b\\ \t", "# c\\", "d # e\\", "{", "}")).toEqual(["a 1  # b\\ ", "# c\\", "d  # e\\", "{", "}"]);
  expect(lines("$M=a # b\\", "  c   d\\ ", "e   f", "g   h")).toEqual(["$M=a  # b\\", "  c   d\\ ", "e   f", "g h"]);
});

test("one empty line separates; none begins or ends a block or a file", () => {
  expect(lines("", "", "a {", "", "b", "  ", "", "c", "", "}", "", "d", "", "")).toEqual([
    "a {",
    "    b",
    "",
    "    c",
    "}",
    "",
    "d",
  ]);
  expect([formatText(""), formatText("\n \n\t\n"), formatText("\ufeff")]).toEqual(["", "", ""]);
});

test("line ends become LF, the byte order mark goes, and foreign blanks become plain ones", () => {
  expect(formatText("\ufeffa {\r\n\tb\u00a01\u3000\u3000# c\u3000d\r\n}\r\n")).toBe("a {\n    b 1  # c\u3000d\n}\n");
  expect(formatText('a "b\u3000 c"\u3000 d')).toBe('a "b\u3000 c" d\n');
});

test("quoted text stays as it is, braces and comment marks in it are text, and words that touch still touch", () => {
  expect(lines('kw   "a  {  # b }"   c"d e"f  # g')).toEqual(['kw "a  {  # b }" c"d e"f  # g']);
});

test.each([
  ["script   \"/bin/sh -c  'a   b'\"   x", "script \"/bin/sh -c  'a   b'\" x"],
  ["notify   '/p/a.sh   one'  joe", "notify '/p/a.sh   one'  joe"],
  ['notify   "/p/a.sh  \\"q  r\\""   joe', 'notify "/p/a.sh  \\"q  r\\""   joe'],
  ['kw   x  "open   end', 'kw x "open   end'],
  ["kw   a\\ \\  b", "kw a\\ \\  b"],
  ["kw   x   \\#  y   # z", "kw x \\#  y  # z"],
  ["kw tail  \\", "kw tail \\"],
])("script values, escapes and open quotes stay as written from there on: %j", (text, expected) => {
  expect(lines(text)).toEqual([expected]);
});

test.each([
  ["interface   $IFACE", "interface $IFACE"],
  ["virtual_server   $VIP  80 {", "virtual_server $VIP  80 {"],
  ["b { kw   $M }", "b { kw   $M }"],
  ["kw   $A{", "kw $A{"],
  ["kw   ${Q}a   b${Q}", "kw ${Q}a   b${Q}"],
  ["b   $1 { c   $", "b $1 {\n    c $"],
])("what stands behind a `$NAME` stays as written, since that may be anything: %j", (text, expected) => {
  expect(formatText(text)).toBe(`${expected}\n`);
});

test("braces count for the indentation also where they stay, those of `${NAME}` do not", () => {
  expect(lines("a $X {", "b ${Y}", "c { $Z }", "}", "d")).toEqual(["a $X {", "    b ${Y}", "    c { $Z }", "}", "d"]);
});

test("a definition keeps its lines, and the empty line that ends it", () => {
  const text = [
    "  $A=   x   y  # z",
    "$M= \\",
    "   kw   one {   \\",
    "",
    "",
    "",
    "b {",
    " $N=\\",
    "  x   \\",
    "y  z",
    "}",
  ];
  expect(lines(...text)).toEqual([
    "$A=x   y  # z",
    "$M= \\",
    "   kw   one {   \\",
    "",
    "b {",
    "    $N=\\",
    "  x   \\",
    "y  z",
    "}",
  ]);
  expect(lines("$M=a \\  ", "  \t", "", "", "b   c")).toEqual(["$M=a \\", "  \t", "", "b c"]);
});

test("includes and repetitions keep what they say", () => {
  expect(lines("b {", "include \t a  b/{c,d}.conf # e", "}")).toEqual(["b {", "    include a  b/{c,d}.conf  # e", "}"]);
  expect(lines("~SEQ(N,1,3)  rs   10.0.0.${N}  {  weight 1 }", "x")).toEqual([
    "~SEQ(N,1,3)  rs   10.0.0.${N}  {  weight 1 }",
    "x",
  ]);
});

test("what would become an include, a condition or a repetition on a line of its own keeps its line", () => {
  for (const text of ["b { include  x }", "b { @lb1  x }", "b {  ~SEQ(N,1,2)  x", "include{  x", "include\v x"])
    expect(lines(text)).toEqual([text]);
});

test("lines for different machines are alternatives: of two that open a block only one counts", () => {
  expect(lines("@lb1   a  A {", "@lb2 a B   {", "b", "@lb1 c {", "@lb1   d", "@lb1 }", "}", "e")).toEqual([
    "@lb1 a A {",
    "@lb2 a B {",
    "    b",
    "    @lb1 c {",
    "        @lb1 d",
    "    @lb1 }",
    "}",
    "e",
  ]);
  expect(lines("@lb1 b { c }", "@lb1", "@lb1  $A=  1", "@lb1 include   x")).toEqual([
    "@lb1 b { c }",
    "@lb1",
    "@lb1 $A=1",
    "@lb1 include x",
  ]);
});

test("braces that do not match leave the rest as it is read", () => {
  expect(lines("}", "} a {", "{", "b", "}", "}", "}", "c")).toEqual([
    "}",
    "}",
    "a {",
    "    {",
    "        b",
    "    }",
    "}",
    "}",
    "c",
  ]);
});

test("a definition for some machines may go on in the next lines, so they stay", () => {
  expect(lines("@lb1  $M=a  \\", "  b   c  \\", "d   e", "f   g")).toEqual([
    "@lb1 $M=a  \\",
    "  b   c  \\",
    "d   e",
    "f g",
  ]);
  expect(lines("~SEQ(N,1,2) $M=a \\", "b   c", "d   e")).toEqual(["~SEQ(N,1,2) $M=a \\", "b   c", "d e"]);
});

test("bytes that are no UTF-8 stay", () => {
  expect(lines("a  \udcb1  # \udcff", "\u3000b  \udcb1")).toEqual(["a  \udcb1  # \udcff", "\u3000b  \udcb1"]);
});

test("a line with a NUL byte, which is not read, stays", () => {
  expect(lines("b {", " a\0  {", "c", "}")).toEqual(["b {", " a\0  {", "    c", "}"]);
});

test("the files of the demo are in canonical form", () => {
  for (const name of ["lb1", "lb2"]) {
    const text = readFileSync(`conf/demo/${name}.conf`, "utf8");
    expect(formatText(text)).toBe(text);
  }
});

test("a text that is no configuration is bounded", () => {
  const deep = formatText("a {\n".repeat(50));
  expect(Math.max(...deep.split("\n").map((line) => line.length))).toBe(16 * 4 + 3);
  const noise = "{\n".repeat(300_000);
  expect(formatText(noise)).toBe(noise);
  const long = `a   ${"x   {".repeat(20_000)}`;
  expect(formatText(`  ${long}\n`)).toBe(`${long}\n`);
});
