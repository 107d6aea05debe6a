import { type Budget, spend } from "./budget.ts";
import { type BuiltinUse, builtin } from "./builtin.ts";
import { trim } from "./lexer.ts";
import { add, addInPlace, type Line, newLine, slice, spanOf } from "./line.ts";
import type { Report } from "./report.ts";
import type { Source } from "./source.ts";
import type { Origin, Span } from "./span.ts";
import { undefinedName } from "./undefined-name.ts";

/** The values of `$NAME=VALUE`, the last definition winning. */
export type Definitions = Map<string, Value>;

/** A value, of one line or several. */
export interface Value {
  readonly text: string; // of its first line
  readonly following: readonly Line[]; // the other ones
  readonly via: Origin | undefined; // where it was defined, unless that is no place in a file
}

/** The value that these lines of a file define. */
export function valueOfLines([first, ...following]: readonly Line[]): Value {
  if (first === undefined) return textValue("");
  return { text: first.text, following, via: spanOf(first, 0, first.text.length) };
}

/** A value that no line of a file defines. */
export function textValue(text: string): Value {
  return { text, following: [], via: undefined };
}

/** What an expansion works with. */
export interface Expanding {
  readonly definitions: Definitions;
  readonly unknown: Set<string>; // names without a value that were looked at
  readonly source: Source;
  readonly report: Report;
  readonly budget: Budget;
}

const DEEPEST = 100; // values within values
const MOST_ORIGINS = 8; // values within values that a finding shows
const LONGEST = 4_000_000; // characters of a line that holds values

const DEFINITION = /^\$([A-Za-z_]\w*)=/;
const NAME = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$)|\{_(RANDOM|ENV)((?:[ \t]+\w+)+)\})/y;

/** A definition of one line, or the first line of a longer one. */
export interface Definition {
  readonly name: string;
  readonly value: Line;
}

/** Reads `$NAME=VALUE`, undefined where the line is none. */
export function definition(line: Line): Definition | undefined {
  if (!line.text.startsWith("$")) return undefined;
  const match = DEFINITION.exec(line.text);
  if (match === null) return undefined;
  const [{ length }, name = ""] = match;
  return { name, value: continuation(trim(slice(line, length))) };
}

/** A line of a definition without the backslash that promises another. */
export function continuation(line: Line): Line {
  return line.text.endsWith("\\") ? trim(slice(line, 0, line.text.length - 1)) : line;
}

/** What became of a line: its first line, and those that follow where a value of several lines ended it. */
export interface Expanded {
  readonly line: Line;
  readonly following: readonly Line[];
}

/**
 * Puts the value in the place of a definition's name that begins the line, and does no more; undefined without one, and
 * for those that have `begun` the line before, which would begin it for ever.
 */
export function expandStart(
  line: Line,
  begun: readonly string[],
  expanding: Expanding,
): (Expanded & { readonly name: string }) | undefined {
  if (!line.text.startsWith("$")) return undefined;
  const found = use([{ text: line.text, kept: 0, at: 0, name: "", via: undefined }]);
  if (found === undefined || !expanding.definitions.has(found.name) || begun.includes(found.name)) return undefined;
  const end = found.text.length;
  const span = spanOf(line, 0, end);
  const value = meaning(found, span, expanding);
  if (value === undefined || (value.following.length > 0 && end < line.text.length)) return undefined;
  if (!isAffordable(value, expanding.budget)) return undefined;
  const made = newLine(line);
  addInPlace(made, value.text, span, within(value.via, span.via));
  add(made, line, end, line.text.length);
  return { name: found.name, line: made, following: value.following };
}

/**
 * Puts values in the place of `$NAME` and `${NAME}`, and of names in these values. A value of several lines may stand
 * only at the end of the line: its first line continues that line, the others follow. Linear in what comes out, and
 * bounded; undefined where it has no end, which is reported, or where the budget is spent.
 */
export function expand(line: Line, expanding: Expanding): Expanded | undefined {
  if (!line.text.includes("$")) return { line, following: [] };
  const whole = { text: line.text, kept: 0, at: 0, name: "", via: undefined };
  const stack: [Text, ...Text[]] = [whole]; // the line, a value in it, a value in that
  const done = newLine(line);
  let following: readonly Line[] = [];
  let length = 0;
  let place = spanOf(line, 0, 0); // of the outermost use
  const known: Origins = new Map();
  for (let top = stack[0]; ; top = stack.at(-1) ?? stack[0]) {
    const dollar = top.text.indexOf("$", top.at);
    if (dollar === -1) {
      if (stack.length === 1 && top.kept === 0) return { line, following };
      keep(top, top.text.length);
      if (stack.length === 1) return { line: done, following };
      stack.pop();
      continue;
    }
    top.at = dollar;
    const found = use(stack);
    const span = found === undefined || stack.length > 1 ? place : spanOf(line, dollar, dollar + found.text.length);
    const value = found === undefined ? undefined : meaning(found, span, expanding);
    const several = value !== undefined && value.following.length > 0;
    if (found === undefined || value === undefined || (several && !isLast(stack, found.text.length))) {
      if (found !== undefined && value === undefined && !isBuiltin(found.name))
        undefinedName({ name: found.name, text: found.text, before: top.text.slice(0, dollar) }, span, expanding);
      top.at++;
      continue;
    }
    if (stack.length > DEEPEST || stack.some(({ name }) => name === found.name)) return endless(found, span, expanding);
    length += value.text.length;
    if (length > LONGEST) return tooLong(found, span, expanding);
    if (!isAffordable(value, expanding.budget)) return undefined;
    keep(top, dollar);
    const user = stack.length === 1 ? span.via : top.via;
    const via = stack.length > MOST_ORIGINS ? user : within(value.via, user, known);
    if (stack.length === 1) place = span;
    skip(stack, found.text.length);
    stack.push({ text: value.text, kept: 0, at: 0, name: found.name, via });
    if (several) following = following.length === 0 ? value.following : [...value.following, ...following];
  }

  /** Moves the text up to there to the end of the line that is made. */
  function keep(top: Text, to: number): void {
    if (stack.length === 1) add(done, line, top.kept, to);
    else addInPlace(done, top.text.slice(top.kept, to), place, top.via);
    top.kept = to;
  }
}

/** Takes one use of a value from the budget. */
function isAffordable({ text }: Value, budget: Budget): boolean {
  return spend(budget, "uses", 1) && spend(budget, "characters", text.length);
}

/** A text that is being expanded. */
interface Text {
  readonly text: string;
  kept: number; // what stands before it is done
  at: number; // what is looked at
  readonly name: string; // that it is the value of; empty for the line itself
  readonly via: Origin | undefined; // where it stands, if that is not the line itself
}

/** By the text that uses another, and that one: where it stands. */
type Origins = Map<Origin, Map<Origin, Origin>>;

/** Where a text stands that another text uses, which stands at `user`. The same for the same, so that pieces join. */
function within(via: Origin | undefined, user: Origin | undefined, known?: Origins): Origin | undefined {
  if (via === undefined || user === undefined) return via ?? user;
  if (known === undefined) return usedAt(via, user);
  const used = known.get(user) ?? new Map<Origin, Origin>();
  const made = used.get(via) ?? usedAt(via, user);
  if (used.size === 0) known.set(user, used);
  used.set(via, made);
  return made;
}

/** Written out: to spread an object takes five times as long. */
function usedAt({ file, line, column, length, round }: Origin, via: Origin): Origin {
  return round === undefined ? { file, line, column, length, via } : { file, line, column, length, via, round };
}

/** A name where a value can stand. */
interface Use {
  readonly name: string;
  readonly text: string; // `${NAME}`
  readonly words: readonly string[] | undefined; // of `${_RANDOM 1 6}`
}

const LOOK_AHEAD = 256;

/** The use that begins where the top of the stack stands. It may reach into the text behind the value it begins in. */
function use(stack: readonly Text[]): Use | undefined {
  const top = stack.at(-1);
  if (top === undefined) return undefined;
  NAME.lastIndex = top.at;
  let match = NAME.exec(top.text);
  if (stack.length > 1 && (match === null || NAME.lastIndex === top.text.length)) {
    NAME.lastIndex = 0;
    match = NAME.exec(ahead(stack));
  }
  if (match === null) return undefined;
  const [text, braced, bare, called, words] = match;
  if (called === undefined) return { name: braced ?? bare ?? "", text, words: undefined };
  return { name: `_${called}`, text, words: words?.trim().split(/[ \t]+/) };
}

function ahead(stack: readonly Text[]): string {
  let text = "";
  for (let i = stack.length - 1; i >= 0 && text.length < LOOK_AHEAD; i--) {
    const next = stack[i];
    if (next !== undefined) text += next.text.slice(next.at, next.at + LOOK_AHEAD);
  }
  return text;
}

/** Whether nothing stands behind the next `length` characters. */
function isLast(stack: readonly Text[], length: number): boolean {
  return stack.reduce((left, { text, at }) => left + text.length - at, 0) === length;
}

/** Goes past characters, of the texts below where the top is at its end. */
function skip(stack: readonly Text[], length: number): void {
  let left = length;
  for (let i = stack.length - 1; i >= 0 && left > 0; i--) {
    const next = stack[i];
    if (next === undefined) return;
    const step = Math.min(left, next.text.length - next.at);
    next.at += step;
    next.kept = next.at;
    left -= step;
  }
}

function meaning(
  { name, text, words }: Use,
  span: Span,
  { definitions, source, report }: Expanding,
): Value | undefined {
  const value = words === undefined ? definitions.get(name) : undefined;
  if (value !== undefined || !isBuiltin(name)) return value;
  const call: BuiltinUse = { name: name.slice(1), words: words ?? [], text, span };
  const result = builtin(call, source, report);
  return result === undefined ? undefined : textValue(result);
}

function isBuiltin(name: string): boolean {
  return name === "_RANDOM" || name === "_ENV";
}

function endless({ text }: Use, span: Span, { report }: Expanding): undefined {
  report.error(["endless-definition", `\`${text}\` expands without end; the line is ignored`], span, {
    help: "a definition cannot use itself",
  });
}

function tooLong({ text }: Use, span: Span, { report }: Expanding): undefined {
  report.error(["too-long", `\`${text}\` makes the line longer than ${LONGEST} characters`], span, { fatal: true });
}
