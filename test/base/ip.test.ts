import { expect, test } from "vitest";
import {
  compareIp,
  family,
  fromBytes,
  type IpAddress,
  ip,
  isLinkLocal,
  isLinkLocalGroup,
  isMulticast,
  parseIp,
  toBytes,
} from "../../src/base/ip.ts";
import { fromHex } from "../golden.ts";

test.each([
  ["0.0.0.0", "0.0.0.0"],
  ["192.0.2.254", "192.0.2.254"],
  ["255.255.255.255", "255.255.255.255"],
])("IPv4 %s is %s", (text, canonical) => {
  expect(parseIp(text)).toBe(canonical);
  expect(family(ip(text))).toBe(4);
});

test.each([
  "",
  "1",
  "1.2.3",
  "1.2.3.4.5",
  "256.0.0.1",
  "1.2.3.1000",
  "01.2.3.4",
  "1.2.3.-4",
  "1.2.3.4 ",
  "a.b.c.d",
  "1..2.3",
])("%j is no address", (text) => {
  expect(parseIp(text)).toBeUndefined();
  expect(() => ip(text)).toThrow(TypeError);
});

test.each([
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:0db8::0001", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // RFC 5952 §4.2.2: one zero group stays
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], //          the longest run
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], //    the first of equal runs
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
  ["::ffff:192.0.2.1", "::ffff:c000:201"],
  ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"],
])("RFC 5952: %s is %s", (text, canonical) => {
  expect(parseIp(text)).toBe(canonical);
  expect(family(ip(text))).toBe(6);
});

test.each([
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "12345::",
  "g::",
  "::1.2.3",
  "1.2.3.4::",
  "::1.2.3.4:5",
  "fe80::1%eth0",
])("%j is no address", (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test("bytes are in network order", () => {
  expect(toBytes(ip("192.0.2.254"))).toEqual(Uint8Array.of(192, 0, 2, 254));
  expect(toBytes(ip("2001:db8::1"))).toEqual(fromHex("20010db8000000000000000000000001"));
  expect(fromBytes(fromHex("20010db8000000000000000000000001"))).toBe("2001:db8::1");
});

test("a cast does not make an address of other text", () => {
  expect(() => toBytes("eth0" as IpAddress)).toThrow(TypeError);
});

test("other than 4 or 16 bytes are a bug", () => {
  expect(() => fromBytes(new Uint8Array(5))).toThrow(TypeError);
});

test("addresses are ordered as numbers, not as text", () => {
  expect(compareIp(ip("10.0.0.9"), ip("10.0.0.10"))).toBeLessThan(0);
  expect(compareIp(ip("192.0.2.1"), ip("10.0.0.1"))).toBeGreaterThan(0);
  expect(compareIp(ip("fe80::1"), ip("fe80::1"))).toBe(0);
  expect(compareIp(ip("fe80::ffff"), ip("fe80::1:0"))).toBeLessThan(0);
});

test.each([
  ["223.255.255.255", false],
  ["224.0.0.0", true],
  ["239.255.255.255", true],
  ["240.0.0.0", false],
  ["ff02::12", true],
  ["fe80::1", false],
])("whether %s is a multicast address: %s", (text, expected) => {
  expect(isMulticast(ip(text))).toBe(expected);
});

test.each([
  ["fe80::1", true],
  ["febf::1", true],
  ["fec0::1", false],
  ["fe8::1", false],
  ["2001:db8::fe80", false],
  ["169.254.0.1", true],
  ["169.253.0.1", false],
])("RFC 3927, RFC 4291 §2.5.6: whether %s is link-local: %s", (address, expected) => {
  expect(isLinkLocal(ip(address))).toBe(expected);
});

test.each<[string, boolean]>([
  ["ff02::12", true],
  ["ff12::12", true],
  ["ff05::12", false],
  ["fe02::12", false],
  ["224.0.0.18", false],
])("%s is a group of the link alone: %s", (address, expected) => {
  expect(isLinkLocalGroup(ip(address))).toBe(expected);
});
