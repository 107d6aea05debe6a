import type { Argument, Place } from "./argument.ts";
import { at } from "./lexer.ts";
import type { Report } from "./report.ts";
import { covering } from "./setting.ts";
import type { Span } from "./span.ts";
import type { Later, Table } from "./table.ts";
import { helpFor } from "./unknown.ts";
import type { Word } from "./word.ts";

/** What the parser has to say of a text that does not fit the tables, with the line that Keepalived logs for it. */

/** A keyword that stands alone; `usage` says what should stand behind it. */
export function missing({ keyword, row, at, blockName, report }: Argument, usage: string): undefined {
  const { text, span } = keyword;
  const finding = ["missing-argument", `\`${text}\` needs a value`] as const;
  const help = `write \`${text} ${usage}\``;
  if (row.missing !== undefined) {
    const keepalived = at + row.missing.replace("%b", blockName);
    report.error(finding, span, { help, ...(row.missing === "" ? { status: 0 } : { keepalived }) });
    return;
  }
  const logged = `*** Configuration line starting \`${text}\` is missing a parameter after keyword \`${text}\` at word position 2`;
  report.error(finding, span, { help, status: 2, fatal: true, keepalived: at + logged });
}

/** More words than the keyword takes. */
export function unused({ words, keyword, report }: Argument, most: number): void {
  const first = words[most];
  if (first === undefined) return;
  const also = words.length - most === 1 ? `\`${first.text}\` has` : `\`${first.text}\` and what follows have`;
  report.warning(["unused-words", `${also} no effect behind \`${keyword.text}\``], spanning(words, most), {
    help: "one keyword stands on one line; values with blanks need double quotes",
  });
}

/** Words between the keyword of a list and its brace. */
export function wordsBeforeList({ words, keyword, at, report }: Argument): void {
  const [first] = words;
  if (first === undefined) return;
  const message = `words before the \`{\` of \`${keyword.text}\` mean nothing`;
  const keepalived = `${at}Block ${keyword.text} has extra parameters ${first.text} ...`;
  report.error(["unused-words", message], spanning(words, 0), { keepalived });
}

function spanning(words: readonly Word[], from: number): Span {
  const [first, last] = [words[from]?.span, words.at(-1)?.span];
  return first === undefined || last === undefined ? NOWHERE : covering(first, last);
}
const NOWHERE: Span = { file: "", line: 0, column: 0, length: 0 };

/** An old name. */
export function deprecated(instead: string, { keyword, at, report }: Argument): void {
  const keepalived = `${at}${keyword.text} is deprecated - please use '${instead}'`;
  const finding = ["deprecated", `\`${keyword.text}\` is the old name of \`${instead}\``] as const;
  report.warning(finding, keyword.span, { status: 5, help: `write \`${instead}\``, keepalived });
}

/** A keyword whose feature does not exist yet. */
export function notImplemented({ keyword, place, report }: Argument, { severity, effect }: Later): void {
  const where = place.keyword === "" ? "" : ` in \`${place.title}\``;
  const message = `\`${keyword.text}\`${where} is accepted, but not implemented: ${effect}`;
  report[severity](["not-implemented", message], keyword.span, { status: 0 });
}

/** A block without its `{`. */
export function unopened({ keyword, at, report }: Argument): void {
  report.error(["missing-brace", `\`${keyword.text}\` needs a \`{\``], keyword.span, {
    help: "what follows up to the next `}` is read as its block",
    keepalived: `${at}Missing '{' at beginning of configuration block`,
  });
}

/** A `{` behind a keyword that has no block. */
export function noBlock({ keyword, at, report }: Argument, span: Span): void {
  const message = `\`${keyword.text}\` takes no block`;
  report.error(["unexpected-brace", message], span, { keepalived: `${at}Unexpected '{' - ignoring` });
}

/** A `{` behind nothing. */
export function stray(span: Span, place: Place, report: Report): void {
  const keepalived = `${prefix(place, span)}Unexpected '{' - ignoring`;
  report.error(["unexpected-brace", "`{` opens nothing; what it holds is skipped"], span, { keepalived });
}

/** A `}` too many. */
export function extraBrace(span: Span, place: Place, report: Report): void {
  const before = prefix(place, span);
  report.error(["extra-brace", "`}` closes nothing"], span, {
    keepalived: `${before}Extra '}' found\n${before}Unknown keyword '}'`,
  });
}

/** A block that goes on when the text has ended. */
export function unclosed(title: string, { keyword, report }: Argument, end: Span): void {
  const message = `\`${title}\` is not closed: a \`}\` is missing at the end, or above it`;
  report.error(["missing-brace", message], end, {
    related: [{ span: keyword.span, message: "it begins here" }],
    keepalived: "There are 1 missing '}'s or extra '{'s",
  });
}

/** A word that is no keyword of its block. `top`: the keywords of the whole language. */
export function unknown(
  { text, span }: Word,
  { children, place, skipped }: { readonly children: Table; readonly place: Place; readonly skipped: boolean },
  top: Table,
  report: Report,
): void {
  const where = place.keyword === "" ? "at the top level" : `in \`${place.title}\``;
  const help = report.isFull() ? undefined : helpFor(text, children, top);
  const suffix = skipped ? "; its block is skipped" : "";
  report.error(["unknown-keyword", `unknown keyword \`${text}\` ${where}${suffix}`], span, {
    ...(help === undefined ? {} : { help }),
    keepalived: `${prefix(place, span)}Unknown keyword '${text}'`,
  });
}

/** How Keepalived begins a message: `global_defs` and the top level are read before it writes file names. */
function prefix(place: Place, span: Span): string {
  return place.global || place.keyword === "" ? `(Line ${span.line}) ` : at(span);
}
