import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { ENTRIES, type Entry, pathOf, usageOf } from "../../src/keywords/entries.ts";
import { sourceOf } from "../config/reading.ts";
import { BLOCKS, inDebian, statements, valueStatements } from "./differential.ts";
import { entriesOf, LISTS } from "./items.ts";
import { samples } from "./samples.ts";

/** By what each row of the CSV is proven; test/keywords/coverage.test.ts holds the CSV against the tables. */
const compared = new Set(
  [...statements, ...valueStatements.map(({ entry }) => entry), ...LISTS.flatMap(entriesOf)].map(pathOf),
);
const others = ENTRIES.filter((entry) => !compared.has(pathOf(entry)));
const isNewer = ({ block, row }: Entry): boolean => !row.ours && (!inDebian(row) || /\.auth_hmac\b/.test(block)); // 2.4.0, with all in it
const newer = others.filter(isNewer);

/** Rows that are not compared one by one with the running keepalived 2.2.7, and why. */
const APART: readonly (readonly [test: (entry: Entry) => boolean, why: string])[] = [
  [({ row }) => row.ours === true, "ours: Keepalived does not know it"],
  [({ row }) => row.kind !== "line", "opens a block or a list: every file of the comparison does that"],
  [({ block }) => block === "(lexer)", "text before it is words: test/syntax and test/laws"],
  [
    ({ block }) => block === "(BOOL)" || block === "(script)",
    "parts of values: BOOL stands in every sample of one, scripts in test/keywords/script.test.ts",
  ],
  [
    ({ block }) => /^virtual_server\.\(header\)|^virtual_server_group/.test(block),
    "headers and members: HEADERS, and what services refer to",
  ],
  [({ block, keyword }) => /(kind|method)$/.test(block) && keyword === "port", "stands behind `type gue` alone"],
  [({ block }) => block === "(top)", "what changes the daemon itself: a name, a namespace, a pid file"],
  [({ block }) => /^vrrp_track_file\b/.test(block), "the old name of track_file, whose rows are compared"],
  [({ block }) => /(^|\.)(group|interfaces|notification_email)$/.test(block), "plain names in a list"],
  [
    ({ block }) => /garp_(extra_if|intvl)$|\.weight$|\.(init_file|vrrp_rx_bufs_policy|key)$/.test(block),
    "a word beside a value: its row is compared with the value",
  ],
];

test("every row is compared with the running keepalived, newer than it, or apart for a reason", () => {
  const left = others.filter((entry) => !isNewer(entry) && !APART.some(([holds]) => holds(entry)));
  expect(left.map(pathOf)).toEqual([]);
  expect(compared.size).toBeGreaterThan(950);
  expect(newer.length).toBeLessThan(60);
});

test("every reason to stand apart is one of some row", () => {
  const known = others.filter((entry) => !isNewer(entry));
  expect(APART.filter(([holds]) => !known.some(holds)).map(([, why]) => why)).toEqual([]);
});

/** Values within the bounds of a usage, and beyond them. */
function bounds(usage: string): { readonly good: readonly string[]; readonly bad: readonly string[] } | undefined {
  const range = /<(?:integer|decimal) (-?[\d.]+)\.\.(-?[\d.]+)>/.exec(usage);
  if (range !== null) {
    const [low = "", high = ""] = range.slice(1);
    return {
      good: [low, high],
      bad: samples(usage).filter((value) => value !== "" && value !== low && value !== high),
    };
  }
  if (usage === "[<BOOL>]") return { good: ["", "on", "false"], bad: ["maybe", "ON"] };
  if (usage === "<1|2>") return { good: ["1", "2"], bad: ["0", "3"] };
  return usage === "(flag)" ? { good: [""], bad: [] } : undefined;
}

const measured = newer.flatMap((entry) => {
  const found = bounds(usageOf(entry.row));
  return found === undefined || BLOCKS[entry.block] === undefined ? [] : [[pathOf(entry), entry, found] as const];
});

test.each(measured)(
  "%s, newer than 2.2.7, takes what the CSV allows and nothing else",
  (_, { block, keyword }, { good, bad }) => {
    const complaints = (value: string): readonly string[] => {
      const text = BLOCKS[block]?.(`${keyword} ${value}\n`) ?? "";
      const { diagnostics } = readConfig("k.conf", sourceOf({ "k.conf": text }));
      return diagnostics.filter(({ code }) => /^bad-|^unknown-keyword/.test(code)).map(({ message }) => message);
    };
    for (const value of good) expect([value, complaints(value)]).toEqual([value, []]);
    for (const value of bad) expect([value, complaints(value).length]).toEqual([value, 1]);
  },
);

test("of the newer rows most have bounds or are flags", () => {
  expect(measured.length).toBeGreaterThan(15);
});
