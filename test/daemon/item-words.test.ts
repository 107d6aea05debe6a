import { expect, test } from "vitest";
import { duplicateWords, itemWords, restoredWords } from "../../src/daemon/item-words.ts";
import { instance, reading } from "../config/reading.ts";

const BLOCKS = [
  "virtual_ipaddress_excluded {\n192.0.2.9\n}",
  "virtual_routes {\n10.0.0.0/8 dev eth0\n}",
  "virtual_rules {\nfrom 10.0.0.0/8 table 5 priority 7\n}",
];

function words(verb: "setting" | "removing", ...blocks: readonly string[]): readonly string[] {
  const [config] = reading(instance(...blocks)).config.vrrpInstances;
  return config === undefined ? [] : itemWords(config, verb);
}

test("a master says what it sets and removes in Keepalived's words and order", () => {
  expect(words("setting", ...BLOCKS)).toEqual([
    "(V) setting VIPs.",
    "(V) setting E-VIPs.",
    "(V) setting Virtual Routes",
    "(V) setting Virtual Rules",
  ]);
  expect(words("removing", ...BLOCKS)).toEqual([
    "(V) removing Virtual Rules",
    "(V) removing Virtual Routes",
    "(V) removing VIPs.",
    "(V) removing E-VIPs.",
  ]);
});

test("of what it has not it says nothing", () => {
  expect(words("setting")).toEqual(["(V) setting VIPs."]);
});

test("what is back is named, a few of many", () => {
  const of = (addresses: number, routes: number, titles: readonly string[]) => ({
    added: { addresses, routes, rules: 0 },
    titles,
  });
  expect(restoredWords("V", of(1, 1, ["address a", "route r"]), "restored")).toEqual([
    "(V) virtual addresses, virtual routes had been removed, restored: address a, route r",
  ]);
  expect(restoredWords("V", of(1000, 0, ["a", "b", "c", "d"]), "restored")).toEqual([
    "(V) virtual addresses had been removed, restored: a, b, c and 997 more",
  ]);
  expect(restoredWords("V", of(1, 0, ["a"]), "fight")).toHaveLength(2);
  expect(restoredWords("V", of(1, 0, ["a"]), "nothing")).toEqual([]);
});

test("an address of two hosts is said", () => {
  expect(duplicateWords("V", "2001:db8::1/64 on interface 3")).toBe(
    "(V) 2001:db8::1/64 on interface 3 is in use by another host (duplicate address detection failed)",
  );
});
