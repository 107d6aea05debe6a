import { isBlank } from "./lexer.ts";
import { linesWith } from "./raw-line.ts";
import type { Report } from "./report.ts";
import { commentStart } from "./statement.ts";

/** What word processors and web pages make of quotes, the ones that open a quotation. */
const QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb";
const QUOTE = new RegExp(`[${QUOTES}]`, "g");
const QUOTED_OR_OPENING = new RegExp(`"[^"]*(?:"|$)|(?<![^\\s={}])[${QUOTES}]`, "g");
const CLOSING = new RegExp(`[${QUOTES}](?![^\\s{}])`, "g");

/**
 * Finds typographic quotes that begin a word outside comments and double quotes, one a line: Keepalived (2.2.7) takes
 * them for letters, and a blank behind them ends the value. Within a word they are letters for us, too. Linear in the
 * text.
 */
export function typographicQuotes(file: string, text: string, report: Report): void {
  for (const { number, text: line } of linesWith(text, QUOTE)) {
    const code = line.slice(0, commentStart(line));
    const from = opening(code);
    if (from === undefined) continue;
    const quote = code[from];
    const span = { file, line: number, column: from + 1, length: quotationEnd(code, from) - from };
    const message = `\`${quote}\` is no quote of this language but a part of the word`;
    report.warning(["typographic-quote", message], span, { help: 'write `"` instead, at both ends' });
  }
}

function opening(code: string): number | undefined {
  for (const { 0: found, index } of code.matchAll(QUOTED_OR_OPENING)) if (!found.startsWith('"')) return index;
  return undefined;
}

/** Behind the quote that seems to close it, or its word. */
function quotationEnd(code: string, from: number): number {
  CLOSING.lastIndex = from + 1;
  if (CLOSING.exec(code) !== null) return CLOSING.lastIndex;
  let to = from;
  while (to < code.length && !isBlank(code[to] ?? "")) to++;
  return to;
}
