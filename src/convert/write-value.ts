import { levelTwo } from "../keywords/script.ts";
import { type Token, tokenize } from "../syntax/lexer.ts";
import { sourceLine } from "../syntax/line.ts";
import { type Finding, SILENT } from "../syntax/report.ts";
import type { ArgumentType } from "../syntax/table.ts";
import type { Json } from "./json.ts";
import { accountWords, isBoolean, isEscaped, isPattern, isScript } from "./shape.ts";
import {
  isTorn,
  unwritable,
  written,
  writtenAccount,
  writtenCommand,
  writtenPattern,
  writtenPatterns,
  writtenWords,
} from "./word.ts";

/** Offsets in the JSON text. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** The way to a value: the last step, and the way to what holds it; undefined is the outermost value. */
export interface Path {
  readonly outer: Path | undefined;
  readonly step: string | number;
}

/** What is wrong with a value. */
export interface Complaint {
  readonly at: Place;
  readonly path: Path | undefined;
  readonly message: string; // to which the path is added
  readonly help?: string | undefined;
  readonly code?: string;
}

/** Hears of a complaint, and stands for the value that is not there. */
type Complain = (complaint: Complaint) => undefined;

/** A value, and who hears what is wrong with it. */
interface Valued {
  readonly value: Json;
  readonly path: Path | undefined;
  readonly complain: Complain;
}

const TORN = "half of a surrogate pair is no character";
const COMMAND_HELP = 'write `["/path/of/command", "argument"]`';

/** What stands behind a keyword for a value; empty for nothing, undefined where the row cannot have that value. */
export function writtenValue(type: ArgumentType<unknown>, valued: Valued): string | undefined {
  return isScript(type) ? script(type, valued) : argument(type, valued);
}

function argument(type: ArgumentType<unknown>, { value, path, complain }: Valued): string | undefined {
  const { kind } = value;
  if (kind === "true" && type.least === 0) return "";
  if (kind === "false" && isBoolean(type)) return "off";
  if (type.most > 0 && kind === "number") {
    const isPlain = /^-?\d+(?:\.\d+)?$/.test(value.text);
    return isPlain ? value.text : wrong(`\`${value.text}\` is no plain decimal number`);
  }
  if (kind === "string" && isPattern(type)) return isTorn(value.text) ? wrong(TORN) : writtenPattern(value.text);
  if (kind === "string" && isEscaped(type))
    return isTorn(value.text) ? wrong(TORN) : writtenPatterns(levelTwo(value.text));
  if (type.most > 0 && kind === "string") return type.most === 1 ? oneWord(value.text) : words(value.text);
  const help = type.most === 0 ? "write `true`, or leave the key out" : `write ${type.usage}`;
  return wrong(`${kindOf(value)} where ${expected(type)} is expected`, help);

  function wrong(message: string, help?: string): undefined {
    return complain({ at: value, path, message, help });
  }

  function oneWord(word: string): string | undefined {
    const why = unwritable(word);
    return why === undefined ? written(word) : wrong(why);
  }

  function words(text: string): string | undefined {
    const found = wordsOf(text);
    if (found === undefined) return wrong("the text is not the rest of one line", WORDS_HELP);
    if (found.length === 0 && type.least > 0) return wrong("a text without words", `write ${type.usage}`);
    const why = found.map(unwritable).find((each) => each !== undefined);
    return why === undefined ? writtenWords(found) : wrong(why);
  }
}

const WORDS_HELP = 'words with blanks or braces in them stand in double quotes: `"\\"two words\\" more"`';

/** Words and quotes as on a line of a configuration; undefined where there is more than that. */
function wordsOf(text: string): readonly string[] | undefined {
  const found: Token[] = [];
  const open: Finding[] = []; // quotes
  const error = (finding: Finding): void => void open.push(finding);
  tokenize(sourceLine("", 1, text), { ...SILENT, error }, found);
  const [token, more] = found;
  if (open.length > 0 || more !== undefined || (token !== undefined && token.type !== "words")) return undefined;
  return token?.words.map((word) => word.text) ?? [];
}

/** A command: its arguments, or one text with quotes and escapes; as an object it may have user and group. */
function script(type: ArgumentType<unknown>, { value, path, complain }: Valued): string | undefined {
  if (value.kind === "true" && type.least === 0) return "";
  if (value.kind !== "object") return command({ value, path, complain });
  const found = new Map(value.entries.map((entry) => [entry.key, entry.value]));
  const allowed = ["command", "user", "group"].slice(0, 1 + accountWords(type));
  const strange = value.entries.find(({ key }) => !allowed.includes(key));
  if (strange !== undefined) {
    const message = "unknown key";
    const help = `a command has ${allowed.map((key) => `\`${key}\``).join(", ")}`;
    return complain({ at: strange, path: { outer: path, step: strange.key }, message, help, code: "unknown-keyword" });
  }
  const given = found.get("command");
  if (given === undefined) return complain({ at: value, path, message: "an object without `command`" });
  if (found.has("group") && !found.has("user"))
    return complain({ at: value, path, message: "`group` without `user`", help: "write the user too" });
  const words = [command({ value: given, path: { outer: path, step: "command" }, complain })];
  for (const key of ["user", "group"]) {
    const name = found.get(key);
    if (name !== undefined) words.push(account({ value: name, path: { outer: path, step: key }, complain }));
  }
  return words.includes(undefined) ? undefined : words.join(" ");
}

function command({ value, path, complain }: Valued): string | undefined {
  if (value.kind === "string")
    return isTorn(value.text) ? complain({ at: value, path, message: TORN }) : writtenCommand(levelTwo(value.text));
  if (value.kind !== "array") return unexpected(value, path);
  const argv: string[] = [];
  for (const [i, each] of value.items.entries()) {
    const step = { outer: path, step: i };
    if (each.kind !== "string") return unexpected(each, step);
    if (isTorn(each.text)) return complain({ at: each, path: step, message: TORN });
    argv.push(each.text);
  }
  return writtenCommand(argv);

  function unexpected(at: Json, where: Path | undefined): undefined {
    return complain({ at, path: where, message: `${kindOf(at)} where a command is expected`, help: COMMAND_HELP });
  }
}

function account({ value, path, complain }: Valued): string | undefined {
  if (value.kind !== "string") return complain({ at: value, path, message: `${kindOf(value)} where text is expected` });
  const text = writtenAccount(value.text);
  return text ?? complain({ at: value, path, message: "no configuration can hold this name" });
}

function expected(type: ArgumentType<unknown>): string {
  if (type.most === 0) return "`true`";
  if (isBoolean(type)) return "a boolean";
  return type.most === 1 ? "one word" : "text";
}

/** A value as messages name it. */
export function kindOf({ kind }: Json): string {
  if (kind === "true" || kind === "false" || kind === "null") return `\`${kind}\``;
  return kind === "array" || kind === "object" ? `an ${kind}` : `a ${kind}`;
}
