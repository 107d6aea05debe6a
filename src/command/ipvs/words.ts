import { COMMANDS, type CommandName, SPELLINGS, type Spelling } from "./options.ts";

/** One option as it stands on a command line, or a word that is none. */
export type Word =
  | { readonly type: "command"; readonly command: CommandName; readonly value: string; readonly written: string }
  | { readonly type: "option"; readonly spelling: Spelling; readonly value: string | undefined }
  | { readonly type: "operand"; readonly text: string }
  | { readonly type: "wrong"; readonly message: string };

/**
 * The words of a command line as popt(3) reads them: bundles (`-Ln`), values behind the letter (`-srr`, `-p=100`), as the
 * next word or behind `=`; an optional value is the next word unless that begins with `-`; names are never abbreviated;
 * `--` ends the options. The first mistake is the last word.
 */
export function readWords(args: readonly string[]): readonly Word[] {
  const words: Word[] = [];
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") words.push(...queue.splice(0).map((text) => ({ type: "operand", text }) as const));
    else if (!word.startsWith("-") || word === "-") words.push({ type: "operand", text: word });
    else words.push(...(word.startsWith("--") ? long(word, queue) : short(word, queue)));
    const last = words.at(-1);
    if (last?.type === "wrong") break;
  }
  return words;
}

function long(word: string, queue: string[]): Word[] {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const found = COMMAND_BY_LONG.get(name) ?? SPELLING_BY_LONG.get(name);
  if (found === undefined) return [{ type: "wrong", message: `${word}: unknown option` }];
  return [filled(found, value, word, word, queue)];
}

function short(word: string, queue: string[]): Word[] {
  const words: Word[] = [];
  for (let at = 1; at < word.length; at++) {
    const found = BY_SHORT.get(word.charAt(at));
    if (found === undefined) return [...words, { type: "wrong", message: `${word}: unknown option` }];
    const rest = word.slice(at + 1);
    if (argumentOf(found) === "none") {
      words.push(filled(found, rest.startsWith("=") ? rest : undefined, word, word, queue));
      if (rest.startsWith("=")) break;
    } else {
      const attached = rest === "" ? undefined : rest.replace(/^=/, "");
      words.push(filled(found, attached, word, word, queue));
      break;
    }
  }
  return words;
}

type Found = Spelling | CommandName;

function argumentOf(found: Found): Spelling["argument"] {
  if (typeof found !== "string") return found.argument;
  return "argument" in COMMANDS[found] ? "needed" : "none";
}

function filled(found: Found, attached: string | undefined, written: string, shown: string, queue: string[]): Word {
  const argument = argumentOf(found);
  if (argument === "none" && attached !== undefined)
    return { type: "wrong", message: `${shown}: option does not take an argument` };
  let value = attached;
  const next = queue[0];
  if (value === undefined && next !== undefined)
    if (argument === "needed" || (argument === "optional" && !next.startsWith("-"))) value = queue.shift();
  if (argument === "needed" && value === undefined) return { type: "wrong", message: `${shown}: missing argument` };
  if (typeof found !== "string") return { type: "option", spelling: found, value };
  return { type: "command", command: found, value: value ?? "", written };
}

const NAMES = Object.keys(COMMANDS) as CommandName[];
const COMMAND_BY_LONG = new Map<string, Found>(NAMES.map((name) => [COMMANDS[name].long, name]));
const SPELLING_BY_LONG = new Map<string, Found>(SPELLINGS.map((each) => [each.long, each]));
const BY_SHORT = new Map<string, Found>([
  ...NAMES.flatMap((name) => [...COMMANDS[name].short].map((letter) => [letter, name] as const)),
  ...SPELLINGS.flatMap((each) => (each.short === "" ? [] : [[each.short, each] as const])),
]);
