import type { Config } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import type { RestoredCounters } from "../observe/report.ts";
import type { Others, Tables } from "./holding.ts";
import { Keeper } from "./keeper.ts";
import { type NetworkItems, NOWHERE, type Placement, type PlacementCache } from "./placement.ts";
import { addRestored } from "./router-journal.ts";

/** What the static items need of the process. */
export interface StaticHost extends Tables {
  readonly clock: Clock;
  readonly log: Log;
  readonly places: PlacementCache;
  /** The keys of what masters of this host have. */
  heldByMasters(): ReturnType<Others>;
  /** As if the network had changed. */
  reconsider(): void;
  changed(): void;
}

/** `static_ipaddress`, `static_routes`, `static_rules`: there from start to stop, and who fails without them. */
export class StaticNetwork {
  readonly #host: StaticHost;
  readonly #keeper: Keeper;
  #config: Config;
  /** What others removed and we put back; a respawned process goes on counting. */
  restored: RestoredCounters;

  /** Puts them there. What is there already, such as after a crash, is not touched. */
  constructor(host: StaticHost, config: Config, restored: RestoredCounters | undefined) {
    this.#host = host;
    this.#config = config;
    this.restored = restored ?? { addresses: 0, routes: 0, rules: 0 };
    this.#keeper = this.#createKeeper(host);
    if (this.#isWanted()) this.#keeper.bring(this.#placement());
  }

  /** Goes on with another configuration: what is in both is not touched. */
  reload(config: Config): void {
    const wanted = this.#isWanted();
    this.#config = config;
    if (wanted || this.#isWanted()) this.#keeper.bring(this.#placement());
  }

  /** The network has changed: what is missing is put back. */
  check(): void {
    if (this.#isWanted()) this.#keeper.check(this.#placement());
  }

  /** Items that the instance's track groups depend on, that are not there and cannot be put there. */
  lost(instance: string): readonly string[] {
    const groups = new Set(this.#config.trackGroups.filter(({ members }) => members.includes(instance)).map(byName));
    if (groups.size === 0 || !this.#isWanted()) return [];
    const { unplaced } = this.#placement();
    const absent = unplaced.filter(({ trackGroup }) => trackGroup !== undefined && groups.has(trackGroup));
    return [...this.#keeper.unable(groups), ...absent.map(({ title }) => title)].map((title) => `static ${title}`);
  }

  /** The keys of all of it. */
  get placement(): Placement {
    return this.#isWanted() ? this.#placement() : NOWHERE;
  }

  /** Takes them away. */
  stop(): void {
    this.#keeper.close();
    if (this.#isWanted()) this.#keeper.bring(NOWHERE);
    this.#keeper.close();
  }

  #isWanted(): boolean {
    return hasStatics(this.#config);
  }

  #placement(): Placement {
    return this.#host.places.of(this.#config, staticItems);
  }

  #createKeeper(host: StaticHost): Keeper {
    const { network, routing, clock, log } = host;
    return new Keeper({
      ...{ network, routing, clock },
      others: () => host.heldByMasters(),
      refused: (error) => log.error("static: {error}", { error }),
      restored: ({ added, titles }, words) => {
        this.restored = addRestored(this.restored, added);
        if (words !== "nothing") for (const title of titles) log.info("Restoring deleted static {title}", { title });
        if (words === "fight")
          log.warning(
            "another program removes static items again and again: they are restored more slowly, and in silence",
            {},
          );
        host.changed();
      },
      added: () => host.changed(),
      duplicate: (title) =>
        log.error("static {title} is in use by another host (duplicate address detection failed)", { title }),
      lostChanged: () => {}, // who depends on them is asked after each change
      again: () => host.reconsider(),
    });
  }
}

function byName({ name }: { readonly name: string }): string {
  return name;
}

/** What a configuration asks for whatever the state of any instance. */
export function staticItems({ staticAddresses, staticRoutes, staticRules }: Config): NetworkItems {
  return { addresses: staticAddresses, routes: staticRoutes, rules: staticRules };
}

function hasStatics({ staticAddresses, staticRoutes, staticRules }: Config): boolean {
  return staticAddresses.length + staticRoutes.length + staticRules.length > 0;
}
