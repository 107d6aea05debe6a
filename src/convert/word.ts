import { levelOne } from "../keywords/script.ts";
import type { Token } from "../syntax/lexer.ts";
import { preprocess } from "../syntax/preprocess.ts";
import { SILENT } from "../syntax/report.ts";
import type { Source } from "../syntax/source.ts";

const PLAIN = /^[\w.:/,+*=()|;<>?&^%-][\w.:/,+*=()|;<>?&^%@~-]*$/;
const ALWAYS_THERE = /\$\{?_/; // how the use of a definition begins that no file makes
const INCLUDE = /^include[rmwba]?$/;

/** A word as a configuration writes it: in double quotes, unless it means the same without. */
export function written(word: string): string {
  return PLAIN.test(word) && !INCLUDE.test(word) ? word : `"${word}"`;
}

/** Several words, one blank between them. */
export function writtenWords(words: readonly string[]): string {
  return words.map(written).join(" ");
}

/** Why no configuration can hold this word, or undefined: it is read as it is written. */
export function unwritable(word: string): string | undefined {
  if (PLAIN.test(word)) return undefined;
  if (word.includes('"')) return "a double quote cannot stand in a word";
  if (word.includes("\n")) return "a word ends on the line it begins on";
  if (word.includes("\0")) return "a NUL byte cannot stand in a configuration";
  if (isTorn(word)) return "half of a surrogate pair is no character";
  if (ALWAYS_THERE.test(word) && readBack(word) !== word) return "`$NAME` is replaced where it is read";
  return undefined;
}

/** Whether half of a character stands in a text: UTF-8 cannot say it. */
export function isTorn(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** What the reader makes of a word in quotes: it may name a definition that is always there. */
function readBack(word: string): string | undefined {
  const found: Token[] = [];
  const emit = (token: Token): void => void found.push(token);
  preprocess("", `x "${word}"`, { source: NOWHERE, report: SILENT, opened: () => {}, emit });
  const [token] = found;
  return token?.type === "words" ? token.words[1]?.text : undefined;
}

const NOWHERE: Source = {
  read: () => ({ ok: false, reason: "missing" }),
  glob: () => [],
  random: () => 0,
  environment: () => undefined,
  hostName: "",
};

/**
 * A command as the first word of a script value, so that its two levels give these arguments back: in double quotes
 * where it has several, those with blanks in single ones. Keepalived reads the escapes alike from 2.3.2 on.
 */
export function writtenCommand(argv: readonly string[]): string {
  const [only = "", ...more] = argv;
  if (more.length === 0 && PLAIN.test(only)) return only;
  return `"${argv.map(argument).join(" ")}"`;
}

/** A pattern: one word in which escapes are undone once. */
export function writtenPattern(text: string): string {
  return PLAIN.test(text) ? text : `"${inside(text)}"`;
}

/** Several such words, one blank between them. */
export function writtenPatterns(words: readonly string[]): string {
  return words.map(writtenPattern).join(" ");
}

function argument(text: string): string {
  const said = inside(text);
  return text === "" || said.includes(" ") ? `'${said}'` : said;
}

/** Text between quotes, with escapes for what would not be read as it is. */
function inside(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return text.replace(/[\\'"\x00-\x1f\x7f]|\$(?=[A-Za-z_{])/g, escaped);
}

function escaped(character: string): string {
  if (character === "\\" || character === "'") return `\\${character}`;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
}

/** A word behind a command, as level one reads it; undefined where nothing can be written that is read so. */
export function writtenAccount(word: string): string | undefined {
  if (unwritable(word) !== undefined) return undefined;
  const text = PLAIN.test(word) ? word : `"${word}"`;
  const [same, ...more] = levelOne(text);
  return same === word && more.length === 0 ? text : undefined;
}
