import { LANGUAGE } from "../keywords/language.ts";
import type { Settings, Table } from "../syntax/table.ts";
import { byReader, type Finding, type Lint, warning } from "./lint.ts";
import { find, type Search, searchFor } from "./walk.ts";

const SINCE = searchFor(LANGUAGE.children, (_, { since }) => since !== undefined);

/** Whether the words mean anything, here and on the other director. */
export const LANGUAGE_LINTS: readonly Lint[] = [
  {
    code: "K005",
    name: "misspelt-keyword",
    meaning: "a keyword that does not exist",
    severity: ["error"],
    reader: ["unknown-keyword"],
    check: byReader,
  },
  {
    code: "K006",
    name: "ignored-value",
    meaning: "a value or a word that has no effect",
    severity: ["error", "warning", "hint"],
    reader: ["bad-number", "bad-value", "unused-words", "no-effect"],
    check: byReader,
  },
  {
    code: "K030",
    name: "newer-keyword",
    meaning: "the Keepalived on the other director does not know a keyword (`--peer-version`)",
    severity: ["warning"],
    check: ({ tree, peerVersion }) => (peerVersion === undefined ? [] : newerKeywords(SINCE, tree, peerVersion)),
  },
  {
    code: "K032",
    name: "value-cut",
    meaning: "a `#` or `!` in the middle of a value begins a comment, and the rest of the value is lost",
    severity: ["warning"],
    reader: ["value-cut"],
    check: byReader,
  },
];

/** Each keyword that a Keepalived of this version has not: once, at its first place. */
export function* newerKeywords(search: Search, tree: Settings<Table>, version: string): Iterable<Finding> {
  const said = new Set<string>();
  for (const { path, keyword, row, setting } of find(search, tree)) {
    if (row.since === undefined || said.has(path) || !isOlder(version, row.since)) continue;
    said.add(path);
    const message = `Keepalived ${version} on the other director does not know \`${keyword}\`, which came with ${row.since}`;
    yield warning(message, setting.keyword, "delete the line on both, or update the other director first");
  }
}

/** Compares the numbers of two versions; a text without numbers is never older. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(version: string): readonly number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? "").split(".").map((part) => (part === "" ? NEWEST : Number(part)));
}
const NEWEST = Number.POSITIVE_INFINITY;
