import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { itemsOf } from "./instance.ts";
import { sharesItems } from "./network-items.ts";
import { keysOf, type Placement, type PlacementCache } from "./placement.ts";
import type { Router } from "./router.ts";

/** Whose the items may be. */
interface Owners {
  readonly places: PlacementCache;
  readonly routers: ReadonlyMap<string, Router>; // by `instanceKeys`
  /** The static items. */
  statics(): Placement;
}

/** Which addresses, routes and rules of this host have an owner: what one lets go of may be another's. */
export class HeldItems {
  readonly #owners: Owners;
  #shares = false; // whether two owners may have the same item
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come

  constructor(owners: Owners, config: Config) {
    this.#owners = owners;
    this.configure(config);
  }

  /** Follows a configuration. */
  configure(config: Config): void {
    this.#shares = sharesItems(config);
  }

  /** A reload is under way, and these are the instances to come; none: it is done. */
  expect(wanted: ReadonlyMap<string, VrrpInstanceConfig>): void {
    this.#wanted = wanted;
  }

  /** The keys of what all others have, or will have when the reload is done. */
  byOthers(router: Router): ReadonlySet<string> {
    const reloading = this.#wanted.size > 0;
    if (!reloading && !this.#shares) return new Set();
    return new Set([...this.#ofMasters(router), ...keysOf(this.#owners.statics())]);
  }

  /** The keys of what the masters have. */
  byMasters(): ReadonlySet<string> {
    return new Set(this.#ofMasters(undefined));
  }

  #ofMasters(but: Router | undefined): readonly string[] {
    const { places, routers } = this.#owners;
    return [...routers].flatMap(([key, router]) =>
      router !== but && router.isMaster ? keysOf(places.of(this.#wanted.get(key) ?? router.config, itemsOf)) : [],
    );
  }
}
