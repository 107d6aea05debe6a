import type { Argument } from "../syntax/argument.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { named, refuse, word } from "../syntax/types.ts";
import { afterKeyword, levelTwo } from "./script.ts";

const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/; // RFC 9110 §5.6.2
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/; // what ends a header, and what no header may hold: RFC 9110 §5.5

/** A method of HTTP. They are told apart by case, and all there are have capitals. */
export const readMethod: ArgumentType<string> = {
  usage: "GET|HEAD|POST|...",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const { text } = given;
    const capitals = text.toUpperCase();
    if (!TOKEN.test(text) || text.length > 32) return refuse(argument, given, `\`${text}\` is no method of HTTP`);
    if (capitals !== text)
      return refuse(
        argument,
        given,
        `methods are told apart by case, and no server knows \`${text}\``,
        `write \`${capitals}\``,
      );
    if (text === "CONNECT") return refuse(argument, given, "`CONNECT` is for proxies: there is no answer to be judged");
    return text;
  },
};

/** What the checker says itself, and where that is configured. */
const OWN: Readonly<Record<string, string>> = {
  host: "`virtualhost` says it",
  connection: "`http_protocol` says it",
  "content-length": "it is that of `body`",
  "transfer-encoding": "a `body` is sent as a whole",
};

/** `NAME VALUE...`: a header of HTTP. */
export const readHeader: ArgumentType<readonly [name: string, value: string]> = {
  usage: "<NAME> <QUOTED VALUE>",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read(argument) {
    const [given = "", ...values] = levelTwo(afterKeyword(argument));
    const name = given.replace(/:$/, "");
    const value = values.join(" ");
    const own = OWN[name.toLowerCase()];
    if (!TOKEN.test(name)) return refuse(argument, word(argument), `\`${name}\` is no name of a header`);
    if (values.length === 0) return refuse(argument, word(argument), `\`${name}\` has no value`, 'as in `header X ""`');
    if (own !== undefined) return refuse(argument, word(argument), `\`${name}\` is no header to be set`, own);
    if (!CONTROL.test(value)) return [name, value];
    return refuse(argument, word(argument, 1), "a header holds no line breaks and no control characters");
  },
};

/**
 * A path or the name of a host, as a request carries it. Keepalived sends a line break in one, and so a header that nobody
 * wrote.
 */
export const readRequestWord: ArgumentType<string> = {
  ...named("<STRING>"),
  read(argument) {
    const given = word(argument);
    if (!CONTROL.test(given.text)) return given.text;
    const message = `\`${argument.keyword.text}\` holds no line breaks and no control characters; it is left out`;
    argument.report.error(["bad-value", message], given.span, { status: 0 });
    return undefined;
  },
};

/** The body of a request: one text, with both kinds of quotes and with escapes. */
export const readBody: ArgumentType<string> = {
  usage: "<QUOTED TEXT>",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read(argument) {
    const [text, ...more] = levelTwo(afterKeyword(argument));
    if (text !== undefined && more.length === 0) return text;
    return refuse(
      argument,
      word(argument),
      "a body with blanks needs quotes",
      'as in `body "two words"`, or a `body_file`',
    );
  },
};

/** `USER PASSWORD` as HTTP's Basic scheme joins them: `USER:PASSWORD`. RFC 7617 §2. */
export const readCredentials: ArgumentType<string> = {
  usage: "<USER> <QUOTED PASSWORD>",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read(argument) {
    const [user = "", password, ...more] = levelTwo(afterKeyword(argument));
    if (password === undefined || more.length > 0)
      return wrong(argument, "a user and a password are two words", "write quotes around blanks");
    if (user.includes(":")) return wrong(argument, `\`${user}\` has a colon, which ends a user`);
    if (CONTROL.test(user + password)) return wrong(argument, "neither user nor password may hold control characters");
    return `${user}:${password}`;
  },
};

function wrong(argument: Argument, message: string, help?: string): undefined {
  return refuse(argument, word(argument), message, help);
}
