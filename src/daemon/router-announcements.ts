import type { IpAddress } from "../base/ip.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { HostNetwork } from "../io/host-network.ts";
import {
  type AnnounceEffect,
  type AnnounceEvent,
  type AnnounceState,
  announceDeadline,
  announceStep,
  SILENT,
} from "../vrrp/announce.ts";
import { extraAnnouncements } from "../vrrp/extra.ts";
import { type Announcement, type AnnouncementBlock, blocksOf } from "../vrrp/pacing.ts";
import { isRelinked, type LinkSeen } from "../vrrp/relink.ts";
import type { Announcer } from "./announcer.ts";
import { carrierOf, isUp } from "./carrier.ts";
import { allAddresses, announcements } from "./instance.ts";

/** What the announcements of a router need of its process. */
interface AnnouncementsHost {
  readonly clock: Clock;
  readonly network: HostNetwork;
  readonly announcer: Announcer;
  /** The interface that the advertisements of an instance leave by. */
  speaksOn(instance: VrrpInstanceConfig): string | undefined;
}

interface Said {
  readonly config: VrrpInstanceConfig;
  readonly all: readonly Announcement[];
  readonly blocks: readonly AnnouncementBlock[]; // of one round
}

/** Runs a router's machine of announcements (vrrp/announce.ts). It decides nothing. */
export class RouterAnnouncements {
  readonly #host: AnnouncementsHost;
  readonly #config: () => VrrpInstanceConfig;
  #state: AnnounceState = SILENT;
  #made: Said | undefined;
  #links: ReadonlyMap<string, LinkSeen>; // those that hold addresses, as last seen
  #cancelWake = (): void => {};

  constructor(host: AnnouncementsHost, config: () => VrrpInstanceConfig) {
    this.#host = host;
    this.#config = config;
    this.#links = this.#linksNow();
  }

  feed(event: AnnounceEvent): void {
    const { state, effects } = announceStep(this.#config().announce, this.#state, event, this.#host.clock.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (event.type === "released") this.#host.announcer.drop(this.#config().name);
    this.#cancelWake();
    const at = announceDeadline(state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.feed({ type: "timer" }));
  }

  /** An interface has changed: a master that does not track it may have to announce again. */
  linksChanged(): void {
    const before = this.#links;
    this.#links = this.#linksNow();
    if (isRelinked(before, this.#links)) this.feed({ type: "again" });
  }

  /** Tells the neighbours once whose the source of our advertisements is. */
  source(address: IpAddress): void {
    const { name: instance, interface: on } = this.#config();
    this.#host.announcer.announce([{ instance, interface: on, about: "source", addresses: [address], rounds: 1 }]);
  }

  /** Makes ready what a new master will announce, and says nothing. */
  rehearse(): void {
    const { announce } = this.#config();
    announceStep(announce, SILENT, { type: "claimed" }, this.#host.clock.now());
    this.#host.announcer.rehearse(this.#said().blocks);
  }

  close(): void {
    this.#cancelWake();
  }

  #linksNow(): ReadonlyMap<string, LinkSeen> {
    const { network } = this.#host;
    const names = new Set(allAddresses(this.#config()).map((entry) => entry.interface));
    return new Map([...names].map((name) => [name, { mac: network.link(name)?.mac, running: isUp(network, name) }]));
  }

  /** What there is to say; made up once for each configuration, by a rehearsal if there is one. */
  #said(): Said {
    const config = this.#config();
    if (this.#made?.config === config) return this.#made;
    const all = announcements(config);
    this.#made = { config, all, blocks: blocksOf(all, 1) };
    return this.#made;
  }

  #perform(effect: AnnounceEffect): void {
    const { all, blocks } = this.#said();
    switch (effect.type) {
      case "send-rounds":
        this.#host.announcer.announce(blocks.map((block) => ({ ...block, rounds: effect.rounds })));
        return;
      case "send-extra": {
        const { network } = this.#host;
        const isVirtual = (name: string): boolean => carrierOf(network, name) !== undefined;
        const extra = extraAnnouncements(all, this.#host.speaksOn(this.#config()), effect.everyInterface, isVirtual);
        this.#host.announcer.announce(blocksOf(extra, 1, "extra"));
        return;
      }
    }
  }
}
