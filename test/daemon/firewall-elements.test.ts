import { expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import type { Config } from "../../src/config/model/model.ts";
import {
  guardedAddress,
  indexKey,
  isGuarded,
  nameKey,
  quietInterface,
  servedElements,
} from "../../src/daemon/firewall-elements.ts";
import { reading } from "../config/reading.ts";

const SERVER = "protocol TCP\nlb_algo rr\nlb_kind NAT\nreal_server 192.0.2.11 80 {\n}";

function config(text: string, instance = "no_accept"): Config {
  const router = `vrrp_instance V {\ninterface eth0\nvirtual_router_id 51\n${instance}\nvirtual_ipaddress {\n192.0.2.1\n192.0.2.2\n}\n}\n`;
  const { config: read, diagnostics } = reading(router + text);
  if (read === undefined) throw new Error(JSON.stringify(diagnostics));
  return read;
}

function served(text: string, instance?: string): string[] {
  return servedElements(config(text, instance)).map(({ set, key }) => `${set} ${toHex(key)}`);
}

test("an address is dropped by its family; a link-local one on its interface alone", () => {
  const eth0 = toHex(new TextEncoder().encode("eth0")).padEnd(32, "0");
  const shown = (address: string): string => {
    return guardedAddress(ip(address), nameKey("eth0"))
      .map(({ set, key }) => `${set} ${toHex(key)}`)
      .join();
  };
  expect(shown("192.0.2.1")).toBe("vips c0000201");
  expect(shown("2001:db8::1")).toBe("vips6 20010db8000000000000000000000001");
  expect(shown("fe80::1")).toBe(`links6 fe800000000000000000000000000001${eth0}`);
  expect(toHex(nameKey("a name that is too long"))).toMatch(/00$/);
});

test("of an interface that is not there only what is link-local is not guarded, and nothing is quiet", () => {
  expect(guardedAddress(ip("fe80::1"), undefined)).toEqual([]);
  expect(guardedAddress(ip("2001:db8::1"), undefined)).toHaveLength(1);
  expect([quietInterface(undefined), quietInterface(indexKey(7)).length]).toEqual([[], 1]);
});

test.each([
  ["no_accept", true],
  ["strict_mode on", true],
  ["", false],
  ["no_accept\nstate MASTER\npriority 255", false], // RFC 9568 §6.4.3: an owner accepts
])("whether %j is guarded: %s", (text, guarded) => {
  expect(config("", text).vrrpInstances.map(isGuarded)).toEqual([guarded]);
});

test("a virtual server of a guarded address is reached at its port, or at every port; errors about it come through", () => {
  expect(served(`virtual_server 192.0.2.1 80 {\n${SERVER}\n}`)).toEqual([
    "services c00002010600000000500000",
    "served c0000201",
  ]);
  expect(served(`virtual_server 192.0.2.1 0 {\npersistence_timeout 50\n${SERVER}\n}`)).toEqual([
    "protocols c000020106000000",
    "served c0000201",
  ]);
});

test("one elsewhere, or of an instance that accepts, needs no exception", () => {
  expect(served(`virtual_server 192.0.2.9 80 {\n${SERVER}\n}`)).toEqual([]);
  expect(served(`virtual_server 192.0.2.1 80 {\n${SERVER}\n}`, "")).toEqual([]);
});

test("members of a group count as far as they are guarded; marked packets pass", () => {
  const group = "virtual_server_group G {\n192.0.2.2-5 443\nfwmark 7\n}\n";
  expect(served(`${group}virtual_server group G {\n${SERVER}\n}\nvirtual_server fwmark 9 {\n${SERVER}\n}`)).toEqual([
    "marks 09000000",
    "services c00002020600000001bb0000",
    "served c0000202",
    "marks 07000000",
  ]);
});
