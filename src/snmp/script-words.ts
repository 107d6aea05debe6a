import type { CommandConfig } from "../config/model/command.ts";
import type { SnmpValue } from "../wire/agentx-value.ts";
import { text } from "./value.ts";

/** A program as Keepalived shows it: every word in quotes. */
export function words(argv: readonly string[]): SnmpValue {
  return text(argv.map((word) => `'${word}'`).join(" "));
}

/** The same of a script that may be missing. */
export function script(command: CommandConfig | undefined): SnmpValue | undefined {
  return command && words(command.argv);
}
