import type { Argument } from "./argument.ts";
import { nearest } from "./suggest.ts";
import type { ArgumentType, LineRow, Setting, Settings, Table } from "./table.ts";
import { mean } from "./types.ts";
import type { Word } from "./word.ts";

/** Unknown words of one line after which the rest is not read. */
const PATIENCE = 8;

/**
 * Arguments that are options in any order, each with its values behind it: `10.0.0.1/24 dev eth0 no_track`. A row whose
 * name is in angle brackets takes the first word that is no option: `<ADDR>`. An unknown word is reported and skipped.
 */
export function optionWords<C extends Table>(usage: string, options: C, least = 1): ArgumentType<Settings<C>> {
  const read = (argument: Argument): Settings<C> => readOptions(argument, options) as Settings<C>;
  return { usage, options, least, most: Number.POSITIVE_INFINITY, read };
}

function readOptions(argument: Argument, options: Table): Record<string, Setting<unknown>[]> {
  const found: Record<string, Setting<unknown>[]> = {};
  for (const name of Object.keys(options)) found[name] = [];
  let bare = Object.keys(options).find((name) => name.startsWith("<"));
  let unknown = 0;
  const { words } = argument;
  for (let i = 0; i < words.length && unknown < PATIENCE; ) {
    const option = words[i++] ?? argument.keyword;
    const named = !option.text.startsWith("<") && Object.hasOwn(options, option.text);
    const name = named ? option.text : (bare ?? "");
    const row = options[name];
    if (row?.kind !== "line") {
      unknown++;
      unknownOption(argument, option, options);
      continue;
    }
    if (!named) {
      bare = undefined;
      i--;
    }
    const { count, setting } = readOption(argument, option, words.slice(i, i + row.type.most), row);
    i += named ? count : Math.max(1, count);
    if (setting !== undefined) found[name]?.push({ ...setting, order: i });
  }
  return found;
}

interface Taken {
  readonly count: number; // words that belong to it
  readonly setting: Setting<unknown> | undefined;
}

function readOption(outer: Argument, option: Word, rest: readonly Word[], row: LineRow<unknown>): Taken {
  const { type } = row;
  if (rest.length < type.least) {
    outer.report.error(["missing-value", `\`${option.text}\` needs a value`], option.span, {
      keepalived: `${outer.at}(${outer.blockName}) ${option.text} needs a value`,
    });
    return { count: rest.length, setting: undefined };
  }
  const words = rest.slice(0, type.take?.(rest) ?? rest.length);
  if (row.later !== undefined && outer.row.later === undefined) {
    const finding = `\`${option.text}\` is accepted, but not implemented: ${row.later.effect}`;
    outer.report[row.later.severity](["not-implemented", finding], option.span, { status: 0 });
  }
  const value = type.read(outer.within(words, option, row));
  const span = words[0]?.span ?? option.span;
  const setting = value === undefined ? undefined : { value, keyword: option.span, span, order: 0, at: outer.at };
  return { count: words.length, setting };
}

function unknownOption({ report, at, keyword }: Argument, { text, span }: Word, options: Table): void {
  const near = nearest(text, Object.keys(options));
  const help = near === undefined ? {} : { help: mean(near) };
  const keepalived = `${at}Unknown option '${text}'`;
  report.error(["unknown-option", `unknown option \`${text}\` of \`${keyword.text}\``], span, { keepalived, ...help });
}
