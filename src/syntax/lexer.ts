import { join, type Line, slice, spanOf } from "./line.ts";
import type { Report } from "./report.ts";
import type { Span } from "./span.ts";
import { isFilled, LineWord } from "./word.ts";

/** What the parser sees: the words of a line up to its end or the next brace, or a brace. */
export type Token =
  | { readonly type: "words"; readonly words: readonly [LineWord, ...LineWord[]]; readonly line: Line }
  | { readonly type: "open"; readonly span: Span }
  | { readonly type: "close"; readonly span: Span };

/** Blank, tab, CR, LF, form feed and vertical tab; what `isspace` accepts in the C locale. */
export function isBlank(character: string): boolean {
  return character === " " || (character >= "\t" && character <= "\r");
}

const BLANK = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
const QUOTE = 0x22;
const OPEN = 0x7b;
const CLOSE = 0x7d;

function isBlankCode(code: number): boolean {
  return code === BLANK || (code >= TAB && code <= RETURN);
}

/**
 * Cuts a comment off and undoes `\#` and `\!`; both keep their meaning inside double quotes. Blanks at both ends go, and
 * those before a backslash at the end, which so belongs to the last word (measured on keepalived 2.2.7).
 */
export function withoutComment(line: Line): Line {
  const plain = trim(/[#!]/.test(line.text) ? uncommented(line) : line);
  if (!plain.text.endsWith("\\")) return plain;
  const before = trim(slice(plain, 0, plain.text.length - 1));
  return join([before, slice(plain, plain.text.length - 1)]);
}

const QUOTED_OR_MARK = /"[^"]*(?:"|$)|\\?[#!]/g;

function uncommented(line: Line): Line {
  const parts: Line[] = [];
  let from = 0;
  let end = line.text.length;
  for (const { 0: found, index } of line.text.matchAll(QUOTED_OR_MARK)) {
    if (found.startsWith('"')) continue;
    if (!found.startsWith("\\")) {
      end = index;
      break;
    }
    parts.push(slice(line, from, index));
    from = index + 1;
  }
  const rest = slice(line, from, end);
  const [first, ...more] = parts;
  return first === undefined ? rest : join([first, ...more, rest]);
}

/** Without the blanks at both ends. */
export function trim(line: Line): Line {
  const { text } = line;
  let from = 0;
  let to = text.length;
  while (from < to && isBlankCode(text.charCodeAt(from))) from++;
  while (to > from && isBlankCode(text.charCodeAt(to - 1))) to--;
  return slice(line, from, to);
}

/** Splits a line without comment into words and braces, behind those found already. */
export function tokenize(line: Line, report: Report, found: Token[]): void {
  const { text } = line;
  const words: LineWord[] = [];
  let start = 0; // of the words
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isBlankCode(code)) {
      i++;
      continue;
    }
    if (code === OPEN || code === CLOSE) {
      addWords(words, line, start, i, found);
      found.push({ type: code === OPEN ? "open" : "close", span: spanOf(line, i, i + 1) });
      start = ++i;
      continue;
    }
    const quoted = code === QUOTE;
    const end = quoted ? text.indexOf('"', i + 1) : wordEnd(text, i);
    if (end === -1) {
      unterminated(line, { start, quote: i }, report);
      break;
    }
    const next = quoted ? end + 1 : end;
    words.push(new LineWord(text.slice(quoted ? i + 1 : i, end), line, i, next));
    i = next;
  }
  addWords(words, line, start, text.length, found);
}

/** Makes a token of the words of a part of a line, if there are any, and begins anew. */
function addWords(words: LineWord[], line: Line, from: number, to: number, found: Token[]): void {
  if (words.length === 0) return;
  const all = [...words]; // as long as it must be, where `words` has room for more
  if (isFilled(all)) found.push({ type: "words", words: all, line: slice(line, from, to) });
  words.length = 0;
}

function wordEnd(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isBlankCode(code) || code === QUOTE || code === OPEN || code === CLOSE) break;
  }
  return i;
}

function unterminated(line: Line, { start, quote }: { start: number; quote: number }, report: Report): void {
  report.error(["unterminated-quote", "unterminated double quote"], spanOf(line, quote, line.text.length), {
    help: "a quoted value ends on the line it begins on",
    keepalived: `${at(spanOf(line, quote, quote + 1))}Unterminated quote '${line.text.slice(start).trimStart()}'`,
  });
}

/** The prefix of Keepalived's messages about a line. */
export function at({ file, line }: Pick<Span, "file" | "line">): string {
  return `(${file}: Line ${line}) `;
}
