import { expect, test } from "vitest";
import { introspection, objectTree } from "../../src/dbus/objects.ts";
import {
  type BusState,
  instanceObject,
  instancePath,
  statusChange,
  vrrpObject,
  vrrpPath,
  vrrpSignal,
} from "../../src/dbus/vrrp.ts";
import { encodeMessage } from "../../src/wire/dbus.ts";
import { golden } from "../golden.ts";

const NAMES = { namespace: undefined, instance: undefined, noInterface: undefined };
const one = { interface: "kdb0", vrid: 51, family: 4 } as const;

/** Paths as keepalived 2.2.7 has them. */
test.each([
  [NAMES, one, "/org/keepalived/Vrrp1/Instance/kdb0/51/IPv4"],
  [NAMES, { ...one, interface: "kdb-1.7", family: 6 as const }, "/org/keepalived/Vrrp1/Instance/kdb_1_7/51/IPv6"],
  [NAMES, { ...one, interface: "ñk+@b.x" }, "/org/keepalived/Vrrp1/Instance/__k__b_x/51/IPv4"],
  [NAMES, { ...one, interface: "" }, "/org/keepalived/Vrrp1/Instance/none/51/IPv4"],
  [{ ...NAMES, noInterface: "uni-cast" }, { ...one, interface: "" }, "/org/keepalived/Vrrp1/Instance/uni_cast/51/IPv4"],
  [{ ...NAMES, namespace: "ns", instance: "foo" }, one, "/org/keepalived/Vrrp1/ns/foo/Instance/kdb0/51/IPv4"],
])("%j %j is %s", (names, instance, path) => {
  expect(instancePath(names, instance)).toBe(path);
});

test("the object of the whole is beside them, and has a path whatever the daemon's instance is called", () => {
  expect(vrrpPath(NAMES)).toBe("/org/keepalived/Vrrp1/Vrrp");
  expect(vrrpPath({ ...NAMES, instance: "foo-1" })).toBe("/org/keepalived/Vrrp1/foo_1/Vrrp");
});

test.each<[BusState, number]>([
  ["INIT", 0],
  ["BACKUP", 1],
  ["MASTER", 2],
  ["FAULT", 3],
  ["DELETED", 97],
  ["STOP", 98],
])("%s is status %i", (state, status) => {
  expect(statusChange("/x", state).body).toEqual([status]);
});

test("signals have keepalived's bytes", () => {
  const bytes = encodeMessage({ ...statusChange(instancePath(NAMES, one), "BACKUP"), serial: 3, sender: ":1.1" });
  expect(bytes).toEqual(golden("dbus-status-change"));
  expect(vrrpSignal(NAMES, "VrrpReloaded")).toMatchObject({ path: vrrpPath(NAMES), member: "VrrpReloaded", body: [] });
});

test("a tree has the nodes above its objects; of two with one path the first counts", () => {
  const objects = ["first", "second"].map((name) => instanceObject(NAMES, { ...one, name }, () => "INIT"));
  const tree = objectTree([
    vrrpObject(NAMES),
    ...objects,
    instanceObject(NAMES, { ...one, vrid: 52, name: "x" }, () => "INIT"),
  ]);
  const below = (path: string): readonly string[] => [...(tree.children.get(path) ?? [])];
  expect(["/", "/org", "/org/keepalived/Vrrp1", "/org/keepalived/Vrrp1/Instance/kdb0"].map(below)).toEqual([
    ["org"],
    ["keepalived"],
    ["Vrrp", "Instance"],
    ["51", "52"],
  ]);
  const kept = tree.objects.get(instancePath(NAMES, one));
  expect(kept?.read("Name")).toEqual({ signature: "(s)", value: ["first"] });
  expect(introspection(tree, "/org")).toContain('<node name="keepalived"/>');
  expect(introspection(tree, "/nowhere")).toMatch(/<node>\n<\/node>\n$/);
});
