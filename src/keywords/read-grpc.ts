import type { ArgumentType } from "../syntax/table.ts";
import { refuse, word } from "../syntax/types.ts";

const LONGEST = 1024;

/** A service as servers register it: `package.Service` mostly, but any text. */
export const readServiceName: ArgumentType<string> = {
  usage: "<SERVICE>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    if (/^\/|\/(?:Check|Watch)$/.test(given.text))
      return refuse(
        argument,
        given,
        `\`${given.text}\` is a method, no service`,
        "write the name alone: `package.Service`",
      );
    if (given.text.length <= LONGEST) return given.text;
    return refuse(argument, given, `the name has more than ${LONGEST} characters`, "as in `package.Service`");
  },
};
