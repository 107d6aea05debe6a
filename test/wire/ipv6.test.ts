import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { encodeIpv6, IPV6_HEADER } from "../../src/wire/ipv6.ts";
import { golden } from "../golden.ts";

test("a packet of keepalived 2.2.7 is written byte for byte", () => {
  const packet = golden("vrrp-v3-ipv6");
  const from = ip("fe80::ff:fe00:1");
  const header = { from, to: ip("ff02::12"), protocol: 112, hopLimit: 255, trafficClass: 0xc0 };
  expect(encodeIpv6({ ...header, payload: packet.subarray(IPV6_HEADER) })).toEqual(packet);
});
