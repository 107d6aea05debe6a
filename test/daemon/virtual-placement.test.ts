import { expect, test } from "vitest";
import type { Config } from "../../src/config/model/model.ts";
import { isPlacedAlike, placed, placedInterfaces } from "../../src/daemon/virtual-placement.ts";
import { reading } from "../config/reading.ts";

/** VRID 51 on eth0 with one address in each place there is. */
function config(...lines: readonly string[]): Config {
  const text = `
    global_defs {
      vmac_addr_prefix adr
    }
    vrrp_instance V {
      interface eth0
      virtual_router_id 51
      ${lines.join("\n")}
      virtual_ipaddress {
        192.0.2.1
        192.0.2.2 dev eth0
        198.51.100.1 dev eth1
      }
      virtual_ipaddress_excluded {
        192.0.2.3
        2001:db8::1
      }
    }`;
  const { config: read, diagnostics } = reading(text);
  if (read === undefined) throw new Error(JSON.stringify(diagnostics));
  return read;
}

/** The interfaces as `BASE KIND MAC NAME`, and where the addresses go. */
function placing({ vrrpInstances: [instance], global }: Config) {
  if (instance === undefined) throw new Error("no instance");
  const places = placedInterfaces(instance, global);
  const { addresses, excludedAddresses, sourceAddress } = placed(instance, (key) => `<${key}>`);
  return {
    made: places.map(({ wanted: { base, spec, name } }) => {
      const mac = spec.kind === "macvlan" ? spec.mac : spec.mode;
      return `${base} ${spec.kind} ${mac} ${name.given ?? name.prefix}`;
    }),
    on: [...addresses, ...excludedAddresses].map(({ interface: name }) => name),
    ipv6: places.map(({ ipv6 }) => ipv6),
    sourceAddress,
  };
}

test("without use_vmac nothing is made, and every address stays where it is", () => {
  expect(placing(config())).toMatchObject({ made: [], on: ["eth0", "eth0", "eth1", "eth0", "eth0"] });
});

test("keepalived 2.2.7: addresses of the instance's family on its interface go on its own, also with `dev`; others stay", () => {
  expect(placing(config("use_vmac"))).toMatchObject({
    made: ["eth0 macvlan 00:00:5e:00:01:33 vrrp"],
    on: ["<V eth0>", "<V eth0>", "eth1", "<V eth0>", "eth0"],
    ipv6: [false],
  });
});

test("use_vmac_addr: every address goes on one, and what lies on another interface is named by vmac_addr_prefix", () => {
  expect(placing(config("use_vmac wan0 00:aa:bb:cc:dd", "use_vmac_addr"))).toMatchObject({
    made: ["eth0 macvlan 00:aa:bb:cc:dd:33 wan0", "eth1 macvlan 00:aa:bb:cc:dd:33 adr"],
    on: ["<V eth0>", "<V eth0>", "<V eth1>", "<V eth0>", "<V eth0>"],
    ipv6: [true, false],
  });
});

test("use_vmac at an address alone makes one for it", () => {
  const more = "virtual_ipaddress {\n192.0.2.9 use_vmac\n}";
  const { made, on } = placing(config(more));
  expect(made).toEqual(["eth0 macvlan 00:00:5e:00:01:33 adr"]);
  expect(on.filter((name) => name === "<V eth0>")).toHaveLength(1);
});

test("keepalived 2.2.7: the address of an ipvlan is the source, and every virtual address stays where it is", () => {
  const on = ["eth0", "eth0", "eth1", "eth0", "eth0"];
  const made = ["eth0 ipvlan private ipv0"];
  expect(placing(config("use_ipvlan ipv0 192.0.2.5/24 private"))).toMatchObject({
    made,
    on,
    sourceAddress: "192.0.2.5",
  });
  expect(placing(config("use_ipvlan"))).toMatchObject({ made: [], on }); // and the instance stays in fault
});

test("an ipvlan without an address of its own leaves the configured source", () => {
  expect(placing(config("use_ipvlan", "mcast_src_ip 192.0.2.7")).sourceAddress).toBe("192.0.2.7");
  expect(placing(config("use_ipvlan")).sourceAddress).toBeUndefined();
});

test("two readings are placed alike where each address is on the same interface", () => {
  const [instance] = config("use_vmac").vrrpInstances;
  if (instance === undefined) throw new Error("no instance");
  const on = (name: string) => placed(instance, () => name);
  expect(isPlacedAlike(on("vrrp.51"), on("vrrp.51"))).toBe(true);
  expect(isPlacedAlike(on("vrrp.51"), on("vrrp1.51"))).toBe(false);
  expect(isPlacedAlike(on("vrrp.51"), { ...on("vrrp.51"), addresses: [] })).toBe(false);
});
