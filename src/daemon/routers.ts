import type { Micros } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { going } from "../plan/difference.ts";
import { isAboutTelling } from "../plan/instance-shape.ts";
import type { planVrrp } from "../plan/plan.ts";
import type { LinkJournal } from "./link-journal.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { Router } from "./router.ts";
import type { RouterHost } from "./router-host.ts";
import type { SyncGroups } from "./sync-groups.ts";
import { isPlacedAlike } from "./virtual-placement.ts";

/** Instances by their keys, with their addresses where they belong. */
type Placed = ReadonlyMap<string, VrrpInstanceConfig>;
type Difference = ReturnType<typeof planVrrp>["lists"]["vrrpInstances"];

/** What it needs beside the host of each router. */
interface Company {
  readonly groups: SyncGroups;
  readonly links: LinkJournal;
  readonly hearingFrom: Micros; // vrrp_startup_delay
}

/** What a reload brings. */
interface Next {
  readonly config: Config;
  readonly placed: Placed;
  readonly renamed: boolean; // names of tables may have other numbers
}

/** The virtual routers of this host, by `instanceKeys`: who comes, stays and goes with a configuration. */
export class Routers {
  readonly #host: RouterHost;
  readonly #company: Company;
  readonly #all: Map<string, Router>;

  constructor(all: Map<string, Router>, host: RouterHost, company: Company) {
    this.#all = all;
    this.#host = host;
    this.#company = company;
  }

  /** All begin, or resume what a process that died has reported. */
  begin(config: Config, placed: Placed, reports: ReadonlyMap<string, VrrpInstanceReport>): void {
    for (const [key, instance] of placed) this.#all.set(key, new Router(key, instance, this.#host));
    this.#company.groups.configure(config, this.#all, reports);
    for (const [key, router] of this.#all) this.#start(router, reports.get(key));
    this.#settle();
  }

  /** Those that a reload removes stop; `removed` is called for each. */
  remove(difference: Difference, removed: (router: Router) => void): void {
    for (const { key } of going(difference)) {
      const router = this.#all.get(key);
      router?.stop();
      if (router !== undefined) removed(router);
      this.#all.delete(key);
    }
  }

  /** As planned: those that are new begin, those that changed go on otherwise, the others are not touched. */
  follow(difference: Difference, { config, placed, renamed }: Next): void {
    const entries = difference?.entries ?? [];
    const coming: Router[] = [];
    for (const entry of entries) {
      if (entry.type !== "added" && entry.type !== "replaced") continue;
      const router = new Router(entry.key, placed.get(entry.key) ?? entry.to, this.#host);
      coming.push(router);
      this.#all.set(entry.key, router);
    }
    this.#company.groups.configure(config, this.#all, new Map());
    for (const router of coming) this.#start(router, undefined);
    for (const entry of entries) {
      if (entry.type !== "changed") continue;
      const [router, instance] = [this.#all.get(entry.key), placed.get(entry.key) ?? entry.to];
      if (isAboutTelling(entry.difference)) router?.tellBy(instance);
      else router?.reconfigure(instance);
    }
    this.move(placed);
    if (renamed) for (const router of this.#all.values()) router.relocate();
    this.#settle();
  }

  /** Interfaces of ours have other names now: the addresses go there. */
  move(placed: Placed): void {
    for (const [key, instance] of placed) {
      const router = this.#all.get(key);
      if (router !== undefined && !isPlacedAlike(router.config, instance)) router.reconfigure(instance);
    }
  }

  #start(router: Router, reported: VrrpInstanceReport | undefined): void {
    this.#company.links.starting(router.config);
    router.start(reported, this.#company.hearingFrom);
  }

  #settle(): void {
    this.#company.groups.settle(Math.max(this.#host.clock.now(), this.#company.hearingFrom));
  }
}
