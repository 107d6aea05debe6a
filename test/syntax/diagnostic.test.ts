// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language of the files under test
import { expect, test } from "vitest";
import {
  counts,
  type Diagnostic,
  inOrder,
  placeName,
  render,
  startStatus,
  testStatus,
} from "../../src/syntax/diagnostic.ts";
import { renderGithub } from "../../src/syntax/render-github.ts";
import { renderJson } from "../../src/syntax/render-json.ts";
import { newReport } from "../../src/syntax/report.ts";
import { reading, rendered } from "../config/reading.ts";

const BASE: Diagnostic = {
  severity: "error",
  code: "x",
  message: "wrong",
  span: { file: "k.conf", line: 14, column: 5, length: 3 },
};

test("a diagnostic shows the line, the place and the remedy", () => {
  const text = "vrrp_instance VI_1 {\n    interface eth0\n    virtual_routr_id 51\n}\n";
  expect(rendered(reading(text)).split("\n\n")[1]?.trimEnd()).toBe(
    [
      "error: unknown keyword `virtual_routr_id` in `vrrp_instance VI_1`",
      " --> k.conf:3:5",
      "  |",
      "3 |     virtual_routr_id 51",
      "  |     ^^^^^^^^^^^^^^^^",
      "  = help: did you mean `virtual_router_id`?\n",
    ]
      .join("\n")
      .trimEnd(),
  );
});

/** The line of carets, without the gutter. */
function carets(source: string, column: number, length: number): string {
  const span = { file: "k", line: 1, column, length };
  const lines = render({ ...BASE, span }, source).split("\n");
  return `${(lines[3] ?? "").slice(4)}\n${(lines[4] ?? "").slice(4)}`;
}

test("the carets stand under the text behind tabs, wide characters and combining ones", () => {
  expect(carets("\t kw x", 6, 1)).toBe("         kw x\n            ^");
  expect(carets("路由 x", 4, 1)).toBe("路由 x\n     ^");
  expect(carets("x\u3000\u3000y", 2, 2)).toBe("x\u3000\u3000y\n ^^^^");
  expect(carets("e\u0301 x", 4, 1)).toBe("e\u0301 x\n  ^");
  expect(carets("kw", 3, 0)).toBe("kw\n  ^");
});

test("control characters cannot reach the terminal", () => {
  expect(carets("a\x1b[31m b", 8, 1)).toBe("a\uFFFD[31m b\n       ^");
});

test("of a very long line only the neighbourhood is shown", () => {
  const shown = carets(`${"a".repeat(100_000)} x ${"b".repeat(100_000)}`, 100_002, 1).split("\n");
  expect(shown[0]?.length).toBeLessThan(200);
  expect(shown[0]?.[shown[1]?.indexOf("^") ?? 0]).toBe("x");
});

test("a diagnostic about a file as a whole shows no line", () => {
  expect(render({ ...BASE, span: { ...BASE.span, line: 0 }, help: "create it" })).toBe(
    "error: wrong\n --> k.conf\n  = help: create it",
  );
});

test("-t ends with the numerically largest status, but with 2 where an argument is missing", () => {
  const statuses = (...list: readonly (2 | 4 | 5 | 6 | undefined)[]): number =>
    testStatus(list.map((status) => (status === undefined ? BASE : { ...BASE, status })));
  expect(statuses()).toBe(0);
  expect(statuses(undefined)).toBe(0);
  expect(statuses(4, 5)).toBe(5);
  expect(statuses(5, 6, 4)).toBe(6);
  expect(statuses(6, 2)).toBe(2);
  expect(
    testStatus([
      { ...BASE, status: 2 },
      { ...BASE, status: 6, fatal: true },
    ]),
  ).toBe(6);
});

test("a daemon that cannot start ends with 6 for files and 2 for their content", () => {
  expect(startStatus([BASE])).toBeUndefined();
  expect(startStatus([{ ...BASE, fatal: true }])).toBe(2);
  const refused = { ...BASE, fatal: true, status: 6 } as const;
  expect(startStatus([refused])).toBe(6);
  expect(startStatus([{ ...BASE, fatal: true, status: 2 }, refused])).toBe(6);
  expect(startStatus([{ ...BASE, fatal: true, code: "unreadable", status: 4 }])).toBe(6);
});

test("other places follow, underlined with dashes, under one gutter", () => {
  const related = [
    { span: { file: "b.conf", line: 7, column: 3, length: 2 }, source: "  xy", message: "here `xy`" },
    { span: { file: "c.conf", line: 0, column: 0, length: 0 }, message: "missing here" },
  ];
  expect(render({ ...BASE, source: "    abc", related, help: "choose one" })).toBe(
    [
      "error: wrong",
      "  --> k.conf:14:5",
      "   |",
      "14 |     abc",
      "   |     ^^^",
      "   |",
      "  ::: b.conf:7:3",
      "   |",
      "7  |   xy",
      "   |   -- here `xy`",
      "   |",
      "  ::: c.conf: missing here",
      "   = help: choose one",
    ].join("\n"),
  );
});

test("a value that came through a definition shows both where it is used and where it is defined", () => {
  const text = "$PRIO=many\nvrrp_instance V {\n  interface eth0\n  virtual_router_id 1\n  priority $PRIO\n}\n";
  expect(rendered(reading(text))).toContain(
    [
      " --> k.conf:5:12",
      "  |",
      "5 |   priority $PRIO",
      "  |            ^^^^^",
      "  |",
      " ::: k.conf:1:7",
      "  |",
      "1 | $PRIO=many",
      "  |       ---- the value is defined here",
    ].join("\n"),
  );
});

const ORIGINS = "$A=5 many\n$B=$A\nvrrp_instance V {\n  interface eth0\n  virtual_router_id 1\n  priority $B\n}\n";

test("a definition within a definition shows the line that holds the text, and then the one that uses it", () => {
  expect(originsOf(ORIGINS, "`many` has no effect behind `priority`")).toEqual([
    "k.conf:1:4 the value is defined here",
    "k.conf:2:4 which is used in this definition",
  ]);
  expect(originsOf(ORIGINS.replace("$B\n}", "x$A\n}"), "`x5` is no whole number")).toEqual([
    "k.conf:1:4 the value is defined here",
  ]);
});

test("so does a definition that begins a line, and one of several lines", () => {
  const start = "$W=wrong\n$L=$W 1\n";
  const here = "k.conf:1:4 the value is defined here";
  expect(originsOf(`${start}$L\n`, "unknown keyword `wrong` at the top level")).toEqual([
    here,
    "k.conf:2:4 which is used in this definition",
  ]);
  const several = "$W=wrong\n$M= \\\n  global_defs { \\\n  $W \\\n  }\n$M\n";
  expect(originsOf(several, "unknown keyword `wrong` in `global_defs`")).toEqual([here]);
});

test("what a sequence repeats shows the round, at the numbers or at the values of the list", () => {
  expect(originsOf("~SEQ(i,1,3) x${i}\n", "unknown keyword `x3` at the top level")).toEqual([
    "k.conf:1:1 `$i` is `3` in this round",
  ]);
  expect(originsOf("~LST({i,j},{1,a},{2,b}) x${j}\n", "unknown keyword `xb` at the top level")).toEqual([
    "k.conf:1:18 `$j` is `b` in this round",
  ]);
  expect(originsOf("$V=wrong\n~LST(i,$V) ${i}\n", "unknown keyword `wrong` at the top level")).toEqual([
    "k.conf:1:4 the value is defined here",
    "k.conf:2:8 `$i` is `$V` in this round",
  ]);
});

test("a chain of definitions is shown up to the eighth", () => {
  const chain = Array.from({ length: 20 }, (_, i) => `$A${i + 1}=$A${i}\n`).join("");
  expect(originsOf(`$A0=wrong\n${chain}$A20\n`, "unknown keyword `wrong` at the top level")).toHaveLength(8);
});

/** `PLACE MESSAGE` of the other places of a finding. */
function originsOf(text: string, message: string): readonly string[] {
  const found = reading(text).diagnostics.find((each) => each.message === message);
  return (found?.related ?? []).map((other) => `${placeName(other.span)} ${other.message}`);
}

test("diagnostics come by file, line and column; at one place the most precise first, then the worst", () => {
  const of = (
    file: string,
    line: number,
    column: number,
    length: number,
    severity: Diagnostic["severity"],
  ): Diagnostic => ({
    ...BASE,
    severity,
    span: { file, line, column, length },
  });
  const sorted = [
    of("z", 0, 0, 0, "hint"),
    of("z", 2, 1, 9, "error"),
    of("z", 2, 4, 1, "error"),
    of("z", 2, 4, 1, "warning"),
    of("z", 2, 4, 1, "hint"),
    of("z", 2, 4, 5, "error"),
    { ...of("z", 0, 0, 0, "error"), code: "too-many" },
    of("a", 1, 1, 1, "error"),
  ];
  expect(inOrder([...sorted].reverse(), ["z", "a"])).toEqual(sorted);
});

test("findings are counted by severity", () => {
  const of = (severity: Diagnostic["severity"]): Diagnostic => ({ ...BASE, severity });
  expect(counts([])).toBe("no findings");
  expect(counts([of("error")])).toBe("1 error");
  expect(counts([of("hint"), of("warning"), of("error"), of("error")])).toBe("2 errors, 1 warning, 1 hint");
});

test("hints do not crowd out an error, and what is left out is as bad as the worst of it", () => {
  const report = newReport(() => undefined);
  const span = { file: "k", line: 1, column: 1, length: 1 };
  for (let i = 0; i < 150; i++) report.hint(["x", "small"], span);
  report.error(["x", "large"], span);
  const found = report.finished(["k"]);
  expect(found.map(({ message }) => message)).toContain("large");
  expect(found.at(-1)).toMatchObject({ severity: "hint", message: "and 51 more like these" });
});

test("for GitHub, what would end a command or a property is escaped", () => {
  const span = { file: "a,b:c%.conf", line: 3, column: 2, length: 4 };
  expect(renderGithub({ ...BASE, span, message: "50%: a, b\r\nc", help: "do: it" })).toBe(
    "::error file=a%2Cb%3Ac%25.conf,line=3,col=2,endColumn=6,title=x::50%25: a, b%0D%0Ac%0Ahelp: do: it",
  );
  const related = [{ span: { ...span, file: "d" }, message: "here" }];
  const whole = { ...BASE, severity: "hint", span: { ...span, file: "d", line: 0 }, related } as const;
  expect(renderGithub(whole)).toBe("::notice file=d,title=x::wrong%0Ad:3:2: here");
});

test("JSON has every field, and other places too", () => {
  const related = [{ span: { file: "b", line: 1, column: 2, length: 3 }, source: "xyz", message: "here" }];
  expect(JSON.parse(renderJson([{ ...BASE, related }]))).toEqual([
    {
      severity: "error",
      code: "x",
      message: "wrong",
      file: "k.conf",
      line: 14,
      column: 5,
      length: 3,
      help: null,
      source: null,
      includedFrom: [],
      related: [{ message: "here", file: "b", line: 1, column: 2, length: 3, source: "xyz" }],
    },
  ]);
});
