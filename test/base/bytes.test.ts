import { expect, test } from "vitest";
import { concat, equalBytes, fromByteString, toByteString, toHex, viewOf } from "../../src/base/bytes.ts";

test("parts are put one behind the other", () => {
  expect(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
  expect(concat()).toEqual(new Uint8Array());
});

test("a view covers exactly the part it was made for", () => {
  const part = Uint8Array.of(0, 1, 2, 3).subarray(1, 3);
  expect(viewOf(part).byteLength).toBe(2);
  expect(viewOf(part).getUint16(0)).toBe(0x0102);
});

test("bytes are equal only if length and values are", () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
});

test("hexadecimal text has two digits a byte", () => {
  expect(toHex(Uint8Array.of(0, 10, 255))).toBe("000aff");
  expect(toHex(Uint8Array.of(0, 10, 255), ":")).toBe("00:0a:ff");
});

test("a byte string has one character a byte, and nothing above U+00FF", () => {
  expect(fromByteString("a\u00ff\0")).toEqual(Uint8Array.of(97, 255, 0));
  expect(toByteString(Uint8Array.of(97, 255, 0))).toBe("a\u00ff\0");
  expect(() => fromByteString("\u0100")).toThrow(RangeError);
});
