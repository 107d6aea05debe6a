import type { IpAddress } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { RestoredCounters, VrrpCounters } from "../observe/report.ts";
import type { VrrpNote } from "../vrrp/machine.ts";
import type { ReceiveProblem } from "../vrrp/receive.ts";
import type { FaultReason } from "../vrrp/tracking.ts";
import { isRepetitive, UNWARNED, warn } from "../vrrp/warning.ts";
import { faultWords, isDetail, noteWords, problemWords, type Spoken } from "../vrrp/words.ts";
import { itemWords } from "./item-words.ts";

const NO_COUNTERS: VrrpCounters = {
  advertisementsSent: 0,
  advertisementsReceived: 0,
  becomeMaster: 0,
  releaseMaster: 0,
  priorityZeroSent: 0,
  priorityZeroReceived: 0,
  dropped: {},
  restored: { addresses: 0, routes: 0, rules: 0 },
};

/** What a router says and counts. What comes with every packet is said once, until `forgetWarnings`. */
export class RouterJournal {
  readonly #log: Log;
  #warned = UNWARNED;
  counters = NO_COUNTERS;

  constructor(log: Log) {
    this.#log = log;
  }

  forgetWarnings(): void {
    this.#warned = UNWARNED;
  }

  count(more: Partial<Omit<VrrpCounters, "dropped" | "restored">>): void {
    const counters = { ...this.counters };
    for (const [name, n] of Object.entries(more)) counters[name as keyof typeof more] += n;
    this.counters = counters;
  }

  /** A master sets or removes what it holds. */
  items(config: VrrpInstanceConfig, verb: "setting" | "removing"): void {
    for (const words of itemWords(config, verb)) this.#log.detail(words, { iname: config.name });
  }

  /** What others had removed is back. */
  restored(more: RestoredCounters): void {
    this.counters = { ...this.counters, restored: addRestored(this.counters.restored, more) };
  }

  faults(router: Spoken, reasons: readonly FaultReason[]): void {
    for (const reason of reasons) {
      const words = faultWords(router, reason);
      if (words !== undefined) this.#log.info(words, { iname: router.name });
    }
  }

  note(router: Spoken, note: VrrpNote): void {
    if (isRepetitive(note) && !this.#isNews(note.name)) return;
    const words = noteWords(router, note);
    if (isDetail(note)) this.#log.detail(words, { iname: router.name });
    else this.#log.info(words, { iname: router.name });
  }

  /** A packet from `from` was no good, or not quite. */
  problem(router: Spoken, from: IpAddress, problem: ReceiveProblem): void {
    const { dropped } = this.counters;
    const count = (dropped[problem.reason] ?? 0) + 1;
    this.counters = { ...this.counters, dropped: { ...dropped, [problem.reason]: count } };
    if (this.#isNews(problem.reason)) this.#log.info(problemWords(router, from, problem), { iname: router.name });
  }

  #isNews(reason: string): boolean {
    const { say, warned } = warn(this.#warned, reason);
    this.#warned = warned;
    return say;
  }
}

/** Both together. */
export function addRestored(a: RestoredCounters, b: RestoredCounters): RestoredCounters {
  return { addresses: a.addresses + b.addresses, routes: a.routes + b.routes, rules: a.rules + b.rules };
}
