import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { mac as macOf } from "../../src/base/mac.ts";
import { encodeUnsolicitedAdvertisement } from "../../src/wire/ndp.ts";
import { fromHex, golden } from "../golden.ts";

const mac = macOf("02:00:00:00:00:01");

test("an unsolicited advertisement is byte for byte that of keepalived 2.2.7", () => {
  const frame = encodeUnsolicitedAdvertisement({ mac, address: ip("fe80::100"), isRouter: false });
  expect(frame).toEqual(golden("ndp-unsolicited"));
});

test("RFC 4861 §4.4: a host that forwards says that it is a router", () => {
  const frame = encodeUnsolicitedAdvertisement({ mac, address: ip("fe80::100"), isRouter: true });
  expect(frame.subarray(54, 62)).toEqual(fromHex("8800d59ca0000000"));
});
