import { appendFileSync } from "node:fs";
import type { CommandHost } from "../command/command.ts";
import { runCommand } from "../command/commands.ts";
import { testConfig } from "../command/config-test.ts";
import { replaceFile } from "../command/replace-file.ts";
import { doctorFacts } from "../io/doctor-facts.ts";
import { errnoText } from "../io/errno.ts";
import { hostFacts } from "../io/host-facts.ts";
import { realServerHost } from "../io/real-server-host.ts";
import { hostSource } from "./config-source.ts";
import type { Options } from "./options.ts";

export { usage } from "./usage.ts";

/** Runs the command that the arguments begin with: its exit status; undefined where they begin with none. `say`: standard output. */
export async function command(
  args: readonly string[],
  program: string,
  say: (text: string) => void,
): Promise<number | undefined> {
  const error = (text: string): void => void process.stderr.write(text);
  const server = realServerHost([process.execPath, program]);
  const doctor: CommandHost["doctor"] = (probes) => doctorFacts(probes, server.kept());
  const source = hostSource(undefined);
  const host = { source, facts: hostFacts, out: say, error, write: replaceFile, server, doctor };
  return runCommand(args, args[0] === "check" ? { ...host, trial: await trial() } : host);
}

/** `-t`: says what is wrong with the configuration; the exit status. */
export async function configTest({ configFile, configId, testLog }: Options): Promise<number> {
  const host = { source: hostSource(configId), facts: hostFacts, trial: await trial() };
  const { text, status } = testConfig(configFile, host);
  if (testLog === undefined) process.stderr.write(text);
  const failed = testLog === undefined ? undefined : append(testLog, text);
  if (failed === undefined) return status;
  process.stderr.write(`Unable to open config-test log file ${testLog} ${failed} - ${errnoText(failed)}\n`);
  return 1;
}

/** Loaded where it is needed: TLS takes a while. */
async function trial(): Promise<NonNullable<CommandHost["trial"]>> {
  return (await import("./trial.ts")).TRIAL;
}

/** The error number where the text could not be appended. */
function append(path: string, text: string): number | undefined {
  try {
    appendFileSync(path, text);
    return undefined;
  } catch (error) {
    if (error instanceof Error && "errno" in error) return -Number(error.errno);
    throw error;
  }
}
