import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integerWord, mean, UINT, word } from "../syntax/types.ts";
import { afterKeyword, levelTwo } from "./script.ts";

/**
 * The pattern of a `regex`: one word, with both kinds of quotes and with escapes, which are undone once. `-t` of 2.2.7
 * says nothing about it, the daemon does.
 */
export const readPattern: ArgumentType<string> = {
  usage: "<QUOTED PATTERN>",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  read(argument) {
    const [pattern, ...more] = levelTwo(afterKeyword(argument));
    if (pattern !== undefined && more.length === 0) return pattern;
    const message = pattern === undefined ? "`regex` needs a pattern" : "a pattern with blanks needs quotes";
    return wrong(
      argument,
      argument.words[1] ?? argument.keyword,
      `${message}; nothing is searched`,
      "regex missing or too many fields",
    );
  },
};

/** The names of PCRE2 options that these rows have. */
export function readRegexOptions(options: Table): ArgumentType<readonly string[]> {
  const known = Object.keys(options);
  return {
    usage: "<OPTION>...",
    options,
    least: 0,
    most: Number.POSITIVE_INFINITY,
    read: (argument) =>
      argument.words.flatMap(({ text, span }) => {
        if (Object.hasOwn(options, text)) return [text];
        const near = nearest(text, known);
        const help = near === undefined ? {} : { help: mean(near) };
        // Keepalived leaves it out and says nothing.
        argument.report.error(["unknown-option", `unknown option \`${text}\` of \`regex_options\``], span, {
          status: 0,
          ...help,
        });
        return [];
      }),
  };
}

/** `START MAX`: sizes of the stack of PCRE2's compiler, bytes. */
export const readStack: ArgumentType<readonly [start: number, max: number]> = {
  usage: "<START> <MAX>",
  least: 0,
  most: 2,
  read(argument) {
    const [first, second] = argument.words;
    if (first === undefined || second === undefined)
      return wrong(
        argument,
        argument.keyword,
        "`regex_stack` needs two numbers",
        "regex_stack requires start and max values",
      );
    const start = integerWord(argument, first, { min: 0, max: UINT });
    const max = integerWord(argument, second, { min: 0, max: UINT });
    if (start === undefined || max === undefined) return undefined;
    if (start <= max) return [start, max];
    return wrong(
      argument,
      word(argument),
      `the stack starts with ${start} bytes, above its maximum, ${max}`,
      "regex stack start cannot exceed max value",
    );
  },
};

function wrong({ report }: Argument, { span }: Argument["keyword"], message: string, keepalived: string): undefined {
  report.error(["bad-value", message], span, { status: 0, keepalived });
  return undefined;
}
