import type { Origin, Span } from "./span.ts";

/**
 * A line on its way through the preprocessor. Each character still knows where it was written: text that stands there
 * literally points to itself, text that a `$NAME` brought in points to the place that used it.
 */
export interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly column: number; // of the first character, from 0; without pieces the others follow it
  readonly pieces: readonly Piece[]; // of a line put together: ascending by `start`, the first at 0
}

interface Piece {
  readonly start: number; // offset in `text`
  readonly column: number; // where it was written, from 0
  readonly length: number | undefined; // of the place that brought the text in; undefined: the text itself stands there
  readonly via: Origin | undefined; // where a text that was brought in stands
}

const WHOLE: readonly Piece[] = [];

/** A line as it stands in the file, from a column (from 0) on. */
export function sourceLine(file: string, number: number, text: string, column = 0): Line {
  return { file, number, text, column, pieces: WHOLE };
}

/** The characters `from` to `to` (exclusive) of a line. */
export function slice(line: Line, from: number, to = line.text.length): Line {
  if (from === 0 && to === line.text.length) return line;
  const { file, number, pieces } = line;
  if (pieces.length === 0) return { file, number, text: line.text.slice(from, to), column: line.column + from, pieces };
  const cut = newLine(line);
  add(cut, line, from, to);
  return { ...cut, column: cut.pieces[0]?.column ?? line.column };
}

/** One line after the other; the place is that of the first. */
export function join(lines: readonly [Line, ...Line[]]): Line {
  const joined = newLine(lines[0]);
  for (const line of lines) add(joined, line, 0, line.text.length);
  return joined;
}

/** A line that is being put together. */
export interface NewLine extends Line {
  text: string;
  readonly pieces: Piece[];
}

/** An empty one, in the place of `line`. */
export function newLine({ file, number, column }: Line): NewLine {
  return { file, number, text: "", column, pieces: [] };
}

/** Adds the characters `from` to `to` (exclusive) of a line. In the time of the pieces they have. */
export function add(to: NewLine, line: Line, from: number, end: number): void {
  if (from >= end) return;
  const shift = to.text.length - from;
  if (line.pieces.length === 0)
    to.pieces.push({ start: to.text.length, column: line.column + from, length: undefined, via: undefined });
  for (let i = pieceIndex(line, from); i < line.pieces.length; i++) {
    const { start, column, length, via } = line.pieces[i] ?? NOWHERE;
    if (start >= end) break;
    const cut = Math.max(0, from - start);
    to.pieces.push({ start: start + cut + shift, column: length === undefined ? column + cut : column, length, via });
  }
  to.text += line.text.slice(from, end);
}

/** Adds text that stands in place of `span`; `via` is where it was written. */
export function addInPlace(to: NewLine, text: string, { column, length }: Span, via: Origin | undefined): void {
  if (text === "") return;
  const last = to.pieces.at(-1);
  const goesOn = last?.length === length && last.column === column - 1 && last.via === via;
  if (!goesOn) to.pieces.push({ start: to.text.length, column: column - 1, length, via });
  to.text += text;
}

/** Where the characters `from` to `to` (exclusive) were written. */
export function spanOf(line: Line, from: number, to: number): Span {
  const { file, number, pieces } = line;
  if (pieces.length === 0) return { file, line: number, column: line.column + from + 1, length: to - from };
  const first = pieces[pieceIndex(line, from)] ?? NOWHERE;
  const begin = first.length === undefined ? first.column + from - first.start : first.column;
  const last = to > from ? (pieces[pieceIndex(line, to - 1)] ?? NOWHERE) : first;
  const end = last.length === undefined ? last.column + to - last.start : last.column + last.length;
  const via = first.via ?? last.via;
  const [column, length] = [begin + 1, Math.max(end - begin, 0)];
  return via === undefined ? { file, line: number, column, length } : { file, line: number, column, length, via };
}

const NOWHERE: Piece = { start: 0, column: 0, length: undefined, via: undefined };

function pieceIndex({ pieces }: Line, offset: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle] ?? NOWHERE).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
