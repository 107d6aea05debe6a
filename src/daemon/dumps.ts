import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import type { Children } from "./children.ts";
import { writeDump } from "./dump-file.ts";
import { jsonDump } from "./json-dump.ts";
import type { DumpRequest } from "./messages.ts";
import { statistics } from "./statistics.ts";

/** What is dumped. */
export interface DumpSource {
  readonly children: Children;
  readonly observed: Observed;
  readonly config: Config | undefined; // in force
}

/** What the daemon writes into files when a signal asks for it; cli.md §4. Each process is asked how it is now. */
export class Dumps {
  readonly #log: Log;
  readonly #source: () => DumpSource;

  constructor(log: Log, source: () => DumpSource) {
    this.#log = log;
    this.#source = source;
  }

  /** Never rejects. */
  async write(what: DumpRequest): Promise<void> {
    try {
      await this.#dump(what);
    } catch (error) {
      this.#log.warning("cannot write {what}: {error}", { what, error: String(error) });
    }
  }

  async #dump(what: DumpRequest): Promise<void> {
    const { children, config } = this.#source();
    if (what === "data") {
      await this.#data();
      return;
    }
    this.#log.info(WORDS[what], { child: children.vrrp.pid });
    const report = await children.vrrp.ask({ clear: what === "stats-clear" });
    if (report === undefined || report.instances.length === 0 || config === undefined) return;
    if (what === "json") writeDump("keepalived.json", jsonDump(config, report));
    else writeDump("keepalived.stats", statistics(report.instances));
  }

  async #data(): Promise<void> {
    const { vrrp, checkers, bfd } = this.#source().children;
    await Promise.all([vrrp.ask(), checkers.ask(), bfd.ask()]);
    const { observed } = this.#source();
    const data = { ...observed, vrrpPid: vrrp.pid, checkersPid: checkers.pid, bfdPid: bfd.pid };
    const parent = { ...data, vrrp: undefined, checkers: undefined, bfd: undefined };
    const files = [
      ["keepalived_parent.data", parent],
      ["keepalived.data", data.vrrp],
      ["keepalived_check.data", data.checkers],
      ["keepalived_bfd.data", data.bfd],
    ] as const;
    for (const [name, content] of files)
      if (content !== undefined) writeDump(name, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Keepalived's. */
const WORDS = {
  stats: "Printing VRRP stats for process({child}) on signal",
  "stats-clear": "Printing and clearing VRRP stats for process({child}) on signal",
  json: "Printing VRRP as json for process({child}) on signal",
};
