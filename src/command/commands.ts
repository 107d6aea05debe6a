import { nearest } from "../syntax/suggest.ts";
import { check } from "./check.ts";
import type { Command, CommandHost } from "./command.ts";
import { convert } from "./convert.ts";
import { doctor } from "./doctor.ts";
import { explain } from "./explain.ts";
import { format } from "./format.ts";
import { keywords } from "./keywords.ts";
import { plan } from "./plan.ts";
import { realServer } from "./real-server.ts";

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [check, plan, format, convert, explain, keywords, realServer, doctor];

/** What stands behind our name, too, and is no row of `COMMANDS`: it works on the kernel (`daemon/ipvs-command.ts`). */
export const IPVS: Pick<Command, "name" | "usage" | "meaning"> = {
  name: "ipvs",
  usage: "[ARGUMENT]...",
  meaning: "show and change the kernel's IPVS table, as ipvsadm does",
};

/**
 * Runs the command that the arguments begin with: its exit status. Undefined where they begin with none; but a word that
 * is nearly one is refused, since what follows would start a daemon.
 */
export function runCommand([name, ...args]: readonly string[], host: CommandHost): number | undefined {
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) return refused(name, host);
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (!options.includes("--help") && !options.includes("-h")) return command.run(args, host);
  const { usage, meaning, help } = command;
  host.out(help ?? `Usage: keepalived-ts ${name} ${usage}\n${meaning}\n`);
  return 0;
}

function refused(word = "", host: CommandHost): 1 | undefined {
  if (word.startsWith("-")) return undefined;
  const near = nearest(
    word,
    [...COMMANDS, IPVS].map(({ name }) => name),
  );
  if (near === undefined) return undefined;
  host.error(`error: no command \`${word}\`\n = help: did you mean \`${near}\`?\n`);
  return 1;
}
