import { expect, test } from "vitest";
import { type JsEnd, jsAnswer, jsVerdict, plainWords } from "../../src/lvs/js-check.ts";

const fixed = (end: JsEnd) => jsVerdict({ dynamic: false }, end);
const dynamic = (end: JsEnd) => jsVerdict({ dynamic: true }, end);
const returned = (up: boolean, more: { why?: string; weight?: number } = {}): JsEnd => ({
  ...{ up, why: undefined, weight: undefined },
  ...more,
});
const down = (why: string) => ({ up: false, why, local: false });

test("true is up, false is down, with its reason where there is one", () => {
  expect(fixed(returned(true))).toEqual({ up: true });
  expect(fixed(returned(false))).toEqual(down("returned false"));
  expect(fixed(returned(false, { why: "too old" }))).toEqual(down("too old"));
});

test("a weight counts with js_dynamic alone, from 0 to 2147483647", () => {
  expect(fixed(returned(true, { weight: 7 }))).toEqual({ up: true });
  expect(fixed(returned(true, { weight: -7 }))).toEqual({ up: true });
  for (const weight of [0, 7, 2 ** 31 - 1]) expect(dynamic(returned(true, { weight }))).toEqual({ up: true, weight });
  expect(dynamic(returned(true))).toEqual({ up: true });
  for (const weight of [-1, 2 ** 31, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(dynamic(returned(true, { weight }))).toEqual(
      down(`returned the weight ${weight}, not one of 0 to 2147483647`),
    );
});

test.each<[JsEnd, string]>([
  [{ timedOut: true }, "timed out"],
  [{ threw: "Error: x" }, "threw Error: x"],
  [{ strange: "undefined" }, "returned undefined instead of true, false or { up, why, weight }"],
  [{ died: "it ended with status 3" }, "its module's thread ended: it ended with status 3"],
  [{ notRun: "no such file" }, "its module cannot be run: no such file"],
])("%j is a failure of the server's: %s", (end, why) => {
  expect(fixed(end)).toEqual(down(why));
});

test("what a module says is read as data, and its words as one short line", () => {
  expect(jsAnswer({ up: false, why: "a\n\u0000b\u2028 c", weight: "9" })).toEqual(returned(false, { why: "a b c" }));
  expect(jsAnswer({ up: true, why: "", weight: 3 })).toEqual(returned(true, { weight: 3 }));
  expect(jsAnswer({ threw: "\u001b[31mx" })).toEqual({ threw: "[31mx" });
  expect(jsAnswer({ strange: "an array" })).toEqual({ strange: "an array" });
  for (const said of [undefined, null, 5, "up", {}, { up: 1 }, { timedOut: true }, []])
    expect(jsAnswer(said)).toBeUndefined();
  expect(plainWords("x".repeat(1e6))).toHaveLength(201);
});
