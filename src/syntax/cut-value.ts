import { isBlank } from "./lexer.ts";
import { linesWith } from "./raw-line.ts";
import type { Report } from "./report.ts";
import { commentStart } from "./statement.ts";

const GLUED = /[^\s{}"\\#!][#!]/g;
const ENDS = /[\s{}"]/;
// Not a backslash: keepalived 2.2.7 takes it away for the copy that its vrrp and checkers processes read.
const HELP = "put the value into double quotes; a comment needs a blank before it";
const SHOWN = 64; // characters of a word that a message shows

/**
 * Finds the values of a file that a comment sign cuts: a `#` or `!` glued to the word before it begins a comment as well
 * (keepalived 2.2.7 says nothing), and nobody writes one so. A keyword, or a number with a blank behind the sign, is
 * whole before it. Linear in the text.
 */
export function cutValues(file: string, text: string, report: Report): void {
  if (!text.includes("#") && !text.includes("!")) return;
  for (const { number, text: line } of linesWith(text, GLUED)) {
    const cut = cutValue(line);
    if (cut === undefined) continue;
    const { from, at, to } = cut;
    const [sign, kept, word] = [line[at], line.slice(from, at), line.slice(from, to)];
    const message = `\`${sign}\` begins a comment in the middle of a value: only \`${shown(kept)}\` of \`${shown(word)}\` is read`;
    report.warning(["value-cut", message], { file, line: number, column: at + 1, length: to - at }, { help: HELP });
  }
}

/** A word from `from` on whose rest, `at` to `to`, is a comment. */
export interface Cut {
  readonly from: number;
  readonly at: number;
  readonly to: number;
}

/** The first value of a line that is cut, which is the last thing that is read of it. */
export function cutValue(line: string): Cut | undefined {
  const at = commentStart(line);
  if (at === line.length) return undefined;
  let from = at;
  while (from > 0 && !ENDS.test(line[from - 1] ?? "")) from--;
  let to = at;
  while (to < line.length && !isBlank(line[to] ?? "")) to++;
  const word = line.slice(from, at);
  const loose = to === at + 1 && line.slice(to).trim() !== "";
  if (word === "" || (loose && /^\d[\d.:/]*$/.test(word))) return undefined;
  return isKeyword(line.slice(0, from).trimEnd(), word) ? undefined : { from, at, to };
}

/** Whether a word with that before it is the first of a statement. A definition holds its value in one word. */
function isKeyword(before: string, word: string): boolean {
  if (/^\$\w+=/.test(word)) return false;
  return before === "" || /[{}]$/.test(before) || /^\s*@\S*$/.test(before);
}

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
