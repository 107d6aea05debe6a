import { expect, test } from "vitest";
import { expandBraces } from "../../src/syntax/braces.ts";
import { readBoolean, readInteger, readSeconds } from "../../src/syntax/scalars.ts";
import { nearest } from "../../src/syntax/suggest.ts";

const BYTE = { min: 0, max: 255 };

test.each([
  ["010", { ok: true, value: 10 }],
  ["+7", { ok: true, value: 7 }],
  [" 7", { ok: true, value: 7 }],
  ["0x10", { ok: true, value: 0, flaw: "trailing" }],
  ["12abc", { ok: true, value: 12, flaw: "trailing" }],
  ["1.5", { ok: true, value: 1, flaw: "trailing" }],
  ["256x", { ok: false, reason: "no-number" }],
  ["-0", { ok: false, reason: "negative" }],
  ["256", { ok: false, reason: "range" }],
  ["99999999999999999999999", { ok: false, reason: "range" }],
  ["", { ok: false, reason: "no-number" }],
  ["abc", { ok: false, reason: "no-number" }],
])("%j as an integer 0..255", (text, expected) => {
  expect(readInteger(text, BYTE)).toEqual(expected);
});

test("a sign belongs to integers that may be negative", () => {
  expect(readInteger("-253", { min: -253, max: 253 })).toEqual({ ok: true, value: -253 });
  expect(Object.is(readInteger("-0", { min: -1, max: 1 }).ok && 0, 0)).toBe(true);
});

const MINUTE = { min: 1, max: 60_000_000 };

test.each([
  ["3", { ok: true, value: 3_000_000 }],
  [".5", { ok: true, value: 500_000 }],
  ["5.", { ok: true, value: 5_000_000 }],
  ["1.2345678", { ok: true, value: 1_234_568, flaw: "places" }],
  // Keepalived's daemon takes this for 3 microseconds, which nobody can have meant.
  ["3abc", { ok: true, value: 3_000_000, flaw: "trailing" }],
  ["1e3", { ok: true, value: 1_000_000, flaw: "trailing" }],
  ["0", { ok: false, reason: "range" }],
  ["61", { ok: false, reason: "range" }],
  ["-1", { ok: false, reason: "negative" }],
  ["x", { ok: false, reason: "no-number" }],
])("%j as seconds", (text, expected) => {
  expect(readSeconds(text, MINUTE)).toEqual(expected);
});

test("booleans are lower case words", () => {
  expect(["on", "true", "yes"].map(readBoolean)).toEqual([true, true, true]);
  expect(["off", "false", "no"].map(readBoolean)).toEqual([false, false, false]);
  expect(["1", "ON", "True", ""].map(readBoolean)).toEqual([undefined, undefined, undefined, undefined]);
});

test("the nearest name is one that a slip of the finger explains", () => {
  const names = ["virtual_router_id", "priority", "preempt", "retry"];
  expect(nearest("virtual_routr_id", names)).toBe("virtual_router_id");
  expect(nearest("piroirty", names)).toBe("priority");
  expect(nearest("Retry", names)).toBe("retry");
  expect(nearest("quorum", names)).toBeUndefined();
  expect(nearest("x".repeat(1000), names)).toBeUndefined();
});

test("braces of a file pattern expand as in csh, within bounds", () => {
  expect(expandBraces("a{b,c}d{1,}")).toEqual(["abd1", "abd", "acd1", "acd"]);
  expect(expandBraces("plain")).toEqual(["plain"]);
  expect(expandBraces("{a,b}".repeat(40)).length).toBeLessThanOrEqual(1000);
});
