import type { Span } from "./span.ts";

const TAB = 8;
const WIDEST = 160; // columns of a source line that are shown

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
  readonly help?: string; // what to do
  readonly keepalived?: string; // what keepalived(8) 2.2.7 logs for it, one or more lines
  readonly status?: TestStatus; // what `-t` counts for it
  readonly fatal?: true; // the daemon cannot start or reload with it
}

/** Exit statuses of `-t`: 2 argument missing, 4 cannot run, 5 errors, 6 include or script security. */
export type TestStatus = 2 | 4 | 5 | 6;

/**
 * Exit status of `-t`: the numerically largest seen, as Keepalived counts; but 2 where an argument is missing, since
 * Keepalived reads no further then.
 */
export function testStatus(diagnostics: readonly Diagnostic[]): number {
  const statuses = diagnostics.map(({ status }) => status ?? 0);
  return statuses.includes(2) ? 2 : Math.max(0, ...statuses);
}

/** Exit status of a daemon that cannot start: 6 where a file cannot be read, 2 for everything in it (0: it can). */
export function startStatus(diagnostics: readonly Diagnostic[]): number {
  const fatal = diagnostics.filter((diagnostic) => diagnostic.fatal);
  if (fatal.length === 0) return 0;
  return fatal.some(({ code }) => code === "unreadable" || code.startsWith("include")) ? 6 : 2;
}

/**
 * Writes a diagnostic as rustc does, so that terminals and editors can jump to it. `sourceLine` is the line `span`
 * points into. The carets stand under the text in a terminal: a tab reaches to the next multiple of eight, East Asian
 * wide and full-width characters take two columns, combining ones none.
 */
export function render(diagnostic: Diagnostic, sourceLine = diagnostic.source ?? ""): string {
  const { severity, message, span, help } = diagnostic;
  if (span.line === 0) return [`${severity}: ${message}`, ` --> ${span.file}`, ...helpLine(help, " ")].join("\n");
  const gutter = " ".repeat(String(span.line).length);
  const { before, marked, after } = excerpt(sourceLine, span);
  const shownBefore = terminal(before, 0);
  const shownMarked = terminal(marked, shownBefore.width);
  const shownAfter = terminal(after, shownBefore.width + shownMarked.width);
  return [
    `${severity}: ${message}`,
    `${gutter}--> ${span.file}:${span.line}:${span.column}`,
    `${gutter} |`,
    `${span.line} | ${shownBefore.text}${shownMarked.text}${shownAfter.text}`.replace(/[ \t]+$/, ""),
    `${gutter} | ${" ".repeat(shownBefore.width)}${"^".repeat(Math.max(1, shownMarked.width))}`,
    ...helpLine(help, gutter),
  ].join("\n");
}

function helpLine(help: string | undefined, gutter: string): readonly string[] {
  return help === undefined ? [] : [`${gutter} = help: ${help}`];
}

/** The part of a long line around the span. */
function excerpt(line: string, { column, length }: Span): { before: string; marked: string; after: string } {
  const at = column - 1;
  const from = at > WIDEST / 2 ? at - 40 : 0;
  const end = at + Math.min(length, WIDEST);
  const to = Math.max(end, from + WIDEST);
  return {
    before: (from > 0 ? "..." : "") + line.slice(from, at),
    marked: line.slice(at, end),
    after: line.slice(end, to) + (line.length > to ? "..." : ""),
  };
}

/** Text as a terminal shows it from column `start` on: tabs expanded, control characters made visible, its width. */
function terminal(text: string, start: number): { text: string; width: number } {
  let shown = "";
  let width = 0;
  for (const character of text) {
    if (character === "\t") {
      const blanks = TAB - ((start + width) % TAB);
      shown += " ".repeat(blanks);
      width += blanks;
    } else {
      shown += isControl(character) ? "\uFFFD" : character;
      width += columns(character);
    }
  }
  return { text: shown, width };
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);
}

const NARROWEST = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Terminal columns of one character: Unicode Standard Annex #11 (East Asian Width), the blocks in common use. */
function columns(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (NARROWEST.test(character)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}
