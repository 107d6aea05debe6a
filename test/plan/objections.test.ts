import { expect, test } from "vitest";
import { objections } from "../../src/plan/objections.ts";
import type { Diagnostic } from "../../src/syntax/diagnostic.ts";

const span = { file: "k.conf", line: 1, column: 1, length: 1 };
const error: Diagnostic = { severity: "error", code: "unknown-keyword", message: "unknown keyword `a`", span };
const warning: Diagnostic = { ...error, severity: "warning" };

test("a reading with a new error is refused", () => {
  expect(objections([], [error])).toEqual([error]);
  expect(objections([warning], [error])).toEqual([error]);
});

test("an error that the running configuration has too, on whatever line, is no reason to refuse", () => {
  expect(objections([error], [{ ...error, span: { ...span, line: 9 } }])).toEqual([]);
});

test("warnings and hints never refuse a reload", () => {
  expect(objections([], [warning, { ...error, severity: "hint" }])).toEqual([]);
});

test("what is fatal refuses it even if it was there before", () => {
  const fatal: Diagnostic = { ...error, fatal: true };
  expect(objections([fatal], [fatal])).toEqual([fatal]);
});

test("the same words about another text, or once more, are another error", () => {
  const here: Diagnostic = { ...error, message: "`none` is no number", source: "  garp_master_repeat none" };
  const there: Diagnostic = { ...here, source: "  garp_master_delay none" };
  expect(objections([here], [here, there])).toEqual([there]);
  expect(objections([here], [there])).toEqual([there]);
  expect(objections([here], [here, here])).toEqual([here]);
});
