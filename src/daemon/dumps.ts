import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import type { Children } from "./children.ts";
import { statistics, writeDump } from "./dump.ts";

/** What the daemon writes into files when a signal asks for it. */
export class Dumps {
  readonly #log: Log;
  readonly #children: Children;
  readonly #observed: () => Observed;

  constructor(log: Log, children: Children, observed: () => Observed) {
    this.#log = log;
    this.#children = children;
    this.#observed = observed;
  }

  /** SIGUSR1: a file for each process. */
  data(): void {
    const { vrrp, checkers, bfd } = this.#children;
    const data = { ...this.#observed(), vrrpPid: vrrp.pid, checkersPid: checkers.pid, bfdPid: bfd.pid };
    this.#write("keepalived_parent.data", { ...data, vrrp: undefined, checkers: undefined, bfd: undefined });
    if (data.vrrp !== undefined) this.#write("keepalived.data", data.vrrp);
    if (data.checkers !== undefined) this.#write("keepalived_check.data", data.checkers);
    if (data.bfd !== undefined) this.#write("keepalived_bfd.data", data.bfd);
  }

  /** SIGUSR2: the counters of the instances. */
  statistics(): void {
    const { report } = this.#children.vrrp;
    if (report !== undefined) this.#write("keepalived.stats", statistics(report.instances));
  }

  #write(name: string, content: object | string): void {
    try {
      writeDump(name, typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
    } catch (error) {
      this.#log.warning("cannot write {name}: {error}", { name, error: String(error) });
    }
  }
}
