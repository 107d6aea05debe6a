import { COMMANDS, IPVS } from "../command/commands.ts";
import { OPTIONS } from "./options.ts";

/** The text of `--help`. */
export function usage(): string {
  const lines = OPTIONS.map(({ short: letter, long: name, argument = "", help }) => {
    const attached = argument.startsWith("[") ? `[=${argument.slice(1)}` : argument === "" ? "" : `=${argument}`;
    return `  ${letter === undefined ? "    " : `-${letter}, `}${`--${name}${attached}`.padEnd(29)} ${help}\n`;
  });
  const commands = [...COMMANDS, IPVS].map(
    ({ name, usage: words, meaning }) => `  ${`${name} ${words}`.padEnd(33)} ${meaning}\n`,
  );
  return [
    "Usage: keepalived-ts [OPTION]...\n       keepalived-ts COMMAND [ARGUMENT]...\n",
    `VRRP failover, health checks and IPVS load balancing.\n\n${lines.join("")}`,
    `\nCommands, which answer and end; COMMAND --help says more:\n${commands.join("")}`,
  ].join("");
}
