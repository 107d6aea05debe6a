import { expect, test } from "vitest";
import { placeRule } from "../../src/daemon/rule-item.ts";
import { startConversation } from "../../src/netlink/conversation.ts";
import { addRule, decodeRule, deleteRule, type Rule } from "../../src/netlink/rule.ts";
import { goldenItems, PLACE, ruleOf } from "./golden-items.ts";

function placed(line: string, place = PLACE): Rule {
  const found = placeRule(ruleOf(line), place);
  if (!found.ok) throw new Error(found.why);
  return found.entry;
}

const ADDED = goldenItems("netlink-newrule").map(({ line, bytes }) => [line, bytes] as const);

test.each(ADDED)("a rule is added with the bytes of keepalived 2.2.7: %s", (line, sent) => {
  expect(startConversation([addRule(placed(line))], 0).bytes).toEqual(sent);
});

test.each(goldenItems("netlink-delrule").map(({ line, bytes }) => [line, bytes] as const))(
  "a rule is removed with the bytes of keepalived 2.2.7: %s",
  (line, sent) => {
    expect(startConversation([deleteRule(placed(line))], 0).bytes).toEqual(sent);
  },
);

test.each(ADDED)("a rule is read back as it was added: %s", (line) => {
  expect(decodeRule(addRule(placed(line)).body)).toEqual({ ok: true, value: placed(line) });
});

test("every address is no selector", () => {
  expect(placed("from all to 10.0.0.0/8 table 100")).toMatchObject({ source: undefined, family: 4 });
  expect(placed("from 0.0.0.0/0 table 100").source).toBeUndefined();
});

test("a name that the host does not know has no meaning", () => {
  expect(placeRule(ruleOf("from all table uplink"), PLACE)).toEqual({ ok: false, why: "`uplink` is not in rt_tables" });
});
