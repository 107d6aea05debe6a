import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import { ownAddresses } from "../../src/daemon/own-addresses.ts";
import { type PlacedInterface, placedInterfaces, speaksOnOwn } from "../../src/daemon/virtual-placement.ts";
import type { HostNetwork } from "../../src/io/host-network.ts";
import type { InterfaceAddress } from "../../src/netlink/address.ts";
import type { Link } from "../../src/netlink/link.ts";
import { reading } from "../config/reading.ts";

const LINKS = [
  { ifindex: 2, name: "eth0", mac: mac("16:46:df:f0:d5:a8") },
  { ifindex: 3, name: "own", base: 2 },
];
const ON_ETH0 = ["192.0.2.1", "2001:db8::1", "fe80::1"].map((address) => ({ address: ip(address) }));
const stub: Pick<HostNetwork, "link" | "addresses"> = {
  link: (name) => LINKS.find((one) => one.name === name) as Link | undefined,
  addresses: (ifindex) => (ifindex === 2 ? (ON_ETH0 as unknown as readonly InterfaceAddress[]) : []),
};

function instance(lines: readonly string[]) {
  const { config } = reading(
    `vrrp_instance V {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n${lines[0]}\n}\n${lines.slice(1).join("\n")}\n}`,
  );
  const [only] = config.vrrpInstances;
  if (only === undefined) throw new Error("no instance");
  return { only, places: placedInterfaces(only, config.global) };
}

function own(places: readonly PlacedInterface[], name = "own"): readonly string[] {
  return places.flatMap((place) =>
    ownAddresses(place, name, stub).map(
      ({ address, prefixLength, preferredLifetime }) => `${address}/${prefixLength} ${preferredLifetime}`,
    ),
  );
}

const FOREVER = 0xffff_ffff;

test.each<[string, string[], string[]]>([
  ["use_vmac over IPv4 has none", ["192.0.2.9", "use_vmac"], []],
  ["use_vmac over IPv6 has the link-local one of its base", ["fe80::9", "use_vmac"], ["fe80::1/64 0"]],
  ["use_ipvlan has what it is given", ["192.0.2.9", "use_ipvlan 192.0.2.5/24"], [`192.0.2.5/24 ${FOREVER}`]],
  ["and without a length its address alone", ["192.0.2.9", "use_ipvlan 192.0.2.5"], [`192.0.2.5/32 ${FOREVER}`]],
  [
    "use_ipvlan over IPv6 has a link-local one of its own",
    ["fe80::9", "use_ipvlan"],
    ["fe80::1646:df00:33f0:d5a8/64 0"],
  ],
])("%s", (_, lines, expected) => {
  const { places } = instance(lines);
  expect(own(places)).toEqual(expected);
  expect(own(places, "none")).toEqual([]);
});

test.each<[string, boolean]>([
  ["use_vmac", true],
  ["use_vmac\nvmac_xmit_base", false],
  ["use_vmac\nunicast_peer {\nfe80::2\n}", false],
  ["use_ipvlan", true],
  ["use_ipvlan\nunicast_peer {\nfe80::2\n}", false],
  ["use_ipvlan fe80::7\nunicast_peer {\nfe80::2\n}", true],
  ["", false],
])("whether an instance speaks on its own interface with %j: %s", (line, speaks) => {
  expect(speaksOnOwn(instance(["fe80::9", line]).only)).toBe(speaks);
});
