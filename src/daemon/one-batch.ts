import { type IpvsEntry, serviceName } from "../base/ipvs.ts";
import type { Notification } from "../base/notification.ts";

/** Where wishes and words go. */
export interface BatchHost {
  wanted(entries: readonly IpvsEntry[]): void;
  notify(notification: Notification): void;
}

/** One event may mean something to thousands of services: what they want is written at once, and then they tell of it. */
export class OneBatch implements BatchHost {
  readonly #host: BatchHost;
  #gathered: { readonly entries: Map<string, IpvsEntry>; readonly told: Notification[] } | undefined;

  constructor(host: BatchHost) {
    this.#host = host;
  }

  wanted(entries: readonly IpvsEntry[]): void {
    if (this.#gathered === undefined) this.#host.wanted(entries);
    else for (const entry of entries) this.#gathered.entries.set(serviceName(entry.service), entry);
  }

  notify(notification: Notification): void {
    if (this.#gathered === undefined) this.#host.notify(notification);
    else this.#gathered.told.push(notification);
  }

  /** All that is wanted and told in `event`. */
  together(event: () => void): void {
    if (this.#gathered !== undefined) {
      event();
      return;
    }
    const gathered = { entries: new Map<string, IpvsEntry>(), told: [] };
    this.#gathered = gathered;
    try {
      event();
    } finally {
      this.#gathered = undefined;
      if (gathered.entries.size > 0) this.#host.wanted([...gathered.entries.values()]);
      for (const notification of gathered.told) this.#host.notify(notification);
    }
  }
}
