import type { Argument } from "../syntax/argument.ts";
import { logged } from "../syntax/options.ts";
import { nearest } from "../syntax/suggest.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integer, integerWord, mean, word } from "../syntax/types.ts";
import type { Word } from "../syntax/word.ts";

/** An item of `track_interface`, `track_script`, `track_file`, `track_process` or `track_bfd`. */
export interface TrackItem {
  readonly name: string;
  readonly weight: number | undefined; // undefined: that of what it names
  readonly reverse: boolean | undefined; // undefined: as what it names
}

/** The weight of a track script: `N [reverse]`. Keepalived uses a weight outside its range all the same; it is clipped. */
export interface Weight {
  readonly weight: number; // -253..253
  readonly reverse: boolean;
}

/** `weight N [reverse]` of a script. */
export const readWeight: ArgumentType<Weight> = {
  usage: "<integer -253..253> [reverse]",
  least: 1,
  most: 2,
  read(argument) {
    const given = word(argument);
    const weight = integerWord(argument, given, { min: -253, max: 253 });
    const option = argument.words[1];
    const reverse = option?.text === "reverse";
    if (option !== undefined && !reverse) weightOption(argument, option);
    if (weight !== undefined) return { weight, reverse };
    const number = Number(given.text);
    return Number.isInteger(number) ? { weight: Math.sign(number) * 253, reverse } : undefined;
  },
};

function weightOption({ report, at, blockName }: Argument, { text, span }: Word): void {
  const keepalived = `${at}vrrp_script ${blockName} unknown weight option ${text}`;
  report.error(["unknown-option", `unknown option \`${text}\` of \`weight\``], span, {
    keepalived,
    help: "the only option is `reverse`: a success lowers the priority, a failure raises it",
  });
}

/** `N [reverse]` of what is tracked otherwise. */
export function reverseWeight(min: number, max: number, options: Table): ArgumentType<Weight> {
  const type = integer(min, max);
  const usage = `${type.usage} [${Object.keys(options).join("|")}]`;
  const read = (argument: Argument): Weight | undefined => {
    const weight = type.read(argument);
    return weight === undefined ? undefined : { weight, reverse: argument.words[1]?.text === "reverse" };
  };
  return { usage, options, least: 1, most: 2, read };
}

/** What can be tracked: its weights, and how Keepalived names it: `%f` is the item, `%w` the word that is wrong. */
interface Kind {
  readonly most: 253 | 254; // the largest weight, and with a minus sign the smallest
  readonly cut?: true; // 254 counts as 253
  readonly named: string; // `track script %f`
  readonly option: string; // of a word that is no option
  readonly weight: string; // of a weight that is none
  readonly direction: string; // of a word that is neither `reverse` nor `noreverse`
}

const INCLUSIVE = "must be in [-%m..%m] inclusive. Ignoring...";
const KINDS = {
  interface: {
    most: 254,
    cut: true,
    named: "track_interface %f",
    option: "unknown track_interface %f option %w - ignoring",
    weight: "weight %w for %f must be between [-253..253] inclusive. Ignoring...",
    direction: "unknown track_interace %f weight option %w - ignoring", // as Keepalived spells it
  },
  script: {
    most: 254,
    cut: true,
    named: "track script %f",
    option: "unknown track script option %w - ignoring",
    weight: "track script %f: weight must be between [-253..253] inclusive, ignoring...",
    direction: "unknown track_script %f weight option %w - ignoring",
  },
  file: {
    most: 254,
    named: "track file %f",
    option: "unknown track file option %w - ignoring",
    weight: `weight for track file %f ${INCLUSIVE}`,
    direction: "unknown track file %f weight option %w - ignoring",
  },
  process: {
    most: 254,
    named: "track process %f",
    option: "unknown track process option %w - ignoring",
    weight: `weight for track process %f ${INCLUSIVE}`,
    direction: "unknown track_process %f weight option %w - ignoring",
  },
  bfd: {
    most: 253,
    named: "track bfd %f",
    option: "unknown track bfd %f option %w - ignoring",
    weight: `weight for track bfd %f ${INCLUSIVE}`,
    direction: "unknown track bfd %f weight option %w - ignoring",
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** `NAME [weight N [reverse|noreverse]]`; `options` are the words behind the name. */
export function tracked(what: keyof typeof KINDS, options: Table): ArgumentType<TrackItem> {
  const kind: Kind = KINDS[what];
  return {
    usage: `<${what} item>`,
    options,
    least: 1,
    most: 4,
    read(argument) {
      const [, option, number, direction] = argument.words;
      const { text: name } = word(argument);
      if (option === undefined) return { name, weight: undefined, reverse: undefined };
      if (option.text !== "weight") {
        const help = option.text in options ? "write it behind `weight N`" : mean("weight");
        const near = option.text in options || nearest(option.text, ["weight"]) !== undefined;
        say(argument, option, [`unknown option \`${option.text}\``, kind.option], near ? help : undefined);
        return undefined;
      }
      if (number === undefined) {
        const missing = `weight without value specified for ${kind.named} - ignoring`;
        say(argument, option, ["`weight` without a value", missing]);
        return undefined;
      }
      return {
        name,
        weight: weightOf(argument, number, kind),
        reverse: directionOf(argument, { direction, options, kind }),
      };
    },
  };
}

/** The weight; undefined where it is none, and then that of what is tracked counts. */
function weightOf(argument: Argument, given: Word, { most, cut, weight: refusal }: Kind): number | undefined {
  const own = refusal.replaceAll("%m", String(most)).replace("%f", word(argument).text);
  const row = { ...argument.row, refusal: `(%b) ${own}` };
  const range = { min: -most, max: most };
  const weight = integerWord(argument.within(argument.words, argument.keyword, row), given, range, "strict");
  if (weight === undefined || cut === undefined || Math.abs(weight) < 254) return weight;
  const keepalived = logged("(%b) weight for %f cannot be +/-254. Setting to +/-253", argument, given);
  const used = Math.sign(weight) * 253;
  argument.report.error(["bad-number", `a weight of ${weight} counts as ${used}`], given.span, { keepalived });
  return used;
}

interface Direction {
  readonly direction: Word | undefined;
  readonly options: Table;
  readonly kind: Kind;
}

function directionOf(argument: Argument, { direction, options, kind }: Direction): boolean | undefined {
  if (direction === undefined) return undefined;
  if (Object.hasOwn(options, direction.text) && direction.text !== "weight") return direction.text === "reverse";
  const choices = Object.keys(options).filter((name) => name.endsWith("reverse"));
  const near = nearest(direction.text, choices);
  const help = near === undefined ? `\`${choices.join("` or `")}\` may stand here` : mean(near);
  const finding = ["bad-item", `\`${direction.text}\` has no effect behind a weight`] as const;
  const keepalived = logged(`(%b) ${kind.direction}`, argument, direction);
  argument.report.error(finding, direction.span, { keepalived, help });
  return undefined;
}

function say(argument: Argument, at: Word, [message, template]: readonly [string, string], help?: string): void {
  const keepalived = logged(`(%b) ${template}`, argument, at);
  const finding = ["bad-item", `${message}; \`${word(argument).text}\` is not tracked`] as const;
  argument.report.error(finding, at.span, { keepalived, ...(help === undefined ? {} : { help }) });
}
