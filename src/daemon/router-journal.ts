import type { IpAddress } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { RestoredCounters, VrrpCounters } from "../observe/report.ts";
import type { VrrpNote, VrrpState } from "../vrrp/machine.ts";
import { RESIGN } from "../vrrp/parameters.ts";
import type { Received, ReceiveProblem } from "../vrrp/receive.ts";
import type { SplitBrainNote } from "../vrrp/split-brain.ts";
import { splitBrainWords } from "../vrrp/split-brain-words.ts";
import type { FaultReason } from "../vrrp/tracking.ts";
import { forgetsWarnings, isRepetitive, UNWARNED, warn } from "../vrrp/warning.ts";
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
  splitBrains: {},
  restored: { addresses: 0, routes: 0, rules: 0 },
};

/** What a router says and counts. What comes with every packet is said once, until `forgetWarnings`. */
export class RouterJournal {
  readonly #log: Log;
  #warned = UNWARNED;
  #room: number | undefined;
  counters = NO_COUNTERS;

  constructor(log: Log) {
    this.#log = log;
  }

  forgetWarnings(): void {
    this.#warned = UNWARNED;
  }

  /** An operator wants to count from zero. */
  clear(): void {
    this.counters = NO_COUNTERS;
  }

  /** The machine has made a step. */
  stepped(before: VrrpState, after: VrrpState): void {
    if (forgetsWarnings(before, after)) this.forgetWarnings();
    if (before.name === after.name) return;
    this.count({
      becomeMaster: after.name === "master" ? 1 : 0,
      releaseMaster: before.name === "master" ? 1 : 0,
    });
  }

  count(more: Partial<Omit<VrrpCounters, "dropped" | "splitBrains" | "restored">>): void {
    const counters = { ...this.counters };
    for (const [name, n] of Object.entries(more)) counters[name as keyof typeof more] += n;
    this.counters = counters;
  }

  /** Of all addresses of an instance, so many have room in an advertisement; said when it is news. */
  room({ name, addresses: { length } }: VrrpInstanceConfig, room: number): void {
    if (length === room || this.#room === room) return;
    this.#room = room;
    const words = `(${name}) Number of VIPs (${length}) exceeds maximum/space available in packet (max ${room} addresses) - excess moved to eVIPs`;
    this.#log.info(words, { iname: name });
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

  /** A packet from `from` was judged. */
  received(router: Spoken, from: IpAddress, received: Exclude<Received, { readonly type: "ignored" }>): void {
    if (received.type === "accepted")
      this.count({
        advertisementsReceived: 1,
        priorityZeroReceived: received.advertisement.priority === RESIGN ? 1 : 0,
      });
    if (received.problem !== undefined) this.#problem(router, from, received.problem);
  }

  /** Another master was seen while we are it, or is gone. */
  splitBrain(router: Spoken, note: SplitBrainNote): void {
    const words = splitBrainWords(router, note);
    if (note.name === "split-brain-over") {
      this.forgetWarnings(); // the next one is news
      this.#log.info(words, { iname: router.name });
      return;
    }
    const { splitBrains } = this.counters;
    const { seen } = note.evidence;
    this.counters = { ...this.counters, splitBrains: { ...splitBrains, [seen]: (splitBrains[seen] ?? 0) + 1 } };
    this.#log.warning(words, { iname: router.name });
  }

  #problem(router: Spoken, from: IpAddress, problem: ReceiveProblem): void {
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
