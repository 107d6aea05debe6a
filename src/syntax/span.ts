/** A stretch of one line of a configuration file. `line` and `column` count from 1, columns in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number; // 0 = the file as a whole
  readonly column: number;
  readonly length: number; // at least 1 where something is there to show; 0 = the place between two characters
  readonly via?: Origin; // where the text itself stands, when it was brought here
}

/** Where a text stands that a definition or a sequence brought to another place; its own `via` is what used it. */
export interface Origin extends Span {
  readonly round?: readonly [name: string, value: string]; // of a sequence; undefined: it is a definition
}
