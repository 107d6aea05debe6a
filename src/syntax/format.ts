import { cutValue } from "./cut-value.ts";
import { type Statement, statementsOf, staysOpen, trimmed, withoutEnd } from "./statement.ts";

const INDENT = "    ";
const DEEPEST = 16; // blocks that are indented; no keyword lies more than six deep
const LONGEST = 2 ** 29 - 25; // characters of a string

/** The last line of the result. */
interface Last {
  readonly code: string; // of a line of plain words, behind which a `{` may be put; else ""
  readonly comment: string;
  readonly depth: number;
  readonly opens: boolean; // no empty line may follow
}

const NOTHING: Last = { code: "", comment: "", depth: 0, opens: false };

/**
 * One configuration file as one would write it by hand: four blanks for each block, one between words, `{` at the end
 * of its line, `}` on one of its own, comments where they were, never two empty lines. It is read as before, and
 * formatting it again changes nothing. The lines of a definition, and what depends on what a `$NAME` stands for, stay
 * as they were written. Never throws, linear time; a text that would grow out of all proportion is returned as it is.
 */
export function formatText(text: string): string {
  const limit = Math.min(4 * text.length + 1_000_000, LONGEST);
  const done: string[] = [];
  let size = 0;
  let depth = 0;
  let empty = false; // lines stand before the next one
  let open = false; // in a definition of several lines
  let last: Last = { ...NOTHING, opens: true };
  let conditional: { readonly base: number; readonly rises: Map<string, number> } | undefined;

  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const raw of lines) {
    if (raw.includes("\0")) put(raw, NOTHING);
    else if (open) {
      // An empty line ends the definition, one of blanks does not.
      const kept = trimmed(raw) !== "" ? withoutEnd(raw) : raw === "\r" ? "" : raw;
      put(kept, { ...NOTHING, opens: kept === "" });
      open = staysOpen(raw);
    } else add(raw);
    if (size > limit) return text;
  }
  return done.length === 0 ? "" : `${done.join("\n")}\n`;

  function add(raw: string): void {
    const { statements, comment, continues } = statementsOf(raw);
    open = continues;
    if (statements.length > 0) {
      const cut = comment !== "" && cutValue(raw) !== undefined;
      for (const [i, each] of statements.entries()) state(each, i === statements.length - 1 ? comment : "", cut);
    } else if (comment === "") empty = true;
    else put(indented(comment, depth), NOTHING);
  }

  /** A comment that cuts a value stays where it does, so that it is still seen for what it is. */
  function state(statement: Statement, comment: string, cut: boolean): void {
    const { text, rise, plain, condition } = statement;
    const base = baseOf(statement);
    if (text === "{" && canJoin(comment)) join(comment);
    else {
      const closes = trimmed(text.slice(condition.length)).startsWith("}");
      if (closes) empty = false;
      const line = indented(cut ? text + comment : withComment(text, comment), closes ? base - 1 : base);
      put(line, { code: plain && !cut ? text : "", comment, depth: base, opens: text.endsWith("{") });
    }
    if (rise !== 0 || condition === "") depth = Math.max(0, base + rise);
  }

  /** Lines for different machines that stand below each other begin at the same depth: only one of them is read. */
  function baseOf({ condition, rise }: Statement): number {
    if (condition === "") {
      conditional = undefined;
      return depth;
    }
    conditional ??= { base: depth, rises: new Map() };
    const before = conditional.rises.get(condition) ?? 0;
    conditional.rises.set(condition, before + rise);
    return Math.max(0, conditional.base + before);
  }

  /** One comment at most finds room; a backslash at its end would be read by Keepalived (2.2.7) as a word. */
  function canJoin(comment: string): boolean {
    const [first, second] = [last.comment, comment].filter((each) => each !== "");
    return last.code !== "" && second === undefined && first?.trimEnd().endsWith("\\") !== true;
  }

  /** Puts a `{` that stands alone behind the keyword before it. */
  function join(comment: string): void {
    const line = withComment(`${last.code} {`, last.comment + comment);
    done[done.length - 1] = indented(line, last.depth);
    size += 2;
    empty = false;
    last = { ...NOTHING, opens: true };
  }

  function put(line: string, as: Last): void {
    if (empty && !last.opens) done.push("");
    empty = false;
    done.push(line);
    size += line.length + 2;
    last = as;
  }
}

function withComment(code: string, comment: string): string {
  return comment === "" ? code : `${code}  ${comment}`;
}

function indented(line: string, depth: number): string {
  return INDENT.repeat(Math.min(Math.max(0, depth), DEEPEST)) + line;
}
