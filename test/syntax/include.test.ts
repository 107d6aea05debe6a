// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import { expandBraces } from "../../src/syntax/braces.ts";
import { matches } from "../../src/syntax/wildcard.ts";
import { lex, run } from "./lexing.ts";

test("include reads files relative to its own, in order, anywhere", () => {
  const files = {
    "/etc/k/a/1.inc": "kw one ${_PWD}\ninclude b.inc",
    "/etc/k/a/2.inc": "kw two",
    "/etc/k/a/b.inc": "kw b",
  };
  const read = lex("include a/*.inc\nkw ${_PWD}", { files });
  expect(read).toEqual(["<kw> <one> </etc/k/a>", "<kw> <b>", "<kw> <two>", "<kw> <b>", "<kw> </etc/k>"]);
  expect(lex("include /etc/k/a/{2,b}.inc", { files })).toEqual(["<kw> <two>", "<kw> <b>"]);
  expect(lex("$F=a/2.inc\nb { \ninclude $F\n}", { files })).toEqual(["<b>", "open", "<kw> <two>", "close"]);
  expect(
    lex("$I= \\\ninclude b.inc \\\nend\ninclude a/3.inc", { files: { ...files, "/etc/k/a/3.inc": "$I" } }),
  ).toEqual(["<kw> <b>", "<end>"]);
});

const FILES = {
  "/etc/k/dir": "directory",
  "/etc/k/x": "executable",
  "/etc/k/secret": "unreadable",
  "/etc/k/a.inc": "kw",
} as const;

/** What `-t` counts for a text, and whether a daemon may start with it. */
function status(text: string, files: Readonly<Record<string, string>> = {}): number {
  const { found } = run(text, { files: { ...FILES, ...files } });
  const worst = Math.max(0, ...found.map((each) => each.status ?? 0));
  expect(found.some((each) => each.fatal === true)).toBe(worst === 6);
  return worst;
}

test.each([
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
  ["includew", "nosuch", 6],
  ["includeb", "{x,nosuch}", 6],
  ["includeb", "nosuch", 0],
  ["includer", "{nosuch,other}", 0],
  ["includea", "nosuch", 6],
])("%s %s counts as %i", (variant, pattern, expected) => {
  expect(status(`${variant} ${pattern}`)).toBe(expected);
});

test("includex is a keyword like any other", () => {
  expect(lex("includex a")).toEqual(["<includex> <a>"]);
});

// Columns: a missing file, a pattern without match, a set of braces of which one misses, an executable file. The
// statuses are those of keepalived 2.2.7 -t, except where two words have no sign: it says `Duplicate include_check`
// and takes the first; we take both.
test.each([
  ["", [6, 6, 6, 6]],
  ["match", [6, 0, 0, 6]],
  ["wildcard_match", [0, 6, 0, 6]],
  ["match brace_match", [6, 0, 6, 6]],
  ["+match", [6, 0, 0, 0]],
  ["match -read", [6, 0, 0, 0]],
  ["+read", [0, 0, 0, 6]],
  ["-read", [0, 0, 0, 0]],
  ["read -read", [0, 0, 0, 0]],
  ["match -match", [0, 0, 0, 6]],
  ["+wildcard_match -match", [0, 6, 0, 0]],
  ["+brace_match +match -brace_match", [6, 0, 0, 0]],
  ["readable", [0, 0, 0, 0]],
])("include_check %s", (words, expected) => {
  const patterns = ["nosuch", "no*", "{a.inc,nosuch}", "x"];
  const found = patterns.map((pattern) => status(`global_defs {\n include_check ${words}\n}\ninclude ${pattern}`));
  expect(found).toEqual(expected);
});

test("include_check counts in global_defs alone, from there on, and to the end of its file", () => {
  expect(status("global_defs { include_check\n}\ninclude nosuch")).toBe(6);
  expect(status("global_defs {\ninclude nosuch\n include_check\n}")).toBe(0);
  expect(status("include_check\ninclude nosuch")).toBe(0);
  expect(status("vrrp_instance global_defs {\ninclude_check\n}\ninclude nosuch")).toBe(0);
  const files = { "/etc/k/c.inc": "global_defs {\ninclude_check\n}\n" };
  expect(status("include c.inc\ninclude nosuch", files)).toBe(0);
});

test.each([["k.conf"], ["./k.conf"], ["../k/k.conf"], ["/etc/k/k.conf"]])(
  "a file that includes itself as %s is refused",
  (name) => {
    const found = run(`include ${name}\nkw`, { files: { [name.startsWith("/") ? name : `/etc/k/${name}`]: "kw" } });
    expect(found.said).toEqual([
      `1:9+${name.length} \`${name.startsWith("/") ? name : `/etc/k/${name}`}\` includes itself`,
    ]);
    expect(found.lines).toEqual(["<kw>"]);
  },
);

test("files within files end at a depth, many files at a number", () => {
  const chain = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`/etc/k/${i}`, `include ${i + 1}`]));
  expect(run("include 0", { files: chain }).said).toEqual([expect.stringMatching(/more than 32 deep/)]);
  const two = { "/etc/k/a": "include b\n".repeat(3000), "/etc/k/b": "" };
  expect(run("include a", { files: two }).said).toEqual([expect.stringMatching(/more than 4096 files/)]);
});

test.each([
  ["a{b,c}d", ["abd", "acd"]],
  ["{foo/{,cat,dog},bar}", ["foo/", "foo/cat", "foo/dog", "bar"]],
  ["{a,b}{1,2}", ["a1", "a2", "b1", "b2"]],
  ["a{}b", ["a{}b"]],
  ["a{b", ["a{b"]],
  ["a}b", ["a}b"]],
  ["{a}", ["a"]],
])("the braces of %s mean %j", (pattern, expected) => {
  expect(expandBraces(pattern)).toEqual(expected);
});

test("braces make a thousand patterns at most", () => {
  expect(expandBraces("{a,b}".repeat(100)).length).toBeLessThanOrEqual(1000);
  expect(expandBraces("{a}".repeat(1_000_000))).toHaveLength(1);
});

test.each([
  ["*.conf", "a.conf", true],
  ["*.conf", ".conf", false],
  [".*", ".conf", true],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["[a-c]x", "bx", true],
  ["[!a-c]x", "bx", false],
  ["[]]x", "]x", true],
  ["[a", "[a", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["a*b*c", "aXbYbZc", true],
  ["a*b*c", "aXbYbZ", false],
  ["*", "", true],
  [`${"*a".repeat(60)}b`, "a".repeat(255), false],
])("glob: %s and %s: %s", (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
