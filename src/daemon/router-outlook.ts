import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Standing } from "../vrrp/machine.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import { endpoint, NO_SOURCE, outlook, primaryAddress, vrrpParameters } from "./instance.ts";
import type { RouterHost } from "./router-host.ts";
import type { RouterJournal } from "./router-journal.ts";
import type { Speaker } from "./vrrp-sockets.ts";

/** How a router stands: its configuration, and what follows of it from what it tracks and from its interface. */
export class RouterOutlook {
  readonly #host: RouterHost;
  readonly #journal: RouterJournal;
  #parameters: VrrpParameters; // follows configuration, priority and interface
  #priority: number;
  config: VrrpInstanceConfig;
  /** Its own, as last judged. */
  standing: Standing;

  constructor(config: VrrpInstanceConfig, host: RouterHost, journal: RouterJournal) {
    this.#host = host;
    this.#journal = journal;
    this.config = config;
    this.#priority = config.priority;
    const source = primaryAddress(config, host) ?? NO_SOURCE[config.family];
    this.#parameters = vrrpParameters(config, config.priority, source, host.network);
    this.standing = outlook(config, host).standing;
  }

  get parameters(): VrrpParameters {
    return this.#parameters;
  }

  /** The effective one. */
  get priority(): number {
    return this.#priority;
  }

  /** As it is now; `lost`: its items that cannot be put back. */
  look(lost: readonly string[]): ReturnType<typeof outlook> {
    return outlook(this.config, this.#host, [...lost, ...this.#host.lostStatics(this.config.name)]);
  }

  /** Goes on with this priority, from the source that there is now. */
  follow(speaker: Speaker, priority: number): void {
    this.#priority = priority;
    // Without a source the instance is in fault; what it still has to say, it says from the last one.
    const source = primaryAddress(this.config, this.#host) ?? this.#parameters.primaryAddress;
    this.#parameters = vrrpParameters(this.config, priority, source, this.#host.network);
    this.#journal.room(this.config, this.#parameters.addresses.length);
    this.#host.sockets.join(speaker, endpoint(this.config, this.#host));
  }
}
