import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCommand } from "../../src/command/commands.ts";
import { decodeUtf8 } from "../../src/syntax/utf8.ts";
import { sourceOf } from "./reading.ts";

/** Pairs of directors, `NAME-1.conf` and `NAME-2.conf`, and in `NAME.txt` what `check` says of both together. */
const CLUSTERS = new URL("corpus/clusters/", import.meta.url);
const FILES = Object.fromEntries(
  readdirSync(CLUSTERS)
    .filter((name) => name.endsWith(".conf"))
    .map((name) => [name, decodeUtf8(readFileSync(new URL(name, CLUSTERS)))]),
);
const NAMES = [...new Set(Object.keys(FILES).map((name) => name.replace(/-[12]\.conf$/, "")))].sort();

test("every director has its peer", () => {
  const pairs = NAMES.flatMap((name) => [`${name}-1.conf`, `${name}-2.conf`]);
  expect(Object.keys(FILES).sort()).toEqual(pairs.sort());
});

test.each(NAMES)("clusters/%s: check says where the directors agree and where not", (name) => {
  const expected = new URL(`${name}.txt`, CLUSTERS);
  const said = checked([`${name}-1.conf`, `${name}-2.conf`]);
  if (process.env["UPDATE"] === "1") writeFileSync(expected, said);
  expect(said).toBe(readFileSync(expected, "utf8"));
});

test.each(NAMES)("clusters/%s: in the other order as many findings come up", (name) => {
  const [forth = "", back = ""] = [
    [1, 2],
    [2, 1],
  ].map((order) => checked(order.map((i) => `${name}-${i}.conf`)));
  expect(back.trim().split("\n").at(-1)).toBe(forth.trim().split("\n").at(-1));
});

/** What `check` prints for directors of one cluster. */
function checked(paths: readonly string[]): string {
  let said = "";
  const host = {
    source: sourceOf(FILES),
    facts: () => {
      throw new Error("these files are of other hosts");
    },
    out(text: string) {
      said += text;
    },
    error(text: string) {
      throw new Error(text);
    },
    write: () => "the corpus is only read",
  };
  runCommand(["check", ...paths], host);
  return said;
}
