import type { HostFacts } from "../base/host.ts";
import type { DoctorFacts, Probe } from "../doctor/facts.ts";
import type { Trial } from "../lint/trial.ts";
import type { ServerHost } from "../real-server/host.ts";
import type { Source } from "../syntax/source.ts";

/** What a subcommand may use of the world. */
export interface CommandHost {
  readonly source: Source; //       files and the host's name
  /** What this host is like: its interfaces, and the files at these absolute paths. */
  facts(paths: Iterable<string>): HostFacts;
  /** What `check` tries out beforehand; the patterns of any file, the rest for files of this host. */
  readonly trial?: Trial;
  out(text: string): void; //       standard output
  error(text: string): void; //     standard error
  /** Gives a file another text, at once and as a whole (`replaceFile`). Undefined, or why it was not possible. */
  write(path: string, text: string): string | undefined;
  readonly server?: ServerHost; //  this host as a real server
  /** What this host is like, and who owns these addresses. Throws KernelError. */
  readonly doctor?: (probes: readonly Probe[]) => DoctorFacts;
}

/** A word behind `keepalived-ts` that is no option: it answers and ends, and no daemon starts. */
export interface Command {
  readonly name: string; //         `check`
  readonly usage: string; //        what stands behind the name: `[--strict] FILE...`
  readonly meaning: string; //      one line for `--help`
  readonly help?: string; //        all of `COMMAND --help`, where usage and meaning do not say it
  /** Exit status: 0 nothing to say, 1 wrong arguments, else as the command documents. */
  run(args: readonly string[], host: CommandHost): number;
}
