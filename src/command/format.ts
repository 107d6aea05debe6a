import { formatText } from "../syntax/format.ts";
import { cannot } from "../syntax/include.ts";
import { WRONG_BYTE } from "../syntax/utf8.ts";
import { readArguments, refuse } from "./arguments.ts";
import type { Command, CommandHost } from "./command.ts";

const OPTIONS = { check: { type: "boolean" }, write: { type: "boolean" } } as const;

/** What `format` was asked to do. */
interface Task {
  readonly mode: "print" | "check" | "write";
  readonly files: readonly string[];
}

/**
 * `format`: files in canonical form, on standard output or in place. Exit status: 0 done, or nothing to change; 1 wrong
 * arguments, or `--check` found a file that would change; 2 a file cannot be read or written.
 */
export const format: Command = {
  name: "format",
  usage: "[--check] [--write] FILE...",
  meaning: "print files in canonical form; --check names those that differ, --write rewrites them",
  run(args, host) {
    const task = taskOf(args);
    if (typeof task === "string") return refuse(format, task, host);
    return Math.max(0, ...task.files.map((path) => formatFile(path, task.mode, host)));
  },
};

/** The task, or what is wrong with it. */
function taskOf(args: readonly string[]): Task | string {
  const read = readArguments(args, OPTIONS);
  if (typeof read === "string") return read;
  const options = read.map(({ option }) => option);
  const files = read.filter(({ option }) => option === undefined).map(({ value }) => value);
  if (files.length === 0) return "`format` needs the name of a file";
  const [check, write] = [options.includes("check"), options.includes("write")];
  if (check && write) return "`--check` and `--write` exclude each other";
  return { mode: check ? "check" : write ? "write" : "print", files };
}

function formatFile(path: string, mode: Task["mode"], host: CommandHost): number {
  const file = host.source.read(path);
  if (!file.ok) return failed(`\`${path}\` ${cannot(file)}`);
  const wrong = WRONG_BYTE.exec(file.text);
  if (wrong !== null) {
    const line = file.text.slice(0, wrong.index).split("\n").length;
    const help = "convert it first, as with `iconv -f GBK -t UTF-8`; else its characters would be lost";
    return failed(`\`${path}\` is not UTF-8 in line ${line}\n = help: ${help}`);
  }
  const formatted = formatText(file.text);
  if (mode === "print") host.out(formatted);
  if (mode === "print" || formatted === file.text) return 0;
  if (mode === "check") {
    host.out(`${path}\n`);
    return 1;
  }
  const reason = host.write(path, formatted);
  return reason === undefined ? 0 : failed(`cannot write \`${path}\`: ${reason}`);

  function failed(message: string): number {
    host.error(`error: ${message}\n`);
    return 2;
  }
}
