import { expect, test } from "vitest";
import { accept, drop } from "../../src/base/decoded.ts";

test("good input has a value, bad input a reason", () => {
  expect(accept(7)).toEqual({ ok: true, value: 7 });
  expect(drop("length")).toEqual({ ok: false, reason: "length" });
});
