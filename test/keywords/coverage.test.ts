import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ENTRIES, type Entry, usageOf } from "../../src/keywords/entries.ts";

/** Every keyword, option word and value that Keepalived knows, up to 2.4.3: block, keyword, what is said of it. */
const CSV = readFileSync(new URL("keywords.csv", import.meta.url), "utf8");

test("the tables say of every keyword of Keepalived what is known of it, and know no other but our own", () => {
  const known = csvRows(CSV).map(([block = "", keyword = "", args, unit, standard, notes, repeats, , , meaning]) =>
    [block, keyword, args, unit, standard, parts(notes), repeats, meaning].join(" | "),
  );
  const tables = ENTRIES.filter(({ row }) => !row.ours).map(shown);
  expect(tables.filter((row) => !known.includes(row))).toEqual([]);
  expect(known.filter((row) => !tables.includes(row))).toEqual([]);
  expect(tables).toHaveLength(known.length);
});

test("every row has its effect", () => {
  expect(ENTRIES.filter(({ later }) => later !== undefined)).toEqual([]);
});

function shown({ block, keyword, row }: Entry): string {
  const { unit = "", default: standard = "", note = "", since, build, repeats, meaning } = row;
  const notes = [note, since === undefined ? "" : `since ${since}`, build === undefined ? "" : `build: ${build}`];
  const again = repeats ? "yes" : "no";
  return [block, keyword, withoutOurs(row), unit, standard, parts(notes.join("; ")), again, meaning].join(" | ");
}

/** What stands behind it, without words that are our own. */
function withoutOurs(row: Entry["row"]): string {
  const options = row.kind === "line" ? Object.entries(row.type.options ?? {}) : [];
  const ours = new Set(options.filter(([, option]) => option.ours).map(([word]) => word));
  const usage = usageOf(row);
  return ours.size === 0
    ? usage
    : usage
        .split("|")
        .filter((word) => !ours.has(word))
        .join("|");
}

/** What is noted, in one order. */
function parts(notes = ""): string {
  const each = notes.split("; ").filter((note) => note !== "");
  return each.sort().join("; ");
}

function csvRows(text: string): string[][] {
  const [, ...lines] = text.trim().split("\n");
  const field = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  return lines.map((line) =>
    [...line.matchAll(field)].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain),
  );
}
