import type { Argument } from "../syntax/argument.ts";
import type { ArgumentType, Table } from "../syntax/table.ts";
import { integer, integerWord, several, shown, word } from "../syntax/types.ts";

/** An item of `track_script`, before the script is looked up. */
export interface TrackItem {
  readonly script: string;
  readonly weight: number | undefined; // undefined: the script's own
  readonly reverse: boolean | undefined;
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
    const reverse = argument.words[1]?.text === "reverse";
    if (weight !== undefined) return { weight, reverse };
    const number = Number(given.text);
    return Number.isInteger(number) ? { weight: Math.sign(number) * 253, reverse } : undefined;
  },
};

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

/** `NAME [weight N [option]]` of what is not tracked yet. */
export function tracked(usage: string, options: Table): ArgumentType<readonly string[]> {
  return { ...shown(usage, several(usage), options), most: 4 };
}

/** `NAME [weight N [reverse|noreverse]]`. */
export const readTrackedScript: ArgumentType<TrackItem> = {
  usage: "script name [weight -253..253 [reverse|noreverse]]",
  least: 1,
  most: 4,
  read(argument) {
    const script = word(argument).text;
    const [, option, number, direction] = argument.words;
    if (option === undefined) return { script, weight: undefined, reverse: undefined };
    if (option.text !== "weight") {
      report(
        argument,
        option.span,
        `unknown option \`${option.text}\``,
        `unknown track script option ${option.text} - ignoring`,
      );
      return undefined;
    }
    if (number === undefined) {
      const logged = `weight without value specified for track script ${script} - ignoring`;
      report(argument, option.span, "`weight` without a value", logged);
      return undefined;
    }
    const row = {
      ...argument.row,
      refusal: `(%b) track script ${script}: weight must be between [-253..253] inclusive, ignoring...`,
    };
    const weight = integerWord(argument.within(argument.words, argument.keyword, row), number, { min: -254, max: 254 });
    const reverse = direction?.text === "reverse" ? true : direction?.text === "noreverse" ? false : undefined;
    return { script, weight: weight === undefined ? undefined : Math.max(-253, Math.min(253, weight)), reverse };
  },
};

function report(argument: Argument, span: Argument["keyword"]["span"], message: string, logged: string): void {
  const keepalived = `${argument.at}(${argument.blockName}) ${logged}`;
  argument.report.error(["bad-item", `${message}; the script is not tracked`], span, { keepalived });
}
