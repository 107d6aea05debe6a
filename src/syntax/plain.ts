import type { Token } from "./lexer.ts";
import { sourceLine, spanOf } from "./line.ts";
import { isFilled, LineWord } from "./word.ts";

const WORD = 0;
const BLANK = 1;
const OPEN = 2;
const CLOSE = 3;
const SPECIAL = 4;

/** What an ASCII character is; what belongs to the preprocessor, or is no ASCII, is special. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === " " || (code >= 0x09 && code <= 0x0d)) return BLANK;
  if (character === "{") return OPEN;
  if (character === "}") return CLOSE;
  return code < 0x20 || code === 0x7f || '#!"\\$@~'.includes(character) ? SPECIAL : WORD;
});

function kind(code: number): number {
  return code < 128 ? (KINDS[code] ?? SPECIAL) : SPECIAL;
}

/** Where a line stands in the text of its file, without its line feed. */
export interface Place {
  readonly file: string;
  number: number; // from 1
  from: number; // offset in the text
  to: number;
}

/**
 * Reads a line that holds only words and a brace at its end, as nearly all lines of large files do, without the stages
 * of the preprocessor: they would leave it as it is. False, and nothing emitted, where something else stands on it.
 */
export function emitPlain(text: string, { file, number, from, to }: Place, emit: (token: Token) => void): boolean {
  let start = from;
  while (start < to && kind(text.charCodeAt(start)) === BLANK) start++;
  if (start === to) return true;
  let end = to;
  while (kind(text.charCodeAt(end - 1)) === BLANK) end--;
  const last = kind(text.charCodeAt(end - 1));
  const stop = last === OPEN || last === CLOSE ? end - 1 : end;
  if ((last === CLOSE && stop > start) || text.startsWith("include", start)) return false;
  const line = sourceLine(file, number, text.slice(start, stop), start - from);
  const words: LineWord[] = [];
  let word = start;
  for (let i = start; i < stop; i++) {
    const is = kind(text.charCodeAt(i));
    if (is > BLANK) return false;
    if (is === WORD) continue;
    if (word < i) words.push(new LineWord(text.slice(word, i), line, word - start, i - start));
    word = i + 1;
  }
  if (word < stop) words.push(new LineWord(text.slice(word, stop), line, word - start, stop - start));
  if (isFilled(words)) emit({ type: "words", words, line });
  if (stop < end) emit({ type: last === OPEN ? "open" : "close", span: spanOf(line, stop - start, end - start) });
  return true;
}
