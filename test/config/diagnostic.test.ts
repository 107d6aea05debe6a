import { expect, test } from "vitest";
import { type Diagnostic, render, startStatus, testStatus } from "../../src/config/diagnostic.ts";
import { reading, rendered } from "./reading.ts";

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
});

test("a daemon that cannot start ends with 6 for files and 2 for their content", () => {
  expect(startStatus([BASE])).toBe(0);
  expect(startStatus([{ ...BASE, fatal: true }])).toBe(2);
  expect(startStatus([{ ...BASE, fatal: true, code: "include-missing" }])).toBe(6);
});
