import { expect, test } from "vitest";
import { instance, reading } from "./reading.ts";

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
