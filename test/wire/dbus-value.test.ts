import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completeTypes, type DbusValue, decodeValues, encodeValues } from "../../src/wire/dbus-value.ts";
import { fromHex } from "../golden.ts";

test.each([
  ["", []],
  ["su", ["s", "u"]],
  ["a{sv}as", ["a{sv}", "as"]],
  ["(us)(s)", ["(us)", "(s)"]],
  ["aa{y(xv)}d", ["aa{y(xv)}", "d"]],
])("%s has the types %j", (signature, types) => {
  expect(completeTypes(signature)).toEqual(types);
});

test.each([
  "z",
  "a",
  "()",
  "(s",
  "s)",
  "{sv}",
  "a{vs}",
  "a{s}",
  "a{sv",
  "a{svs}",
  "a{",
  "a".repeat(65).concat("s"),
  "s".repeat(256),
])("%s is no signature", (signature) => {
  expect(completeTypes(signature)).toBeUndefined();
  expect(decodeValues(signature, new Uint8Array(999), true)).toEqual({ ok: false, reason: "signature" });
  expect(() => encodeValues(signature, [])).toThrow(TypeError);
});

describe("big-endian bytes", () => {
  test("are read", () => {
    const bytes = fromHex("00 07  ff fe  00 00 00 01  00 00 00 02 68 69 00");
    expect(decodeValues("qnbs", bytes, false)).toEqual({ ok: true, value: { values: [7, -2, true, "hi"], end: 15 } });
  });
});

test.each([
  ["b", "02000000", "boolean"],
  ["s", "02000000 6869 01", "text"],
  ["s", "02000000 6800 00", "text"],
  ["s", "01000000 ff 00", "text"],
  ["s", "ffffffff 6869", "truncated"],
  ["au", "05000000 01000000 02000000", "array"],
  ["au", "09000000 01000000", "truncated"],
  ["yu", "01 000001 01000000", "padding"],
  ["v", "02 7373 00 01000000", "signature"],
  ["v", "00 00", "signature"],
  ["v", "0176 00 ".repeat(70), "depth"],
])("%s of %s is refused: %s", (signature, hex, reason) => {
  expect(decodeValues(signature, fromHex(hex), true)).toEqual({ ok: false, reason });
});

test("a struct of the wrong length is a bug", () => {
  expect(() => encodeValues("(us)", [[1]])).toThrow(TypeError);
});

/** A type, and values of it. */
const typed: fc.Arbitrary<{ type: string; values: fc.Arbitrary<DbusValue> }> = fc.letrec<{
  any: { type: string; values: fc.Arbitrary<DbusValue> };
}>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<{ type: string; values: fc.Arbitrary<DbusValue> }>(
      { type: "y", values: fc.nat(255) },
      { type: "b", values: fc.boolean() },
      { type: "n", values: fc.integer({ min: -32768, max: 32767 }) },
      { type: "q", values: fc.nat(65535) },
      { type: "i", values: fc.integer() },
      { type: "u", values: fc.nat(4294967295) },
      { type: "x", values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
      { type: "t", values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
      { type: "d", values: fc.double({ noNaN: true }) },
      { type: "s", values: fc.string().filter((text) => !text.includes("\0")) },
      { type: "g", values: fc.constantFrom("", "s", "a{sv}") },
    ),
    tie("any").map(({ type, values }) => ({ type: `a${type}`, values: fc.array(values, { maxLength: 3 }) })),
    tie("any").map(({ type, values }) => ({
      type: `a{s${type}}`,
      values: fc.array(fc.tuple(fc.constantFrom("a", "ü"), values), { maxLength: 3 }),
    })),
    tie("any").map(({ type, values }) => ({ type: "v", values: values.map((value) => ({ signature: type, value })) })),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => ({
      type: `(${a.type}${b.type})`,
      values: fc.tuple(a.values, b.values),
    })),
  ),
})).any;

test("reading is the inverse of writing", () => {
  const drawn = typed.chain(({ type, values }) => fc.tuple(fc.constant(type), values));
  fc.assert(
    fc.property(drawn, ([type, value]) => {
      const bytes = encodeValues(type, [value]);
      expect(decodeValues(type, bytes, true)).toEqual({ ok: true, value: { values: [value], end: bytes.length } });
    }),
  );
});
