import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import {
  be16Attribute,
  bytesAttribute,
  decodeAttributes,
  nestedAttribute,
  readBe16,
  readBytes,
  readNested,
  readString,
  readU16,
  readU32,
  stringAttribute,
  u8Attribute,
  u16Attribute,
  u32Attribute,
} from "../../src/netlink/attributes.ts";
import { fromHex } from "../golden.ts";

test("attributes are aligned to 4 bytes, and their length does not count the padding", () => {
  expect(u8Attribute(1, 7)).toEqual(fromHex("0500 0100 07 000000"));
  expect(u16Attribute(2, 0x1234)).toEqual(fromHex("0600 0200 3412 0000"));
  expect(be16Attribute(3, 80)).toEqual(fromHex("0600 0300 0050 0000"));
  expect(u32Attribute(4, 0xffff_fffe)).toEqual(fromHex("0800 0400 feffffff"));
  expect(stringAttribute(5, "rr")).toEqual(fromHex("0700 0500 727200 00"));
  expect(bytesAttribute(6, new Uint8Array())).toEqual(fromHex("0400 0600"));
});

test("a nested attribute is marked and holds attributes", () => {
  expect(nestedAttribute(1, u8Attribute(2, 3))).toEqual(fromHex("0c00 0180 0500 0200 03000000"));
});

const attributes = decodeAttributes(
  concat(
    u16Attribute(2, 0x1234),
    be16Attribute(3, 80),
    u32Attribute(4, 0xffff_fffe),
    stringAttribute(5, "wlc"),
    nestedAttribute(6, u16Attribute(1, 9)),
    bytesAttribute(7, fromHex("6574 68")),
  ),
);

test("what was encoded is read", () => {
  expect(readU16(attributes, 2)).toBe(0x1234);
  expect(readBe16(attributes, 3)).toBe(80);
  expect(readU32(attributes, 4)).toBe(0xffff_fffe);
  expect(readString(attributes, 5)).toBe("wlc");
  expect(readU16(readNested(attributes, 6), 1)).toBe(9);
  expect(readBytes(attributes, 7, 2)).toEqual(fromHex("6574"));
});

test("text without its NUL is read to the end of the attribute", () => {
  expect(readString(attributes, 7)).toBe("eth");
});

test("missing and short attributes are undefined", () => {
  expect([readU16(attributes, 9), readBe16(attributes, 9), readU32(attributes, 9)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(readU32(attributes, 2)).toBeUndefined();
  expect(readString(attributes, 9)).toBeUndefined();
  expect(readBytes(attributes, 7, 4)).toBeUndefined();
  expect(readNested(attributes, 9).size).toBe(0);
});

test("of two attributes with one type the later counts", () => {
  expect(readU16(decodeAttributes(concat(u16Attribute(1, 1), u16Attribute(1, 2))), 1)).toBe(2);
});

test.each([
  ["shorter than its header", "0300 0900"],
  ["longer than the bytes there are", "0900 0900 00000000"],
  ["cut in its header", "0900"],
])("an attribute %s ends the list", (_, hex) => {
  expect([...decodeAttributes(concat(u8Attribute(1, 7), fromHex(hex))).keys()]).toEqual([1]);
});
