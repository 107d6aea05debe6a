import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { extraAnnouncements } from "../../src/vrrp/extra.ts";

const at = (name: string, last: number) => ({ instance: "VI_1", interface: name, address: ip(`192.0.2.${last}`) });
const ALL = [at("eth0", 1), at("eth1", 2), at("eth1", 3), at("vrrp.51", 4)];

const extra = (everyInterface: boolean): string[] =>
  extraAnnouncements(ALL, "eth0", everyInterface, (name) => name.startsWith("vrrp.")).map(
    (item) => `${item.interface} ${item.address}`,
  );

test("garp_extra_if: one message on each virtual MAC interface that holds addresses and carries no advertisements", () => {
  expect(extra(false)).toEqual(["vrrp.51 192.0.2.4"]);
});

test("garp_extra_if all: on each interface", () => {
  expect(extra(true)).toEqual(["eth1 192.0.2.2", "vrrp.51 192.0.2.4"]);
});
