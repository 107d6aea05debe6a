import { LANGUAGE } from "../keywords/language.ts";
import { nearest } from "../syntax/suggest.ts";
import { LINTS } from "./lints.ts";
import { type Search, searchFor } from "./walk.ts";

/** Codes of the reader's findings that are no lint, by alphabet. */
export const READER_CODES = [
  "bad-address",
  "bad-item",
  "bad-place",
  "check-protocol",
  "conflict",
  "default-forwarding",
  "default-persistence",
  "default-protocol",
  "default-scheduler",
  "deprecated",
  "duplicate",
  "endless-definition",
  "endless-range",
  "endless-sequence",
  "extra-brace",
  "foreign-blank",
  "host-name",
  "hysteresis-reduced",
  "include-braces",
  "include-depth",
  "include-missing",
  "include-unreadable",
  "lonely-group",
  "long-interval",
  "missing-argument",
  "missing-brace",
  "missing-keyword",
  "missing-port",
  "missing-value",
  "not-implemented",
  "nul-byte",
  "overlap",
  "too-long",
  "too-many",
  "too-many-addresses",
  "typographic-quote",
  "undefined-name",
  "unexpected-brace",
  "unicast-without-peer",
  "unknown-option",
  "unknown-reference",
  "unreadable",
  "unterminated-quote",
  "untracked-route",
  "unused",
  "used-above-definition",
  "weight-in-group",
  "wrong-builtin",
  "wrong-sequence",
] as const;

/** Codes of findings about several directors; `differs-KEYWORD` are others. */
export const CLUSTER_CODES = [
  "differs-check",
  "differs-prefix",
  "equal-priority",
  "equal-router-id",
  "master-not-preferred",
  "only-one-director",
  "two-masters",
] as const;

/** What is wrong with a code or name of a finding: undefined where there are findings of that code. */
export function codeProblem(code: string): string | undefined {
  const { known, lints } = codes();
  if (known.has(code)) return undefined;
  const near = lints.get(code) ?? nearest(code, known);
  return `no finding has the code \`${code}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`;
}

/** All codes and names; and what the reader calls lints, with the lint. */
function codes(): { readonly known: ReadonlySet<string>; readonly lints: ReadonlyMap<string, string> } {
  const keywords = names(searchFor(LANGUAGE.children, () => true));
  return {
    known: new Set([
      ...LINTS.flatMap(({ code, name }) => [code, name]),
      ...READER_CODES,
      ...CLUSTER_CODES,
      ...keywords.map((keyword) => `differs-${keyword.replaceAll("_", "-")}`),
    ]),
    lints: new Map(LINTS.flatMap(({ code, reader = [] }) => reader.map((each) => [each, code] as const))),
  };
}

function names(search: Search): readonly string[] {
  return search.flatMap(({ keyword, below }) => [keyword, ...names(below)]);
}
