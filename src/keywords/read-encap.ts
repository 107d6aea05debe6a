import type { IpAddress } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { isOption, type Manner, readOptions } from "../syntax/options.ts";
import type { ArgumentType, Settings, Table } from "../syntax/table.ts";
import { refuse, word } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";
import type { Named } from "./read-names.ts";

/** What the packets of a route are wrapped in. */
export type Encapsulation =
  | { readonly type: "ip" | "ip6"; readonly tunnel: Tunnel }
  | { readonly type: "mpls"; readonly labels: readonly number[] } // 0..1048575, the outermost first
  | { readonly type: "ila"; readonly locator: readonly number[] } // four groups of 16 bits
  | { readonly type: "none" }; // it could not be read, which was reported

/** An IP tunnel without a device. */
export interface Tunnel {
  readonly id: string | undefined; // 64 bits without sign, in decimal
  readonly destination: IpAddress | undefined;
  readonly source: IpAddress | undefined;
  readonly service: Named | undefined; // tos, traffic class
  readonly ttl: number | undefined;
  readonly flags: number | undefined;
}

/** `id` of a tunnel: 64 bits without sign, in decimal as text, since a number does not hold it. */
export function tunnelId(usage: string): ArgumentType<string> {
  return {
    usage,
    least: 1,
    most: 1,
    read(argument) {
      const { text } = word(argument);
      if (/^\+?\d+$/.test(text) && BigInt(text) < 1n << 64n) return BigInt(text).toString();
      const { at, row, report } = argument;
      const number = /^\d+$/.test(text)
        ? `number '${text}' outside unsigned 64 bit range`
        : `${text.startsWith("-") ? "negative" : "invalid"} number '${text}'`;
      const second = row.refusal === undefined ? "" : `\n${at}${row.refusal.replace("%w", () => text)}`;
      report.error(["bad-number", `\`${text}\` is no number of 64 bits`], word(argument).span, {
        keepalived: `${at}${number}${second}`,
      });
      return undefined;
    },
  };
}

/** Options of a tunnel, as far as they go; `tunnelOf` makes them one. */
export function tunnel<C extends Table>(
  type: "ip" | "ip6",
  options: C,
  tunnelOf: (given: Settings<C>) => Tunnel,
): ArgumentType<Encapsulation> {
  const manner: Manner = { unknown: UNKNOWN, missing: `address or id missing for ${type} encapsulation\n%a${UNKNOWN}` };
  return {
    usage: `<${type} options>`,
    options,
    least: 0,
    most: Number.POSITIVE_INFINITY,
    take: (words) => optionsEnd(words, options),
    read(argument) {
      const { given, sound } = readOptions(argument, options, manner);
      if (!sound) return undefined;
      const found = tunnelOf(given);
      if (found.id !== undefined || found.destination !== undefined) return { type, tunnel: found };
      const keepalived = `${argument.at}address or id missing for ${type} encapsulation`;
      const finding = ["missing-value", `\`encap ${type}\` needs \`id\` or \`dst\``] as const;
      argument.report.error(finding, argument.keyword.span, { keepalived });
      return { type: "none" };
    },
  };
}

const UNKNOWN = "VRRP parsed invalid IP %w. skipping IP...\n%aunknown route keyword %w";

/** How many words from the first on are options with one value each. */
function optionsEnd(words: readonly Word[], options: Table): number {
  let end = 0;
  for (let word = words[end]; word !== undefined && isOption(options, word); word = words[end]) end += 2;
  return Math.min(end, words.length);
}

/** `LABEL[/LABEL]...` of 20 bits each, at most 16. */
export const labels: ArgumentType<Encapsulation> = {
  usage: "<LABEL>[/<LABEL>]...",
  least: 0,
  most: 1,
  read(argument) {
    const [given] = argument.words;
    if (given === undefined) return without(argument, "missing address for MPLS encapsulation");
    const found = given.text.split("/").map((label) => (/^(0x[\da-f]+|\d+)$/i.test(label) ? Number(label) : -1));
    if (found.length <= 16 && found.every((label) => label >= 0 && label < 1 << 20))
      return { type: "mpls", labels: found };
    refuse(
      argument,
      given,
      `\`${given.text}\` is no stack of MPLS labels`,
      "write numbers up to 1048575 between slashes",
    );
    return { type: "none" };
  },
};

/** An ILA locator: four groups of hexadecimal digits. */
export const locator: ArgumentType<Encapsulation> = {
  usage: "<LOCATOR, four hex groups>",
  least: 0,
  most: 1,
  read(argument) {
    const [given] = argument.words;
    if (given === undefined) return without(argument, "missing locator for ILA encapsulation");
    if (/^[\da-f]{1,4}(:[\da-f]{1,4}){3}$/i.test(given.text)) {
      return { type: "ila", locator: given.text.split(":").map((group) => Number.parseInt(group, 16)) };
    }
    refuse(
      argument,
      given,
      `\`${given.text}\` is no ILA locator`,
      "write four groups of hexadecimal digits: `1:2:3:4`",
    );
    return { type: "none" };
  },
};

function without({ at, keyword, report }: Argument, logged: string): Encapsulation {
  const keepalived = at + logged;
  report.error(["missing-value", `\`${keyword.text}\` needs a value`], keyword.span, { keepalived });
  return { type: "none" };
}

/** `encap TYPE ...`: the rows of the types read what follows. A type that is none leaves the route without it. */
export function encapsulation(usage: string, kinds: Table): ArgumentType<Encapsulation> {
  return {
    usage,
    least: 0,
    most: Number.POSITIVE_INFINITY,
    take([first, ...rest]) {
      if (first === undefined) return 0;
      const kind = Object.hasOwn(kinds, first.text) ? kinds[first.text] : undefined;
      if (kind?.kind !== "line") return 1;
      return 1 + (kind.type.take?.(rest) ?? Math.min(rest.length, kind.type.most));
    },
    read(argument) {
      const [first, ...rest] = argument.words;
      if (first === undefined) return without(argument, "Missing encap type");
      const kind = Object.hasOwn(kinds, first.text) ? kinds[first.text] : undefined;
      if (kind?.kind === "line") return kind.type.read(argument.within(rest, first, kind)) as Encapsulation | undefined;
      const keepalived = `${argument.at}Unknown encap type - ${first.text}`;
      const help = `one of ${Object.keys(kinds)
        .map((name) => `\`${name}\``)
        .join(", ")}`;
      argument.report.error(["bad-value", `unknown encapsulation \`${first.text}\``], first.span, { keepalived, help });
      return { type: "none" };
    },
  };
}

/** One way of several: the words up to the next `nexthop`. */
export function nexthop<C extends Table>(usage: string, options: C): ArgumentType<Settings<C>> {
  const manner: Manner = { unknown: "Route has trailing nonsense after nexthops - %w" };
  return {
    usage,
    options,
    least: 0,
    most: Number.POSITIVE_INFINITY,
    take(words) {
      const next = words.findIndex(({ text }) => text === "nexthop");
      return next === -1 ? words.length : next;
    },
    read: (argument) => readOptions(argument, options, manner).given,
  };
}
