import type { Micros } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { Log } from "../observe/log.ts";
import { looksFirst } from "../vrrp/lateness.ts";
import {
  adopt,
  deadline,
  INIT,
  type Standing,
  type Step,
  step,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
} from "../vrrp/machine.ts";
import { happened, type NotifiedEvent, notifiedState } from "../vrrp/notification.ts";
import { RESIGN, type VrrpParameters } from "../vrrp/parameters.ts";
import { receive, type VrrpPacket } from "../vrrp/receive.ts";
import { evidenceOf } from "../vrrp/split-brain.ts";
import { standingEvent } from "../vrrp/tracking.ts";
import { Advertiser } from "./advertiser.ts";
import type { Announcer } from "./announcer.ts";
import type { ArpWatch } from "./arp-watch.ts";
import type { Others, Outcome, Tables } from "./holding.ts";
import {
  endpoint,
  itemsOf,
  NO_SOURCE,
  outlook,
  primaryAddress,
  type Surroundings,
  vrrpParameters,
} from "./instance.ts";
import type { Keeper } from "./keeper.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { NOWHERE, type Placement, type PlacementCache } from "./placement.ts";
import { RouterAnnouncements } from "./router-announcements.ts";
import { RouterJournal } from "./router-journal.ts";
import { routerKeeper } from "./router-keeper.ts";
import { RouterRivals } from "./router-rivals.ts";
import type { GroupMember, SyncGroup } from "./sync-group.ts";
import type { Speaker, VrrpSockets } from "./vrrp-sockets.ts";

/** What a router needs of the process it lives in. */
export interface RouterHost extends Surroundings, Pick<Tables, "routing"> {
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly arpWatch: ArpWatch;
  readonly log: Log;
  readonly sockets: VrrpSockets;
  changed(): void;
  /** Operators are to be told of an instance, with its effective priority. */
  notify(instance: VrrpInstanceConfig, event: NotifiedEvent, priority: number): void;
  /** Where items are put, as the interfaces are now. */
  readonly places: PlacementCache;
  /** Told before a router holds its addresses, and after it has let them go: the packet filter follows. */
  guard(router: Router, holds: boolean): void;
  /** The keys of what other masters of this host have, or will have when a reload is done. */
  heldByOthers(router: Router): ReturnType<Others>;
  /** Static items of the instance's track groups that were removed and cannot be put back. */
  lostStatics(instance: string): readonly string[];
}

/** A virtual router on this host: feeds its machines, carries out what they say. It decides nothing. */
export class Router implements Speaker, GroupMember {
  readonly #host: RouterHost;
  readonly #key: string;
  /** The sync group that shares its state. */
  group: SyncGroup | undefined;
  #config: VrrpInstanceConfig;
  #state: VrrpState = INIT;
  readonly #announcements: RouterAnnouncements;
  #standing: Standing;
  #priority: number;
  #parameters: VrrpParameters; // follows configuration, priority and interface
  readonly #journal: RouterJournal;
  readonly #advertiser: Advertiser;
  readonly #rivals: RouterRivals;
  #startAt: Micros = 0; // vrrp_startup_delay: time does not run before
  readonly #keeper: Keeper;
  #cancelWake = (): void => {};

  constructor(key: string, config: VrrpInstanceConfig, host: RouterHost) {
    this.#key = key;
    this.#config = config;
    this.#host = host;
    this.#announcements = new RouterAnnouncements(host, () => this.#config);
    this.#journal = new RouterJournal(host.log);
    this.#advertiser = new Advertiser(this, host);
    this.#rivals = new RouterRivals(host, () => this.#parameters, this.#journal, this.#announcements);
    this.#keeper = routerKeeper(host, {
      router: this,
      journal: this.#journal,
      announce: () => this.#announcements.feed({ type: "claimed" }),
    });
    this.#priority = config.priority;
    const source = primaryAddress(config, host) ?? NO_SOURCE[config.family];
    this.#parameters = vrrpParameters(config, config.priority, source, host.network);
    this.#standing = outlook(config, host).standing;
  }

  /** What makes it the same router after a reload or a respawn. */
  get key(): string {
    return this.#key;
  }

  get parameters(): VrrpParameters {
    return this.#parameters;
  }

  get state(): VrrpState {
    return this.#state;
  }

  /** Its own, whatever the others of its group are. */
  get standing(): Standing {
    return this.#standing;
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
    const { reasons, standing, priority } = this.#outlook();
    this.#standing = standing;
    this.#setPriority(priority);
    const now = this.#host.clock.now();
    if (adopted !== undefined && adopted.state.name !== "init") {
      this.#journal.counters = adopted.counters;
      this.#advertiser.adopt(adopted);
      this.#state = adopt(this.#parameters, adopted.state, adopted.lastAdvertAt, now);
      const resumed = this.#state.name === "master";
      this.#bring(resumed);
      if (resumed) this.#announcements.feed({ type: "adopted" });
      this.#rivals.follow(this.#config, this.#state);
      this.#host.log.info("({iname}) resuming in {state} STATE", {
        iname: this.#config.name,
        state: this.#state.name.toUpperCase(),
      });
      const lost = adopted.state.name !== this.#state.name ? notifiedState(this.#state) : undefined;
      if (lost !== undefined) this.notify(lost);
      this.judge();
      this.#rearm();
      return;
    }
    this.#bring(false);
    const { priority: from } = this.#config;
    if (this.#priority !== from)
      this.#journal.note(this.#parameters, { name: "priority-changed", from, to: this.#priority });
    this.#journal.faults(this.#parameters, reasons);
    this.#feed({ type: "startup", standing: this.group?.standing ?? this.#standing, delayed: startAt > now });
  }

  /** A packet of this VRID came in on our interface. */
  packet(packet: VrrpPacket): void {
    const before = this.#state;
    const received = receive(this.#parameters, before, packet, (sealed) => this.#advertiser.open(sealed));
    if (received.type === "ignored") return;
    this.#journal.received(this.#parameters, packet.from, received);
    if (received.type === "dropped") this.#host.changed();
    else {
      this.#advertiser.heard(packet.from, received.checksum);
      this.#feed({ type: "advertisement", from: packet.from, advertisement: received.advertisement });
    }
    const evidence = evidenceOf(before, this.#state, packet, received);
    if (evidence !== undefined) this.#rivals.feed(evidence);
  }

  /** An interface, an address or a script has changed. */
  reconsider(): void {
    const { reasons, standing, priority } = this.#outlook();
    this.#setPriority(this.#priority); // the source may be another
    if (standing !== this.#standing) {
      this.#standing = standing;
      if (standing === "unfit") this.#journal.faults(this.#parameters, reasons);
      this.judge();
    }
    if (priority !== this.#priority) {
      const from = this.#priority;
      this.#setPriority(priority);
      this.#feed({ type: "priority-changed", from });
    }
    if (this.isMaster) this.#keeper.check(this.#placement());
    else this.#keeper.probe(this.#placement());
    this.#announcements.linksChanged();
  }

  /** The same router, of which others are told, or in another way. */
  tellBy(config: VrrpInstanceConfig): void {
    this.#config = config;
  }

  /** Goes on with another configuration of the same virtual router. */
  reconfigure(config: VrrpInstanceConfig): void {
    this.#config = config;
    this.#advertiser.configure();
    this.#journal.forgetWarnings();
    this.#setPriority(this.#outlook().priority);
    this.#feed({ type: "reconfigured" });
    this.#announcements.feed({ type: "reconfigured" });
    this.reconsider();
  }

  /** Some timer came late: what waits in the socket comes before all of them. */
  awake(): void {
    if (!looksFirst(this.#parameters, this.#state, this.#host.clock.now())) return;
    this.#host.sockets.drain(this);
    this.#feed({ type: "timer" });
  }

  /** An operator wants the addresses announced; one that does not hold them has nothing to say. */
  announce(): void {
    this.#announcements.feed({ type: "asked" });
  }

  clearCounters(): void {
    this.#journal.clear();
    this.#host.changed();
  }

  /** Leaves: resigns and removes the addresses if it is master. */
  stop(): void {
    this.#feed({ type: "shutdown" });
    this.abandon();
    this.#host.sockets.leave(this);
  }

  /** Ends without a word: addresses stay. */
  abandon(): void {
    this.#cancelWake();
    this.#announcements.close();
    this.#rivals.close();
    this.#keeper.close();
  }

  /** Goes where its standing, or that of its group, sends it: it may be another now. */
  judge(): void {
    const event = standingEvent(this.#standing);
    if (this.group !== undefined) this.group.judge(this, this.#now());
    else if (event !== undefined) this.#feed(event);
  }

  /** Operators are told. */
  notify(event: NotifiedEvent): void {
    this.#host.notify(this.#config, event, this.#priority);
  }

  report(): VrrpInstanceReport {
    const { name, vrid, addresses } = this.#config;
    return {
      key: this.#key,
      name,
      interface: this.#config.interface,
      vrid,
      address: addresses[0]?.address,
      state: this.#state,
      priority: this.#priority,
      ...this.#advertiser.report(),
      counters: this.#journal.counters,
      split: this.#rivals.isSplit,
    };
  }

  #feed(event: VrrpEvent): void {
    if (this.group !== undefined) this.group.feed(this, event, this.#now());
    else this.carryOut(step(this.#parameters, this.#state, event, this.#now()));
  }

  #now(): Micros {
    return Math.max(this.#host.clock.now(), this.#startAt);
  }

  carryOut({ state, effects }: Step): void {
    const before = this.#state;
    this.#state = state;
    this.#journal.stepped(before, state);
    for (const effect of effects) this.#perform(effect);
    for (const told of happened(this.#config, state, effects)) this.notify(told);
    this.#rearm();
    this.#rivals.follow(this.#config, state);
    this.#host.changed();
  }

  #rearm(): void {
    this.#cancelWake();
    const at = deadline(this.#state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.#due());
  }

  #due(): void {
    this.awake();
    this.#feed({ type: "timer" }); // for one that has nothing to look for; another one is early then, and ignored
  }

  #perform(effect: VrrpEffect): void {
    switch (effect.type) {
      case "advertise":
        this.#advertise(effect.priority);
        break;
      case "claim-addresses":
        this.#journal.items(this.#config, "setting");
        this.#bring(true);
        this.#announcements.feed({ type: "claimed" });
        break;
      case "update-addresses":
        if (this.#bring(true).added.addresses > 0) this.#announcements.feed({ type: "claimed" });
        break;
      case "release-addresses":
        this.#announcements.feed({ type: "released" });
        this.#journal.items(this.#config, "removing");
        this.#bring(false);
        break;
      case "announce":
        this.#announcements.feed({ type: effect.because });
        break;
      case "announce-source":
        this.#announcements.source(this.#parameters.primaryAddress);
        break;
      case "note":
        this.#journal.note(this.#parameters, effect.note);
        break;
    }
  }

  #advertise(priority: number): void {
    if (!this.#advertiser.send(this.#parameters, priority)) return;
    this.#journal.count({ advertisementsSent: 1, priorityZeroSent: priority === RESIGN ? 1 : 0 });
  }

  /** Makes the items of a master be there, or be gone. Nothing for a guarded address gets in meanwhile. */
  #bring(holds: boolean): Outcome {
    if (holds) this.#host.guard(this, true);
    const outcome = this.#keeper.bring(holds ? this.#placement() : NOWHERE);
    if (!holds) this.#host.guard(this, false);
    return outcome;
  }

  #placement(): Placement {
    return this.#host.places.of(this.#config, itemsOf);
  }

  #outlook(): ReturnType<typeof outlook> {
    const lost = [...this.#keeper.lost, ...this.#host.lostStatics(this.#config.name)];
    return outlook(this.#config, this.#host, lost);
  }

  #setPriority(priority: number): void {
    this.#priority = priority;
    // Without a source the instance is in fault; what it still has to say, it says from the last one.
    const source = primaryAddress(this.#config, this.#host) ?? this.#parameters.primaryAddress;
    this.#parameters = vrrpParameters(this.#config, priority, source, this.#host.network);
    this.#journal.room(this.#config, this.#parameters.addresses.length);
    this.#host.sockets.join(this, endpoint(this.#config, this.#host));
  }
}
