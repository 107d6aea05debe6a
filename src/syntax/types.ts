import { type IpAddress, parseIp } from "../base/ip.ts";
import { type Micros, seconds } from "../base/time.ts";
import { addressHelp } from "./address-help.ts";
import type { Argument } from "./argument.ts";
import { type Range, type Reading, readBoolean, readInteger, readSeconds } from "./scalars.ts";
import { nearest } from "./suggest.ts";
import type { ArgumentType, Table } from "./table.ts";
import type { Word } from "./word.ts";

/** How strict a number is: most values keep the number in `12abc`; some are refused as a whole. */
type Strictness = "lenient" | "strict";

const EMPTY: Word = { text: "", span: { file: "", line: 0, column: 0, length: 0 } };

/** The word at a position that `least` promises. */
export function word({ words, keyword }: Argument, index = 0): Word {
  return words[index] ?? { ...EMPTY, span: keyword.span };
}

/** Says that a word is not understood and that its keyword has no effect. */
export function refuse(argument: Argument, at: Word, message: string, help?: string): undefined {
  const { row, report, blockName } = argument;
  const logged = row.refusal?.replace("%w", at.text).replace("%b", blockName);
  report.error(["bad-value", message], at.span, {
    ...(help === undefined ? {} : { help }),
    ...(logged === undefined ? {} : { keepalived: argument.at + logged }),
  });
  return undefined;
}

/** `presence is the value`. */
export const flag: ArgumentType<true> = { usage: "(flag)", least: 0, most: 0, read: () => true };

/** A boolean that may stay unsaid: then it is true. */
export const optionalBoolean: ArgumentType<boolean> = {
  usage: "[<BOOL>]",
  least: 0,
  most: 1,
  read(argument) {
    const [value] = argument.words;
    if (value === undefined) return true;
    return readBoolean(value.text) ?? refuse(argument, value, `\`${value.text}\` is no boolean`, BOOLEAN_HELP);
  },
};
const BOOLEAN_HELP = "write `on`, `true`, `yes`, `off`, `false` or `no`, in lower case";

/** Any word, under the name that documentation gives it: `<PATH>`. */
export function named(usage: string): ArgumentType<string> {
  return { usage, least: 1, most: 1, read: (argument) => word(argument).text };
}

/** Any word. */
export const text: ArgumentType<string> = named("<STRING>");

/** Any number of words, at least `least`. */
export function several(usage: string, least = 1): ArgumentType<readonly string[]> {
  return { usage, least, most: Number.POSITIVE_INFINITY, read: ({ words }) => words.map((each) => each.text) };
}

/** The type with another line of documentation, and words of its own among the arguments. */
export function shown<T>(usage: string, type: ArgumentType<T>, options?: Table): ArgumentType<T> {
  return { ...type, usage, ...(options === undefined ? {} : { options }) };
}

/** One of a few words, exactly; each with its meaning. */
export function oneOf<const C extends Table>(options: C): ArgumentType<keyof C & string> {
  const choices = Object.keys(options) as (keyof C & string)[];
  const byName = new Map<string, keyof C & string>(choices.map((choice) => [choice, choice]));
  return {
    usage: choices.join("|"),
    options,
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const found = byName.get(given.text);
      if (found !== undefined) return found;
      const near = nearest(given.text, choices);
      const help = near === undefined ? `one of ${choices.map((choice) => `\`${choice}\``).join(", ")}` : mean(near);
      return refuse(argument, given, `unknown value \`${given.text}\` for \`${argument.keyword.text}\``, help);
    },
  };
}

/** `did you mean` as every message writes it. */
export function mean(name: string): string {
  return `did you mean \`${name}\`?`;
}

/** The largest of Keepalived's integers: 32 bits with a sign, and without. */
export const INT = 2_147_483_647;
export const UINT = 4_294_967_295;

/** An integer within bounds; `strict` refuses trailing characters. */
export function integer(min: number, max: number, strictness: Strictness = "lenient"): ArgumentType<number> {
  const usage = `<integer ${min}..${max}>`;
  const read = (argument: Argument): number | undefined =>
    integerWord(argument, word(argument), { min, max }, strictness);
  return { usage, least: 1, most: 1, read };
}

/** Reads one word as an integer, and says what is wrong with it. */
export function integerWord(
  argument: Argument,
  given: Word,
  range: Range,
  strictness: Strictness = "lenient",
): number | undefined {
  const reading = readInteger(given.text, range);
  if (reading.ok && reading.flaw === undefined) return reading.value;
  const { min, max } = range;
  const keepalived = Number(given.text) > UINT && max === UINT ? "unsigned integer range" : `range [${min}, ${max}]`;
  const leading = /^\s*[+-]?\d+/;
  return settle(argument, given, reading, {
    kind: "whole number",
    leading,
    shown: `${min} to ${max}`,
    keepalived,
    strictness,
  });
}

/** The longest timer in seconds: what a number holds exactly in microseconds. Keepalived counts in 64 bits. */
export const LONGEST_TIMER = 9_007_199_254;
const LONGEST_OF_KEEPALIVED = "18446744073709.551614";

/** Decimal seconds, kept as microseconds. Bounds in seconds; `strict` refuses trailing characters. */
export function decimalSeconds(min: number, max: number, strictness: Strictness = "lenient"): ArgumentType<Micros> {
  return decimal({ min, max }, "seconds", strictness);
}

function decimal({ min, max }: Range, unit: string, strictness: Strictness): ArgumentType<number> {
  const range = { min: seconds(min), max: seconds(max) };
  const shown = `${min} to ${max} ${unit}`;
  const most = max === LONGEST_TIMER ? LONGEST_OF_KEEPALIVED : max.toFixed(6);
  const keepalived = `range [${min.toFixed(6)}, ${most}]`;
  return {
    usage: `<decimal ${min}..${max === LONGEST_TIMER ? "" : max}>`,
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const reading = readSeconds(given.text, range);
      if (reading.ok && reading.flaw === undefined) return reading.value;
      const leading = /^\s*\+?[\d.]+/;
      return settle(argument, given, reading, { kind: "number", leading, shown, keepalived, strictness });
    },
  };
}

/** Decimal milliseconds with three places, kept as microseconds, without trailing characters. Bounds in milliseconds. */
export function decimalMilliseconds(min: number, max: number): ArgumentType<Micros> {
  const type = decimal({ min, max }, "milliseconds", "strict");
  return {
    ...type,
    usage: `<decimal ${min}..${max}, 3 places>`,
    read(argument) {
      const value = type.read(argument);
      return value === undefined ? undefined : Math.round(value / 1000);
    },
  };
}

/** Whole seconds, kept as microseconds. */
export function wholeSeconds(min: number, max: number): ArgumentType<Micros> {
  const type = integer(min, max);
  return {
    ...type,
    read(argument) {
      const value = type.read(argument);
      return value === undefined ? undefined : seconds(value);
    },
  };
}

interface Bounds {
  readonly kind: "number" | "whole number";
  readonly leading: RegExp; // what counts of a number that goes on with something else
  readonly shown: string;
  readonly keepalived: string;
  readonly strictness: Strictness;
}

/** What becomes of a number that is not written as it should be. */
function settle(argument: Argument, given: Word, reading: Reading<number>, bounds: Bounds): number | undefined {
  const { report, row, at, blockName } = argument;
  const name = `\`${given.text}\``;
  const second =
    row.refusal === undefined ? "" : `\n${at}${row.refusal.replace("%w", given.text).replace("%b", blockName)}`;
  if (!reading.ok) {
    const help = `write a number from ${bounds.shown}`;
    const [message, logged] = {
      "no-number": [`${name} is no ${bounds.kind}`, `invalid number '${given.text}'`],
      negative: [`${name} is negative`, `negative number '${given.text}'`],
      range: [`${name} is not in the range ${bounds.shown}`, `number '${given.text}' outside ${bounds.keepalived}`],
    }[reading.reason] as [string, string];
    report.error(["bad-number", message], given.span, { help, keepalived: `${at}${logged}${second}` });
    return undefined;
  }
  if (reading.flaw === undefined) return reading.value;
  if (reading.flaw === "places") {
    const keepalived = `${at}number '${given.text}' has too many decimal places`;
    report.error(["bad-number", `${name} has more than 6 decimal places`], given.span, { keepalived });
    return reading.value;
  }
  const refused = bounds.strictness === "strict";
  const keepalived = `${at}invalid number '${given.text}'${refused || bounds.kind === "whole number" ? second : ""}`;
  const number = given.text.match(bounds.leading)?.[0] ?? "";
  const help = refused ? `write a number from ${bounds.shown}` : `\`${number}\` is used; remove what follows it`;
  report.error(["bad-number", `${name} is no ${bounds.kind}`], given.span, { help, keepalived });
  return refused ? undefined : reading.value;
}

/** An IPv4 or IPv6 address. */
export const address: ArgumentType<IpAddress> = {
  usage: "<IPADDR>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const found = parseIp(given.text);
    if (found !== undefined) return found;
    return refuse(argument, given, `\`${given.text}\` is no IP address`, addressHelp(given.text, false));
  },
};

/** A network interface name: Linux keeps 15 bytes. */
export const interfaceName: ArgumentType<string> = {
  usage: "<IFNAME>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    if (given.text.length <= 15) return given.text;
    return refuse(argument, given, `\`${given.text}\` is longer than an interface name can be (15)`);
  },
};

/** A type whose words may be left out: then `fallback` stands. */
export function optional<T, F>(type: ArgumentType<T>, fallback: F): ArgumentType<T | F> {
  const read = (argument: Argument): T | F | undefined =>
    argument.words.length === 0 ? fallback : type.read(argument);
  return { ...type, usage: `[${type.usage}]`, least: 0, read };
}
