import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { decodeMessages, encodeMessages } from "../../src/netlink/message.ts";
import { fromHex, golden } from "../golden.ts";

const messages = [
  { type: 20, flags: 5, sequence: 0xffff_ffff, body: Uint8Array.of(1, 2, 3, 4, 5) },
  { type: 3, flags: 0, sequence: 0, body: new Uint8Array() },
];

test("messages are aligned to 4 bytes, and their length does not count the padding", () => {
  expect(encodeMessages(messages)).toEqual(
    fromHex("15000000 1400 0500 ffffffff 00000000 0102030405 000000  10000000 0300 0000 00000000 00000000"),
  );
});

test("what was encoded is decoded", () => {
  expect(decodeMessages(encodeMessages(messages))).toEqual(messages);
});

test("the last message may come without its padding", () => {
  expect(decodeMessages(encodeMessages(messages.slice(0, 1)).subarray(0, 21))).toEqual(messages.slice(0, 1));
});

test("a datagram of the kernel is read to its end", () => {
  expect(decodeMessages(golden("ipvs-services")).map(({ type, body }) => [type, body.length])).toEqual(
    new Array(4).fill([0x20, expect.any(Number)]),
  );
});

test.each([
  ["shorter than its header", fromHex("0f000000 1400 0500 00000000 00000000")],
  ["longer than the datagram", fromHex("14000000 1400 0500 00000000 00000000")],
  ["cut in its header", fromHex("10000000 1400 0500 00000000")],
])("a message %s ends the list", (_, bytes) => {
  const good = encodeMessages(messages);
  expect(decodeMessages(concat(good, bytes))).toEqual(messages);
});
