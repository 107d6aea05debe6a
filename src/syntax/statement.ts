import { isStrange, plainLine } from "./blanks.ts";
import { isBlank, type Token, tokenize } from "./lexer.ts";
import { sourceLine } from "./line.ts";
import { SILENT } from "./report.ts";
import { WRONG_BYTE } from "./utf8.ts";

/** What can stand on a line of its own. */
export interface Statement {
  readonly text: string; // no comment, no blanks around it
  readonly rise: number; // blocks it opens, less those it closes
  readonly plain: boolean; // nothing but words: a `{` may be put behind them
  readonly condition: string; // the `@ID` it begins with, or ""
}

/** A line of a file: what it says, and the comment behind it. */
export interface Statements {
  readonly statements: readonly Statement[];
  readonly comment: string; // with its `#` or `!`, or ""
  readonly continues: boolean; // the next line may belong to a definition that begins here
}

const LONGEST = 65_536; // characters of a line that is taken apart

/**
 * Divides a line into statements with one blank between words. What might be read differently on several lines, or with
 * other blanks, remains one statement as it was written. Never throws.
 */
export function statementsOf(raw: string): Statements {
  const line = withoutEnd(raw);
  const end = commentStart(line);
  const code = trimmed(line.slice(0, end));
  const read = asRead(raw);
  const continues = (promisesMore(raw) && /^(?:[@~]|\$[A-Za-z_{])/.test(read)) || definesLater(read);
  return { statements: statements(code), comment: line.slice(end), continues };
}

/**
 * Whether a definition behind a brace or a sequence may go on: there a comment is gone, and a `$NAME` is replaced, before
 * it is read.
 */
function definesLater(line: string): boolean {
  const from = /^(?:@\S*\s+)?~/.test(line) ? 0 : line.search(/[{}]|\$[A-Za-z_{]/); // a `$NAME` may stand for a brace
  const rest = from === -1 ? "" : line.slice(from);
  const defines = /\$[A-Za-z_]\w*=/.exec(rest);
  return defines !== null && /[\\$]/.test(rest.slice(defines.index + 1));
}

/** Whether a line within a definition of several lines leaves it open. A line of blanks does, an empty one does not. */
export function staysOpen(raw: string): boolean {
  return asRead(raw) === "" ? raw !== "" && raw !== "\r" : promisesMore(raw);
}

/** Keepalived (2.2.7) looks for the backslash in comments too. */
function promisesMore(raw: string): boolean {
  return raw.trimEnd().endsWith("\\");
}

/** Without the blanks at its end; but behind a backslash, where Keepalived sees them in a comment, one of them stays. */
export function withoutEnd(raw: string): string {
  const line = trimmed(`"${raw}`).slice(1);
  return line.endsWith("\\") && isBlank(raw[line.length] ?? "") && raw.slice(line.length) !== "\r" ? `${line} ` : line;
}

/** The line without comment, with plain blanks, and with `#` for `\#`. */
function asRead(raw: string): string {
  return plainLine(sourceLine("", 1, raw), SILENT)?.text ?? "";
}

function statements(code: string): readonly Statement[] {
  if (code.length > LONGEST) return [asWritten(code)];
  if (!isStrange(code)) return divided(code);
  // Read, it would lose its escapes, and bytes that are no UTF-8.
  return code.includes("\\") || WRONG_BYTE.test(code) ? [asWritten(code)] : divided(asRead(code));
}

/** Without the plain blanks at both ends. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text[from] ?? "")) from++;
  while (to > from && isBlank(text[to - 1] ?? "")) to--;
  return text.slice(from, to);
}

/** Where the comment of a line begins; its length without one. */
export function commentStart(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "#" || character === "!") && text[i - 1] !== "\\") return i;
  }
  return text.length;
}

function divided(code: string): readonly Statement[] {
  const condition = /^@[^\t-\r ]*/.exec(code)?.[0];
  if (condition === undefined) return unconditional(code);
  const rest = trimmed(code.slice(condition.length));
  const inner = unconditional(rest);
  const only = inner.length === 1 && inner[0] !== undefined ? inner[0] : asWritten(rest);
  return [{ ...only, text: trimmed(`${condition} ${only.text}`), plain: false, condition }];
}

function unconditional(code: string): readonly Statement[] {
  const [, include, pattern = ""] = /^(include[rmwba]?)[ \t]+(.*)$/s.exec(code) ?? [];
  if (include !== undefined) return [inert(`${include} ${pattern}`)];
  const [, definition, value = ""] = /^(\$[A-Za-z_]\w*=)(.*)$/s.exec(code) ?? [];
  if (definition !== undefined) return [inert(value.endsWith("\\") ? code : definition + trimmed(value))];
  const fixed = fixedFrom(code);
  const head: Token[] = [];
  tokenize(sourceLine("", 1, code.slice(0, fixed)), SILENT, head);
  const found = fixed === code.length ? separated(head, code) : unseparated(head, code, fixed);
  return found === undefined || found.some(({ text }) => DIRECTIVE.test(text)) ? [asWritten(code)] : found;
}

/** What the preprocessor would take for its own at the beginning of a line. */
const DIRECTIVE = /^(?:[@~]|include[rmwba]?(?: |$))/;

/**
 * From where on nothing may be touched: a `$NAME` may stand for quotes or for several lines, script values are split
 * once more by single quotes and backslashes, and an open quote takes the rest of the line.
 */
function fixedFrom(code: string): number {
  let quote: number | undefined;
  for (let i = 0; i < code.length; i++) {
    const character = code[i];
    if (character === '"') quote = quote === undefined ? i : undefined;
    else if (character === "\\" || (character === "$" && /[A-Za-z_{]/.test(code[i + 1] ?? ""))) return quote ?? i;
    else if (character === "'" && quote === undefined) return i;
  }
  return quote ?? code.length;
}

/** A line whose words and braces are known. */
function separated(found: readonly Token[], code: string): readonly Statement[] {
  const statements: Statement[] = [];
  for (const [i, token] of found.entries()) {
    if (token.type === "close") statements.push({ ...PLAIN, text: "}", rise: -1, plain: false });
    else if (token.type === "words") {
      const opens = found[i + 1]?.type === "open";
      const text = wordsOf(token, code).text;
      statements.push(opens ? { ...PLAIN, text: `${text} {`, rise: 1, plain: false } : { ...PLAIN, text });
    } else if (found[i - 1]?.type !== "words") statements.push({ ...PLAIN, text: "{", rise: 1, plain: false });
  }
  return statements;
}

/** A line that is known up to a place: undefined where more than words stand before it. */
function unseparated(head: readonly Token[], code: string, fixed: number): readonly Statement[] | undefined {
  const [first, second] = head;
  if (first?.type !== "words" || second !== undefined) return undefined;
  const { text, end } = wordsOf(first, code);
  return [asWritten(text + (end === fixed ? "" : " ") + code.slice(fixed))];
}

type Words = Extract<Token, { type: "words" }>;

/** Words as they were written, one blank where there were some. */
function wordsOf({ words }: Words, code: string): { readonly text: string; readonly end: number } {
  let text = "";
  let end = 0;
  for (const { span } of words) {
    const from = span.column - 1;
    const blank = text === "" || from === end ? "" : " ";
    end = from + span.length;
    text += blank + code.slice(from, end);
  }
  return { text, end };
}

const PLAIN = { rise: 0, plain: true, condition: "" } as const;

function inert(text: string): Statement {
  return { ...PLAIN, text, plain: false };
}

/** A statement that is not looked into but for the braces outside of quotes and of `${NAME}`. */
function asWritten(text: string): Statement {
  const braces = text.replace(/"[^"]*"?|\$\{[A-Za-z_][^{}"]*\}/g, "");
  return { ...inert(text), rise: braces.split("{").length - braces.split("}").length };
}
