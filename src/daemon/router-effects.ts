import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { VrrpEffect } from "../vrrp/machine.ts";
import { RESIGN, type VrrpParameters } from "../vrrp/parameters.ts";
import type { Advertiser } from "./advertiser.ts";
import type { Outcome } from "./holding.ts";
import { itemsOf } from "./instance.ts";
import type { Keeper } from "./keeper.ts";
import { NOWHERE, type Placement } from "./placement.ts";
import type { Router } from "./router.ts";
import type { RouterAnnouncements } from "./router-announcements.ts";
import type { RouterHost } from "./router-host.ts";
import type { RouterJournal } from "./router-journal.ts";

/** What carries effects out. */
interface Parts {
  readonly router: Router;
  readonly journal: RouterJournal;
  readonly announcements: RouterAnnouncements;
  readonly advertiser: Advertiser;
  readonly keeper: Keeper;
}

/** Carries out what the machine of a router says. */
export class RouterEffects {
  readonly #host: Pick<RouterHost, "guard" | "places">;
  readonly #parts: Parts;

  constructor(host: Pick<RouterHost, "guard" | "places">, parts: Parts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** One effect. */
  perform(effect: VrrpEffect): void {
    const { router, journal, announcements } = this.#parts;
    switch (effect.type) {
      case "advertise":
        this.#advertise(effect.priority);
        break;
      case "claim-addresses":
        journal.items(this.#config, "setting");
        this.bring(true);
        router.catchUp();
        announcements.feed({ type: "claimed" });
        break;
      case "update-addresses":
        if (this.bring(true).added.addresses > 0) announcements.feed({ type: "claimed" });
        break;
      case "release-addresses":
        announcements.feed({ type: "released" });
        journal.items(this.#config, "removing");
        this.bring(false);
        break;
      case "announce":
        announcements.feed({ type: effect.because });
        break;
      case "announce-source":
        announcements.source(this.#parameters.primaryAddress);
        break;
      case "note":
        journal.note(this.#parameters, effect.note);
        break;
    }
  }

  /** Makes the items of a master be there, or be gone. Nothing for a guarded address gets in meanwhile. */
  bring(holds: boolean): Outcome {
    const { router, keeper } = this.#parts;
    if (holds) this.#host.guard(router, true);
    const outcome = keeper.bring(holds ? this.placement() : NOWHERE);
    if (!holds) this.#host.guard(router, false);
    return outcome;
  }

  /** Where the items of a master are. */
  placement(): Placement {
    return this.#host.places.of(this.#config, itemsOf);
  }

  get #config(): VrrpInstanceConfig {
    return this.#parts.router.config;
  }

  get #parameters(): VrrpParameters {
    return this.#parts.router.parameters;
  }

  #advertise(priority: number): void {
    const { advertiser, journal } = this.#parts;
    if (!advertiser.send(this.#parameters, priority)) return;
    journal.count({ advertisementsSent: 1, priorityZeroSent: priority === RESIGN ? 1 : 0 });
  }
}
