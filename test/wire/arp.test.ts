import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import { type ArpPacket, decodeArp, encodeArp, gratuitousArp, gratuitousArps } from "../../src/wire/arp.ts";
import { golden } from "../golden.ts";

const announcement = gratuitousArp(mac("02:00:00:00:00:01"), ip("192.168.110.200"));
const good = encodeArp(announcement);

test("a gratuitous ARP has the bytes of keepalived 2.2.7", () => {
  expect(good).toEqual(golden("arp-gratuitous"));
  expect(decodeArp(golden("arp-gratuitous"))).toEqual({ ok: true, value: announcement });
});

test("many gratuitous ARPs have the bytes that each has alone", () => {
  const own = mac("02:00:00:00:00:01");
  const frame = gratuitousArps(own);
  for (const address of [ip("192.168.110.200"), ip("198.18.3.231"), ip("192.168.110.200")])
    expect(frame(address)).toEqual(encodeArp(gratuitousArp(own, address)));
});

test("a reply comes back too", () => {
  const reply: ArpPacket = {
    destination: mac("02:00:00:00:00:02"),
    source: mac("02:00:00:00:00:01"),
    operation: "reply",
    senderMac: mac("02:00:00:00:00:01"),
    senderIp: ip("192.0.2.1"),
    targetMac: mac("02:00:00:00:00:02"),
    targetIp: ip("192.0.2.2"),
  };
  expect(decodeArp(encodeArp(reply))).toEqual({ ok: true, value: reply });
});

test("padding behind the packet is ignored", () => {
  expect(decodeArp(concat(good, new Uint8Array(18)))).toEqual({ ok: true, value: announcement });
});

test.each([
  ["truncated", good.subarray(0, 41)],
  ["ethertype", good.with(13, 0)],
  ["format", good.with(15, 6)], //    IEEE 802
  ["format", good.with(16, 0x86)], // not IPv4
  ["format", good.with(18, 8)], //    length of a hardware address
  ["operation", good.with(21, 3)],
])("a frame is dropped: %s", (reason, bytes) => {
  expect(decodeArp(bytes)).toEqual({ ok: false, reason });
});
