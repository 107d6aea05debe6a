import { type Expanding, expand, type Value } from "./definitions.ts";
import { at, trim } from "./lexer.ts";
import { type Line, slice, spanOf } from "./line.ts";
import type { Span } from "./span.ts";

/** `~SEQ`, `~SEQx` or `~LST`: a line that is processed once for each value of its names. */
export interface Sequence {
  readonly names: readonly string[];
  readonly count: number; // at least 1
  /** The values of the names in round `i`, from 0; empty where fewer are given. */
  readonly values: (i: number) => readonly Value[];
  readonly rest: Line; // what is processed
}

const OPENING = /^~(SEQx?|LST)[ \t]*\(/;
const NAME = /^[A-Za-z_]\w*$/;

/** Whether a line is to be read by `sequence`. */
export function isSequence(line: Line): boolean {
  return line.text.startsWith("~") && OPENING.test(line.text);
}

/** Reads the parentheses of a sequence. Undefined, and reported, where they make no sense. */
export function sequence(line: Line, expanding: Expanding): Sequence | undefined {
  const [{ length: start }, kind = ""] = OPENING.exec(line.text) ?? [""];
  const end = line.text.indexOf(")", start);
  const found: Reading = { line, kind, expanding };
  if (end === -1) return wrong(found, spanOf(line, 0, start), `\`~${kind}\` has no \`)\``);
  const [names, ...values] = items(slice(line, start, end));
  if (names === undefined || values.length === 0)
    return wrong(found, spanOf(line, 0, end + 1), `\`~${kind}\` needs a name and values`);
  const rest = trim(slice(line, end + 1));
  return kind === "LST" ? list(found, names, values, rest) : numbers(found, names, values, rest);
}

interface Reading {
  readonly line: Line;
  readonly kind: string; // SEQ, SEQx, LST
  readonly expanding: Expanding;
}

/** What stands between the commas that are in no braces. */
function items(inner: Line): readonly Line[] {
  const found: Line[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < inner.text.length; i++) {
    const character = inner.text[i];
    if (character === "{") depth++;
    else if (character === "}") depth--;
    else if (character === "," && depth <= 0) {
      found.push(trim(slice(inner, start, i)));
      start = i + 1;
    }
  }
  return [...found, trim(slice(inner, start))];
}

function list(found: Reading, names: Line, values: readonly Line[], rest: Line): Sequence | undefined {
  const into = group(names) ?? [];
  const unfit = into.find((name) => !NAME.test(name)) ?? (into.length === 0 ? names.text : undefined);
  if (unfit !== undefined) return badName(found, names, unfit);
  const rounds: (readonly string[])[] = [];
  for (const value of values) {
    const words = group(value);
    const span = spanOf(value, 0, value.text.length);
    if (words === undefined) return wrong(found, span, `\`${value.text}\` is not a value of \`~LST\``, NO_VALUE);
    if (words.length > into.length)
      return wrong(found, span, `\`${value.text}\` has ${words.length} values for ${into.length} of \`~LST\``);
    rounds.push(into.map((_, i) => words[i] ?? ""));
  }
  const places = values.map((value) => spanOf(value, 0, value.text.length));
  const valuesOf = (i: number): readonly Value[] => into.map((name, k) => valueIn(places[i], name, rounds[i]?.[k]));
  return within(found, { names: into, count: rounds.length, values: valuesOf, rest });
}

const NO_VALUE = "a value holds no blank and no brace; define `$NAME=VALUE` and list `$NAME`";

/** The words of `{a,b}`, or the one word without braces; undefined where there is a blank or another brace. */
function group({ text }: Line): readonly string[] | undefined {
  const inner = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  const words = inner === text ? [text] : inner.split(",").map((word) => word.trim());
  return words.some((word) => /[\s{}]/.test(word)) ? undefined : words;
}

function numbers(found: Reading, name: Line, written: readonly Line[], rest: Line): Sequence | undefined {
  const { kind, line } = found;
  if (!NAME.test(name.text)) return badName(found, name, name.text);
  const whole = spanOf(line, 0, line.text.indexOf(")") + 1);
  if (written.length > 3) return wrong(found, whole, `\`~${kind}\` takes no more than three numbers`, FORM);
  const values: number[] = [];
  for (const each of written) {
    const text = expand(each, found.expanding)?.line.text ?? "";
    const value = integer(text.trim());
    if (value === undefined) return wrong(found, spanOf(each, 0, each.text.length), `\`${text}\` is no integer`, FORM);
    values.push(value);
  }
  const end = values.at(-1) ?? 0;
  const start = values.length > 1 ? (values[0] ?? 0) : end < 0 ? -1 : 1;
  const step = values.length > 2 ? (values[1] ?? 0) : end < start ? -1 : 1;
  if (kind === "SEQx" && (start < 0 || end < 0))
    return wrong(found, whole, "`~SEQx` writes hexadecimal numbers, and none below 0");
  const count = start === end ? 1 : Math.floor((end - start) / step) + 1;
  if (step === 0 || count < 1)
    return wrong(found, whole, `steps of ${step} from ${start} never lead to ${end}`, "turn the sign of the step");
  const base = kind === "SEQx" ? 16 : 10;
  const valuesOf = (i: number): readonly Value[] => [valueIn(whole, name.text, (start + i * step).toString(base))];
  return within(found, { names: [name.text], count, values: valuesOf, rest });
}

const FORM = "write `~SEQ(NAME, START, STEP, END)`; START and STEP may be left out";

/** A C integer: decimal, `0x` hexadecimal or `0` octal. Nothing is 0, as with Keepalived. */
function integer(text: string): number | undefined {
  const match = /^([+-]?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*|)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = ""] = match;
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === "-" ? 0 - value : value;
}

/** What a name stands for in one round. */
function valueIn(place: Span | undefined, name: string, text = ""): Value {
  return { text, following: [], via: place === undefined ? undefined : { ...place, round: [name, text] } };
}

/** The sequence, where it leaves something of the budget. */
function within(found: Reading, it: Sequence): Sequence | undefined {
  const { lines } = found.expanding.budget;
  if (it.count <= lines) return it;
  const span = spanOf(found.line, 0, found.line.text.indexOf(")") + 1);
  const message = `\`~${found.kind}\` makes ${it.count} lines, where ${Math.max(0, lines)} more are possible`;
  found.expanding.report.error(["endless-sequence", message], span);
  return undefined;
}

function badName(found: Reading, line: Line, name: string): undefined {
  const help = "a name is made of letters, digits and `_`, and does not begin with a digit";
  return wrong(found, spanOf(line, 0, line.text.length), `\`${name}\` cannot be the name of a value`, help);
}

function wrong({ line, kind, expanding }: Reading, span: ReturnType<typeof spanOf>, message: string, help?: string) {
  const keepalived = `${at(span)}Invalid ~${kind.slice(0, 3)} specification '${line.text}'`;
  expanding.report.error(["wrong-sequence", message], span, { keepalived, ...(help === undefined ? {} : { help }) });
  return undefined;
}
