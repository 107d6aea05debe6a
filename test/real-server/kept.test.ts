import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { isDevice, readKept, writeKept } from "../../src/real-server/kept.ts";

const KEPT = {
  places: [{ address: ip("192.0.2.100"), device: "lo", tunnel: false }],
  settings: [{ path: "net/ipv4/conf/eth0.5/arp_ignore", before: "0", after: "1" }],
  raised: ["tunl0"],
};

test("what is kept is read back", () => {
  expect(readKept(writeKept(KEPT))).toEqual(KEPT);
});

test.each([
  "",
  "[]",
  "null",
  '{"places":[]}',
  JSON.stringify({ ...KEPT, raised: [1] }),
  JSON.stringify({ ...KEPT, places: [{ address: "x", device: "lo" }] }),
  JSON.stringify({ ...KEPT, places: ["lo"] }),
  JSON.stringify({
    ...KEPT,
    settings: [{ path: "net/ipv4/conf/../../../kernel/arp_ignore", before: "0", after: "1" }],
  }),
  JSON.stringify({ ...KEPT, settings: [{ path: "kernel/core_pattern", before: "|/tmp/x", after: "1" }] }),
  JSON.stringify({ ...KEPT, settings: [{ path: "net/ipv4/conf/lo/arp_ignore", before: "|/tmp/x", after: "1" }] }),
  JSON.stringify({ ...KEPT, settings: [3] }),
])("a text that is none of ours is refused: %s", (text) => {
  expect(readKept(text)).toBeUndefined();
});

test("names of interfaces, as the kernel takes them", () => {
  expect(["lo", "eth0.5", "a-b_c"].map(isDevice)).toEqual([true, true, true]);
  expect(["", ".", "..", "a/b", "a b", "a:1", "0123456789abcdef", 3].map(isDevice)).not.toContain(true);
});
