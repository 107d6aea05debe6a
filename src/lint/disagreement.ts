import type { Reading } from "../config/read.ts";
import type { Diagnostic, Related } from "../syntax/diagnostic.ts";
import type { Report } from "../syntax/report.ts";
import type { Span } from "../syntax/span.ts";
import { last, type Setting } from "../syntax/table.ts";

/** One of the directors of a cluster. */
export interface Director {
  readonly name: string; // as messages call it: the path of its file
  readonly reading: Reading;
}

/** The file of a director as a whole. */
export function wholeFile({ reading, name }: Director): Span {
  return { file: reading.files[0] ?? name, line: 0, column: 0, length: 0 };
}

/** What one director says about something, and where. */
export interface Statement {
  readonly director: Director;
  readonly value: string; // as the user would write it
  readonly given: boolean; // false: nobody wrote it, it is the default
  readonly span: Span;
}

/** What kind of finding it is, and the remedy. */
export interface Rule {
  readonly code: string; // kebab-case
  readonly severity: Diagnostic["severity"];
  readonly help?: string;
}

/** The settings of a block, whatever its keywords. */
export interface Given {
  readonly [keyword: string]: readonly Setting<unknown>[] | undefined;
}

/** The setting that counts of several synonyms. */
export function given(settings: Given, ...keywords: readonly string[]): Setting<unknown> | undefined {
  return last(...keywords.map((keyword) => settings[keyword] ?? []));
}

/** Says, once, that directors disagree on `what`: every value, and the place of each that differs from the first. */
export function compareStatements(what: string, statements: readonly Statement[], rule: Rule, report: Report): void {
  const [first, ...others] = statements;
  const different = others.filter(({ value }) => value !== first?.value);
  if (first === undefined || different.length === 0) return;
  const values = statements.map((statement) => `${shown(statement)} in \`${statement.director.name}\``);
  const related = different.map((other) => ({ span: other.span, message: `here ${shown(other)}` }));
  disagree(`${what} is ${enumeration(values)}`, [first.span, ...related], rule, report);
}

/** One finding about several places: the first is the one it stands at. */
export function disagree(
  message: string,
  [span, ...related]: readonly [Span, ...Related[]],
  { code, severity, help }: Rule,
  report: Report,
): void {
  report[severity]([code, message], span, { related, ...(help === undefined ? {} : { help }) });
}

/** One thing as each director has it; undefined where it has none. */
export type Match<T> = readonly (T | undefined)[];

/**
 * Finds the same thing at several directors: by the first key; what is then not at all of them, by the next. In the order
 * of the first director, then of the others. Linear.
 */
export function matched<T>(
  lists: readonly (readonly T[])[],
  keys: readonly ((item: T) => string)[],
): readonly Match<T>[] {
  const none = lists.map((): T | undefined => undefined);
  let rows: readonly Match<T>[] = lists.flatMap((list, director) => list.map((item) => none.with(director, item)));
  for (const key of keys) {
    const open = new Map<string, number>(); // key -> the row that may take one more
    const merged: Match<T>[] = [];
    for (const row of rows) {
      const item = row.find((each) => each !== undefined);
      if (item === undefined || !row.includes(undefined)) {
        merged.push(row);
        continue;
      }
      const name = key(item);
      const at = open.get(name) ?? merged.length;
      const other = merged[at] ?? none;
      const taken = other.some((each, i) => each !== undefined && row[i] !== undefined);
      if (taken) merged.push(row);
      else merged[at] = row.map((each, i) => other[i] ?? each);
      open.set(name, taken ? merged.length - 1 : at);
    }
    rows = merged;
  }
  return rows;
}

/** Where something stands that some directors have, and what it is to be missed at. */
interface Presence {
  readonly what: string; // `virtual_server 192.0.2.1 80` in backticks
  readonly places: readonly { readonly director: Director; readonly span: Span | undefined }[];
  readonly absent: (director: Director) => Span; // where it could stand
}

/** Says what only some directors have. */
export function onlySome({ what, places, absent }: Presence, rule: Rule, report: Report): void {
  const has = places.flatMap(({ director, span }) => (span === undefined ? [] : [{ director, span }]));
  const lacks = places.filter(({ span }) => span === undefined).map(({ director }) => director);
  const [first] = has;
  if (first === undefined || lacks.length === 0) return;
  const names = (directors: readonly Director[]): string => enumeration(directors.map(({ name }) => `\`${name}\``));
  const message = `${what} is in ${names(has.map(({ director }) => director))}, but not in ${names(lacks)}`;
  const related = lacks.map((director) => ({ span: absent(director), message: "missing here" }));
  disagree(message, [first.span, ...related], rule, report);
}

/** `a`, `a and b`, `a, b and c`. */
export function enumeration(parts: readonly string[]): string {
  const end = parts.at(-1) ?? "";
  return parts.length < 2 ? end : `${parts.slice(0, -1).join(", ")} and ${end}`;
}

function shown({ value, given: said }: Statement): string {
  return said ? `\`${value}\`` : `\`${value}\` (default)`;
}
