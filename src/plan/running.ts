import type { PlainShape } from "./compare.ts";
import type { Shape } from "./shape.ts";

/** The rows of what runs: however it differs, what is idle is the same. An item in which nothing else differs is kept. */
export function running<T>(shape: Shape<T>): Shape<T> {
  return active(shape as unknown as PlainShape) as unknown as Shape<T>;
}

function active(shape: PlainShape): PlainShape {
  return Object.fromEntries(Object.entries(shape).map(([field, row]) => [field, activeRow(row)]));
}

function activeRow(row: PlainShape[string]): PlainShape[string] {
  if (row?.idle) return { kind: "value", words: row.words, same: () => true };
  return row === undefined || row.kind === "value" ? row : { ...row, shape: running(row.shape) };
}
