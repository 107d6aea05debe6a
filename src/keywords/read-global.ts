import { family, type IpAddress, isMulticast, parseIp } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integer, integerWord, refuse, word } from "../syntax/types.ts";

/** `<cpu id>...`: several processors. */
export const cpuIds: ArgumentType<readonly number[]> = {
  usage: "<cpu id>...",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read: (argument) => argument.words.flatMap((given) => integerWord(argument, given, { min: 0, max: 1023 }) ?? []),
};

/** A multicast group of one address family; of either where none is named. */
export function multicast(usage: string, of?: 4 | 6): ArgumentType<IpAddress> {
  const read = (argument: Argument): IpAddress | undefined => {
    const given = word(argument);
    const address = parseIp(given.text);
    if (address === undefined) return refuse(argument, given, `\`${given.text}\` is no IP address`);
    if (of !== undefined && family(address) !== of)
      return refuse(argument, given, `\`${given.text}\` is no IPv${of} address`);
    return isMulticast(address) ? address : refuse(argument, given, `\`${given.text}\` is no multicast address`);
  };
  return { usage, least: 1, most: 1, read };
}

/** Words out of a table, with whatever `part` makes of a word; others are refused. */
function wordsOf(usage: string, options: Table, part: (text: string) => readonly string[]): ArgumentType<string> {
  const read = (argument: Argument): string | undefined => {
    const wrong = argument.words.find(({ text }) => part(text).some((each) => !Object.hasOwn(options, each)));
    if (wrong !== undefined)
      return refuse(argument, wrong, `unknown word \`${wrong.text}\``, `one of ${list(options)}`);
    return argument.words.map(({ text }) => text).join(" ");
  };
  return { usage, options, least: 0, most: Number.POSITIVE_INFINITY, read };
}

function list(options: Table): string {
  return Object.keys(options)
    .map((name) => `\`${name}\``)
    .join(", ");
}

/** `[[+|-]<check>...]` of `include_check`. */
export function checks(options: Table): ArgumentType<string> {
  return wordsOf("[[+|-]<check>...]", options, (text) => [text.replace(/^[+-]/, "")]);
}

/** A number in C notation, or names of permission bits with `|` between them: 0 to 0o777. */
export function umask(options: Table): ArgumentType<number> {
  const bits = (text: string): readonly string[] => text.split("|").filter((bit) => bit !== "");
  const names = wordsOf("<NUMBER>|<BIT>[|<BIT>]...", options, bits);
  const read = (argument: Argument): number | undefined => {
    const given = word(argument);
    if (/^\d/.test(given.text)) {
      const mask = /^0[0-7]*$/.test(given.text) ? Number.parseInt(given.text, 8) : cNumber(given.text);
      if (mask <= 0o777) return mask;
      const keepalived = `${argument.at}invalid umask value ${given.text}`;
      argument.report.error(["bad-value", `\`${given.text}\` is no umask`], given.span, { keepalived });
      return undefined;
    }
    return names
      .read(argument)
      ?.split(" ")
      .flatMap(bits)
      .reduce((mask, bit) => mask | (UMASK_BITS.get(bit) ?? 0), 0);
  };
  return { ...names, least: 1, read };
}

/** NaN where it is none: `08`, `1x`. */
function cNumber(text: string): number {
  return /^(0x[\da-f]+|[1-9]\d*)$/i.test(text) ? Number(text) : Number.NaN;
}

const UMASK_BITS: ReadonlyMap<string, number> = new Map([
  ...(["USR", "GRP", "OTH"] as const).flatMap((who, i) =>
    (["IX", "IW", "IR"] as const).map((what, j): [string, number] => [what + who, 1 << (3 * (2 - i) + j)]),
  ),
  ["IRWXU", 0o700],
  ["IRWXG", 0o070],
  ["IRWXO", 0o007],
]);

/** `MTU`, `ADVERT` in any case, or a number of bytes. */
export function bufferPolicy(options: Table): ArgumentType<string | number> {
  const usage = "MTU|ADVERT|<bytes> (words case-insensitive)";
  const read = (argument: Argument): string | number | undefined => {
    const { text } = word(argument);
    if (/^(mtu|advert)$/i.test(text)) return text.toUpperCase();
    if (/^[+-]?\d/.test(text)) return integer(0, 4_294_967_295).read(argument);
    return refuse(argument, word(argument), `unknown policy \`${text}\``, "`MTU`, `ADVERT` or a number of bytes");
  };
  return { usage, options, least: 1, most: 1, read };
}

/** `[all] SECONDS` of `garp_extra_if`. */
export interface ExtraInterval {
  readonly all: boolean;
  readonly seconds: number;
}

export function extraInterval(min: number, options: Table): ArgumentType<ExtraInterval> {
  const usage = `[all] <integer ${min}..86400>`;
  const read = (argument: Argument): ExtraInterval | undefined => {
    const all = argument.words[0]?.text === "all";
    const given = argument.words[all ? 1 : 0];
    if (given === undefined) {
      const { keyword, at, blockName, place, report } = argument;
      const owner = place.global ? "" : `(${blockName}): `;
      const keepalived = `${at}${owner}${keyword.text} specified without time - ignoring`;
      report.error(["missing-value", `\`${keyword.text}\` needs a time`], keyword.span, { keepalived });
      return undefined;
    }
    const seconds = integerWord(argument, given, { min, max: 86_400 }, "strict");
    return seconds === undefined ? undefined : { all, seconds };
  };
  return { usage, options, least: 0, most: 2, read };
}

/** A name of a process: the kernel keeps 15 characters of it. */
export const processName: ArgumentType<string> = {
  usage: "<STRING, max 15 chars>",
  least: 1,
  most: 1,
  read({ words: [given], keyword: { text }, at, report }) {
    if (given === undefined || given.text.length <= 15) return given?.text;
    const cut = given.text.slice(0, 15);
    const keepalived = `${at}Process name ${given.text} more than 15 characters, truncating`;
    const finding = ["too-long", `\`${text}\` keeps 15 characters: \`${cut}\``] as const;
    report.warning(finding, given.span, { status: 5, keepalived });
    return cut;
  },
};
