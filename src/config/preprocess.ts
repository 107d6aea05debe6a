import { continuation, type Definitions, definition, expand } from "./definitions.ts";
import { folder, type Include, included } from "./include.ts";
import { isBlank, type Token, tokens, trim, withoutComment } from "./lexer.ts";
import { type Line, slice, sourceLine, spanOf } from "./line.ts";
import type { Source } from "./read.ts";
import type { Report } from "./report.ts";

const DEEPEST = 32; // files within files
const MOST_LINES = 2_000_000; // of all files and definitions together
const MOST_FILES = 4096; // opened, the same one again included

const TOO_DEEP = { status: 6, fatal: true } as const;

/** What the preprocessor works with. `opened` is told of every file before its first line is read. */
export interface Preprocessing {
  readonly source: Source;
  readonly report: Report;
  readonly opened: (path: string, lines: readonly string[]) => void;
}

/** Turns a file, and the files it includes, into words and braces. */
export function preprocess(path: string, text: string, { source, report, opened }: Preprocessing): readonly Token[] {
  const id = source.configId ?? source.hostName.replace(/\..*/s, "");
  const definitions: Definitions = { values: new Map(), work: 0 };
  for (const [name, value] of Object.entries({ _INSTANCE: id, _HASH: "#", _BANG: "!" }))
    definitions.values.set(name, [sourceLine(path, 0, value)]);
  const found: Token[] = [];
  let budget = MOST_LINES;
  let files = MOST_FILES;
  let open: { name: string; lines: Line[] } | undefined;
  file(path, text, 0);
  return found;

  function file(name: string, content: string, depth: number): void {
    const lines = content.split("\n");
    opened(name, lines);
    const before = definitions.values.get("_PWD");
    definitions.values.set("_PWD", [sourceLine(name, 0, folder(name).replace(/(.)\/$/, "$1") || ".")]);
    for (const [i, raw] of lines.entries()) physical(sourceLine(name, i + 1, raw), depth);
    if (before !== undefined) definitions.values.set("_PWD", before);
  }

  /** A line of a file or of a definition of several lines. */
  function physical(raw: Line, depth: number): void {
    if (budget-- <= 0) {
      if (budget === -1) report.error(["too-long", `more than ${MOST_LINES} lines`], spanOf(raw, 0, 0), TOO_DEEP);
      return;
    }
    const nul = raw.text.indexOf("\0");
    if (nul !== -1) {
      report.error(["nul-byte", "the line holds a NUL byte and is ignored"], spanOf(raw, nul, nul + 1));
      return;
    }
    const line = withoutComment(raw);
    if (open !== undefined) {
      define(line, raw.text === "");
      return;
    }
    const kept = selected(line, id);
    if (kept === undefined || kept.text === "") return;
    const defined = definition(kept);
    if (defined !== undefined) {
      open = { name: defined.name, lines: defined.value.text === "" && defined.open ? [] : [defined.value] };
      if (!defined.open) close();
      return;
    }
    if (/^~(SEQx?|LST)\(/.test(kept.text)) {
      const keyword = spanOf(kept, 0, kept.text.startsWith("~SEQx") ? 5 : 4);
      report.error(["not-supported-yet", `\`${kept.text.slice(0, keyword.length)}\` is not supported yet`], keyword);
      return;
    }
    const [first, ...more] = expand(kept, definitions, report);
    finished(first === kept ? kept : withoutComment(first), depth);
    if (more.length > 0 && depth === DEEPEST) {
      report.error(["endless-definition", "the definition uses itself"], spanOf(kept, 0, kept.text.length));
      return;
    }
    for (const next of more) physical(next, depth + 1);
  }

  function define(line: Line, empty: boolean): void {
    const kept = selected(line, id) ?? slice(line, 0, 0);
    const { value, open: goesOn } = continuation(kept);
    if (value.text !== "") open?.lines.push(value);
    if (empty || (!goesOn && line.text !== "")) close();
  }

  function close(): void {
    if (open !== undefined) definitions.values.set(open.name, open.lines);
    open = undefined;
  }

  function finished(line: Line, depth: number): void {
    const include = inclusion(line);
    if (include === undefined) {
      for (const token of tokens(line, report)) found.push(token);
      return;
    }
    if (depth === DEEPEST) {
      report.error(["include-depth", `files include each other more than ${DEEPEST} deep`], include.span, TOO_DEEP);
      return;
    }
    if (files < 0) return;
    for (const { path: name, text: content } of included(include, source, report)) {
      if (files-- > 0) file(name, content, depth + 1);
      else if (files === -1) report.error(["include-depth", `more than ${MOST_FILES} files`], include.span, TOO_DEEP);
    }
  }
}

/** `@ID rest` and `@^ID rest`: the rest where it applies, undefined where not. */
function selected(line: Line, id: string): Line | undefined {
  if (!line.text.startsWith("@")) return line;
  const except = line.text[1] === "^";
  const from = except ? 2 : 1;
  let to = from;
  while (to < line.text.length && !isBlank(line.text[to] ?? "")) to++;
  const applies = (line.text.slice(from, to) === id) !== except;
  return applies ? trim(slice(line, to)) : undefined;
}

function inclusion(line: Line): Include | undefined {
  const match = /^include([rmwba]?)[ \t]\s*/.exec(line.text);
  if (match === null) return undefined;
  const [all, variant = ""] = match;
  const pattern = slice(line, all.length);
  return { variant, pattern: pattern.text, span: spanOf(line, all.length, line.text.length) };
}
