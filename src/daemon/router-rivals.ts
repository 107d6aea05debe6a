import { family } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { VrrpState } from "../vrrp/machine.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import {
  IDLE,
  type SplitBrainEvent,
  type SplitBrainState,
  splitBrainDeadline,
  splitBrainStep,
} from "../vrrp/split-brain.ts";
import type { ArpWatch, WatchedAddress } from "./arp-watch.ts";
import { allAddresses } from "./instance.ts";
import type { RouterAnnouncements } from "./router-announcements.ts";
import type { RouterJournal } from "./router-journal.ts";

interface RivalsHost {
  readonly clock: Clock;
  readonly arpWatch: ArpWatch;
  changed(): void;
}

/** Runs a router's machine of split brains (vrrp/split-brain.ts). It decides nothing. */
export class RouterRivals {
  readonly #host: RivalsHost;
  readonly #router: () => VrrpParameters;
  readonly #journal: RouterJournal;
  readonly #announcements: RouterAnnouncements;
  #state: SplitBrainState = IDLE;
  #watchedFor: VrrpInstanceConfig | undefined; // undefined: not master
  #watched: readonly WatchedAddress[] = [];
  #cancelWake = (): void => {};

  constructor(
    host: RivalsHost,
    router: () => VrrpParameters,
    journal: RouterJournal,
    announcements: RouterAnnouncements,
  ) {
    this.#host = host;
    this.#router = router;
    this.#journal = journal;
    this.#announcements = announcements;
  }

  get isSplit(): boolean {
    return this.#state.name === "split";
  }

  /** The router is in this state now, with this configuration. */
  follow(config: VrrpInstanceConfig, { name }: VrrpState): void {
    const now = name === "master" ? config : undefined;
    if (now === this.#watchedFor) return;
    this.#watchedFor = now;
    this.#host.arpWatch.unwatch(this.#watched);
    this.#watched = now === undefined ? [] : this.#watchedAddresses(now);
    this.#host.arpWatch.watch(this.#watched);
    this.feed({ type: now === undefined ? "left" : "master" });
  }

  feed(event: SplitBrainEvent): void {
    const { state, note, announce } = splitBrainStep(this.#router(), this.#state, event, this.#host.clock.now());
    this.#state = state;
    if (note !== undefined) {
      this.#journal.splitBrain(this.#router(), note);
      this.#host.changed();
    }
    if (announce) this.#announcements.feed({ type: "again" });
    this.#cancelWake();
    const at = splitBrainDeadline(state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.feed({ type: "timer" }));
  }

  close(): void {
    this.#cancelWake();
    this.#host.arpWatch.unwatch(this.#watched);
  }

  #watchedAddresses(config: VrrpInstanceConfig): WatchedAddress[] {
    const claimed: WatchedAddress["claimed"] = (from, address) =>
      this.feed({ type: "evidence", evidence: { seen: "arp", from, address } });
    return allAddresses(config)
      .filter(({ address }) => family(address) === 4)
      .map(({ interface: name, address }) => ({ interface: name, address, claimed }));
  }
}
