import type { Argument } from "./argument.ts";
import { covering } from "./setting.ts";
import { nearest } from "./suggest.ts";
import type { ArgumentType, LineRow, RowText, Setting, Settings, Table } from "./table.ts";
import { mean } from "./types.ts";
import type { Word } from "./word.ts";

/** Unknown words of one line after which the rest is not read. */
const PATIENCE = 8;

/**
 * What Keepalived logs of the options of one keyword: `%w` is the word, `%b` the block's name, `%f` the item's first
 * word, `%a` the beginning of a further line.
 */
export interface Manner {
  readonly unknown: string; // of a word that is no option
  readonly missing?: string; // of an option without its value; where it is not said, it reads no further (status 2)
  readonly deprecated?: string; // of an old name: `%w`
  readonly least?: number; // words that must be there; 1
  readonly bare?: (text: string) => string | undefined; // the row of a word that is no option; else the first in angle brackets, once
}

/** What options say, and whether all of it could be read. */
export interface Given<C extends Table> {
  readonly given: Settings<C>;
  readonly sound: boolean; // no value was refused
  readonly known: boolean; // every word is an option, or its value
}

/**
 * Arguments that are options in any order, each with its values behind it: `10.0.0.1/24 dev eth0 no_track`. A row whose
 * name is in angle brackets takes the first word that is no option: `<ADDR>`. An unknown word is reported and skipped,
 * with the words behind it up to the next option.
 */
export function optionWords<C extends Table>(usage: string, options: C, manner: Manner): ArgumentType<Settings<C>> {
  return optionItem(usage, options, manner, (_, { given }) => given);
}

/** The same, made into a value by `item`, which says what is wrong with the options together. */
export function optionItem<C extends Table, T>(
  usage: string,
  options: C,
  manner: Manner,
  item: (argument: Argument, given: Given<C>) => T | undefined,
): ArgumentType<T> {
  const read = (argument: Argument): T | undefined => item(argument, readOptions(argument, options, manner));
  return { usage, options, least: manner.least ?? 1, most: Number.POSITIVE_INFINITY, read };
}

/** A value whose refusal takes nothing else with it: then `fallback` stands. */
export function orElse<T, const F>(fallback: F, type: ArgumentType<T>): ArgumentType<T | F> {
  return { ...type, read: (argument) => type.read(argument) ?? fallback };
}

/** Stands for every option that is not given; never written to. */
const NONE: Setting<unknown>[] = [];
interface Shape {
  readonly nothing: Readonly<Record<string, Setting<unknown>[]>>;
  readonly bare: string | undefined; // the option without a name of its own
}
const shapes = new WeakMap<Table, Shape>();

function shapeOf(options: Table): Shape {
  let shape = shapes.get(options);
  if (shape === undefined) {
    const names = Object.keys(options);
    const nothing = Object.fromEntries(names.map((name) => [name, NONE]));
    shape = { nothing, bare: names.find((name) => name.startsWith("<")) };
    shapes.set(options, shape);
  }
  return shape;
}

/** Reads words as options; those of `argument`, or some of them. */
export function readOptions<C extends Table>(
  argument: Argument,
  options: C,
  manner: Manner,
  words: readonly Word[] = argument.words,
): Given<C> {
  const { nothing, bare } = shapeOf(options);
  const given = { ...nothing };
  let free = bare;
  let sound = true;
  let unknown = 0;
  let known = true;
  let stranger = -1; // behind words that mean nothing
  for (let i = 0; i < words.length && unknown < PATIENCE; ) {
    const option = words[i++] ?? argument.keyword;
    const named = isOption(options, option);
    const name = named ? option.text : manner.bare === undefined ? free : manner.bare(option.text);
    const row = name === undefined ? undefined : options[name];
    if (name === undefined || row?.kind !== "line") {
      unknownOption(argument, option, { options, manner, follows: stranger === i - 1 });
      stranger = i;
      unknown++;
      known = false;
      continue;
    }
    if (!named) {
      free = undefined;
      i--;
    }
    const { count, setting } = readOption(argument, option, { rest: words.slice(i, i + row.type.most), row, manner });
    i += named ? count : Math.max(1, count);
    if (setting === undefined) {
      sound = false;
      stranger = i; // more of the value that was refused
      if (!named) [free, unknown] = [bare, unknown + 1]; // the next one may be it
    } else {
      const mine = { ...setting, order: i };
      if (given[name] === NONE) given[name] = [mine];
      else given[name]?.push(mine);
    }
  }
  return { given: given as Record<string, readonly Setting<unknown>[]> as Settings<C>, sound, known };
}

/** Whether a word is the name of an option. */
export function isOption(options: Table, { text }: Word): boolean {
  return !text.startsWith("<") && Object.hasOwn(options, text);
}

interface Taken {
  readonly count: number; // words that belong to it
  readonly setting: Setting<unknown> | undefined;
}

interface Optional {
  readonly rest: readonly Word[]; // behind the option, as many as it may have
  readonly row: LineRow<unknown>;
  readonly manner: Manner;
}

function readOption(outer: Argument, option: Word, { rest, row, manner }: Optional): Taken {
  const { type } = row;
  const needed = type.take?.(rest) ?? rest.length;
  const words = rest.slice(0, needed);
  if (rest.length < Math.max(type.least, needed)) {
    withoutValue(outer, option, row.missing ?? manner.missing);
    return { count: rest.length, setting: undefined };
  }
  if (row.later !== undefined && outer.row.later === undefined && !outer.place.later) {
    const finding = `\`${option.text}\` is accepted, but not implemented: ${row.later.effect}`;
    outer.report[row.later.severity](["not-implemented", finding], option.span, { status: 0 });
  }
  if (row.deprecated !== undefined) oldName(outer, option, row.deprecated, manner);
  const value = type.read(outer.within(words, option, aboutItem(row, outer)));
  const [first] = words;
  const span = first === undefined ? option.span : covering(first.span, words.at(-1)?.span ?? first.span);
  const setting = value === undefined ? undefined : { value, keyword: option.span, span, order: 0, at: outer.at };
  return { count: words.length, setting };
}

/** A row whose refusal names the item. */
function aboutItem(row: LineRow<unknown>, { words, keyword }: Argument): RowText {
  if (row.refusal?.includes("%f") !== true) return row;
  return { ...row, refusal: row.refusal.replace("%f", () => (words[0] ?? keyword).text) };
}

/** An option at the end of the line, without its value; `missing` is what Keepalived logs for it. */
function withoutValue(argument: Argument, option: Word, missing: string | undefined): void {
  const finding = ["missing-value", `\`${option.text}\` needs a value`] as const;
  if (missing === undefined) cutShort(argument, finding, option);
  else argument.report.error(finding, option.span, { keepalived: logged(missing, argument, option) });
}

/** Says that a line ends too early for Keepalived, which then reads no further. */
export function cutShort({ line, at, report }: Argument, finding: readonly [string, string], option: Word): void {
  const all = line.text.trim().split(/[\t-\r ]+/);
  const behind = `is missing a parameter after keyword \`${all.at(-1)}\` at word position ${all.length + 1}`;
  const keepalived = `${at}*** Configuration line starting \`${all[0]}\` ${behind}`;
  report.error(finding, option.span, { status: 2, fatal: true, keepalived });
}

/** Keepalived's line of a word: what stands for `%w %b %f %a` is filled in. */
export function logged(template: string, { words, keyword, blockName, at }: Argument, { text }: Word): string {
  const filling: Readonly<Record<string, string>> = { w: text, b: blockName, f: (words[0] ?? keyword).text, a: at };
  return at + template.replace(/%([wbfa])/g, (_, name: string) => filling[name] ?? "");
}

function oldName(argument: Argument, option: Word, instead: string, { deprecated = "" }: Manner): void {
  const finding = ["deprecated", `\`${option.text}\` is the old name of \`${instead}\``] as const;
  const keepalived = `${logged(deprecated, argument, option)} Please use "${instead}"`;
  argument.report.warning(finding, option.span, { status: 5, help: `write \`${instead}\``, keepalived });
}

interface Stranger {
  readonly options: Table;
  readonly manner: Manner;
  readonly follows: boolean; // another word that is no option
}

/** Says that a word is no option, but for one behind such a word that looks like nothing: it is taken for its value. */
function unknownOption(argument: Argument, option: Word, { options, manner, follows }: Stranger): void {
  const { text, span } = option;
  const near = nearest(text, Object.keys(options));
  if (follows && near === undefined) return;
  const help = near === undefined ? {} : { help: mean(near) };
  const keepalived = logged(manner.unknown, argument, option);
  const finding = ["unknown-option", `unknown option \`${text}\` of \`${argument.keyword.text}\``] as const;
  argument.report.error(finding, span, { keepalived, ...help });
}
