import { shownLine } from "./excerpt.ts";
import type { Span } from "./span.ts";

/**
 * What the reader has to say about a place of the configuration. `error`: something written there has no effect, or
 * cannot be meant. `warning`: it has an effect, but not the one it seems to have. `hint`: it works, and will surprise.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "hint";
  readonly code: string; // stable name of the rule, kebab-case
  readonly message: string; // what is wrong: lower case, no full stop, names in backticks
  readonly span: Span;
  readonly source?: string; // the line `span` points into
  readonly includedFrom?: readonly Span[]; // the includes that lead to its file, the innermost first
  readonly related?: readonly Related[]; // other places it is about
  readonly help?: string; // what to do
  readonly keepalived?: string; // what keepalived(8) 2.2.7 logs for it, one or more lines
  readonly status?: TestStatus; // what `-t` counts for it
  readonly fatal?: true; // the daemon cannot start or reload with it
}

/** Another place a diagnostic is about: the other director's line, or the definition a value came from. */
export interface Related {
  readonly span: Span;
  readonly source?: string; // the line `span` points into
  readonly message: string; // what is there, in a few words
}

const SEVERITIES = ["error", "warning", "hint"] as const;

/**
 * The order diagnostics are shown in: by file, as `files` lists them, line and column; at one place the most precise
 * first (the shorter span), then errors before warnings before hints. A diagnostic about a file as a whole comes before
 * those about its lines, and what was left out of a report after them.
 */
export function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const order = new Map([...new Set(files)].map((file, i) => [file, i]));
  return [...diagnostics].sort((a, b) => {
    const here = a.span;
    const there = b.span;
    return (
      (order.get(here.file) ?? -1) - (order.get(there.file) ?? -1) ||
      Number(a.code === LEFT_OUT) - Number(b.code === LEFT_OUT) ||
      here.line - there.line ||
      here.column - there.column ||
      here.length - there.length ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
    );
  });
}

/** Whether one severity is less grave than another: a hint than a warning, a warning than an error. */
export function isLess(one: Diagnostic["severity"], other: Diagnostic["severity"]): boolean {
  return SEVERITIES.indexOf(one) > SEVERITIES.indexOf(other);
}

/** The code of the diagnostic that counts those for which there was no room. */
export const LEFT_OUT = "too-many";

/** `2 errors, 1 warning`, or `no findings`. */
export function counts(diagnostics: readonly Diagnostic[]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return parts.length === 0 ? "no findings" : parts.join(", ");
}

/** Exit statuses of `-t`: 0 nothing wrong for Keepalived, 2 argument missing, 4 cannot run, 5 errors, 6 include or script security. */
export type TestStatus = 0 | 2 | 4 | 5 | 6;

/**
 * Exit status of `-t`: the numerically largest seen, as Keepalived counts; but 2 where an argument is missing, since
 * Keepalived reads no further then. An include that fails ends its first process, which does not see what stands in the
 * blocks of VRRP and checks, so 6 is the greater then.
 */
export function testStatus(diagnostics: readonly Diagnostic[]): number {
  const statuses = diagnostics.map(({ status }) => status ?? 0);
  const allRead = !diagnostics.some(({ status, fatal }) => status === 6 && fatal === true);
  return statuses.includes(2) && allRead ? 2 : Math.max(0, ...statuses);
}

/**
 * Exit status of a daemon that cannot start: 6 where the file cannot be read or an include is refused, wherever that
 * stands; 2 for everything else in it; undefined: it can.
 */
export function startStatus(diagnostics: readonly Diagnostic[]): 2 | 6 | undefined {
  const fatal = diagnostics.filter((diagnostic) => diagnostic.fatal);
  if (fatal.length === 0) return undefined;
  return fatal.some(({ code, status }) => code === "unreadable" || status === 6) ? 6 : 2;
}

/**
 * Writes a diagnostic as rustc does, so that terminals and editors can jump to it. `sourceLine` is the line `span`
 * points into. The carets stand under the text in a terminal: a tab reaches to the next multiple of eight, East Asian
 * wide and full-width characters take two columns, combining ones none. Other places follow, underlined with dashes.
 */
export function render(diagnostic: Diagnostic, sourceLine = diagnostic.source ?? ""): string {
  return rendered(diagnostic.severity, diagnostic, sourceLine);
}

/** The same with the code, by which a finding can be looked up and switched off: `warning[K003]: ...`. */
export function renderWithCode(diagnostic: Diagnostic): string {
  return rendered(`${diagnostic.severity}[${diagnostic.code}]`, diagnostic, diagnostic.source ?? "");
}

function rendered(
  title: string,
  { message, span, help, includedFrom = [], related = [] }: Diagnostic,
  sourceLine: string,
): string {
  const widest = Math.max(...[span, ...related.map((other) => other.span)].map(({ line }) => String(line).length));
  const gutter = " ".repeat(widest);
  return [
    `${title}: ${message}`,
    `${gutter}--> ${placeName(span)}`,
    ...shownLine(span, sourceLine, { gutter, mark: "^" }),
    ...related.flatMap((other) => secondary(other, gutter)),
    ...includedFrom.map((by) => `${gutter} = included from ${placeName(by)}`),
    ...helpLine(help, gutter),
  ].join("\n");
}

function secondary({ span, source = "", message }: Related, gutter: string): readonly string[] {
  if (span.line === 0) return [`${gutter} |`, `${gutter}::: ${placeName(span)}: ${message}`];
  const lines = shownLine(span, source, { gutter, mark: "-" });
  return [`${gutter} |`, `${gutter}::: ${placeName(span)}`, ...lines.slice(0, -1), `${lines.at(-1) ?? ""} ${message}`];
}

/** A place as editors understand it. */
export function placeName({ file, line, column }: Span): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

function helpLine(help: string | undefined, gutter: string): readonly string[] {
  return help === undefined ? [] : [`${gutter} = help: ${help}`];
}
