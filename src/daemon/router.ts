import { type IpAddress, ip } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import { type AnnounceEvent, type AnnounceState, announceDeadline, announceStep, SILENT } from "../vrrp/announce.ts";
import {
  adopt,
  deadline,
  INIT,
  type Standing,
  step,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
} from "../vrrp/machine.ts";
import { rounds } from "../vrrp/pacing.ts";
import { RESIGN, type VrrpParameters } from "../vrrp/parameters.ts";
import { type ReceiveProblem, receive } from "../vrrp/receive.ts";
import {
  contribution,
  effectivePriority,
  faultReasons,
  standing,
  standingEvent,
  type Tracked,
} from "../vrrp/tracking.ts";
import { forgetsWarnings } from "../vrrp/warning.ts";
import type { Ipv4Packet } from "../wire/ipv4.ts";
import type { Announcer } from "./announcer.ts";
import type { Others, Tables } from "./holding.ts";
import {
  advertisementPacket,
  announcements,
  itemsOf,
  primaryAddress,
  type Surroundings,
  trackedNow,
  vrrpParameters,
} from "./instance.ts";
import type { Keeper } from "./keeper.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { NOWHERE, type Placement, type PlacementCache } from "./placement.ts";
import { RouterJournal } from "./router-journal.ts";
import { routerKeeper } from "./router-keeper.ts";

/** What a router needs of the process it lives in. */
export interface RouterHost extends Surroundings, Pick<Tables, "routing"> {
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly log: Log;
  /** Sends a packet on an interface; false where that failed (and was said). */
  send(interfaceName: string, packet: Uint8Array, instance: string): boolean;
  changed(): void;
  /** Where items are put, as the interfaces are now. */
  readonly places: PlacementCache;
  /** The keys of what other masters of this host have, or will have when a reload is done. */
  heldByOthers(router: Router): ReturnType<Others>;
  /** Static items of the instance's track groups that were removed and cannot be put back. */
  lostStatics(instance: string): readonly string[];
}

/** A virtual router on this host: feeds its machines, carries out what they say. It decides nothing. */
export class Router {
  readonly #host: RouterHost;
  #config: VrrpInstanceConfig;
  #state: VrrpState = INIT;
  #announce: AnnounceState = SILENT;
  #standing: Standing = "pending";
  #priority: number;
  #parameters: VrrpParameters; // follows configuration, priority and interface
  readonly #journal: RouterJournal;
  #lastAdvertAt = 0;
  #startAt: Micros = 0; // vrrp_startup_delay: time does not run before
  #packetId = 0;
  readonly #keeper: Keeper;
  #cancelWake = (): void => {};
  #cancelAnnounce = (): void => {};

  constructor(config: VrrpInstanceConfig, host: RouterHost) {
    this.#config = config;
    this.#host = host;
    this.#journal = new RouterJournal(host.log);
    this.#keeper = routerKeeper(host, {
      router: this,
      journal: this.#journal,
      announce: () => this.#feedAnnounce({ type: "claimed" }),
    });
    this.#priority = config.priority;
    this.#parameters = vrrpParameters(config, config.priority, primaryAddress(config, host) ?? UNSPECIFIED);
  }

  get config(): VrrpInstanceConfig {
    return this.#config;
  }

  get isMaster(): boolean {
    return this.#state.name === "master";
  }

  /**
   * Begins, at `startAt` if that is still to come; or resumes what `adopted`, the last report of a process that died,
   * was doing. Virtual addresses that should not be there are removed first.
   */
  start(adopted: VrrpInstanceReport | undefined, startAt: Micros): void {
    this.#startAt = startAt;
    this.#keeper.presume(this.#placement());
    const tracked = this.#tracked();
    this.#standing = standing(faultReasons(tracked));
    this.#setPriority(this.#effectivePriority(tracked));
    const now = this.#host.clock.now();
    if (adopted !== undefined && adopted.state.name !== "init") {
      this.#journal.counters = adopted.counters;
      this.#lastAdvertAt = adopted.lastAdvertAt;
      this.#state = adopt(this.#parameters, adopted.state, adopted.lastAdvertAt, now);
      const resumed = this.#state.name === "master";
      this.#keeper.bring(resumed ? this.#placement() : NOWHERE);
      if (resumed) this.#feedAnnounce({ type: "adopted" });
      this.#host.log.info("({iname}) resuming in {state} STATE", {
        iname: this.#config.name,
        state: this.#state.name.toUpperCase(),
      });
      const event = standingEvent(this.#standing);
      if (event !== undefined) this.#feed(event);
      this.#rearm();
      return;
    }
    this.#keeper.bring(NOWHERE);
    this.#journal.faults(this.#parameters, faultReasons(tracked));
    this.#feed({ type: "startup", standing: this.#standing, delayed: startAt > now });
  }

  /** A packet of this VRID came in on our interface. */
  packet(packet: Ipv4Packet): void {
    const received = receive(this.#parameters, this.#state, packet);
    if (received.type === "ignored") return;
    if (received.type === "dropped") {
      this.#problem(packet.from, received.problem);
      return;
    }
    this.#journal.count({
      advertisementsReceived: 1,
      priorityZeroReceived: received.advertisement.priority === RESIGN ? 1 : 0,
    });
    if (received.problem !== undefined) this.#problem(packet.from, received.problem);
    this.#feed({ type: "advertisement", from: packet.from, advertisement: received.advertisement });
  }

  /** An interface, an address or a script has changed. */
  reconsider(): void {
    const tracked = this.#tracked();
    const now = standing(faultReasons(tracked));
    const priority = this.#effectivePriority(tracked);
    this.#setPriority(this.#priority); // the source may be another
    if (now !== this.#standing) {
      this.#standing = now;
      if (now === "unfit") this.#journal.faults(this.#parameters, faultReasons(tracked));
      const event = standingEvent(now);
      if (event !== undefined) this.#feed(event);
    }
    if (priority !== this.#priority) {
      const from = this.#priority;
      this.#setPriority(priority);
      this.#feed({ type: "priority-changed", from });
    }
    if (this.isMaster) this.#keeper.check(this.#placement());
    else this.#keeper.probe(this.#placement());
  }

  /** Goes on with another configuration of the same virtual router. */
  reconfigure(config: VrrpInstanceConfig): void {
    this.#config = config;
    this.#journal.forgetWarnings();
    this.#setPriority(this.#effectivePriority(this.#tracked()));
    this.#feed({ type: "reconfigured" });
    this.reconsider();
  }

  /** Leaves: resigns and removes the addresses if it is master. */
  stop(): void {
    this.#feed({ type: "shutdown" });
    this.abandon();
  }

  /** Ends without a word: addresses stay. */
  abandon(): void {
    this.#cancelWake();
    this.#cancelAnnounce();
    this.#keeper.close();
  }

  report(): VrrpInstanceReport {
    const { name, vrid, addresses } = this.#config;
    return {
      name,
      interface: this.#config.interface,
      vrid,
      address: addresses[0]?.address,
      state: this.#state,
      priority: this.#priority,
      lastAdvertAt: this.#lastAdvertAt,
      counters: this.#journal.counters,
    };
  }

  #feed(event: VrrpEvent): void {
    const before = this.#state;
    const now = Math.max(this.#host.clock.now(), this.#startAt);
    const { state, effects } = step(this.#parameters, before, event, now);
    this.#state = state;
    if (forgetsWarnings(before, state)) this.#journal.forgetWarnings();
    if (before.name !== state.name)
      this.#journal.count({
        becomeMaster: state.name === "master" ? 1 : 0,
        releaseMaster: before.name === "master" ? 1 : 0,
      });
    for (const effect of effects) this.#perform(effect);
    this.#rearm();
    this.#host.changed();
  }

  #rearm(): void {
    this.#cancelWake();
    const at = deadline(this.#state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.#feed({ type: "timer" }));
  }

  #perform(effect: VrrpEffect): void {
    switch (effect.type) {
      case "advertise":
        this.#advertise(effect.priority);
        break;
      case "claim-addresses":
        this.#journal.items(this.#config, "setting");
        this.#keeper.bring(this.#placement());
        this.#feedAnnounce({ type: "claimed" });
        break;
      case "update-addresses":
        if (this.#keeper.bring(this.#placement()).added.addresses > 0) this.#feedAnnounce({ type: "claimed" });
        break;
      case "release-addresses":
        this.#feedAnnounce({ type: "released" });
        this.#host.announcer.drop(this.#config.name);
        this.#journal.items(this.#config, "removing");
        this.#keeper.bring(NOWHERE);
        break;
      case "announce":
        this.#feedAnnounce({ type: "lower-priority" });
        break;
      case "note":
        this.#journal.note(this.#parameters, effect.note);
        break;
    }
  }

  #advertise(priority: number): void {
    this.#packetId = (this.#packetId % 0xffff) + 1;
    const packet = advertisementPacket(this.#parameters, priority, this.#packetId);
    if (!this.#host.send(this.#config.interface, packet, this.#config.name)) return;
    this.#lastAdvertAt = this.#host.clock.now();
    this.#journal.count({ advertisementsSent: 1, priorityZeroSent: priority === RESIGN ? 1 : 0 });
  }

  #feedAnnounce(event: AnnounceEvent): void {
    const { state, effects } = announceStep(this.#config.announce, this.#announce, event, this.#host.clock.now());
    this.#announce = state;
    for (const effect of effects) this.#host.announcer.announce(rounds(announcements(this.#config), effect.rounds));
    this.#cancelAnnounce();
    const at = announceDeadline(state);
    this.#cancelAnnounce =
      at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.#feedAnnounce({ type: "timer" }));
  }

  #placement(): Placement {
    return this.#host.places.of(this.#config, itemsOf);
  }

  #tracked(): Tracked {
    const lost = [...this.#keeper.lost, ...this.#host.lostStatics(this.#config.name)];
    return { ...trackedNow(this.#config, this.#host), lost };
  }

  #setPriority(priority: number): void {
    this.#priority = priority;
    // Without a source the instance is in fault; what it still has to say, it says from the last one.
    const source = primaryAddress(this.#config, this.#host) ?? this.#parameters.primaryAddress;
    this.#parameters = vrrpParameters(this.#config, priority, source);
  }

  #effectivePriority({ scripts }: Tracked): number {
    return effectivePriority(this.#config.priority, scripts.map(contribution));
  }

  #problem(from: IpAddress, problem: ReceiveProblem): void {
    this.#journal.problem(this.#parameters, from, problem);
    this.#host.changed();
  }
}

const UNSPECIFIED = ip("0.0.0.0");
