import { Argument, Place } from "./argument.ts";
import {
  deprecated,
  extraBrace,
  missing,
  noBlock,
  notImplemented,
  stray,
  unclosed,
  unknown,
  unopened,
  unused,
  wordsBeforeList,
} from "./complaints.ts";
import type { Token } from "./lexer.ts";
import type { Report } from "./report.ts";
import { settingOf } from "./setting.ts";
import type { Span } from "./span.ts";
import type { BlockRow, Body, ItemsRow, LineRow, Row, Setting, Settings, Table } from "./table.ts";
import type { LineWord } from "./word.ts";

type Words = Extract<Token, { type: "words" }>;
type Given = Record<string, Setting<unknown>[]>;

/** Reads the tokens it is fed by a table. Never throws; what cannot be understood is reported, and the rest goes on. */
export interface Parser<C extends Table> {
  feed(token: Token): void;
  /** After the last token. */
  finished(): Body<true, C>;
}

/** A keyword with its words, on its way to a setting. */
interface Statement {
  readonly name: string; // of its row
  readonly argument: Argument;
  readonly token: Words;
  readonly order: number;
}

/** What is open: the outermost is the file. */
type Frame =
  | { readonly type: "block"; readonly of: Statement; readonly block: Block; readonly outer: Frame }
  | { readonly type: "list"; readonly of: Statement; readonly list: List; readonly outer: Frame }
  | { readonly type: "skipped"; readonly outer: Frame; depth: number }
  | { readonly type: "file"; readonly block: Block };

interface Block {
  readonly place: Place;
  readonly keywords: Keywords;
  readonly header: unknown; // undefined: it means nothing, and the block is left out
  readonly given: Given;
}

interface List {
  readonly row: ItemsRow<unknown>;
  readonly found: Setting<unknown>[];
  depth: number;
}

/** What was said last, where the next token decides what it means. */
type Pending =
  | { readonly type: "line"; readonly argument: Argument }
  | { readonly type: "opens"; readonly argument: Argument }
  | { readonly type: "unknown"; readonly word: LineWord; readonly block: Block };

/** A parser of the whole text that `row` describes; `start` is a place in it, should it hold nothing. */
export function newParser<C extends Table>(row: BlockRow<true, C>, report: Report, start: Span): Parser<C> {
  let order = 0;
  let latest: Token | undefined;
  let pending: Pending | undefined;
  const top = new Place("", "", [], { global: false, later: false });
  const file: Block = {
    place: top,
    keywords: keywordsOf(row.children),
    header: true,
    given: { ...keywordsOf(row.children).nothing },
  };
  let frame: Frame = { type: "file", block: file };
  return { feed, finished };

  function feed(token: Token): void {
    latest = token;
    if (pending !== undefined && opened(token)) return;
    if (frame.type === "skipped") skipped(frame, token);
    else if (frame.type === "list") listed(frame, token);
    else if (token.type === "words") statement(token, frame.block);
    else if (token.type === "open") {
      stray(token.span, frame.block.place, report);
      skip();
    } else if (frame.type === "file") extraBrace(token.span, top, report);
    else close(frame);
  }

  function finished(): Body<true, C> {
    if (pending !== undefined) opened(undefined);
    while (frame.type !== "file") {
      if (frame.type === "skipped") {
        frame = frame.outer;
        continue;
      }
      const { argument } = frame.of;
      unclosed(frame.type === "list" ? argument.keyword.text : frame.block.place.title, argument, end());
      close(frame);
    }
    return { header: true, settings: file.given as Settings<C>, end: end() };
  }

  function end(): Span {
    if (latest === undefined) return start;
    return latest.type === "words" ? latest.words[0].span : latest.span;
  }

  /** What the last statement waited for: whether the token is its `{`. */
  function opened(token: Token | undefined): boolean {
    const before = pending;
    pending = undefined;
    const isOpen = token?.type === "open";
    if (before?.type === "unknown") {
      const { place, keywords } = before.block;
      unknown(before.word, { children: keywords.table, place, skipped: isOpen }, row.children, report);
      if (isOpen) skip();
    } else if (before?.type === "line" && isOpen) {
      noBlock(before.argument, token.span);
      skip();
    } else if (before?.type === "opens" && !isOpen) unopened(before.argument);
    return isOpen;
  }

  function skip(): void {
    frame = { type: "skipped", outer: frame, depth: 1 };
  }

  /** To behind the brace that closes the one that was opened. */
  function skipped(it: Extract<Frame, { type: "skipped" }>, token: Token): void {
    if (token.type === "open") it.depth++;
    else if (token.type === "close" && --it.depth === 0) frame = it.outer;
  }

  function statement(token: Words, block: Block): void {
    const { keywords, place } = block;
    const [keyword] = token.words;
    const found = keywords.byName.get(keyword.text) ?? keywords.other;
    if (found === undefined) {
      pending = { type: "unknown", word: keyword, block };
      return;
    }
    const { row } = found;
    const words = found === keywords.other ? token.words : token.words.slice(1);
    const argument = new Argument(words, keyword, { line: token.line, row, report, place });
    const of = { name: found.name, argument, token, order: order++ };
    if (row.deprecated !== undefined) deprecated(row.deprecated, argument);
    if (row.later !== undefined && !place.later) notImplemented(argument, row.later);
    if (row.kind === "line") single(row, of, block);
    else if (row.kind === "block") open(row, of, place);
    else {
      wordsBeforeList(argument);
      frame = { type: "list", of, list: { row, found: [], depth: 0 }, outer: frame };
      pending = { type: "opens", argument };
    }
  }

  function single(row: LineRow<unknown>, of: Statement, { given }: Block): void {
    const { argument } = of;
    if (argument.words.length < row.type.least) missing(argument, row.usage ?? row.type.usage);
    else {
      unused(argument, row.type.most);
      const value = row.type.read(argument);
      if (value !== undefined) add(given, of, value);
    }
    pending = { type: "line", argument };
  }

  function open(row: BlockRow<unknown, Table>, of: Statement, place: Place): void {
    const { argument } = of;
    const { words, keyword } = argument;
    const enough = words.length >= row.header.least;
    if (enough) unused(argument, row.header.most);
    else missing(argument, row.header.usage);
    const header = enough ? row.header.read(argument) : undefined;
    const name = keyword.text === "authentication" ? place.name : (words[0]?.text ?? place.name);
    const inner = new Place(keyword.text, name, words, {
      global: keyword.text === "global_defs",
      later: place.later || row.later !== undefined,
    });
    const block = {
      place: inner,
      keywords: keywordsOf(row.children),
      header,
      given: { ...keywordsOf(row.children).nothing },
    };
    frame = { type: "block", of, block, outer: frame };
    pending = { type: "opens", argument };
  }

  function listed(it: Extract<Frame, { type: "list" }>, token: Token): void {
    if (token.type === "open") it.list.depth++;
    else if (token.type === "close") {
      if (it.list.depth-- === 0) close(it);
    } else if (it.list.row.several) for (const word of token.words) item(it, token, [word]);
    else item(it, token, token.words);
  }

  function item(
    { of, list: { row, found } }: Extract<Frame, { type: "list" }>,
    token: Words,
    words: Words["words"],
  ): void {
    const { keyword, place } = of.argument;
    const argument = new Argument(words, keyword, { line: token.line, row, report, place });
    unused(argument, row.item.most);
    const value = row.item.read(argument);
    if (value === undefined) return;
    const [first] = words;
    found.push(settingOf(value, order++, argument, { keyword: first, first, last: words.at(-1) ?? first }));
  }

  /** The frame ends: what it holds becomes the value of its keyword. */
  function close(it: Extract<Frame, { type: "block" | "list" }>): void {
    frame = it.outer;
    if (frame.type !== "block" && frame.type !== "file") return; // never: only these hold statements
    const { given } = frame.block;
    if (it.type === "list") add(given, it.of, it.list.found);
    else if (it.block.header !== undefined)
      add(given, it.of, { header: it.block.header, settings: it.block.given, end: end() });
  }
}

function add(given: Given, { name, argument, token, order }: Statement, value: unknown): void {
  const [keyword, second] = token.words;
  const first = argument.words.length === token.words.length ? keyword : (second ?? keyword);
  const last = token.words.at(-1) ?? keyword;
  const setting = settingOf(value, order, argument, { keyword, first, last });
  const before = given[name];
  if (before === undefined || before === NONE) given[name] = [setting];
  else before.push(setting);
}

/** The keywords of a block, ready to be looked up. */
interface Keywords {
  readonly table: Table;
  readonly byName: ReadonlyMap<string, NamedRow>;
  readonly other: NamedRow | undefined; // with a name in angle brackets: any other word begins it
  readonly nothing: Given; // a block in which nothing is said
}

interface NamedRow {
  readonly name: string;
  readonly row: Row;
}

const known = new WeakMap<Table, Keywords>();

function keywordsOf(table: Table): Keywords {
  const before = known.get(table);
  if (before !== undefined) return before;
  const rows = Object.entries(table).map(([name, row]) => ({ name, row }));
  const keywords = {
    table,
    byName: new Map(rows.filter(({ name }) => !name.startsWith("<")).map((named) => [named.name, named])),
    other: rows.find(({ name }) => name.startsWith("<")),
    nothing: Object.fromEntries(rows.map(({ name }) => [name, NONE])),
  };
  known.set(table, keywords);
  return keywords;
}

/** Stands for every keyword that is not given; never written to. */
const NONE: Setting<unknown>[] = [];
