import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type Encapsulation, encapsulationAttributes } from "../../src/netlink/encapsulation.ts";
import { fromHex } from "../golden.ts";

const nothing = { id: undefined, destination: undefined, source: undefined, service: undefined };

test.each<[string, Encapsulation, string]>([
  [
    "an id of more than 32 bits",
    { type: "ip", tunnel: { ...nothing, id: 0x1_0000_0002n, ttl: undefined, flags: undefined } },
    "1000 1600 0c00 0100 00000001 00000002 0600 1500 0200 0000",
  ],
  [
    "a destination alone",
    { type: "ip6", tunnel: { ...nothing, destination: ip("::1"), ttl: undefined, flags: undefined } },
    "1800 1600 1400 0200 00000000000000000000000000000001 0600 1500 0400 0000",
  ],
  [
    "one label, which is the bottom",
    { type: "mpls", labels: [0xfffff] },
    "0c00 1600 0800 0100 fffff100 0600 1500 0100 0000",
  ],
])("%s", (_, encapsulation, hex) => {
  expect(encapsulationAttributes(encapsulation)).toEqual(fromHex(hex));
});
