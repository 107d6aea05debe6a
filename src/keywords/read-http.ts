import type { ArgumentType } from "../syntax/table.ts";
import { refuse, word } from "../syntax/types.ts";

/** Inclusive bounds of accepted status codes. */
type StatusRange = readonly [from: number, to: number];

/** `status_code`: codes and ranges within 100..599; a wrong one is left out. */
export const readStatusCodes: ArgumentType<readonly StatusRange[]> = {
  usage: "<N|N-M within 100..599>...",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  read: (argument) =>
    argument.words.flatMap((given) => {
      const match = /^(\d{3})(?:-(\d{3}))?$/.exec(given.text);
      const from = Number(match?.[1]);
      const to = Number(match?.[2] ?? match?.[1]);
      if (from >= 100 && to <= 599 && from <= to) return [[from, to] as const];
      refuse(
        argument,
        given,
        `\`${given.text}\` is no status code or range of codes`,
        "write codes from 100 to 599, as in `200 301-303`",
      );
      return [];
    }),
};

/** `digest`: 32 hexadecimal digits, kept in lower case. */
export const readDigest: ArgumentType<string> = {
  usage: "<32 hex digits>",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    if (/^[0-9a-fA-F]{32}$/.test(given.text)) return given.text.toLowerCase();
    const { length } = given.text;
    const { report, at } = argument;
    const keepalived = `${at}digest '${given.text}' character length should be 32 rather than ${length}`;
    report.error(["bad-value", `\`${given.text}\` is no MD5 digest of 32 hexadecimal digits`], given.span, {
      keepalived,
    });
    return undefined;
  },
};
