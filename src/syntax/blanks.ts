import { trim, withoutComment } from "./lexer.ts";
import { type Line, spanOf } from "./line.ts";
import type { Report } from "./report.ts";
import { WRONG_BYTE, wrongByte } from "./utf8.ts";

/** Blanks of Unicode that editors and web pages leave behind. Keepalived takes them for parts of words. */
const FOREIGN = "\\u0085\\u00a0\\u1680\\u180e\\u2000-\\u200f\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff";
const STRANGE = new RegExp(`[\\0${FOREIGN}]|${WRONG_BYTE.source}`);
const QUOTED_OR_FOREIGN = new RegExp(`"[^"]*(?:"|$)|[${FOREIGN}]+`, "g");
const WRONG_BYTES = new RegExp(WRONG_BYTE, "g");

const NAMES: Readonly<Record<string, string>> = {
  "\u0085": "next line",
  "\u00a0": "no-break space",
  "\u2002": "en space",
  "\u2003": "em space",
  "\u2007": "figure space",
  "\u2009": "thin space",
  "\u200b": "zero-width space",
  "\u200c": "zero-width non-joiner",
  "\u200d": "zero-width joiner",
  "\u200e": "left-to-right mark",
  "\u200f": "right-to-left mark",
  "\u2028": "line separator",
  "\u2029": "paragraph separator",
  "\u202f": "narrow no-break space",
  "\u2060": "word joiner",
  "\u3000": "ideographic space",
  "\ufeff": "byte order mark",
};

/** Whether a text holds anything that needs `plainLine`: most files do not. */
export function isStrange(text: string): boolean {
  return STRANGE.test(text);
}

/**
 * `withoutComment` for a strange text: with blanks for the foreign ones outside double quotes and U+FFFD for bytes that
 * are no UTF-8, each with a warning (one a line for bytes). The columns stay. A NUL byte is an error: no line.
 */
export function plainLine(raw: Line, report: Report): Line | undefined {
  const nul = raw.text.indexOf("\0");
  if (nul !== -1) {
    report.error(["nul-byte", "the line holds a NUL byte and is ignored"], spanOf(raw, nul, nul + 1));
    return undefined;
  }
  const line = withoutComment(raw);
  if (!STRANGE.test(line.text)) return line;
  const wrong = WRONG_BYTE.exec(line.text);
  if (wrong !== null) notUtf8(line, wrong, report);
  const decoded = wrong === null ? line.text : line.text.replace(WRONG_BYTES, "\ufffd");
  const text = decoded.replace(QUOTED_OR_FOREIGN, (run: string, at: number) => {
    if (run.startsWith('"')) return run;
    foreignBlank(line, { run, at }, report);
    return " ".repeat(run.length);
  });
  return trim({ ...line, text });
}

function notUtf8(line: Line, { 0: character, index }: RegExpExecArray, report: Report): void {
  const span = spanOf(line, index, index + 1);
  const byte = wrongByte(character).toString(16).toUpperCase();
  report.warning(["not-utf8", `the byte 0x${byte} in column ${span.column} is no UTF-8`], span, {
    help: "save the file as UTF-8; until then the character is read as U+FFFD",
  });
}

function foreignBlank(line: Line, { run, at }: { run: string; at: number }, report: Report): void {
  const [character = ""] = run;
  const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const name = NAMES[character];
  const span = spanOf(line, at, at + run.length);
  const what = name === undefined ? `\`${code}\`` : `\`${code}\` (${name})`;
  report.warning(["foreign-blank", `${what} in column ${span.column} is read as a blank`], span, {
    help: "type a plain blank; Keepalived takes this character for a part of the word beside it, and misreads the value",
    status: 5,
  });
}
