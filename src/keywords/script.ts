import type { Argument } from "../syntax/argument.ts";
import { isBlank } from "../syntax/lexer.ts";
import type { ArgumentType } from "../syntax/table.ts";

/** A command of the configuration. It is run without a shell. */
export interface Script {
  readonly argv: readonly string[]; // may be empty: the quotes held nothing
  readonly more: readonly string[]; // words behind the command: user and group, for keywords that take them
}

/**
 * A script value, read in two levels from the line: first the words, with both kinds of quotes; the first word is then
 * split again into arguments, with quotes and escapes.
 */
export const script: ArgumentType<Script> = {
  usage: "<SCRIPT>",
  least: 1,
  most: Number.POSITIVE_INFINITY, // counted by level one instead
  read(argument) {
    const [command = "", ...more] = levelOne(afterKeyword(argument));
    return { argv: levelTwo(command), more };
  },
};

/** A script whose words behind the command are user and group. */
export const scriptWithUser: ArgumentType<Script> = { ...script, usage: "<SCRIPT> [<USER> [[:]<GROUP>]]" };

/** `USER [[:]GROUP]`: the account that runs a script. */
export const account: ArgumentType<readonly string[]> = {
  usage: "<USER> [[:]<GROUP>]",
  least: 1,
  most: 2,
  read: ({ words }) => words.map((each) => each.text),
};

/** The line behind its keyword, as it is written. */
export function afterKeyword({ line, keyword }: Argument): string {
  const text = line.text.trimStart();
  return text.startsWith(keyword.text) ? text.slice(keyword.text.length) : text.replace(/^"[^"]*"/, "");
}

/** Words of a line with `"` and `'` as quotes; pieces that touch join. Escapes keep their backslash (Keepalived 2.3.2). */
export function levelOne(text: string): readonly string[] {
  return split(text, (escaped) => `\\${escaped.raw}`);
}

/** Arguments of a command: quotes, and escapes as in C. */
export function levelTwo(text: string): readonly string[] {
  return split(text, (escaped) => escaped.value);
}

interface Escape {
  readonly raw: string; // without the backslash
  readonly value: string;
}

function split(text: string, write: (escaped: Escape) => string): readonly string[] {
  const found: string[] = [];
  let current: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? "";
    if (character === "\\" && i + 1 < text.length) {
      const escaped = readEscape(text, i + 1);
      current = (current ?? "") + write(escaped);
      i += escaped.raw.length;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else current += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= "";
    } else if (isBlank(character)) {
      if (current !== undefined) found.push(current);
      current = undefined;
    } else current = (current ?? "") + character;
  }
  if (current !== undefined) found.push(current);
  return found;
}

const NAMED: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** `\n`, `\101`, `\x41`, `\cA`; any other character stands for itself. */
function readEscape(text: string, from: number): Escape {
  const rest = text.slice(from, from + 3);
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
  if (octal !== undefined) return { raw: octal, value: String.fromCharCode(Number.parseInt(octal, 8) & 0xff) };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex !== null) return { raw: hex[0], value: String.fromCharCode(Number.parseInt(hex[1] ?? "", 16)) };
  const control = /^c(.)/s.exec(rest)?.[1];
  if (control !== undefined) return { raw: `c${control}`, value: String.fromCharCode(control.charCodeAt(0) & 0x1f) };
  const [character = ""] = rest;
  return { raw: character, value: NAMED[character] ?? character };
}
