import type { Token } from "../../src/syntax/lexer.ts";
import { preprocess } from "../../src/syntax/preprocess.ts";
import { newReport } from "../../src/syntax/report.ts";
import type { Source } from "../../src/syntax/source.ts";
import { type Files, sourceOf } from "../config/reading.ts";

/** Where the text under test is from, and what its source is. */
export interface Surroundings {
  readonly files?: Files;
  readonly id?: string; // of the configuration
  readonly host?: Partial<Source>;
}

/** The words of every line of `/etc/k/k.conf`, one string a line: `<kw> <a>`; braces stand alone. */
export function lex(text: string, surroundings: Surroundings = {}): readonly string[] {
  return run(text, surroundings).lines;
}

/** The same, and `LINE:COLUMN+LENGTH MESSAGE` of every diagnostic. */
export function run(text: string, { files = {}, id, host = {} }: Surroundings = {}) {
  const report = newReport(() => undefined);
  const tokens: Token[] = [];
  const emit = (token: Token): void => void tokens.push(token);
  const source = { ...sourceOf(files, id), ...host };
  preprocess("/etc/k/k.conf", text, { source, report, opened: () => {}, emit });
  const found = report.finished([]);
  return {
    tokens,
    found,
    lines: tokens.map((token) =>
      token.type === "words" ? token.words.map((word) => `<${word.text}>`).join(" ") : token.type,
    ),
    said: found.map(({ message, span }) => `${span.line}:${span.column}+${span.length} ${message}`),
  };
}
