import { expect, test } from "vitest";
import { checksum } from "../../src/base/checksum.ts";
import { fromHex } from "../golden.ts";

test("RFC 1071 §3: the example sums to ddf2", () => {
  expect(checksum(fromHex("0001 f203 f4f5 f6f7"))).toBe(0xffff ^ 0xddf2);
});

test("parts of odd length count as if they lay one behind the other", () => {
  expect(checksum(fromHex("00"), fromHex("01f203"), fromHex("f4f5f6f7"))).toBe(0xffff ^ 0xddf2);
});

test("an odd last byte is the high half of a word", () => {
  expect(checksum(Uint8Array.of(0xab))).toBe(0xffff ^ 0xab00);
});

test("over a message with its checksum it is zero, and over nothing it is ffff", () => {
  expect(checksum(fromHex("0001 f203 f4f5 f6f7 220d"))).toBe(0);
  expect(checksum()).toBe(0xffff);
});

test("carries are folded in until none is left", () => {
  expect(checksum(new Uint8Array(200_000).fill(0xff))).toBe(0);
});
