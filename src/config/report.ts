import type { Diagnostic, TestStatus } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** Diagnostics kept in full; of the others only the number, the worst status and whether one was fatal. */
const LIMIT = 100;

/** What a finding says besides severity, code, message and place. */
export type Details = Partial<Pick<Diagnostic, "help" | "keepalived" | "status" | "fatal">>;

/** What is wrong, in one line: a stable code and a message. */
export type Finding = readonly [code: string, message: string];

/** Collects what the reader has to say. Bounded, whatever the input. */
export interface Report {
  /** Something has no effect or cannot be meant. Counts as 5 in `-t` unless `details` say otherwise. */
  error(finding: Finding, span: Span, details?: Details): void;
  warning(finding: Finding, span: Span, details?: Details): void;
  hint(finding: Finding, span: Span, details?: Details): void;
  /** In the order of the files read, then of lines and columns. */
  finished(files: readonly string[]): readonly Diagnostic[];
}

/** `sourceLine` gives the text of a line, for the diagnostics that point into it. */
export function newReport(sourceLine: (file: string, line: number) => string | undefined): Report {
  const kept: Diagnostic[] = [];
  let more = 0;
  let status = 0;
  let fatal = false;
  let last: Span | undefined;
  function add(severity: Diagnostic["severity"], [code, message]: Finding, span: Span, details: Details): void {
    if (kept.length < LIMIT) {
      const source = sourceLine(span.file, span.line);
      const text = { message: printable(message), ...mapText(details) };
      kept.push({ severity, code, span, ...(source === undefined ? {} : { source }), ...details, ...text });
      return;
    }
    more++;
    last = span;
    status = Math.max(status, details.status ?? 0);
    fatal ||= details.fatal === true;
  }
  return {
    error: (finding, span, details = {}) => add("error", finding, span, { status: 5, ...details }),
    warning: (finding, span, details = {}) => add("warning", finding, span, details),
    hint: (finding, span, details = {}) => add("hint", finding, span, details),
    finished(files) {
      const order = new Map(files.map((file, i) => [file, i]));
      const sorted = kept.sort((a, b) => compare(a.span, b.span, order));
      if (last === undefined) return sorted;
      const rest: Diagnostic = {
        severity: "error",
        code: "too-many",
        message: `and ${more} more like these`,
        span: { ...last, line: 0 },
        ...(status === 0 ? {} : { status: status as TestStatus }),
        ...(fatal ? { fatal } : {}),
      };
      return [...sorted, rest];
    },
  };
}

const HEAD = 160; // characters kept at both ends of a long message
const TAIL = 80;

/** Text fit for a terminal: no control characters, and what was quoted from the file cut to a bearable length. */
function printable(text: string): string {
  const cut = text.length > 2 * (HEAD + TAIL) ? `${text.slice(0, HEAD)}...${text.slice(-TAIL)}` : text;
  return cut.replace(/[^\P{Cc}\n]/gu, "\uFFFD");
}

function mapText({ help, keepalived }: Details): Details {
  return {
    ...(help === undefined ? {} : { help: printable(help) }),
    ...(keepalived === undefined ? {} : { keepalived: printable(keepalived) }),
  };
}

function compare(a: Span, b: Span, order: ReadonlyMap<string, number>): number {
  const files = (order.get(a.file) ?? -1) - (order.get(b.file) ?? -1);
  return files || a.line - b.line || a.column - b.column;
}
