import { type Diagnostic, inOrder, isLess, LEFT_OUT, type Related, type TestStatus } from "./diagnostic.ts";
import type { Origin, Span } from "./span.ts";

/** Diagnostics kept in full; of the others only the number, and what is worst among them. */
const LIMIT = 100;

/** What a finding says besides severity, code, message and place. */
export type Details = Partial<Pick<Diagnostic, "related" | "help" | "keepalived" | "status" | "fatal">>;

/** What is wrong, in one line: a stable code and a message. */
export type Finding = readonly [code: string, message: string];

/** Collects what the reader has to say. Bounded, whatever the input. */
export interface Report {
  /** Something has no effect or cannot be meant. Counts as 5 in `-t` unless `details` say otherwise. */
  error(finding: Finding, span: Span, details?: Details): void;
  warning(finding: Finding, span: Span, details?: Details): void;
  hint(finding: Finding, span: Span, details?: Details): void;
  /** Is told that a file is read because of an include. What is said of its lines shows the first one. */
  included(file: string, by: Span): void;
  readonly includes: Includes;
  /** Whether another error would only be counted: then no help need be looked for. */
  isFull(): boolean;
  /** In the order of the files read, then of lines and columns. */
  finished(files: readonly string[]): readonly Diagnostic[];
}

/** Listens to nothing: for what is read a second time. */
export const SILENT: Report = {
  error: () => {},
  warning: () => {},
  hint: () => {},
  included: () => {},
  includes: new Map(),
  isFull: () => true,
  finished: () => [],
};

/** The text of a line of a file that was read. */
export type SourceLine = (file: string, line: number) => string | undefined;

/** Which include a file is read because of, the first one of several; the file itself that was asked for is not here. */
export type Includes = ReadonlyMap<string, Span>;

/** `sourceLine` gives the text of a line, for the diagnostics that point into it; `known`, where files were included. */
export function newReport(sourceLine: SourceLine, known: Includes = new Map()): Report {
  const includes = new Map(known);
  const kept: Diagnostic[] = [];
  const counts = { error: 0, warning: 0, hint: 0 }; // of those that are kept
  const leftOut = { count: 0, status: 0, fatal: false, severity: "hint" as Diagnostic["severity"] };
  let last: Span | undefined;
  function add(severity: Diagnostic["severity"], [code, message]: Finding, span: Span, details: Details): void {
    if (kept.length === LIMIT && !makeRoom(severity)) {
      leaveOut({ severity, span, ...details });
      return;
    }
    const related = [...origins(span), ...(details.related ?? [])].map(shown);
    const text = { message: printable(message), ...mapText(details), ...(related.length === 0 ? {} : { related }) };
    counts[severity]++;
    kept.push({ severity, code, ...withSource(span), ...includedFrom(span, includes), ...details, ...text });
  }
  /** Warnings and hints do not crowd out an error. */
  function makeRoom(severity: Diagnostic["severity"]): boolean {
    const room = { error: counts.warning + counts.hint, warning: counts.hint, hint: 0 }[severity];
    if (room === 0) return false;
    const less = kept.findLastIndex((each) => isLess(each.severity, severity));
    for (const each of kept.splice(less, 1)) {
      counts[each.severity]--;
      leaveOut(each);
    }
    return true;
  }
  function leaveOut({ severity, span, status = 0, fatal }: Pick<Diagnostic, "severity" | "span"> & Details): void {
    last = span;
    leftOut.count++;
    leftOut.status = Math.max(leftOut.status, status);
    leftOut.fatal ||= fatal === true;
    if (isLess(leftOut.severity, severity)) leftOut.severity = severity;
  }
  function withSource(span: Span): Pick<Diagnostic, "span" | "source"> {
    const source = sourceLine(span.file, span.line);
    return { span, ...(source === undefined ? {} : { source }) };
  }
  function shown({ span, message }: Related): Related {
    return { ...withSource(span), message: printable(message) };
  }
  return {
    error: (finding, span, details = {}) => add("error", finding, span, { status: 5, ...details }),
    warning: (finding, span, details = {}) => add("warning", finding, span, details),
    hint: (finding, span, details = {}) => add("hint", finding, span, details),
    included(file, by) {
      if (!includes.has(file)) includes.set(file, by);
    },
    includes,
    isFull: () => counts.error === LIMIT,
    finished(files) {
      const sorted = inOrder(kept, files);
      if (last === undefined) return sorted;
      const { count, severity, status, fatal } = leftOut;
      const rest: Diagnostic = {
        severity,
        code: LEFT_OUT,
        message: `and ${count} more like these`,
        span: { file: last.file, line: 0, column: 0, length: 0 },
        ...(status === 0 ? {} : { status: status as TestStatus }),
        ...(fatal ? { fatal } : {}),
      };
      return [...sorted, rest];
    },
  };
}

/** The includes that lead to a place, the innermost first. Files of two directors may include each other. */
function includedFrom({ file }: Span, includes: Includes): Pick<Diagnostic, "includedFrom"> {
  const found = new Set<Span>();
  for (let by = includes.get(file); by !== undefined && !found.has(by); by = includes.get(by.file)) found.add(by);
  return found.size === 0 ? {} : { includedFrom: [...found] };
}

const MOST_ORIGINS = 8; // of definitions that use each other

/** Where the text stands that definitions and sequences brought to `span`, the innermost first. */
function origins({ via }: Span): readonly Related[] {
  const found: Related[] = [];
  for (let at = via; at !== undefined && found.length < MOST_ORIGINS; at = at.via)
    found.push({ span: at, message: originName(at, found.length === 0) });
  return found;
}

function originName({ round }: Origin, innermost: boolean): string {
  if (round !== undefined) return `\`$${round[0]}\` is \`${round[1]}\` in this round`;
  return innermost ? "the value is defined here" : "which is used in this definition";
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
