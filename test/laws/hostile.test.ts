// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { runCommand } from "../../src/command/commands.ts";
import { testConfig } from "../../src/command/config-test.ts";
import { TOP } from "../../src/keywords/language.ts";
import type { Table } from "../../src/syntax/table.ts";
import { type Files, sourceOf } from "../config/reading.ts";

const HOST = { interfaces: [{ name: "eth0", addresses: [] }], files: new Map() };

const EACH = [["check", "--host"], ["check", "--format=json"], ["check", "--format=github"], ["format"]];
const ONCE = [["check", "--host"], ["format"]];

/** What these commands and `-t` say of a file, all together. */
function everything(files: Files, commands: readonly (readonly string[])[]): string {
  let said = "";
  const say = (text: string): void => {
    said += text;
  };
  const source = sourceOf(files);
  const host = { source, facts: () => HOST, out: say, error: say, write: () => undefined };
  for (const args of commands) expect(runCommand([...args, "k.conf"], host)).toBeTypeOf("number");
  const { text, status } = testConfig("k.conf", host);
  expect([0, 2, 4, 5, 6]).toContain(status);
  return said + text;
}

function words(table: Table): readonly string[] {
  return Object.entries(table).flatMap(([name, row]) =>
    row.kind === "block" ? [name, ...words(row.children)] : [name],
  );
}
const VALUES = ["1", "0", "-1", "256", "1.5", "eth0", "192.0.2.1/24", "fe80::1", '"a b"', "weight", "dev", "/bin/true"];
const MARKS = [
  "{",
  "}",
  "{\n",
  "}\n",
  "#",
  "!",
  "\\",
  '"',
  "$A",
  "${B}",
  "$A=",
  "$B=$A",
  "@x ",
  "~SEQ(A,1,9) ",
  "include a",
];
const soup = fc
  .array(fc.tuple(fc.constantFrom(...words(TOP), ...VALUES, ...MARKS), fc.constantFrom(" ", "\n", " {\n")))
  .map((parts) => parts.flat().join(""));
const bytes = fc.uint8Array({ maxLength: 600 }).map((each) => String.fromCharCode(...each));

test("no bytes and no soup of keywords make check, format or -t throw", () => {
  fc.assert(
    fc.property(fc.oneof(soup, bytes), fc.oneof(soup, bytes), (text, a) => {
      everything({ "k.conf": text, a }, EACH);
    }),
    { numRuns: 100 },
  );
});

const SIZE = 15_000; // characters
const LIMIT = 3; // seconds of processor time for all three: at most 1 on an idle core, and mostly 0.05
const BUDGET = 8; // where definitions make as much as they may (syntax/budget.ts): 1.5 each on an idle core
const OUTPUT = 100 * SIZE; // characters: a bounded number of findings, and what `format` indents

/** A context, and what stands before and behind the characters in it. */
const CONTEXTS: readonly (readonly [string, string, string])[] = [
  ["a file", "", ""],
  ["a list of words", "global_defs {\nnotification_email {\n", "\n}\n}\n"],
  ["a list of items", "vrrp_instance V {\nvirtual_ipaddress {\n", "\n}\n}\n"],
  ["a script", "vrrp_script S {\nscript ", "\n}\n"],
  ["a definition", "$A=", "\nkw $A\n"],
  ["a sequence", "~LST({a,b},{", "}) x${a}\n"],
  ["an include", "include ", "\n"],
];
const CHARACTERS = [
  "a",
  "0",
  "\u3000",
  "\u0301",
  "\udce4",
  "\0",
  "\t",
  " ",
  "$",
  '"',
  "{",
  "}",
  "\\",
  "@",
  "~",
  "#",
  ",",
  "*",
  "[",
];

test.each(CONTEXTS)(
  "%s of one character again and again ends soon, as one line, words or lines",
  (_, before, behind) => {
    const separators = before === "" ? ["", " ", "\n"] : ["", " "];
    for (const character of CHARACTERS)
      for (const separator of separators) ends({ "k.conf": before + filled(character + separator) + behind });
  },
);

const numbered = (line: (i: number) => string): string => {
  let text = "";
  for (let i = 0; text.length < SIZE; i++) text += line(i);
  return text;
};
const doubling = (first: string, count: number): string =>
  `$A0=${first}\n${Array.from({ length: count }, (_, i) => `$A${i + 1}=\${A${i}}\${A${i}}\n`).join("")}`;
const VIPS = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}\n`).join("");

test.each<[string, Files]>([
  ["definitions that use themselves", { "k.conf": filled("$A=$A\n$A\n") }],
  ["definitions that use each other", { "k.conf": `$A=$B\n$B=$A\n${filled("kw $A\n")}` }],
  ["a long chain", { "k.conf": `$A0=x\n${numbered((i) => `$A${i + 1}=$A${i}\n`)}kw $A900\n` }],
  ["a sequence without end", { "k.conf": filled("~SEQ(a,1,9999999999) x\n") }],
  ["a list of many", { "k.conf": `~LST(a${filled(",x")}) kw \${a}\n` }],
  ["a file that includes itself", { "k.conf": filled("include k.conf\n") }],
  ["files that include each other", { "k.conf": filled("include a\n"), a: filled("include b\n"), b: "include a\n" }],
  ["an include of many sets of braces", { "k.conf": `include ${filled("{a,b}")}\n` }],
  ["open braces", { "k.conf": filled("a {\n") }],
  ["braces in braces", { "k.conf": "{".repeat(SIZE / 2) + "}".repeat(SIZE / 2) }],
  ["instances in instances", { "k.conf": filled("vrrp_instance V {\n") }],
  ["one instance many times", { "k.conf": filled("vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\n}\n") }],
  [
    "instances of one number",
    { "k.conf": numbered((i) => `vrrp_instance V${i} {\ninterface eth0\nvirtual_router_id 1\n}\n`) },
  ],
  [
    "many addresses",
    { "k.conf": `vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n${VIPS}}\n}\n` },
  ],
  ["one address many times", { "k.conf": `vrrp_instance V {\nvirtual_ipaddress {\n${filled("10.0.0.1\n")}}\n}\n` }],
  [
    "many services",
    { "k.conf": numbered((i) => `virtual_server 10.0.0.1 ${i + 1} {\nreal_server 10.0.0.2 80 {\n}\n}\n`) },
  ],
  [
    "one server many times",
    { "k.conf": `virtual_server 10.0.0.1 80 {\n${filled("real_server 10.0.0.2 80 {\n}\n")}}\n` },
  ],
  ["misspelt keywords", { "k.conf": filled("vrrp_instanc V {\npriorty 1\n}\n") }],
])("%s: an end, soon", (_, files) => ends(files));

test.each(["", "xxxx"])("a definition that doubles `%s` ends with what definitions may make", (first) => {
  ends({ "k.conf": `${doubling(first, 60)}kw $A60\n` }, BUDGET);
});

/** All three end, and say a bounded amount. What was quadratic took far longer. */
function ends(files: Files, limit = LIMIT): void {
  const before = process.cpuUsage();
  const said = everything(files, ONCE);
  const { user, system } = process.cpuUsage(before);
  const what = JSON.stringify(files["k.conf"]?.slice(0, 80));
  expect([what, (user + system) / 1e6 < limit]).toEqual([what, true]);
  expect([what, said.length < OUTPUT]).toEqual([what, true]);
}

function filled(part: string): string {
  return part.repeat(Math.ceil(SIZE / part.length));
}
