import { type Line, spanOf } from "./line.ts";
import type { Span } from "./span.ts";

/** A word: what stands between blanks, or between double quotes. */
export interface Word {
  readonly text: string;
  readonly span: Span; // with its quotes
}

/** A word of a line. Few are ever asked for their place, so it is computed then. */
export class LineWord implements Word {
  readonly text: string;
  readonly line: Line;
  readonly from: number; // offsets in the line, quotes included
  readonly to: number;

  constructor(text: string, line: Line, from: number, to: number) {
    this.text = text;
    this.line = line;
    this.from = from;
    this.to = to;
  }

  get span(): Span {
    return spanOf(this.line, this.from, this.to);
  }
}

/** Whether there is a first one. */
export function isFilled<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}
