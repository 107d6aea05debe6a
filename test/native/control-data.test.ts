import fc from "fast-check";
import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { arrivedAt, readArrival } from "../../src/io/control-data.ts";
import { fromHex } from "../golden.ts";

// As cmsg(3) and ipv6(7) lay them out on 64 bits, little endian, and skipped elsewhere for that: an advert to ff02::12 on
// interface 2. The lab hears real ones on any machine.
const PKTINFO = "2400000000000000 29000000 32000000 ff020000000000000000000000000012 02000000 00000000";
const HOP_LIMIT = "1400000000000000 29000000 34000000 ff000000 00000000";

test.skipIf(process.arch !== "x64")("destination and hop limit are found in any order, and others are skipped", () => {
  const other = "1800000000000000 01000000 1d000000 0000000000000000";
  for (const parts of [
    [PKTINFO, HOP_LIMIT],
    [HOP_LIMIT, other, PKTINFO],
  ])
    expect(readArrival(fromHex(parts.join("")))).toEqual({
      to: "ff02::12",
      ifindex: 2,
      ttl: 255,
      wallClock: undefined,
    });
});

test.skipIf(process.arch !== "x64")("the time of arrival is read to the microsecond", () => {
  const stamp = "2000000000000000 01000000 40000000 15cd5b6a00000000 40e2010000000000"; // 1784401173 s, 123456 ns
  expect(readArrival(fromHex(stamp)).wallClock).toBe(seconds(1_784_401_173) + 123.456);
});

test("a datagram came when the kernel says, but neither later than now nor long ago", () => {
  const came = (wallClock: number | undefined): number => arrivedAt({ wallClock }, 5_000_000, 1_800_000_000_000_000);
  expect(came(1_800_000_000_000_000 - 700)).toBe(5_000_000 - 700);
  expect(came(1_800_000_000_000_000 + 3_600_000_000)).toBe(5_000_000);
  expect(came(1_800_000_000_000_000 - 3_600_000_000)).toBe(5_000_000 - 10_000);
  expect(came(undefined)).toBe(5_000_000);
});

test("what is not there, or cut, is undefined", () => {
  const nothing = { to: undefined, ifindex: 0, ttl: undefined, wallClock: undefined };
  expect(readArrival(new Uint8Array())).toEqual(nothing);
  expect(readArrival(fromHex(PKTINFO).subarray(0, 30))).toEqual(nothing);
  expect(readArrival(fromHex("0000000000000000 2900000032000000"))).toEqual(nothing);
});

test("it never throws, and always ends", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 256 }), (data) => void readArrival(data)));
});
