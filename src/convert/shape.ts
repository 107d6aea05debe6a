import type { ArgumentType, Table } from "../syntax/table.ts";

/** Keys of the JSON form that are no keywords; no block that may have them has such a keyword. */
export const NAME = "name"; //   the words between a block's keyword and its `{`
export const ITEMS = "items"; // lines of a block that begin with any word, such as those of `virtual_server_group`
export const BELOW = "below"; // what stands below in the same block, where the order of keywords counts

/** The row of a block for lines that begin with any word, if it has one. */
export function anyWord(table: Table): string | undefined {
  return Object.keys(table).find((name) => name.startsWith("<"));
}

/** Whether a row takes a number, if only as its first word. */
export function isNumeric({ usage }: ArgumentType<unknown>): boolean {
  return /^\[?<(?:integer|decimal|\d\|\d>)/.test(usage);
}

/** Whether a row takes a boolean. */
export function isBoolean({ usage }: ArgumentType<unknown>): boolean {
  return usage === "[<BOOL>]";
}

/** Whether a row takes a command, which is read from the line in two levels. */
export function isScript({ usage }: ArgumentType<unknown>): boolean {
  return usage.includes("<SCRIPT>");
}

/** Whether a row takes a pattern or a text, which is read from the line with quotes and escapes. */
export function isPattern({ usage }: ArgumentType<unknown>): boolean {
  return /^<QUOTED [A-Z]+>$/.test(usage);
}

/** Whether a row takes several words that are read so. */
export function isEscaped({ usage }: ArgumentType<unknown>): boolean {
  return /^<.*> <QUOTED [A-Z]+>$/.test(usage);
}

/** Words behind the command that have a meaning: user and group. */
export function accountWords({ usage }: ArgumentType<unknown>): 0 | 2 {
  return usage.includes("<USER>") ? 2 : 0;
}
