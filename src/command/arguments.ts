import { parseArgs } from "node:util";
import type { Command, CommandHost } from "./command.ts";

/** The options of a command, by long name. */
type Options = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>>;

/** A word behind a command: a file, or an option with its value (empty where it takes none). */
export interface Argument<N extends string> {
  readonly option: N | undefined; // undefined: a file
  readonly value: string;
}

/**
 * The arguments of a command in their order: options and files in any order, `--` ends the options. Else what is wrong
 * with them.
 */
export function readArguments<O extends Options>(
  args: readonly string[],
  options: O,
): readonly Argument<keyof O & string>[] | string {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const found: Argument<keyof O & string>[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") found.push({ option: undefined, value: token.value });
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!isOption(name, options)) return `unknown option \`${rawName}\``;
    const takesValue = options[name]?.type === "string";
    if (!takesValue && value !== undefined) return `option \`${rawName}\` takes no value`;
    if (takesValue && (value ?? "") === "") return `option \`--${name}\` needs a value`;
    found.push({ option: name, value: value ?? "" });
  }
  return found;
}

function isOption<O extends Options>(name: string, options: O): name is keyof O & string {
  return Object.hasOwn(options, name);
}

/** Says on standard error why a command does nothing; exit status 1. Help shows how it is used, or what is given. */
export function refuse(
  { name, usage }: Pick<Command, "name" | "usage">,
  message: string,
  host: CommandHost,
  help = `keepalived-ts ${name} ${usage}`,
): 1 {
  host.error(`error: ${message}\n = help: ${help}\n`);
  return 1;
}
