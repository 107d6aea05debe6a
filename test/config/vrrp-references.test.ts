import { expect, test } from "vitest";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { reading } from "./reading.ts";
import { DIFFERENT_CASES, type VrrpCase, vrrpCases } from "./vrrp-cases.ts";

const cases = vrrpCases();
const isDifferent = ({ name }: VrrpCase): boolean => DIFFERENT_CASES.some(([pattern]) => pattern.test(name));

test.each(cases.filter((each) => !isDifferent(each)))(
  "$name: we say what keepalived -t says, with its exit status",
  ({ text, lines, status }) => {
    expect(said(text)).toEqual({ lines: [...lines].sort(), status });
  },
);

test.each(cases.filter(isDifferent))("$name: we differ, on purpose", ({ text, lines, status }) => {
  expect(said(text)).not.toEqual({ lines: [...lines].sort(), status });
});

function said(text: string): Pick<VrrpCase, "lines" | "status"> {
  const { diagnostics } = reading(text);
  const lines = new Set(diagnostics.flatMap(({ keepalived }) => keepalived?.split("\n") ?? []));
  return { lines: [...lines].sort(), status: testStatus(diagnostics) };
}
