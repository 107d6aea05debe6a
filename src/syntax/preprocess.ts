import { isStrange, plainLine } from "./blanks.ts";
import { isSpent, newBudget, spend } from "./budget.ts";
import {
  continuation,
  type Definitions,
  definition,
  expand,
  expandStart,
  textValue,
  valueOfLines,
} from "./definitions.ts";
import {
  folder,
  type Include,
  type IncludeCheck,
  include,
  includeChecks,
  includedPaths,
  readIncluded,
  samePath,
} from "./include.ts";
import { isBlank, type Token, tokenize, trim, withoutComment } from "./lexer.ts";
import { type Line, slice, sourceLine, spanOf } from "./line.ts";
import { emitPlain } from "./plain.ts";
import type { Report } from "./report.ts";
import { seeded, seedOf } from "./seeded.ts";
import { isSequence, sequence } from "./sequence.ts";
import type { Source } from "./source.ts";
import type { Span } from "./span.ts";

const DEEPEST = 32; // files within files, definitions within definitions, sequences within sequences
const MOST_FILES = 4096; // include lines and files read, the same one again included
const MOST_CHARACTERS = 256_000_000; // of all files together

const FATAL = { status: 6, fatal: true } as const;

/** What the preprocessor works with. */
export interface Preprocessing {
  readonly source: Source;
  readonly report: Report;
  readonly opened: (path: string, text: string) => void; // told of every file before its first line is read
  readonly emit: (token: Token) => void; // the words and braces, in their order
}

/**
 * Turns a file, and the files it includes, into words and braces. In the time of the length of the files, plus that of
 * what definitions and sequences make of them, which is bounded.
 */
export function preprocess(path: string, text: string, { source, report, opened, emit }: Preprocessing): void {
  const id = source.configId ?? source.hostName.replace(/\..*/s, "");
  const definitions: Definitions = new Map();
  const budget = newBudget();
  let random = (): number => source.random();
  const chance = { ...source, random: () => random() };
  const expanding = { definitions, unknown: new Set<string>(), source: chance, report, budget };
  for (const [name, value] of Object.entries({ _INSTANCE: id, _HASH: "#", _BANG: "!" })) set(name, value);
  const found: Token[] = []; // of the line that is being read
  const place = { depth: 0, keyword: "" }; // where `found` ends: braces that are open, the last word outside of any
  const reading: string[] = []; // the files that are open
  let level = 0; // the depth at which the innermost of them was opened
  let checks: ReadonlySet<IncludeCheck> = new Set();
  let files = MOST_FILES;
  let characters = MOST_CHARACTERS;
  let open: { readonly name: string; readonly lines: Line[] } | undefined; // a definition that goes on
  let given = false; // up on what the line of the file led to
  file(path, text, 0);

  function set(name: string, value: string): void {
    definitions.set(name, textValue(value));
  }

  function file(name: string, content: string, depth: number): void {
    const before = { folder: definitions.get("_PWD"), level, checks };
    let strange: boolean | undefined;
    opened(name, content);
    set("_PWD", folder(name).replace(/(.)\/$/, "$1") || ".");
    reading.push(name);
    level = depth;
    const line = { file: name, number: 0, from: 0, to: 0 };
    for (let from = 0; from <= content.length; from = line.to + 1) {
      const end = content.indexOf("\n", from);
      line.number++;
      line.from = from;
      line.to = end === -1 ? content.length : end;
      if (open === undefined && emitPlain(content, line, noted)) continue;
      strange ??= isStrange(content);
      const raw = sourceLine(name, line.number, content.slice(line.from, line.to));
      const kept = strange ? plainLine(raw, report) : withoutComment(raw);
      if (kept === undefined) continue;
      physical(raw, kept, depth);
      if (!given) for (const token of found) emit(token);
      found.length = 0;
      given = false;
    }
    reading.pop();
    level = before.level;
    checks = before.checks;
    if (before.folder !== undefined) definitions.set("_PWD", before.folder);
  }

  function noted(token: Token): void {
    note(token);
    emit(token);
  }

  function physical(raw: Line, line: Line, depth: number): void {
    if (open === undefined) {
      if (line.text !== "") logical(raw, line, depth);
      return;
    }
    const value = continuation(line);
    if (value.text !== "") open.lines.push(value);
    if (raw.text === "" || raw.text === "\r" || (line.text !== "" && !goesOn(raw))) close();
  }

  function close(): void {
    if (open !== undefined) definitions.set(open.name, valueOfLines(open.lines));
    open = undefined;
  }

  /** A line that is more than a part of a definition. Its beginning may come from a definition, of these names already. */
  function logical(raw: Line, line: Line, depth: number, begun: readonly string[] = []): void {
    const kept = selected(line, id);
    if (kept === undefined || kept.text === "") return;
    const defined = definition(kept);
    if (defined !== undefined) {
      const last = !goesOn(raw);
      open = { name: defined.name, lines: defined.value.text === "" && !last ? [] : [defined.value] };
      if (last) close();
      return;
    }
    if (isSequence(kept)) {
      repeated(kept, depth);
      return;
    }
    const start = depth < DEEPEST ? expandStart(kept, begun, expanding) : undefined;
    if (start !== undefined) logical(start.line, withoutComment(start.line), depth + 1, [...begun, start.name]);
    const whole = start ?? expand(kept, expanding);
    if (whole === undefined) {
      if (isSpent(budget)) giveUp(kept);
      given = true;
      return;
    }
    if (start === undefined) finished(whole.line === kept ? kept : withoutComment(whole.line), depth);
    if (whole.following.length > 0 && depth === DEEPEST) endless(kept);
    for (const next of whole.following) again(next, depth + 1);
  }

  /** A line that a definition or a sequence brings: its comment is gone already, and `\#` is undone. */
  function again(raw: Line, depth: number): void {
    if (given) return;
    const enough = spend(budget, "lines", 1) && spend(budget, "characters", raw.text.length);
    if (enough) physical(raw, raw, depth);
    else giveUp(raw);
  }

  function repeated(line: Line, depth: number): void {
    const it = sequence(line, expanding);
    if (it === undefined) given = true;
    else if (depth === DEEPEST) endless(line);
    else {
      for (let i = it.rest.text === "" ? it.count - 1 : 0; i < it.count && !given; i++) {
        const values = it.values(i);
        it.names.forEach((name, k) => void definitions.set(name, values[k] ?? textValue("")));
        again(it.rest, depth + 1);
      }
    }
  }

  function endless(line: Line): void {
    if (given) return;
    given = true;
    const message = `the line uses itself, or ${DEEPEST} definitions within each other; it is ignored`;
    report.error(["endless-definition", message], spanOf(line, 0, line.text.length));
  }

  function giveUp(line: Line): void {
    if (given) return;
    given = true;
    const message = "definitions and sequences make too much of this configuration; the line is ignored";
    report.error(["too-long", message], spanOf(line, 0, line.text.length), { fatal: true });
  }

  function finished(line: Line, depth: number): void {
    const includes = include(line, checks);
    if (includes !== undefined) {
      const paths = counted(includes.span) ? includedPaths(includes, folder(reading.at(-1) ?? ""), source, report) : [];
      for (const name of paths) included(name, includes, depth);
      return;
    }
    const cut = depth < DEEPEST ? beginsAgain(line.text) : undefined;
    written(cut === undefined ? line : slice(line, 0, cut), depth);
    if (cut === undefined) return;
    const rest = trim(slice(line, cut));
    logical(rest, rest, depth + 1);
  }

  function written(line: Line, depth: number): void {
    const mark = found.length;
    tokenize(line, report, found);
    const made = depth > level || line.pieces.length > 0;
    for (let i = mark; i < found.length; i++) {
      const token = found[i];
      if (token === undefined) continue;
      if (token.type === "words" && made && !spend(budget, "words", token.words.length)) giveUp(line);
      note(token);
    }
  }
  function included(name: string, includes: Include, depth: number): void {
    const refuse = (message: string): void => void report.error(["include-depth", message], includes.span, FATAL);
    if (reading.some((other) => samePath(other, name))) refuse(`\`${name}\` includes itself`);
    else if (depth === DEEPEST) refuse(`files include each other more than ${DEEPEST} deep`);
    else if (counted(includes.span)) {
      const content = readIncluded(name, includes, source, report);
      characters -= content?.length ?? 0;
      if (content !== undefined && characters < 0) refuse(`the files hold more than ${MOST_CHARACTERS} characters`);
      else if (content !== undefined) file(name, content, depth + 1);
    }
  }

  /** Whether one more file or pattern is allowed. */
  function counted(span: Span): boolean {
    if (--files === -1) report.error(["include-depth", `more than ${MOST_FILES} files`], span, FATAL);
    return files >= 0;
  }

  /** Follows the braces, for the two settings that the preprocessor itself obeys. */
  function note(token: Token): void {
    if (token.type === "open") place.depth++;
    else if (token.type === "close") place.depth = Math.max(0, place.depth - 1);
    else if (place.depth === 0) place.keyword = token.words[0].text;
    else if (place.depth === 1 && place.keyword === "global_defs") obey(token.words.map(({ text }) => text));
  }

  /** Keepalived differs: it reads the seed and forgets it, before the first number (seen with 2.2.7). */
  function obey([keyword, ...words]: readonly string[]): void {
    if (keyword === "include_check") checks = includeChecks(words, checks);
    const seed = keyword === "random_seed" ? seedOf(words[0]) : undefined;
    if (seed !== undefined) random = seeded(seed);
  }
}

const BRACE_BEFORE = /"[^"]*(?:"|$)|[{}](?=\s*(?:@|~(?:SEQx?|LST)[ \t]*\(|\$[A-Za-z_]\w*=|include[rmwba]?[ \t]))/g;

/** Where, behind a brace, something stands that is obeyed at the beginning of a line: Keepalived begins a line there. */
function beginsAgain(text: string): number | undefined {
  if (!/[{}]\s*[@~$i]/.test(text)) return undefined;
  for (const { 0: found, index } of text.matchAll(BRACE_BEFORE)) if (!found.startsWith('"')) return index + 1;
  return undefined;
}

/** Whether a line of a definition promises another. Keepalived (2.2.7) looks for the backslash in comments too. */
function goesOn(raw: Line): boolean {
  return raw.text.trimEnd().endsWith("\\");
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
