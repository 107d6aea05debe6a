/** Words as a shell cuts a simple line: blanks between them, double quotes around one. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([whole, quoted]) => quoted ?? whole);
}
