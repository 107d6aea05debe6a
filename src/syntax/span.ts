/** A stretch of one line of a configuration file. `line` and `column` count from 1, columns in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number; // 0 = the file as a whole
  readonly column: number;
  readonly length: number; // at least 1 where something is there to show; 0 = the place between two characters
  readonly via?: Span; // where the text itself stands, when a definition brought it here
}
