import { beforeAll, describe, expect, test } from "vitest";
import { boot } from "./emulated.ts";
import type { LinksRecord } from "./links-record.ts";

let record: LinksRecord;

beforeAll(async () => {
  const modules = "modprobe ipvlan && modprobe vrf && modprobe e1000 && ip link set eth0 name nic0";
  const command = `${modules} && node dist/lab/links.js /out/result.json`;
  const { status, stdout, stderr, read } = await boot({ command, timeout: 600, nic: "e1000" });
  const result = read("result.json");
  if (status !== 0) throw new Error(`ended with status ${status}:\n${stdout}\n${stderr}\n${result}`);
  record = JSON.parse(result) as LinksRecord;
});

describe("use_ipvlan over IPv4", () => {
  test("makes what keepalived makes: an ipvlan of that mode with that address; virtual addresses stay on its base", () => {
    const { links, addresses } = record.ipvlan;
    expect(links.ours).toEqual(["ipv0@eth0 vepa group 7"]);
    expect(links.keepalived).toEqual(["vrrp.51@eth0 private group default"]);
    expect(addresses.ours).toEqual([
      "eth0 inet 192.0.2.100/24 scope global secondary eth0",
      "ipv0 inet 192.0.2.21/24 scope global ipv0",
    ]);
    expect(addresses.keepalived).toEqual(["vrrp.51 inet 192.0.2.22/24 scope global vrrp.51"]);
  });

  test("keepalived hears us: it is backup, and adverts come from the ipvlan's address with the MAC of its base", () => {
    expect(record.ipvlan.senders, record.ipvlan.log.join("\n")).toEqual(["192.0.2.21 ours"]);
    expect(record.ipvlan.answers).toBe("ours");
  });

  test("we hear keepalived, with strict reverse path filtering: we are backup, and take over when it resigns", () => {
    expect(record.ipvlan.again.state, record.ipvlan.log.join("\n")).toBe("BACKUP");
    expect(record.ipvlan.killed.theirState).toBe("MASTER");
  });

  test("after kill -9 of the process the next one uses the same interface", () => {
    expect(record.ipvlan.respawn.before).toMatch(/^\d+: ipv0@eth0$/);
    expect(record.ipvlan.respawn.after).toBe(record.ipvlan.respawn.before);
  });

  test("what a killed daemon left is replaced where another mode is wanted (keepalived 2.2.7 keeps the old one)", () => {
    expect(record.ipvlan.killed.links).toEqual(["ipv0@eth0 vepa group 7"]);
    expect(record.ipvlan.again.links).toEqual(["ipv0@eth0 bridge group default"]);
    expect(record.ipvlan.again.addresses).toContain("ipv0 inet 192.0.2.21/24 scope global ipv0");
  });

  test("its own address is put back when somebody removes it, and another one takes its place with a reload", () => {
    expect(record.ipvlan.restored).toContain("ipv0 inet 192.0.2.21/24 scope global ipv0");
    expect(record.ipvlan.reloaded).toEqual({
      addresses: ["eth0 inet 192.0.2.100/24 scope global secondary eth0", "ipv0 inet 192.0.2.23/24 scope global ipv0"],
      senders: ["192.0.2.23 ours"],
    });
    expect(record.ipvlan.log.filter((line) => line.includes("send advert error"))).toEqual([]);
  });

  test("a stop removes it; the sysctls of the base are never touched, and the reverse path filter is as before", () => {
    expect(record.ipvlan.left).toEqual({ links: [], settings: "0 0 1" });
  });
});

test("use_ipvlan over IPv6 without an address: one of its own, and each side hears the other", () => {
  const { links, addresses, theirState, backup, log } = record.six;
  expect(links).toEqual({
    ours: ["vrrp.51@eth0 bridge group default"],
    keepalived: ["vrrp.51@eth0 bridge group default"],
  });
  const own = (side: "ours" | "keepalived") => addresses[side].filter((line) => line.startsWith("vrrp.51 "));
  expect(own("ours")).toEqual(["vrrp.51 inet6 fe80::200:0:3300:1/64 scope link nodad deprecated"]);
  expect(own("keepalived")).toEqual(["vrrp.51 inet6 fe80::200:0:100:2/64 scope link"]);
  expect(addresses.ours).toContain("eth0 inet6 fe80::100/64 scope link nodad");
  expect([theirState, backup], log.join("\n")).toEqual(["BACKUP", "BACKUP"]);
});

describe("in a VRF", () => {
  const all = (state: string): string[] => ["VI_1", "VI_2", "VI_3"].map((name) => `${name} ${state}`);

  test("multicast, use_vmac and unicast instances hear keepalived and are heard by it", () => {
    const { first, second, third, log } = record.vrf;
    expect(first, log.join("\n")).toEqual({ ours: all("MASTER"), keepalived: all("BACKUP") });
    expect(second).toEqual({ ours: [], keepalived: all("MASTER") });
    expect(third, log.join("\n")).toEqual({ ours: all("BACKUP"), keepalived: all("MASTER") });
  });

  test("a virtual MAC interface is in the VRF of its base", () => {
    expect(record.vrf.master).toEqual(["eth0@if2", "vrrp.52@eth0"]);
  });

  test("routes with `vrf` lie in its table as keepalived puts them; of a VRF that is made later, from then on", () => {
    expect(record.vrf.routes.ours).toEqual(record.vrf.routes.keepalived);
    expect(record.vrf.routes.ours).toEqual(["198.51.100.0/24 via 192.0.2.254 dev eth0", "203.0.113.0/25 dev d0"]);
    expect(record.vrf.later).toEqual(["203.0.113.128/25 dev d0"]);
    expect(record.vrf.left).toEqual([]);
  });
});

test("linkbeat_interfaces: the PHY of a card is asked by MII; unplugged is a fault, plugged in again is none", () => {
  const { plugged, unplugged, again, log } = record.mii;
  expect([plugged, unplugged, again], log.join("\n")).toEqual(["MASTER", "FAULT", "MASTER"]);
  expect(log.filter((line) => line.includes("Linkbeat of nic0 by "))).toEqual([
    expect.stringMatching(/Linkbeat of nic0 by MII$/),
  ]);
});
