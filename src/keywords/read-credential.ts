import type { ArgumentType } from "../syntax/table.ts";
import { named, refuse, word } from "../syntax/types.ts";

/** A word that a protocol carries up to a NUL or a length of a byte: a user, a password, a database. */
export function credential(usage: string): ArgumentType<string> {
  return {
    ...named(usage),
    read(argument) {
      const given = word(argument);
      const bytes = new TextEncoder().encode(given.text).length;
      if (bytes === 0) return refuse(argument, given, "the word is empty", `delete \`${argument.keyword.text}\``);
      if (bytes > LONGEST) return refuse(argument, given, `the word has ${bytes} bytes, ${LONGEST} at most`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      if (/[\x00-\x1f\x7f]/.test(given.text))
        return refuse(argument, given, "the word has a control character", "write it without");
      return given.text;
    },
  };
}

const LONGEST = 255;

/** The daemon has no folder of its own, so that a path begins at the root. */
export const absolutePath: ArgumentType<string> = {
  ...named("<PATH>"),
  read(argument) {
    const given = word(argument);
    if (given.text.startsWith("/")) return given.text;
    return refuse(argument, given, `\`${given.text}\` is no absolute path`, "write it from `/` on");
  },
};
