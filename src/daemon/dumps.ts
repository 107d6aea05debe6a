import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import type { Children } from "./children.ts";
import { writeDump } from "./dump-file.ts";
import { type DumpOwner, dumpPath } from "./dump-paths.ts";
import { dumpText } from "./dump-text.ts";
import { jsonDump } from "./json-dump.ts";
import type { DumpRequest } from "./messages.ts";
import type { KeptState } from "./reload-files.ts";
import type { ServiceFiles } from "./service-files.ts";
import { statistics } from "./statistics.ts";
import { vrrpData } from "./vrrp-data.ts";

/** What is dumped. */
export interface DumpSource {
  readonly children: Children;
  readonly observed: Observed;
  readonly config: Config | undefined; // in force
}

/** What the daemon writes into files when a signal asks for it; cli.md §4. Each process is asked how it is now. */
export class Dumps {
  readonly #log: Log;
  readonly #service: string; // NAMESPACE_INSTANCE
  readonly #source: () => DumpSource;

  constructor(log: Log, { suffix }: ServiceFiles, source: () => DumpSource) {
    this.#log = log;
    this.#service = suffix.slice(1);
    this.#source = source;
  }

  /** Never rejects. `said`: who asked has been named in the log; otherwise it was a signal. */
  async write(what: DumpRequest, { said = false } = {}): Promise<void> {
    try {
      await this.#write(what, said ? () => {} : (phrase, child) => this.#log.info(phrase, { child }));
    } catch (error) {
      this.#log.warning("cannot write {what}: {error}", { what, error: String(error) });
    }
  }

  /** What each process knows, as SIGUSR1 has it written. */
  async states(): Promise<readonly Omit<KeptState, "when">[]> {
    const { vrrp, checkers, bfd } = this.#source().children;
    await Promise.all([vrrp.ask(), checkers.ask(), bfd.ask()]);
    const { config } = this.#source();
    const known = [
      ["vrrp", vrrp.pid, config && vrrp.report && vrrpData(config, vrrp.report)],
      ["checkers", checkers.pid, dumpText(checkers.report)],
      ["bfd", bfd.pid, dumpText(bfd.report)],
    ] as const;
    return known.flatMap(([process, pid, text]) => (text === undefined ? [] : [{ process, pid, text }]));
  }

  async #write(what: DumpRequest, say: Say): Promise<void> {
    const { children, config } = this.#source();
    const child = children.vrrp.pid;
    if (what === "data") {
      await this.#data(say);
      return;
    }
    say(WORDS[what], child);
    const report = await children.vrrp.ask({ clear: what === "stats-clear" });
    if (report === undefined || report.instances.length === 0 || config === undefined) return;
    if (what === "json") this.#file(["json", "vrrp"], jsonDump(config, report));
    else this.#file(["stats", "vrrp"], statistics(report.instances));
  }

  async #data(say: Say): Promise<void> {
    const states = await this.states();
    const { observed } = this.#source();
    const parent = { ...observed, vrrp: undefined, checkers: undefined, bfd: undefined, traffic: undefined };
    const pids = Object.fromEntries(states.map(({ process: name, pid }) => [`${name}Pid`, pid]));
    say(DATA_WORDS.parent, process.pid);
    this.#file(["data", "parent"], dumpText({ ...parent, ...pids }) ?? "");
    for (const { process: owner, pid, text } of states) {
      say(DATA_WORDS[owner], pid);
      this.#file(["data", owner], text);
    }
  }

  #file(file: readonly ["data" | "stats" | "json", DumpOwner], text: string): void {
    const { config } = this.#source();
    if (config === undefined) return;
    writeDump(dumpPath(file, config.global.daemon, { temporary: temporaryFolder(), service: this.#service }), text);
  }
}

function temporaryFolder(): string {
  const folder = process.env["TMPDIR"] ?? "";
  return isAbsolute(folder) && statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : "/tmp";
}

type Say = (phrase: string, child: number | undefined) => void;

/** Keepalived's. */
const WORDS = {
  stats: "Printing VRRP stats for process({child}) on signal",
  "stats-clear": "Printing and clearing VRRP stats for process({child}) on signal",
  json: "Printing VRRP as json for process({child}) on signal",
};
const DATA_WORDS: Readonly<Record<DumpOwner, string>> = {
  parent: "Printing parent data for process({child}) on signal",
  vrrp: "Printing VRRP data for process({child}) on signal",
  checkers: "Printing checker data for process({child}) on signal",
  bfd: "Printing BFD data for process({child}) on signal",
};
