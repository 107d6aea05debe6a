import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { addressRoom, heardChecksum, outgoingPackets } from "../../src/vrrp/transmit.ts";
import { golden } from "../golden.ts";
import { parameters } from "../stories/lan.ts";

const NOBODY = new Set<never>();

/** As keepalived 2.2.7 was when the golden packets were captured. */
const third: VrrpParameters = {
  ...parameters("VI_1", 255, "10.9.0.1"),
  version: 3,
  authentication: { type: "none" },
  addresses: [ip("10.9.0.100")],
};
const peers = ["10.9.0.2", "10.9.0.3"].map((address) => ({ address: ip(address), minTtl: 0, maxTtl: 255 }));
const unicast: VrrpParameters = { ...third, unicast: { peers, ttl: undefined } };
const six: VrrpParameters = {
  ...third,
  primaryAddress: ip("fe80::ff:fe00:1"),
  multicastGroup: ip("ff02::12"),
  addresses: [ip("fe80::100"), ip("2001:db8:9::100")],
};

/** The IPv4 header checksum is the kernel's; the one that was captured is right too. */
const bytes = (router: VrrpParameters, at = 0): Uint8Array | undefined =>
  outgoingPackets(router, router.priority, 1, NOBODY)[at]?.bytes;

test("multicast is one packet to the group, byte for byte that of keepalived 2.2.7, of both families", () => {
  expect(outgoingPackets({ ...third, interval: seconds(0.5) }, 255, 1, NOBODY)).toEqual([
    { to: "224.0.0.18", bytes: golden("vrrp-v3") },
  ]);
  expect(outgoingPackets(six, 255, 1, NOBODY)).toEqual([{ to: "ff02::12", bytes: golden("vrrp-v3-ipv6") }]);
});

test("another group is in the packet and in its checksum", () => {
  const [packet] = outgoingPackets({ ...third, multicastGroup: ip("224.0.0.77") }, 255, 1, NOBODY);
  expect(packet?.to).toBe("224.0.0.77");
  expect([...(packet?.bytes.subarray(16, 20) ?? [])]).toEqual([224, 0, 0, 77]);
});

test("unicast is a packet for each peer, with a checksum of its own and one id", () => {
  expect(bytes(unicast)).toEqual(golden("vrrp-v3-unicast"));
  expect(outgoingPackets(unicast, 255, 7, NOBODY).map(({ to }) => to)).toEqual(["10.9.0.2", "10.9.0.3"]);
  const ids = outgoingPackets(unicast, 255, 7, NOBODY).map((packet) => packet.bytes[5]);
  expect(ids).toEqual([7, 7]);
  expect(bytes(unicast, 1)?.subarray(26, 28)).toEqual(Uint8Array.of(0xb0, 0x67));
});

test("old_unicast_checksum: the group is in the checksum of every peer", () => {
  const old: VrrpParameters = {
    ...unicast,
    multicastGroup: ip("224.0.0.77"),
    checksum: { pseudoHeader: true, oldUnicast: "always" },
  };
  expect(bytes(old)).toEqual(golden("vrrp-v3-unicast-old"));
  expect(bytes(old, 1)?.subarray(26, 28)).toEqual(Uint8Array.of(0xda, 0x25));
});

test("a peer that was heard with the old checksum is answered with it, until it is heard with the new one", () => {
  const first = heardChecksum(NOBODY, ip("10.9.0.2"), "group");
  const group = ip("224.0.0.77");
  const [old, other] = outgoingPackets({ ...unicast, multicastGroup: group }, 255, 1, first);
  expect(old?.bytes).toEqual(golden("vrrp-v3-unicast-old"));
  expect(other?.bytes.subarray(26, 28)).toEqual(Uint8Array.of(0xb0, 0x67));
  expect(heardChecksum(first, ip("10.9.0.2"), "group")).toBe(first);
  expect(heardChecksum(first, ip("10.9.0.2"), "addresses")).toEqual(NOBODY);
});

test("v3_checksum_as_v2: the message alone is covered, so every peer's checksum is the same", () => {
  const bare: VrrpParameters = { ...unicast, checksum: { pseudoHeader: false, oldUnicast: "detect" } };
  const sums = [0, 1].map((at) => [...(bytes(bare, at)?.subarray(26, 28) ?? [])]);
  expect(sums[0]).toEqual(sums[1]);
  expect(sums[0]).not.toEqual([0xb0, 0x68]);
});

test("unicast: TTL 255 over IPv4 and the kernel's 64 over IPv6, unless unicast_ttl says another", () => {
  const far = { peers: [{ address: ip("2001:db8::2"), minTtl: 0, maxTtl: 255 }], ttl: undefined };
  expect(bytes(unicast)?.[8]).toBe(255);
  expect(bytes({ ...unicast, unicast: { peers, ttl: 3 } })?.[8]).toBe(3);
  expect(bytes({ ...six, unicast: far })?.[7]).toBe(64);
  expect(bytes({ ...six, unicast: { ...far, ttl: 3 } })?.[7]).toBe(3);
});

test("an advertisement carries at most 255 addresses, and what a packet of the interface has room for", () => {
  expect(addressRoom(3, 4, 1500)).toBe(255);
  expect(addressRoom(3, 6, 1500)).toBe(89); // measured on keepalived 2.2.7
  expect(addressRoom(2, 4, 576)).toBe(129);
  expect(addressRoom(3, 6, 0)).toBe(0);
});
