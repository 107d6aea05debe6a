import type { Diagnostic } from "./diagnostic.ts";
import type { Span } from "./span.ts";

const LONGEST = 4096; // characters of a source line

/**
 * Diagnostics as a JSON array, for programs. Every object has every field, `null` where there is nothing:
 * `severity` (`error`, `warning`, `hint`), `code`, `message`, `file`, `line`, `column` (from 1, in UTF-16 units; 0 = the
 * file as a whole), `length` (UTF-16 units), `help`, `source` (the line, at most 4096 characters of it), and `related`: a
 * list of other places with `message`, `file`, `line`, `column`, `length`, `source`; `includedFrom`: the places of the
 * includes that lead to the file, the innermost first, with `file`, `line`, `column`, `length`. Fields are added, never changed.
 */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const found = diagnostics.map(({ severity, code, message, span, help, source, includedFrom = [], related = [] }) => ({
    severity,
    code,
    message,
    ...place(span),
    help: help ?? null,
    source: shorten(source),
    includedFrom: includedFrom.map(place),
    related: related.map((other) => ({ message: other.message, ...place(other.span), source: shorten(other.source) })),
  }));
  return JSON.stringify(found, null, 2);
}

function place({ file, line, column, length }: Span): Pick<Span, "file" | "line" | "column" | "length"> {
  return { file, line, column, length };
}

function shorten(source: string | undefined): string | null {
  return source === undefined ? null : source.slice(0, LONGEST);
}
