import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { last } from "../../src/syntax/table.ts";
import { sourceOf } from "../config/reading.ts";
import { itemOf } from "./reading-items.ts";

/** What `use_vmac` and `use_ipvlan` make of their words, and what is said of them. */
function instance(line: string) {
  const text = `vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.9\n}\n${line}\n}\n`;
  const { tree, diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
  const { use_vmac, use_ipvlan } = tree.vrrp_instance[0]?.value.settings ?? { use_vmac: [], use_ipvlan: [] };
  const found = diagnostics.filter(({ span }) => span.line === 7);
  return { value: last<unknown>(use_vmac, use_ipvlan)?.value, found };
}

test("the words of use_vmac are told apart by what they are", () => {
  const none = { name: undefined, mac: undefined, notifyBase: false, group: undefined };
  expect(instance("use_vmac")).toEqual({ value: none, found: [] });
  expect(instance("use_vmac vrrp.7 2:0:0:0:0:7 netlink_notify_msg group 5")).toEqual({
    value: { name: "vrrp.7", mac: "02:00:00:00:00:07", notifyBase: true, group: 5 },
    found: [],
  });
  expect(instance("use_vmac name group 02:00:00:00:00").value).toEqual({
    ...none,
    name: "group",
    mac: "02:00:00:00:00",
  });
});

test.each([
  ["use_vmac a234567890123456", "VMAC interface name 'a234567890123456' too long or invalid characters - ignoring"],
  ["use_vmac 01:00:00:00:00:07", "VMAC MAC address is multicast 01:00:00:00:00:07 - ignoring"],
  ["use_vmac 00:00:5e:00:01:07", "VMAC MAC address not allowed to be RFC5798 address (00:00:5e:00:01:07) - ignoring"],
  ["use_vmac 02:00:00:00:00:zz", "VMAC invalid MAC address 02:00:00:00:00:zz"],
  ["use_vmac one two", "VMAC interface name already specified"],
  ["use_ipvlan one two 192.0.2.3", "(V) IPVLAN interface already specified - ignoring 'two'"],
  ["use_ipvlan one 192.0.2.3 192.0.2.4", "(V) ipvlan address already specified - ignoring '192.0.2.4'"],
  ["use_ipvlan one 192.0.2.3 vepa private", "(V) ipvlan type already specified - ignoring 'private'"],
])("%s is complained of", (line, logged) => {
  expect(instance(line).found).toMatchObject([{ status: 5, keepalived: `(k.conf: Line 7) ${logged}` }]);
});

test("the words of use_ipvlan are told apart by what they are", () => {
  const address = { address: "192.0.2.3", prefixLength: 24, written: true };
  const value = { name: "ip", address, mode: "private", group: undefined };
  expect(instance("use_ipvlan 192.0.2.3/24 private ip")).toEqual({ value, found: [] });
});

test("a unicast peer is an address with bounds of its TTL", () => {
  const peer = (line: string) => itemOf("unicast_peer", line);
  expect(peer("192.0.2.2 max_ttl 9")).toEqual({
    value: { address: "192.0.2.2", minTtl: undefined, maxTtl: 9 },
    found: [],
    said: [],
  });
  expect(peer("192.0.2.2 min_ttl 256")).toMatchObject({ value: { minTtl: undefined }, found: [{ status: 5 }] });
  expect(peer("192.0.2.2/24").found).toMatchObject([{ severity: "warning", help: "write `192.0.2.2`" }]);
  expect(peer("192.0.2.256")).toMatchObject({ value: undefined, found: [{ status: 5 }] });
  expect(peer("192.0.2.2 mint_ttl 5").found).toMatchObject([{ help: "did you mean `min_ttl`?" }]);
});

test("delays are seconds up to 255, and 0 where they are none", () => {
  const delays = (line: string) => itemOf("interface_up_down_delays", line);
  expect(delays("eth0 1.5 255")).toEqual({
    value: { interface: "eth0", down: 1_500_000, up: 255_000_000 },
    found: [],
    said: [],
  });
  expect(delays("eth0 3").value).toEqual({ interface: "eth0", down: 3_000_000, up: 0 });
  expect(delays("eth0 256 2")).toMatchObject({ value: { down: 0, up: 2_000_000 }, found: [{ status: 5 }] });
  expect(delays("eth0").found).toMatchObject([{ severity: "warning" }]);
});

test("the sync daemon is read in its old form and in its new one", () => {
  const daemon = (words: string) => {
    const instance = "vrrp_instance V {\nvirtual_router_id 1\ninterface eth0\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n";
    const text = `global_defs {\nlvs_sync_daemon ${words}\n}\n${instance}`;
    const { tree, diagnostics } = readConfig("k", sourceOf({ k: text }));
    const value = tree.global_defs[0]?.value.settings.lvs_sync_daemon[0]?.value;
    return { value, found: diagnostics };
  };
  const value = { interface: "eth0", instance: "V", id: 5 };
  expect(daemon("eth0 inst V id 5 ttl 9")).toMatchObject({ value: { ...value, ttl: 9 }, found: [] });
  expect(daemon("eth0 V id 5 group 224.0.0.81")).toMatchObject({ value: { ...value, group: "224.0.0.81" }, found: [] });
  expect(daemon("eth0 V 5")).toMatchObject({ value, found: [{ status: 5, help: "write `id 5`" }] });
  expect(daemon("eth0 V 256")).toMatchObject({ value: { id: undefined }, found: [{ status: 5 }] });
  expect(daemon("eth0 inst").found).toMatchObject([{ status: 2, fatal: true }]);
  expect(daemon("eth0 inst V inst W").found).toMatchObject([
    { message: "the instance is `V` already; this is ignored" },
  ]);
});
