import { expect, test } from "vitest";
import { instance, server, service } from "../config/reading.ts";
import { codes, found, host } from "./linting.ts";

const HOST = host({ lo: ["127.0.0.1/8"], eth0: ["192.0.2.2/24"] });
const CHECKED = server("TCP_CHECK {\n}");

test("priority 255 needs one of the addresses; less does not", () => {
  expect(found("K014", instance("priority 255"), HOST)[0]).toMatch(/^warning 7:10 `V` has priority 255/);
  expect(found("K014", instance("state MASTER"), HOST)[0]).toMatch(/^warning 7:7 /);
  expect(codes(instance("priority 255"), host({ eth0: ["192.0.2.254/24"] }))).toEqual([]);
  expect(codes(instance("priority 254"), HOST)).toEqual([]);
  expect(codes(instance("priority 255"))).toEqual([]);
});

test("an address outside every network is shown at its place", () => {
  const text = instance().replace("192.0.2.254", "192.0.2.254\n198.51.100.1");
  expect(found("K015", text, HOST)).toEqual([
    "warning 6:1 `198.51.100.1` is in no network of this host: nobody beside it asks for that address",
  ]);
});

test.each(["192.0.2.1", "198.51.100.1/24", "198.51.100.1 dev lo"])("%s has a network", (address) => {
  expect(codes(instance().replace("192.0.2.254", address), HOST)).toEqual([]);
});

test("addresses of the other family have their own networks", () => {
  const text = instance("virtual_ipaddress_excluded {\n2001:db8::9\nfe80::9\n}");
  expect(found("K015", text, HOST)).toHaveLength(1);
  expect(codes(text, host({ eth0: ["192.0.2.2/24", "2001:db8::2/64"] }))).toEqual([]);
});

test("a service whose address nobody holds: a hint without the host, a warning with it", () => {
  const text = instance() + CHECKED.replace("254 80", "253 80");
  expect(found("K016", text)[0]).toMatch(/^hint 8:16 .* works only where the host has it/);
  expect(found("K016", text, HOST)[0]).toMatch(/^warning 8:16 .* nor does this host/);
  expect(codes(text, host({ eth0: ["192.0.2.253/24"] }))).toEqual([]);
});

test("a service is held by any instance, also beside its advertised addresses, or by a balancer without instances", () => {
  const excluded = instance("virtual_ipaddress_excluded {\n192.0.2.253\n}");
  expect(codes(instance() + CHECKED)).toEqual([]);
  expect(codes(excluded + CHECKED.replace("254 80", "253 80"))).toEqual([]);
  expect(codes(CHECKED)).toEqual([]);
  expect(codes(CHECKED, HOST)).toEqual(["K016"]);
});

/** A service of a group with these entries, of which instance `V` holds 192.0.2.254. */
const grouped = (...entries: readonly string[]): string =>
  `${instance()}virtual_server_group G {\n${entries.join("\n")}\n}\n${CHECKED.replace("192.0.2.254 80", "group G")}`;

test("the addresses of a group that a service uses are looked for, of a range the first that nobody holds", () => {
  expect(codes(grouped("192.0.2.254 80", "192.0.2.254-254 81", "fwmark 3"))).toEqual([]);
  expect(found("K016", grouped("192.0.2.254 80", "192.0.2.253 80"))).toEqual([
    "hint 10:1 no vrrp_instance holds `192.0.2.253`: the service works only where the host has it",
  ]);
  expect(found("K016", grouped("192.0.2.254-255 80"))[0]).toContain("hint 9:1 no vrrp_instance holds `192.0.2.255`");
  expect(found("K016", grouped("192.0.2.253 80"), HOST)[0]).toMatch(/^warning 9:1 .* nor does this host/);
  expect(codes(grouped("192.0.2.253-254 80"), host({ eth0: ["192.0.2.253/24"] }))).toEqual([]);
});

test("a range goes on beyond the last byte, and a group that no service uses is nobody's", () => {
  const two = instance().replace("192.0.2.254", "192.0.2.255\n192.0.3.0\nfd00::ffff");
  const group = (range: string): string =>
    `${two}virtual_server_group G {\n${range} 80\n}\n${CHECKED.replace("192.0.2.254 80", "group G")}`;
  expect(found("K016", group("192.0.2.255-192.0.3.0"))).toEqual([]);
  expect(found("K016", group("192.0.2.255-192.0.3.1"))[0]).toContain("`192.0.3.1`");
  expect(found("K016", group("255.255.255.255"))[0]).toContain("`255.255.255.255`");
  expect(found("K016", grouped("192.0.2.253 80").replace("server group G", "server 192.0.2.254 80"))).toEqual([]);
});

test("a service by mark has no address that somebody must hold", () => {
  expect(found("K016", instance() + CHECKED.replace("192.0.2.254 80", "fwmark 7"), HOST)).toEqual([]);
});

test("a director that is its own real server is a warning with direct routing only", () => {
  const text = instance() + CHECKED.replace("192.0.2.11", "192.0.2.2");
  expect(found("K017", text.replace("NAT", "DR"), HOST)[0]).toMatch(/`192\.0\.2\.2` is this director/);
  expect(codes(text, HOST)).toEqual([]);
  expect(codes(text.replace("NAT", "DR"))).toEqual([]);
});

test("its own address is known from the source of its advertisements, too", () => {
  const text = instance("mcast_src_ip 192.0.2.2") + CHECKED.replace("192.0.2.11", "192.0.2.2").replace("NAT", "DR");
  expect(codes(text)).toEqual(["K017"]);
});

test("an interface that is not there is an error at each place that names it", () => {
  const text = instance().replace("192.0.2.254", "192.0.2.254 dev eth9").replace("interface eth0", "interface eth1");
  expect(found("K027", text, HOST)).toEqual([
    "error 2:11 there is no interface `eth1`",
    "error 5:17 there is no interface `eth9`",
  ]);
  expect(codes(instance(), HOST)).toEqual([]);
  expect(found("K027", `global_defs {\ndynamic_interfaces allow_if_changes\n}\n${text}`, HOST)).toEqual([]);
});

test("an interface is looked for wherever a keyword names one, but not what Keepalived makes", () => {
  const text = (name: string): string =>
    `static_ipaddress {\n192.0.2.9/24 dev ${name}\n}\n${instance(`virtual_routes {\n198.51.100.0/24 dev ${name}\n}`)}`;
  expect(found("K027", text("eth7"), HOST)).toEqual([
    "error 2:18 there is no interface `eth7`",
    "error 11:21 there is no interface `eth7`",
  ]);
  expect(found("K027", text("eth0"), HOST)).toEqual([]);
  expect(found("K027", text("vrrp.51"), HOST)).toEqual([]);
});

test("an address of `static_ipaddress` is held", () => {
  const text = instance() + CHECKED.replace("254 80", "253 80");
  const held = (address: string): string => `static_ipaddress {\n${address} dev eth0\n}\n${text}`;
  expect(codes(held("192.0.2.253/24"))).toEqual([]);
  expect(codes(held("192.0.2.252/24"))).toEqual(["K016"]);
});

test("a peer that is a real server is a director with direct routing, too", () => {
  const text = (peer: string): string => instance(`unicast_peer {\n${peer}\n}`) + CHECKED.replace("NAT", "DR");
  expect(found("K017", text("192.0.2.11"))[0]).toMatch(/`192\.0\.2\.11` is a director, as `unicast_peer` says/);
  expect(codes(text("192.0.2.12"))).toEqual([]);
});

test("an address that a master holds now is no network of its own", () => {
  const text = instance().replace("192.0.2.254", "198.51.100.1");
  expect(codes(text, host({ eth0: ["192.0.2.2/24", "198.51.100.1/32"] }))).toEqual(["K015"]);
  expect(codes(text, host({ eth0: ["192.0.2.2/24", "198.51.100.1/24"] }))).toEqual([]);
});

test("without facts about the host nothing is said about it", () => {
  expect(codes(instance("priority 255") + service(), { host: {} })).toEqual(["K020"]);
});
