import { expect, test } from "vitest";
import { decodeRule, dumpRules } from "../../src/netlink/rule.ts";
import { fromHex } from "../golden.ts";

/** The bytes of whole rules are in test/daemon/rule-item.test.ts, beside the words that they come from. */

test("a dump asks for one family", () => {
  expect([dumpRules(4).body[0], dumpRules(6).body[0]]).toEqual([2, 10]);
});

test("the kernel's limits of -1 are none, and a mark without a mask is whole", () => {
  const body = "02 00 00 00 fe 00 00 01 00000000 0800 0e00 ffffffff 0800 0a00 05000000";
  expect(decodeRule(fromHex(body))).toMatchObject({
    ok: true,
    value: {
      ...{ suppressPrefixLength: undefined, mark: { value: 5, mask: 0xffff_ffff }, priority: 0, protocol: 0 },
      ...{ table: 254, source: undefined, l3mdev: false },
    },
  });
});

test.each([
  ["truncated", "02 00 00 00 fe 00 00 01 000000"],
  ["family", "1c 00 00 00 fe 00 00 01 00000000"],
  ["address", "02 18 00 00 fe 00 00 01 00000000"],
  ["address", "0a 00 40 00 fe 00 00 01 00000000 0800 0200 0a000000"],
])("a message is dropped: %s", (reason, hex) => {
  expect(decodeRule(fromHex(hex))).toEqual({ ok: false, reason });
});
