/** A line as it stands in its file, comment and all. */
export interface RawLine {
  readonly number: number; // from 1
  readonly text: string; // without its line feed
}

/** The lines of a text in which `mark` (a pattern with the flag `g`, within a line) is found. Linear in the text. */
export function* linesWith(text: string, mark: RegExp): Iterable<RawLine> {
  let number = 1;
  let counted = 0; // the line feeds before it
  mark.lastIndex = 0;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    for (let end = text.indexOf("\n", counted); end !== -1 && end < match.index; end = text.indexOf("\n", counted)) {
      counted = end + 1;
      number++;
    }
    const end = text.indexOf("\n", counted);
    const to = end === -1 ? text.length : end;
    yield { number, text: text.slice(counted, to) };
    mark.lastIndex = to;
  }
}
