import { describe, expect, test } from "vitest";
import { complaintsOf, FLAVOURS, isTried } from "./rule.ts";
import { RULES } from "./rules.ts";
import { playVirtually } from "./virtual.ts";

describe.each(FLAVOURS)("in virtual time, %s", (flavour) => {
  test.each(RULES.filter((rule) => isTried(rule, flavour)).map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
    expect(complaintsOf(rule, "ours", playVirtually(rule, flavour))).toEqual([]);
  });
});

test("no two rules have one name", () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
});
