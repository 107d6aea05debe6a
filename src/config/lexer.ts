import { join, type Line, slice, spanOf } from "./line.ts";
import type { Report } from "./report.ts";
import type { Span } from "./span.ts";

/** A word of a line: what stands between blanks, or between double quotes. */
export interface Word {
  readonly text: string;
  readonly span: Span; // with its quotes
}

/** What the parser sees: the words of a line up to its end or the next brace, or a brace. */
export type Token =
  | { readonly type: "words"; readonly words: readonly [Word, ...Word[]]; readonly line: Line }
  | { readonly type: "open"; readonly span: Span }
  | { readonly type: "close"; readonly span: Span };

/** Blank, tab, CR, LF, form feed and vertical tab; what `isspace` accepts in the C locale. */
export function isBlank(character: string): boolean {
  return character === " " || (character >= "\t" && character <= "\r");
}

/** Blanks of Unicode that editors and web pages leave behind. Keepalived takes them for parts of words. */
const FOREIGN_BLANK = /[\u0085\u00a0\u1680\u180e\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]/;
const FOREIGN_BLANKS = new RegExp(`${FOREIGN_BLANK.source}+`, "y");

const NAMES: Readonly<Record<string, string>> = {
  "\u00a0": "no-break space",
  "\u200b": "zero-width space",
  "\u3000": "ideographic space",
  "\ufeff": "byte order mark",
};

/**
 * Cuts a comment off and undoes `\#` and `\!`; both keep their meaning inside double quotes. Blanks at both ends go, and
 * those before a backslash at the end, which so belongs to the last word (measured on keepalived 2.2.7).
 */
export function withoutComment(line: Line): Line {
  const plain = trim(uncommented(line));
  if (!plain.text.endsWith("\\")) return plain;
  const before = trim(slice(plain, 0, plain.text.length - 1));
  return join([before, slice(plain, plain.text.length - 1)]);
}

function uncommented(line: Line): Line {
  const { text } = line;
  if (!/[#!]/.test(text)) return line;
  const parts: Line[] = [];
  let from = 0;
  let quoted = false;
  let end = text.length;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "#" || character === "!")) {
      if (text[i - 1] !== "\\") {
        end = i;
        break;
      }
      parts.push(slice(line, from, i - 1));
      from = i;
    }
  }
  const [first, ...rest] = [...parts, slice(line, from, end)];
  return first === undefined ? line : join([first, ...rest]);
}

/** Without the blanks at both ends. */
export function trim(line: Line): Line {
  let from = 0;
  let to = line.text.length;
  while (from < to && isBlank(line.text[from] ?? "")) from++;
  while (to > from && isBlank(line.text[to - 1] ?? "")) to--;
  return from === 0 && to === line.text.length ? line : slice(line, from, to);
}

/** Splits a line without comment into words and braces. */
export function tokens(line: Line, report: Report): readonly Token[] {
  const { text } = line;
  const found: Token[] = [];
  let words: Word[] = [];
  let start = 0;
  let i = 0;
  const finish = (end: number): void => {
    const [first, ...rest] = words;
    if (first !== undefined) found.push({ type: "words", words: [first, ...rest], line: slice(line, start, end) });
    words = [];
  };
  while (i < text.length) {
    const character = text[i] ?? "";
    if (isBlank(character)) i++;
    else if (character === "{" || character === "}") {
      finish(i);
      found.push({ type: character === "{" ? "open" : "close", span: spanOf(line, i, i + 1) });
      start = ++i;
    } else if (character === '"') {
      const end = text.indexOf('"', i + 1);
      if (end === -1) {
        report.error(["unterminated-quote", "unterminated double quote"], spanOf(line, i, text.length), {
          help: "a quoted value ends on the line it begins on",
          keepalived: `${at(spanOf(line, i, i + 1))}Unterminated quote '${text.slice(start).trimStart()}'`,
        });
        break;
      }
      words.push({ text: text.slice(i + 1, end), span: spanOf(line, i, end + 1) });
      i = end + 1;
    } else if (FOREIGN_BLANK.test(character)) i = foreignBlank(line, i, report);
    else {
      const end = wordEnd(text, i);
      words.push({ text: text.slice(i, end), span: spanOf(line, i, end) });
      i = end;
    }
  }
  finish(text.length);
  return found;
}

function wordEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const character = text[i] ?? "";
    if (isBlank(character) || character === '"' || character === "{" || character === "}") break;
    if (character > "\x7f" && FOREIGN_BLANK.test(character)) break;
    i++;
  }
  return i;
}

function foreignBlank(line: Line, from: number, report: Report): number {
  FOREIGN_BLANKS.lastIndex = from;
  const run = FOREIGN_BLANKS.exec(line.text)?.[0] ?? "";
  const [character = ""] = run;
  const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const name = NAMES[character];
  const span = spanOf(line, from, from + run.length);
  const what = name === undefined ? `\`${code}\`` : `\`${code}\` (${name})`;
  report.warning(["foreign-blank", `${what} in column ${span.column} is read as a blank`], span, {
    help: "type a plain blank; Keepalived takes this character for a part of the word beside it, and misreads the value",
    status: 5,
  });
  return from + run.length;
}

/** The prefix of Keepalived's messages about a line. */
export function at({ file, line }: Span): string {
  return `(${file}: Line ${line}) `;
}
