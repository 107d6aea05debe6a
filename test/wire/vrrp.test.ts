import { expect, test } from "vitest";
import { checksum } from "../../src/base/checksum.ts";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { decodeIpv4, IPV4_HEADER } from "../../src/wire/ipv4.ts";
import { type Advertisement, advertisedVrid, decodeAdvertisement, encodeAdvertisement } from "../../src/wire/vrrp.ts";
import { fromHex, golden } from "../golden.ts";

const advertisement: Advertisement = {
  version: 2,
  vrid: 51,
  priority: 100,
  interval: seconds(1),
  authentication: { type: "none" },
  addresses: [ip("10.9.0.100")],
};
const good = encodeAdvertisement(advertisement);

/** The good message with one byte changed and its checksum made right again. */
function changed(at: number, value: number): Uint8Array {
  const bytes = good.with(at, value).with(6, 0).with(7, 0);
  new DataView(bytes.buffer).setUint16(6, checksum(bytes));
  return bytes;
}

test.each<[string, Advertisement]>([
  [
    "vrrp-v2-none",
    {
      version: 2,
      vrid: 7,
      priority: 200,
      interval: seconds(3),
      authentication: { type: "none" },
      addresses: [ip("10.9.0.100"), ip("10.9.0.101"), ip("10.9.0.102")],
    },
  ],
  [
    "vrrp-v2-pass",
    {
      version: 2,
      vrid: 51,
      priority: 100,
      interval: seconds(1),
      authentication: { type: "pass", password: "1111" },
      addresses: [ip("192.168.110.200")],
    },
  ],
  [
    "vrrp-v2-resign",
    {
      version: 2,
      vrid: 51,
      priority: 0,
      interval: seconds(1),
      authentication: { type: "pass", password: "1111" },
      addresses: [ip("192.168.110.200")],
    },
  ],
])("an advertisement of keepalived 2.2.7 is read and written byte for byte: %s", (name, value) => {
  const packet = decodeIpv4(golden(name));
  expect(packet.ok && decodeAdvertisement(packet.value.payload)).toEqual({ ok: true, value });
  expect(encodeAdvertisement(value)).toEqual(golden(name).subarray(IPV4_HEADER));
});

test("RFC 3768 §5.3.8: the checksum covers the 8 bytes of authentication", () => {
  expect(good).toEqual(fromHex("21336401 0001705d 0a090064 0000000000000000"));
  const pass: Advertisement = { ...advertisement, authentication: { type: "pass", password: "s3cr3t" } };
  expect(encodeAdvertisement(pass)).toEqual(fromHex("21336401 01016543 0a090064 7333637233740000"));
});

test("of a password the first 8 bytes count", () => {
  const long: Advertisement = { ...advertisement, authentication: { type: "pass", password: "123456789" } };
  const short: Advertisement = { ...advertisement, authentication: { type: "pass", password: "12345678" } };
  expect(encodeAdvertisement(long)).toEqual(encodeAdvertisement(short));
  expect(decodeAdvertisement(encodeAdvertisement(long))).toEqual({ ok: true, value: short });
});

test("an advertisement may have no address, and at most 255", () => {
  for (const count of [0, 255]) {
    const value = { ...advertisement, addresses: new Array(count).fill(ip("10.9.0.100")) };
    expect(decodeAdvertisement(encodeAdvertisement(value))).toEqual({ ok: true, value });
  }
});

test("authentication data without authentication is not looked at", () => {
  expect(decodeAdvertisement(changed(12, 0xff))).toEqual({ ok: true, value: advertisement });
});

test("the VRID is known before the rest is looked at", () => {
  expect(advertisedVrid(good)).toBe(51);
  expect(advertisedVrid(good.subarray(0, 2))).toBe(51);
  expect(advertisedVrid(good.subarray(0, 1))).toBeUndefined();
});

test.each<[string, number, Uint8Array]>([
  ["truncated", 7, good.subarray(0, 7)],
  ["version", 3, changed(0, 0x31)],
  ["length", 19, good.subarray(0, 19)],
  ["length", 20, changed(3, 2)],
  ["length", 21, new Uint8Array([...good, 0])],
  ["auth-type", 2, changed(4, 2)],
  ["auth-type", 3, changed(4, 3)],
  ["type", 2, changed(0, 0x22)],
  ["checksum", 0x705d, good.with(2, 99)],
])("a message is dropped, with what was found: %s %i", (reason, found, bytes) => {
  expect(decodeAdvertisement(bytes)).toEqual({ ok: false, reason, found });
});
