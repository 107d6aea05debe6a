import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { type BfdPacket, decodeBfd, encodeBfd } from "../../src/wire/bfd.ts";
import { golden } from "../golden.ts";

const up: BfdPacket = {
  state: "up",
  diagnostic: 0,
  poll: false,
  final: false,
  demand: false,
  multiplier: 3,
  mine: 0x84e7f675,
  yours: 0x4695f32b,
  desiredTransmit: milliseconds(50),
  requiredReceive: milliseconds(50),
};
const good = encodeBfd(up);

test.each<[string, BfdPacket]>([
  ["bfd-keepalived-down", { ...up, state: "down", mine: 0xad4b1172, yours: 0, desiredTransmit: seconds(1) }],
  ["bfd-keepalived-poll", { ...up, poll: true }],
  ["bfd-keepalived-final", { ...up, final: true }],
  [
    "bfd-keepalived-signaled-down",
    { ...up, state: "down", diagnostic: 3, mine: 0x1ba84f1e, desiredTransmit: seconds(1) },
  ],
])("a packet of keepalived 2.2.7 is read and written byte for byte: %s", (name, value) => {
  expect(decodeBfd(golden(name))).toEqual({ ok: true, value });
  expect(encodeBfd(value)).toEqual(golden(name));
});

test.each<[string, BfdPacket]>([
  ["bfd-frr-poll", { ...up, poll: true, mine: 0x4695f32b, yours: 0x84e7f675 }],
  ["bfd-frr-admin-down", { ...up, state: "admin-down", mine: 0x4695f32b, yours: 0x84e7f675 }],
])("a packet of FRR is read, whatever echo it offers: %s", (name, value) => {
  expect(decodeBfd(golden(name))).toEqual({ ok: true, value });
});

test("RFC 9764: padding behind the packet's own length is not looked at", () => {
  expect(decodeBfd(new Uint8Array([...good, ...new Array(1400).fill(0xff)]))).toEqual({ ok: true, value: up });
});

test("a diagnostic that nobody has assigned is no reason to drop a packet", () => {
  expect(decodeBfd(good.with(0, 0x3f))).toEqual({ ok: true, value: { ...up, diagnostic: 31 } });
});

test("RFC 5880 §6.8.6: without your discriminator only down and admin down can be meant", () => {
  const silent = good.with(8, 0).with(9, 0).with(10, 0).with(11, 0);
  for (const [flags, ok] of [
    [0x00, true],
    [0x40, true],
    [0x80, false],
    [0xc0, false],
  ] as const)
    expect(decodeBfd(silent.with(1, flags)).ok).toBe(ok);
});

test("the flags C and D are no reason to drop a packet", () => {
  expect(decodeBfd(good.with(1, 0xca))).toEqual({ ok: true, value: { ...up, demand: true } });
});

test.each<[string, Uint8Array]>([
  ["truncated", good.subarray(0, 23)],
  ["truncated", new Uint8Array(0)],
  ["version", good.with(0, 0x00)],
  ["version", good.with(0, 0x40)],
  ["length", good.with(3, 23)],
  ["length", good.with(3, 25)],
  ["authentication", good.with(1, 0xc4)],
  ["multiplier", good.with(2, 0)],
  ["multipoint", good.with(1, 0xc1)],
  ["poll-and-final", good.with(1, 0xf0)],
  ["discriminator", good.with(4, 0).with(5, 0).with(6, 0).with(7, 0)],
])("RFC 5880 §6.8.6: a packet is dropped for %s", (reason, bytes) => {
  expect(decodeBfd(bytes)).toEqual({ ok: false, reason });
});
