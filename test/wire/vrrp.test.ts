import { expect, test } from "vitest";
import { checksum } from "../../src/base/checksum.ts";
import { ip } from "../../src/base/ip.ts";
import { centiseconds, seconds } from "../../src/base/time.ts";
import { decodeIpv4, IPV4_HEADER } from "../../src/wire/ipv4.ts";
import { IPV6_HEADER } from "../../src/wire/ipv6.ts";
import type { Envelope } from "../../src/wire/pseudo-header.ts";
import {
  type Advertisement,
  type AdvertisementV2,
  type AdvertisementV3,
  advertisedVrid,
  type ChecksumForm,
  decodeAdvertisement,
  encodeAdvertisement,
  VRRP_GROUP_V4,
} from "../../src/wire/vrrp.ts";
import { fromHex, golden } from "../golden.ts";

/** Where the messages of version 2 were captured. */
const ON_LAN: Envelope = { from: ip("10.9.0.1"), to: VRRP_GROUP_V4 };

const advertisement: AdvertisementV2 = {
  version: 2,
  vrid: 51,
  priority: 100,
  interval: seconds(1),
  authentication: { type: "none" },
  addresses: [ip("10.9.0.100")],
};
const good = encodeAdvertisement(advertisement, ON_LAN);

/** What a good message reads as. */
function read(value: Advertisement, form: ChecksumForm = "addresses"): object {
  return { ok: true, value, checksum: form };
}

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
  expect(packet.ok && decodeAdvertisement(packet.value.payload, packet.value)).toEqual(read(value));
  expect(encodeAdvertisement(value, ON_LAN)).toEqual(golden(name).subarray(IPV4_HEADER));
});

test("RFC 3768 §5.3.8: the checksum covers the 8 bytes of authentication", () => {
  expect(good).toEqual(fromHex("21336401 0001705d 0a090064 0000000000000000"));
  const pass: Advertisement = { ...advertisement, authentication: { type: "pass", password: "s3cr3t" } };
  expect(encodeAdvertisement(pass, ON_LAN)).toEqual(fromHex("21336401 01016543 0a090064 7333637233740000"));
});

test("of a password the first 8 bytes count", () => {
  const long: Advertisement = { ...advertisement, authentication: { type: "pass", password: "123456789" } };
  const short: Advertisement = { ...advertisement, authentication: { type: "pass", password: "12345678" } };
  expect(encodeAdvertisement(long, ON_LAN)).toEqual(encodeAdvertisement(short, ON_LAN));
  expect(decodeAdvertisement(encodeAdvertisement(long, ON_LAN), ON_LAN)).toEqual(read(short));
});

test("an advertisement may have no address, and at most 255", () => {
  for (const count of [0, 255]) {
    const value = { ...advertisement, addresses: new Array(count).fill(ip("10.9.0.100")) };
    expect(decodeAdvertisement(encodeAdvertisement(value, ON_LAN), ON_LAN)).toEqual(read(value));
  }
});

test("authentication data without authentication is not looked at", () => {
  expect(decodeAdvertisement(changed(12, 0xff), ON_LAN)).toEqual(read(advertisement));
});

test("the VRID is known before the rest is looked at", () => {
  expect(advertisedVrid(good)).toBe(51);
  expect(advertisedVrid(good.subarray(0, 2))).toBe(51);
  expect(advertisedVrid(good.subarray(0, 1))).toBeUndefined();
});

test.each<[string, number, Uint8Array]>([
  ["truncated", 7, good.subarray(0, 7)],
  ["version", 1, changed(0, 0x11)],
  ["version", 4, changed(0, 0x41)],
  ["length", 20, changed(0, 0x31)],
  ["length", 19, good.subarray(0, 19)],
  ["length", 20, changed(3, 2)],
  ["length", 21, new Uint8Array([...good, 0])],
  ["auth-type", 3, changed(4, 3)],
  ["type", 2, changed(0, 0x22)],
  ["checksum", 0x705d, good.with(2, 99)],
])("a message is dropped, with what was found: %s %i", (reason, found, bytes) => {
  expect(decodeAdvertisement(bytes, ON_LAN)).toEqual({ ok: false, reason, found });
});

const v3: AdvertisementV3 = {
  version: 3,
  vrid: 51,
  priority: 255,
  interval: centiseconds(100),
  addresses: [ip("10.9.0.100")],
};
const PEER = ip("10.9.0.2");

test.each<[string, AdvertisementV3, Envelope]>([
  ["vrrp-v3", { ...v3, interval: centiseconds(50) }, ON_LAN],
  ["vrrp-v3-unicast", v3, { ...ON_LAN, to: PEER }],
])("an advertisement of version 3 is read and written byte for byte: %s", (name, value, between) => {
  const message = golden(name).subarray(IPV4_HEADER);
  expect(decodeAdvertisement(message, between)).toEqual(read(value));
  expect(encodeAdvertisement(value, between)).toEqual(message);
});

test("Keepalived before 1.3.7: a unicast checksum over the group is known where the group is", () => {
  const message = golden("vrrp-v3-unicast-old").subarray(IPV4_HEADER);
  const group = ip("224.0.0.77");
  const between = { from: ip("10.9.0.1"), to: PEER };
  expect(decodeAdvertisement(message, between, group)).toEqual(read(v3, "group"));
  expect(decodeAdvertisement(message, between)).toMatchObject({ ok: false, reason: "checksum" });
  expect(decodeAdvertisement(message, between, VRRP_GROUP_V4)).toMatchObject({ ok: false, reason: "checksum" });
  expect(encodeAdvertisement(v3, { ...between, to: group })).toEqual(message);
});

test("RFC 9568 §5.2.8: over IPv4 a checksum of the message alone is right too", () => {
  const message = encodeAdvertisement(v3, ON_LAN, "message");
  expect(checksum(message)).toBe(0);
  expect(decodeAdvertisement(message, ON_LAN)).toEqual(read(v3, "message"));
  expect(decodeAdvertisement(message.with(2, 254), ON_LAN)).toMatchObject({ ok: false, reason: "checksum" });
});

test("version 3 counts centiseconds in 12 bits; what is before them is ignored", () => {
  for (const interval of [1, 4095].map(centiseconds)) {
    const message = encodeAdvertisement({ ...v3, interval }, ON_LAN);
    expect(decodeAdvertisement(message, ON_LAN)).toEqual(read({ ...v3, interval }));
  }
  const reserved = encodeAdvertisement(v3, ON_LAN, "message").with(4, 0xf0).with(6, 0).with(7, 0);
  new DataView(reserved.buffer).setUint16(6, checksum(reserved));
  expect(decodeAdvertisement(reserved, ON_LAN)).toEqual(read(v3, "message"));
});

const ON_LAN_6: Envelope = { from: ip("fe80::ff:fe00:1"), to: ip("ff02::12") };

test.each<[string, Advertisement]>([
  ["vrrp-v3-ipv6", { ...v3, addresses: [ip("fe80::100"), ip("2001:db8:9::100")] }],
  ["vrrp-v2-ipv6", { ...v3, version: 2, addresses: [ip("fe80::100")], authentication: { type: "pass", password: "" } }],
])("an advertisement over IPv6 is read and written byte for byte: %s", (name, value) => {
  const message = golden(name).subarray(IPV6_HEADER);
  expect(decodeAdvertisement(message, ON_LAN_6)).toEqual(read(value));
  expect(encodeAdvertisement(value, ON_LAN_6)).toEqual(message);
});

test("over IPv6 the checksum covers the addresses of the packet, and nothing else is right", () => {
  const value = { ...v3, addresses: [ip("fe80::100")] };
  const message = encodeAdvertisement(value, ON_LAN_6);
  expect(encodeAdvertisement(value, ON_LAN_6, "message")).toEqual(message);
  const elsewhere = { ...ON_LAN_6, to: ip("fe80::2") };
  expect(decodeAdvertisement(message, elsewhere, ON_LAN_6.to)).toMatchObject({ ok: false, reason: "checksum" });
});
