import { type Applied, DEFAULTS, OPTIONS, type OptionRow, type Options } from "./options.ts";
import { KEEPALIVED_VERSION, VERSION } from "./version.ts";

/** What a command line asks for: a run, a test of the configuration, or only an answer. */
export type CommandLine =
  | { readonly action: "run" | "test"; readonly options: Options; readonly warnings: readonly string[] }
  | { readonly action: "help" } // usage.ts has the text
  | Answer;

/** Text for one of the two streams, and the exit status. */
export interface Answer {
  readonly action: "answer";
  readonly text: string;
  readonly to: "stdout" | "stderr";
  readonly status: 0 | 1;
}

/**
 * Reads the arguments after the program's name, as getopt_long(3) does: bundled short flags, `-pFILE`, `-p FILE`,
 * `--pid=FILE`, `--pid FILE`, unambiguous beginnings of long names, `--`. Optional arguments must be attached. Operands
 * are a warning. The first mistake ends it, and so does the first option that only asks for an answer.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const warnings: string[] = [];
  const operands: string[] = [];
  const queue = [...args];
  let options = DEFAULTS;
  let test = false;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      operands.push(...queue.splice(0));
    } else if (!word.startsWith("-") || word === "-") {
      operands.push(word);
    } else {
      for (const { set, warn, refuse, answer } of word.startsWith("--") ? long(word, queue) : short(word, queue)) {
        if (refuse !== undefined) return { action: "answer", text: `${refuse}\n`, to: "stderr", status: 1 };
        if (answer === "help") return { action: "help" };
        if (answer === "version") return { action: "answer", text: version(), to: "stderr", status: 0 };
        if (typeof answer === "object") return { action: "answer", text: answer.text, to: "stdout", status: 0 };
        if (answer === "test") test = true;
        if (warn !== undefined) warnings.push(warn);
        options = { ...options, ...set };
      }
    }
  }
  if (operands.length > 0) warnings.push(`Unexpected argument(s): ${operands.join(" ")}`);
  return { action: test ? "test" : "run", options, warnings };
}

function long(word: string, queue: string[]): Applied[] {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const fits = OPTIONS.filter((it) => it.long.startsWith(name));
  const option = fits.find((it) => it.long === name) ?? (fits.length === 1 ? fits[0] : undefined);
  if (option === undefined) return [{ refuse: `Unknown option ${word}` }];
  if (option.argument === undefined)
    return [value === undefined ? option.apply("") : { refuse: `Unknown option ${word}` }];
  return [withArgument(option, value, `--${option.long}`, queue)];
}

function short(word: string, queue: string[]): Applied[] {
  const applied: Applied[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const option = OPTIONS.find((it) => it.short === letter);
    if (option === undefined) return [...applied, { refuse: `Unknown option -${letter}` }];
    if (option.argument !== undefined) {
      const rest = word.slice(at + 1);
      return [...applied, withArgument(option, rest === "" ? undefined : rest, `-${letter}`, queue)];
    }
    applied.push(option.apply(""));
  }
  return applied;
}

function withArgument(option: OptionRow, attached: string | undefined, shown: string, queue: string[]): Applied {
  if (option.argument?.startsWith("[")) return option.apply(attached ?? "");
  const value = attached ?? queue.shift();
  return value === undefined || value === ""
    ? { refuse: `Missing parameter for option ${shown}` }
    : option.apply(value);
}

/** The second line is for scripts that look for `Keepalived vN`. */
function version(): string {
  return `keepalived-ts v${VERSION}\nKeepalived v${KEEPALIVED_VERSION} is what its configuration and behaviour follow\n`;
}
