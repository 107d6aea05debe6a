import { expect, test } from "vitest";
import { formatMac, mac, macBytes, parseMac } from "../../src/base/mac.ts";

test("a hardware address is six pairs of digits, in either case, with colons or hyphens", () => {
  expect(parseMac("02:00:00:AB:cd:ef")).toBe("02:00:00:ab:cd:ef");
  expect(parseMac("02-00-00-ab-cd-ef")).toBe("02:00:00:ab:cd:ef");
});

test.each(["", "02:00:00:ab:cd", "02:00:00:ab:cd:ef:01", "2:0:0:ab:cd:ef", "02:00:00:ab:cd:eg", "020000abcdef"])(
  "%j is no hardware address",
  (text) => {
    expect(parseMac(text)).toBeUndefined();
    expect(() => mac(text)).toThrow(TypeError);
  },
);

test("bytes and text say the same", () => {
  expect(macBytes(mac("02:00:00:ab:cd:ef"))).toEqual(Uint8Array.of(2, 0, 0, 0xab, 0xcd, 0xef));
  expect(formatMac(Uint8Array.of(2, 0, 0, 0xab, 0xcd, 0xef))).toBe("02:00:00:ab:cd:ef");
});

test("other than six bytes are a bug", () => {
  expect(() => formatMac(new Uint8Array(5))).toThrow(TypeError);
});
