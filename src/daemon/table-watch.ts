import type { Micros } from "../base/time.ts";
import { KernelError } from "../io/kernel-error.ts";
import { deviationNews } from "../lvs/deviations.ts";
import type { Log } from "../observe/log.ts";

/** How the kernel's table is compared with the wanted one, as configured (`lvs_compare`). */
export interface Comparison {
  readonly mode: "off" | "report" | "repair";
  readonly interval: Micros;
}

/** What it needs of its process. */
export interface TableWatchHost {
  readonly log: Log;
  readonly clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
  /** `IpvsTable.look`. */
  look(): Generator<undefined, readonly string[] | undefined>;
  /** Makes the table as wanted. */
  repair(): void;
}

/** Compares the kernel's table with the wanted one from time to time: what others have changed is said, or put right. */
export class TableWatch {
  readonly #host: TableWatchHost;
  #comparison: Comparison = { mode: "off", interval: 0 };
  #known: ReadonlySet<string> = new Set();
  #cancel = (): void => {};

  constructor(host: TableWatchHost) {
    this.#host = host;
  }

  /** How many deviations the last look found. */
  get deviations(): number {
    return this.#known.size;
  }

  /** From now on like this; the same as before changes nothing. */
  configure(comparison: Comparison): void {
    const { mode, interval } = this.#comparison;
    if (mode === comparison.mode && interval === comparison.interval) return;
    this.#comparison = comparison;
    this.#known = new Set();
    this.#cancel();
    if (comparison.mode !== "off") this.#wait();
  }

  close(): void {
    this.#cancel();
  }

  #wait(): void {
    const { clock } = this.#host;
    const { interval } = this.#comparison;
    this.#cancel = clock.wakeAt(clock.now() + interval, () => this.#look(this.#host.look()));
  }

  /** A slice with each turn: checks have theirs between them. */
  #look(looking: ReturnType<TableWatchHost["look"]>): void {
    const { clock, log } = this.#host;
    try {
      const { done, value } = looking.next();
      if (done !== true) {
        this.#cancel = clock.wakeAt(clock.now() + 1, () => this.#look(looking));
        return;
      }
      if (value !== undefined) this.#found(value);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      log.detail("IPVS: {error}", { error: error.message }); // the next look comes
    }
    this.#wait();
  }

  #found(deviations: readonly string[]): void {
    const { log, repair } = this.#host;
    for (const news of deviationNews(this.#known, deviations))
      if (deviations.length === 0) log.info("IPVS: {news}", { news });
      else log.warning("IPVS: {news}", { news });
    const mend = this.#comparison.mode === "repair" && deviations.length > 0;
    this.#known = new Set(mend ? [] : deviations);
    if (mend) {
      log.info("IPVS: the table is made as wanted");
      repair();
    }
  }
}
