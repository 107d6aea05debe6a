import type { Argument } from "../syntax/argument.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { INT, integerWord, mean, refuse, word } from "../syntax/types.ts";

/** The name of a DNS query type in any case, as these rows name it. */
export function readQueryType(options: Table): ArgumentType<string> {
  const names = Object.keys(options);
  return {
    usage: `${names.join("|")} (case-insensitive)`,
    options,
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const name = given.text.toUpperCase();
      if (names.includes(name)) return name;
      const near = nearest(name, names);
      const help = near === undefined ? `one of ${names.map((each) => `\`${each}\``).join(", ")}` : mean(near);
      return refuse(argument, given, `\`${given.text}\` is no query type`, help);
    },
  };
}

/** A domain name for a query; a dot at the end may be left out. RFC 1035 §2.3.4: labels of 1 to 63 bytes, 253 in all. */
export const readDomain: ArgumentType<string> = {
  usage: "<DOMAIN>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const name = given.text === "." ? "" : given.text.replace(/\.$/, "");
    const labels = name === "" ? [] : name.split(".");
    if (labels.includes("")) return refuse(argument, given, `\`${given.text}\` has an empty label`);
    const long = labels.find((label) => bytesOf(label) > 63);
    if (long === undefined && bytesOf(name) <= 253) return given.text;
    const message = long === undefined ? "a name has 253 bytes at most" : `\`${long}\` is longer than 63 bytes`;
    argument.report.error(["bad-value", `${message}: nobody can be asked for it`], given.span, { status: 0 });
    return undefined;
  },
};

/** As it is sent: in UTF-8. */
function bytesOf(name: string): number {
  return new TextEncoder().encode(name).length;
}

/** Bytes as hexadecimal digits in lower case. A single digit before a blank is a byte. */
export const readPayload: ArgumentType<string> = {
  usage: "<HEX>",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read: (argument) => readHex(argument, /^[\da-f]*$/),
};

/** The same with `x` for any digit; "" where nothing is said. */
export const readReply: ArgumentType<string> = {
  usage: "[<HEX with x wildcards>]",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  read: (argument) => (argument.words.length === 0 ? "" : readHex(argument, /^[\da-fx]*$/)),
};

function readHex(argument: Argument, digits: RegExp): string | undefined {
  let found = "";
  for (const given of argument.words) {
    for (const part of given.text.toLowerCase().split(/\s+/)) {
      if (!digits.test(part)) return refuse(argument, given, `\`${given.text}\` is not hexadecimal`);
      const whole = part.length - (part.length % 2);
      found += part.slice(0, whole) + (whole === part.length ? "" : `0${part.slice(whole)}`);
    }
  }
  return found === "" ? refuse(argument, word(argument), "no byte is given") : found;
}

/** The weight of a FILE_CHECK. */
export interface FileWeight {
  readonly weight: number; // -2147483647..2147483647
  readonly reverse: boolean | undefined; // undefined: as the track_file says
}

/** `N [reverse|noreverse]`, with the rows of the two words. */
export function readFileWeight(options: Table): ArgumentType<FileWeight> {
  return {
    usage: `<integer ${-INT}..${INT}> [reverse|noreverse]`,
    options,
    least: 1,
    most: 2,
    read(argument) {
      const weight = integerWord(argument, word(argument), { min: -INT, max: INT }, "strict");
      if (weight === undefined) return undefined;
      const [, option] = argument.words;
      if (option === undefined) return { weight, reverse: undefined };
      if (option.text === "reverse" || option.text === "noreverse")
        return { weight, reverse: option.text === "reverse" };
      const keepalived = `${argument.at}unknown track file weight option ${option.text} - ignoring`;
      const near = nearest(option.text, Object.keys(options));
      const help = near === undefined ? "`reverse` or `noreverse`" : mean(near);
      const message = `unknown option \`${option.text}\` of \`weight\`; the weight is left out`;
      argument.report.error(["unknown-option", message], option.span, { keepalived, help });
      return undefined;
    },
  };
}
