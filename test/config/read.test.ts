import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { instance, reading, sourceOf } from "./reading.ts";

function help(text: string): readonly (string | undefined)[] {
  return reading(text)
    .diagnostics.filter(({ code }) => code === "missing-keyword")
    .map((each) => each.help);
}

test("a keyword in a comment is shown where it is missing; one that was refused is not in a comment", () => {
  const place = "`virtual_router_id` stands in the comment of line 3, column 3: put a line break before it";
  expect(help(instance().replace("virtual", "# virtual"))).toEqual([place]);
  expect(help(instance().replace("51", "300"))).toEqual(["add `virtual_router_id` to the block"]);
});

test("a configuration that may not be read ends -t with 4, and an include only with a warning", () => {
  const { diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": "unreadable" }));
  expect(diagnostics).toMatchObject([{ code: "unreadable", keepalived: "Unable to read configuration file k.conf" }]);
  expect(testStatus(diagnostics)).toBe(4);
  const including = readConfig("k.conf", sourceOf({ "k.conf": "include i.conf", "i.conf": "unreadable" }));
  const keepalived = "(k.conf: Line 1) Configuration file 'i.conf' open problem (Permission denied) - skipping";
  expect(including.diagnostics).toMatchObject([{ severity: "warning", keepalived }]);
  expect(testStatus(including.diagnostics)).toBe(0);
});
