import type { Span } from "./span.ts";

/**
 * A line on its way through the preprocessor. Each character still knows where it was written: text that stands there
 * literally points to itself, text that a `$NAME` brought in points to the place that used it.
 */
export interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly pieces: readonly Piece[]; // ascending by `start`, the first at 0
}

interface Piece {
  readonly start: number; // offset in `text`
  readonly column: number; // where it was written, from 0
  readonly length: number | undefined; // of the place that brought the text in; undefined: the text itself stands there
}

/** A line as it stands in the file. */
export function sourceLine(file: string, number: number, text: string): Line {
  return { file, number, text, pieces: [{ start: 0, column: 0, length: undefined }] };
}

/** The characters `from` to `to` (exclusive) of a line. */
export function slice(line: Line, from: number, to = line.text.length): Line {
  const first = pieceAt(line, from);
  const pieces = line.pieces
    .filter(({ start }) => start > from && start < to)
    .map((piece) => ({ ...piece, start: piece.start - from }));
  const head = { start: 0, column: first.length === undefined ? first.column + from - first.start : first.column };
  return { ...line, text: line.text.slice(from, to), pieces: [{ ...head, length: first.length }, ...pieces] };
}

/** One line after the other; the place is that of the first. */
export function join(lines: readonly [Line, ...Line[]]): Line {
  const pieces: Piece[] = [];
  let text = "";
  for (const line of lines) {
    for (const piece of line.pieces) pieces.push({ ...piece, start: piece.start + text.length });
    text += line.text;
  }
  return { ...lines[0], text, pieces: pieces.filter(({ start }, i) => start !== pieces[i + 1]?.start) };
}

/** Text that stands in place of `span`. */
export function replacement(text: string, span: Span): Line {
  const pieces = [{ start: 0, column: span.column - 1, length: span.length }];
  return { file: span.file, number: span.line, text, pieces };
}

/** Where the characters `from` to `to` (exclusive) were written. */
export function spanOf(line: Line, from: number, to: number): Span {
  const first = pieceAt(line, from);
  const begin = first.length === undefined ? first.column + from - first.start : first.column;
  const last = to > from ? pieceAt(line, to - 1) : first;
  const end = last.length === undefined ? last.column + to - last.start : last.column + last.length;
  return { file: line.file, line: line.number, column: begin + 1, length: Math.max(end - begin, 0) };
}

const NOWHERE: Piece = { start: 0, column: 0, length: undefined };

function pieceAt(line: Line, offset: number): Piece {
  let low = 0;
  let high = line.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((line.pieces[middle] ?? NOWHERE).start <= offset) low = middle;
    else high = middle - 1;
  }
  return line.pieces[low] ?? NOWHERE;
}
