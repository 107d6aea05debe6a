import { expect, test } from "vitest";
import { laneFinder } from "../../src/vrrp/lanes.ts";

const laneOf = laneFinder({
  garpInterval: 10,
  gnaInterval: 20,
  groups: [
    { garpInterval: 100, gnaInterval: undefined, interfaces: ["eth1", "eth2"], shared: true },
    { garpInterval: undefined, gnaInterval: 300, interfaces: ["eth3"], shared: false },
  ],
});

test("an interface has a lane of its own for each family, with the gap of vrrp_garp_interval and vrrp_gna_interval", () => {
  expect([laneOf("eth0", 4), laneOf("eth0", 6)]).toEqual([
    { name: "eth0 4", gap: 10 },
    { name: "eth0 6", gap: 20 },
  ]);
});

test("the interfaces of a garp_group share a lane with its gap", () => {
  expect(laneOf("eth1", 4)).toEqual({ name: "group 0 4", gap: 100 });
  expect(laneOf("eth2", 4)).toEqual(laneOf("eth1", 4));
});

test("where the group has no such gap, they keep that of all, each its own", () => {
  expect([laneOf("eth1", 6), laneOf("eth2", 6)]).toEqual([
    { name: "eth1 6", gap: 20 },
    { name: "eth2 6", gap: 20 },
  ]);
});

test("a group of one `interface` has its gap for that interface", () => {
  expect([laneOf("eth3", 4), laneOf("eth3", 6)]).toEqual([
    { name: "eth3 4", gap: 10 },
    { name: "eth3 6", gap: 300 },
  ]);
});
