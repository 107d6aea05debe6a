import fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, parseJson, pathName } from "../../src/convert/json.ts";
import { newPlaces } from "../../src/convert/places.ts";
import { render } from "../../src/syntax/diagnostic.ts";
import { newReport } from "../../src/syntax/report.ts";

/** The value, or what is wrong. */
function parsed(text: string): { readonly value: Json | undefined; readonly said: readonly string[] } {
  const places = newPlaces("k.json", text);
  const report = newReport((_, number) => places.line(number));
  const value = parseJson(text, "k.json", report);
  return { value, said: report.finished(["k.json"]).map((it) => render(it)) };
}

/** As JSON.parse has it; numbers as numbers. */
function plain(json: Json): unknown {
  if (json.kind === "array") return json.items.map(plain);
  if (json.kind === "object") return Object.fromEntries(json.entries.map(({ key, value }) => [key, plain(value)]));
  return json.kind === "string" ? json.text : JSON.parse(json.text);
}

test("JSON is read as JSON.parse reads it", () => {
  const layout = fc.constantFrom(0, 1, "\t", " \r\n");
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), layout, (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { value: read, said } = parsed(text);
      expect(said).toEqual([]);
      expect(read === undefined ? undefined : plain(read)).toEqual(JSON.parse(text));
    }),
  );
});

test("what JSON.parse refuses is refused, and what it takes is taken", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"\\n"',
    '"\\x"',
    '"',
    "\\",
    "1",
    "-",
    "01",
    "1e400",
    "-0",
    ".5",
    "true",
    "nul",
    " ",
    "\n",
    "\u00a0",
    '"\\ud800"',
    "\u0001",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 9 }).map((parts) => parts.join("")),
      (text) => {
        const { value, said } = parsed(text);
        let good = true;
        try {
          JSON.parse(text);
        } catch {
          good = false;
        }
        expect(value !== undefined).toBe(good);
        if (!good) expect(said.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 3000 },
  );
});

test("numbers stay as they are written, and every value knows its place", () => {
  const text = '{ "a": [1e400, -0, 9007199254740993] }';
  const { value } = parsed(text);
  const list = value?.kind === "object" ? value.entries[0]?.value : undefined;
  expect(list?.kind === "array" && list.items.map((it) => [it.kind, text.slice(it.from, it.to)])).toEqual([
    ["number", "1e400"],
    ["number", "-0"],
    ["number", "9007199254740993"],
  ]);
});

test("an error shows the place and the path", () => {
  expect(parsed('{\n  "virtual_server": [\n    { "lb_algo": rr }\n  ]\n}').said).toEqual([
    [
      "error: `rr` is no value at `virtual_server[0].lb_algo`",
      " --> k.json:3:18",
      "  |",
      '3 |     { "lb_algo": rr }',
      "  |                  ^",
      "  = help: text stands in double quotes",
    ].join("\n"),
  ]);
});

test.each([
  ["", "the text ends where a value is expected"],
  ["{", "a key in double quotes is expected"],
  ['{"a"}', "`:` is expected at `a`"],
  ['{"a":1 "b":2}', "`,` or `}` is expected"],
  ["[1 2]", "`,` or `]` is expected"],
  ['{"a":[1,]}', "a value is expected at `a[1]`"],
  ['{"a":1,}', "a key in double quotes is expected"],
  ["{'a': 1}", "a key in double quotes is expected"],
  ['{"a": 1} {', "something follows the end of the value"],
  ['{"a": "b\n"}', "a string does not end on its line at `a`"],
  ['{"a": "b', "a string does not end on its line at `a`"],
  ['{"a": "\t"}', "a control character stands in a string at `a`"],
  ['{"a": "\\q"}', "a backslash that escapes nothing at `a`"],
  ['{"a": "\\u12"}', "a backslash that escapes nothing at `a`"],
  ["// x\n{}", "a value is expected"],
  ['{"x y": NaN}', '`NaN` is no value at `["x y"]`'],
  ["[".repeat(100_000), `nested more than 64 deep at \`${"[0]".repeat(64)}\``],
])("%j: one error", (text, message) => {
  const { value, said } = parsed(text);
  expect(value).toBeUndefined();
  expect(said).toHaveLength(1);
  expect(said[0]?.split("\n")[0]).toBe(`error: ${message}`);
});

test("a key that stands twice is an error, and both are there", () => {
  const { value, said } = parsed('{"a": {"b": 1, "b": 2}}');
  expect(said[0]).toContain("error: `a.b` stands here twice\n --> k.json:1:16");
  expect(value?.kind === "object" && plain(value)).toEqual({ a: { b: 2 } });
});

test("a path is written as jq writes it", () => {
  expect(pathName(["virtual_server", 2, "real_server", 0, "flag-1"])).toBe("virtual_server[2].real_server[0].flag-1");
  expect(pathName([0, 'a"b'])).toBe('[0]["a\\"b"]');
});

const LONG = 10_000_000;
test.each([
  ["blanks", " ".repeat(LONG)],
  ["digits", "1".repeat(LONG)],
  ["a string", `"${"a".repeat(LONG)}"`],
  ["a string without end", `"${"a".repeat(LONG)}`],
  ["escapes", `"${"\\n".repeat(LONG / 2)}"`],
  ["brackets", "[".repeat(LONG)],
  ["a list", `[${"1,".repeat(LONG / 2)}1]`],
  ["keys", `{${Array.from({ length: LONG / 16 }, (_, i) => `"k${i}":1`).join(",")}}`],
  ["one key", `{${'"k":1,'.repeat(LONG / 40)}"k":1}`],
])(
  "ten megabytes of %s end soon",
  (_, text) => {
    const before = process.cpuUsage();
    expect(parsed(text).said.length).toBeLessThanOrEqual(101);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(15_000); // 0.5 s on an idle core
  },
  40_000,
);
