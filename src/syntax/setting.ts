import type { Argument } from "./argument.ts";
import { at } from "./lexer.ts";
import type { Span } from "./span.ts";
import type { Setting } from "./table.ts";
import type { LineWord } from "./word.ts";

/** The words that a setting is made of, all of one line. */
interface Written {
  readonly keyword: LineWord;
  readonly first: LineWord; // of the arguments; the keyword where there are none
  readonly last: LineWord;
}

/** A value with its place. A configuration has hundreds of thousands of them, so most keep columns instead of spans. */
export function settingOf<T>(value: T, order: number, argument: Argument, written: Written): Setting<T> {
  const { line, place } = argument;
  if (line.pieces.length === 0 && !place.global) return new PlainSetting(value, order, written);
  const keyword = written.keyword.span;
  const span = written.first === written.keyword ? keyword : covering(written.first.span, written.last.span);
  if (place.global) return { value, order, keyword, span, at: argument.at };
  return new MadeSetting(value, order, keyword, span);
}

/** From the beginning of one place to the end of another, where they stand on one line. */
export function covering(first: Span, last: Span): Span {
  if (first.line !== last.line || first.file !== last.file) return first;
  return { ...first, length: last.column + last.length - first.column };
}

/** A setting of a line that stands in a file as it is. */
class PlainSetting<T> implements Setting<T> {
  readonly value: T;
  readonly order: number;
  readonly #file: string;
  readonly #line: number;
  readonly #keywordAt: number;
  readonly #keywordLength: number;
  readonly #at: number;
  readonly #length: number;

  constructor(value: T, order: number, { keyword, first, last }: Written) {
    const { file, number, column } = keyword.line;
    this.value = value;
    this.order = order;
    this.#file = file;
    this.#line = number;
    this.#keywordAt = column + keyword.from + 1;
    this.#keywordLength = keyword.to - keyword.from;
    this.#at = column + first.from + 1;
    this.#length = last.to - first.from;
  }

  get keyword(): Span {
    return { file: this.#file, line: this.#line, column: this.#keywordAt, length: this.#keywordLength };
  }

  get span(): Span {
    return { file: this.#file, line: this.#line, column: this.#at, length: this.#length };
  }

  get at(): string {
    return at({ file: this.#file, line: this.#line });
  }
}

/** A setting of a line that definitions or sequences made: a million of them may come from twenty lines. */
class MadeSetting<T> implements Setting<T> {
  readonly value: T;
  readonly order: number;
  readonly keyword: Span;
  readonly span: Span;

  constructor(value: T, order: number, keyword: Span, span: Span) {
    this.value = value;
    this.order = order;
    this.keyword = keyword;
    this.span = span;
  }

  get at(): string {
    return at(this.keyword);
  }
}
