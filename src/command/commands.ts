import { check } from "./check.ts";
import type { Command, CommandHost } from "./command.ts";
import { explain } from "./explain.ts";
import { format } from "./format.ts";
import { keywords } from "./keywords.ts";

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [check, format, explain, keywords];

/** Runs the command that the arguments begin with: its exit status. Undefined where they begin with none. */
export function runCommand([name, ...args]: readonly string[], host: CommandHost): number | undefined {
  return COMMANDS.find((command) => command.name === name)?.run(args, host);
}
