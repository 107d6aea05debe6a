import { LANGUAGE, TOP } from "../keywords/language.ts";
import { afterKeyword, levelTwo, type Script } from "../keywords/script.ts";
import type { Argument } from "../syntax/argument.ts";
import type { Token } from "../syntax/lexer.ts";
import { newParser } from "../syntax/parse.ts";
import { SILENT } from "../syntax/report.ts";
import { readBoolean } from "../syntax/scalars.ts";
import type { ArgumentType, Row, Setting, Table } from "../syntax/table.ts";
import { accountWords, BELOW, ITEMS, isBoolean, isEscaped, isNumeric, isPattern, isScript, NAME } from "./shape.ts";
import { writtenPatterns, writtenWords } from "./word.ts";

/** A value of the JSON form. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** What is written in a configuration, as JSON: twice, where the order of keywords within a block may count. */
export interface Forms {
  /** By keyword, in the order in which the keywords first appear. */
  readonly grouped: string;
  /** Where a keyword comes back behind another, a further part of the block begins. */
  readonly ordered: string;
}

/** Hears the words and braces of a configuration, and says it as JSON. */
interface JsonWriter {
  feed(token: Token): void;
  /** After the last token. */
  forms(): Forms;
}

/**
 * Writes what it hears as JSON, in time linear in the words. The parser reads them by tables whose types keep what is
 * written instead of what it means: a value that is refused stays; words and lines that are no keywords are left out.
 */
export function newJsonWriter(): JsonWriter {
  const start = { file: "", line: 0, column: 0, length: 0 };
  const parser = newParser({ ...LANGUAGE, children: asWritten(TOP) }, SILENT, start);
  const feed = (token: Token): void => parser.feed(token);
  return { feed, forms: () => formsOf(parser.finished()) };
}

function formsOf(body: Body): Forms {
  const grouping = { ordered: false, mixed: false };
  const grouped = shown(block(body, TOP, grouping));
  if (!grouping.mixed) return { grouped, ordered: grouped };
  return { grouped, ordered: shown(block(body, TOP, { ...grouping, ordered: true })) };
}

function shown(value: Value): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const known = new WeakMap<Table, Table>();

/** The same keywords, with types that keep what is written. */
function asWritten(table: Table): Table {
  const before = known.get(table);
  if (before !== undefined) return before;
  const rows = Object.fromEntries(Object.entries(table).map(([keyword, row]) => [keyword, writtenRow(row)]));
  known.set(table, rows);
  return rows;
}

function writtenRow(row: Row): Row {
  const { meaning } = row;
  if (row.kind === "line") return { kind: "line", meaning, type: keeping(row.type, lineValue) };
  if (row.kind === "items") return { ...row, item: keeping(row.item, wordsValue) };
  return { kind: "block", meaning, header: keeping(row.header, wordsValue), children: asWritten(row.children) };
}

type Keep = (type: ArgumentType<unknown>, argument: Argument) => Value | undefined;

function keeping(type: ArgumentType<unknown>, keep: Keep): ArgumentType<Value> {
  const { usage, least, most } = type;
  return { usage, least, most, read: (argument) => keep(type, argument) };
}

/** The words as they would be written; a type of one word has it without quotes. */
function wordsValue({ most }: ArgumentType<unknown>, { words }: Argument): Value {
  const [only] = words;
  if (only === undefined || most === 0) return true;
  return most === 1 ? only.text : writtenWords(words.slice(0, most).map(({ text }) => text));
}

function lineValue(type: ArgumentType<unknown>, argument: Argument): Value | undefined {
  if (isPattern(type)) return type.read(argument) as string | undefined;
  const [first, second] = argument.words;
  if (first === undefined) return true;
  if (isEscaped(type)) return writtenPatterns(levelTwo(afterKeyword(argument)));
  if (isScript(type)) return scriptValue(type, type.read(argument) as Script);
  if (isBoolean(type)) return readBoolean(first.text) ?? first.text;
  const alone = second === undefined || type.most === 1;
  return alone && isNumeric(type) && isCanonical(first.text) ? Number(first.text) : wordsValue(type, argument);
}

/** Whether a number of JSON is written so. */
function isCanonical(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text) && String(Number(text)) === text;
}

function scriptValue(type: ArgumentType<unknown>, { argv, more }: Script): Value {
  const [user, group] = more.slice(0, accountWords(type));
  if (user === undefined) return argv;
  return { command: argv, user, ...(group === undefined ? {} : { group }) };
}

/** A block as it was read by the tables above. */
interface Body {
  readonly header: unknown;
  readonly settings: Readonly<Record<string, readonly Setting<unknown>[]>>;
}

interface Given {
  readonly keyword: string;
  readonly setting: Setting<unknown>;
}

/** How the settings of a block are put together. */
interface Grouping {
  readonly ordered: boolean; // in parts, where a keyword comes back behind another
  mixed: boolean; // up where one does
}

function block({ header, settings }: Body, table: Table, grouping: Grouping): Value {
  const given: Given[] = [];
  for (const [keyword, list] of Object.entries(settings)) for (const setting of list) given.push({ keyword, setting });
  given.sort((a, b) => a.setting.order - b.setting.order);
  const [first, ...more] = parts(given, grouping).map((part) => valuesOf(part, table, grouping));
  const name = typeof header === "string" ? { [NAME]: header } : {};
  return { ...name, ...first, ...(more.length === 0 ? {} : { [BELOW]: more }) };
}

/** Settings by keyword. */
type Part = Map<string, Setting<unknown>[]>;

function parts(given: readonly Given[], grouping: Grouping): readonly Part[] {
  let part: Part = new Map();
  const found = [part];
  let before = "";
  for (const { keyword, setting } of given) {
    if (keyword !== before && part.has(keyword)) {
      grouping.mixed = true;
      if (grouping.ordered) {
        part = new Map();
        found.push(part);
      }
    }
    const same = part.get(keyword);
    if (same === undefined) part.set(keyword, [setting]);
    else same.push(setting);
    before = keyword;
  }
  return found;
}

function valuesOf(part: Part, table: Table, grouping: Grouping): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const [keyword, settings] of part) {
    const row = table[keyword];
    if (row === undefined) continue;
    const all = settings.map((setting) => settingValue(row, setting, grouping));
    const [only] = all;
    const alone = only !== undefined && all.length === 1 && (row.repeats !== true || row.kind === "items");
    values[keyword.startsWith("<") ? ITEMS : keyword] = alone ? only : all;
  }
  return values;
}

function settingValue(row: Row, { value }: Setting<unknown>, grouping: Grouping): Value {
  if (row.kind === "block") return block(value as Body, row.children, grouping);
  if (row.kind === "items") return (value as readonly Setting<Value>[]).map((item) => item.value);
  return value as Value;
}
