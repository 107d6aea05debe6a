import { isBlank } from "./lexer.ts";
import { join, type Line, replacement, slice, spanOf } from "./line.ts";
import type { Report } from "./report.ts";

/** `$NAME=VALUE` definitions: the lines of each value, the last definition winning. */
export interface Definitions {
  readonly values: Map<string, readonly Line[]>;
  work: number; // done so far by expansions, in pieces of lines
}

const MOST_WORK = 2_000_000;

const MOST_EXPANSIONS = 200; // in one line
const LONGEST = 65_536; // characters of an expanded line

const DEFINITION = /^\$([A-Za-z_]\w*)=/;
const USE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$)|\{(_RANDOM|_ENV)\b[^}]*\})/g;

/** A definition of one line, or the first line of a longer one. */
export interface Definition {
  readonly name: string;
  readonly value: Line;
  readonly open: boolean; // ends in a backslash: more lines follow
}

/** Reads `$NAME=VALUE`, undefined where the line is none. */
export function definition(line: Line): Definition | undefined {
  const match = DEFINITION.exec(line.text);
  if (match === null) return undefined;
  const [all, name = ""] = match;
  let from = all.length;
  while (from < line.text.length && isBlank(line.text[from] ?? "")) from++;
  return { name, ...continuation(slice(line, from)) };
}

/** A line of a definition without the backslash that promises another. */
export function continuation(line: Line): { readonly value: Line; readonly open: boolean } {
  const open = line.text.endsWith("\\");
  let to = line.text.length - (open ? 1 : 0);
  while (open && to > 0 && isBlank(line.text[to - 1] ?? "")) to--;
  return { value: open ? slice(line, 0, to) : line, open };
}

/**
 * Puts values in the place of `$NAME` and `${NAME}`. A value of several lines may stand only at the end of the line:
 * its first line continues that line, the others follow. Bounded: a definition that names itself is an error.
 */
export function expand(line: Line, definitions: Definitions, report: Report): readonly [Line, ...Line[]] {
  if (!line.text.includes("$")) return [line];
  let current = line;
  let following: readonly Line[] = [];
  let from = 0;
  for (let expansions = 0; ; ) {
    USE.lastIndex = from;
    const match = USE.exec(current.text);
    if (match === null) return [current, ...following];
    const [use, braced, bare, unsupported] = match;
    const span = spanOf(current, match.index, match.index + use.length);
    if (unsupported !== undefined) {
      report.error(["not-supported-yet", `\`${use}\` is not supported yet`], span);
      from = match.index + use.length;
      continue;
    }
    const value = definitions.values.get(braced ?? bare ?? "");
    const last = match.index + use.length === current.text.length;
    if (value === undefined || (value.length > 1 && !last)) {
      from = match.index + use.length;
      continue;
    }
    definitions.work += current.pieces.length;
    if (++expansions > MOST_EXPANSIONS || current.text.length > LONGEST || definitions.work > MOST_WORK) {
      report.error(["endless-definition", `\`${use}\` expands without end`], span, {
        help: "a definition cannot use itself",
      });
      return [current];
    }
    const [head, ...rest] = value;
    const inserted = replacement(head?.text ?? "", span);
    const before = slice(current, 0, match.index);
    current = join([before, inserted, slice(current, match.index + use.length)]);
    if (rest.length > 0) following = [...rest, ...following];
    from = match.index;
  }
}
