import type { Argument, ArgumentType } from "./table.ts";
import { integerWord, word } from "./types.ts";

/** An item of `track_script`, before the script is looked up. */
export interface TrackItem {
  readonly script: string;
  readonly weight: number | undefined; // undefined: the script's own
  readonly reverse: boolean | undefined;
}

/** `NAME [weight N [reverse|noreverse]]`. */
export const readTrackedScript: ArgumentType<TrackItem> = {
  describe: "script name [weight -253..253 [reverse|noreverse]]",
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
    const weight = integerWord({ ...argument, row }, number, { min: -254, max: 254 });
    const reverse = direction?.text === "reverse" ? true : direction?.text === "noreverse" ? false : undefined;
    return { script, weight: weight === undefined ? undefined : Math.max(-253, Math.min(253, weight)), reverse };
  },
};

function report(argument: Argument, span: Argument["keyword"]["span"], message: string, logged: string): void {
  const keepalived = `${argument.at}(${argument.blockName}) ${logged}`;
  argument.report.error(["bad-item", `${message}; the script is not tracked`], span, { keepalived });
}
