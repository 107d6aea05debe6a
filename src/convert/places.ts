import type { Span } from "../syntax/span.ts";

/** Where offsets of a text stand. */
export interface Places {
  /** The characters `from` to `to` (exclusive), as far as they stand on the line of the first. */
  span(from: number, to: number): Span;
  /** The text of a line, from 1. */
  line(number: number): string | undefined;
}

/** The places of a text that stands in a file. Looks for the lines when it is first asked. */
export function newPlaces(file: string, text: string): Places {
  let starts: readonly number[] | undefined;
  return {
    span(from, to) {
      starts ??= lineStarts(text);
      const index = lineOf(starts, from);
      const start = starts[index] ?? 0;
      const end = (starts[index + 1] ?? text.length + 1) - 1;
      const length = Math.max(0, Math.min(to, end) - from);
      return { file, line: index + 1, column: from - start + 1, length };
    },
    line(number) {
      starts ??= lineStarts(text);
      const from = starts[number - 1];
      return from === undefined ? undefined : text.slice(from, (starts[number] ?? text.length + 1) - 1);
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}

/** The index of the last start that is not behind `offset`. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
