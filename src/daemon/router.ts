import { type IpAddress, ip } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { Clock } from "../io/clock.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
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
import {
  advertisementPacket,
  announcements,
  placedAddresses,
  primaryAddress,
  type Surroundings,
  trackedNow,
  vrrpParameters,
} from "./instance.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { RouterJournal } from "./router-journal.ts";

/** What a router needs of the process it lives in. */
export interface RouterHost extends Surroundings {
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly log: Log;
  /** Sends a packet on an interface; false where that failed (and was said). */
  send(interfaceName: string, packet: Uint8Array, instance: string): boolean;
  changed(): void;
  /** Told before an instance holds addresses, and after it has let them go: the packet filter follows. */
  guard(config: VrrpInstanceConfig, held: readonly InterfaceAddress[]): void;
  /** Whether another router of this host is master and has the address too, or will when a reload is done. */
  isHeldByAnother(router: Router, entry: InterfaceAddress): boolean;
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
  #held: readonly InterfaceAddress[] = []; // what we have put on interfaces, or may have
  #cancelWake = (): void => {};
  #cancelAnnounce = (): void => {};

  constructor(config: VrrpInstanceConfig, host: RouterHost) {
    this.#config = config;
    this.#host = host;
    this.#journal = new RouterJournal(host.log);
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
    this.#held = placedAddresses(this.#config, this.#host.network);
    const tracked = trackedNow(this.#config, this.#host);
    this.#standing = standing(faultReasons(tracked));
    this.#setPriority(this.#effectivePriority(tracked));
    const now = this.#host.clock.now();
    if (adopted !== undefined && adopted.state.name !== "init") {
      this.#journal.counters = adopted.counters;
      this.#lastAdvertAt = adopted.lastAdvertAt;
      this.#state = adopt(this.#parameters, adopted.state, adopted.lastAdvertAt, now);
      const resumed = this.#state.name === "master";
      this.#apply(resumed ? placedAddresses(this.#config, this.#host.network) : []);
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
    this.#apply([]);
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
    const tracked = trackedNow(this.#config, this.#host);
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
    this.#restore();
  }

  /** Goes on with another configuration of the same virtual router. */
  reconfigure(config: VrrpInstanceConfig): void {
    this.#config = config;
    this.#journal.forgetWarnings();
    this.#setPriority(this.#effectivePriority(trackedNow(config, this.#host)));
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
        this.#host.log.detail("({iname}) setting VIPs.", { iname: this.#config.name });
        this.#apply(placedAddresses(this.#config, this.#host.network));
        this.#feedAnnounce({ type: "claimed" });
        break;
      case "update-addresses":
        if (this.#apply(placedAddresses(this.#config, this.#host.network))) this.#feedAnnounce({ type: "claimed" });
        break;
      case "release-addresses":
        this.#feedAnnounce({ type: "released" });
        this.#host.announcer.drop(this.#config.name);
        this.#host.log.detail("({iname}) removing VIPs.", { iname: this.#config.name });
        this.#apply([]);
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

  /** Brings the virtual addresses in line with `want`; whether any was added. */
  #apply(want: readonly InterfaceAddress[]): boolean {
    const owned = this.#held.filter((entry) => !this.#host.isHeldByAnother(this, entry));
    if (want.length > 0) this.#host.guard(this.#config, want);
    const { done, errors } = this.#host.network.apply(owned, want);
    if (want.length === 0) this.#host.guard(this.#config, want);
    this.#held = want;
    for (const error of errors)
      this.#host.log.error("({iname}) {error}", { iname: this.#config.name, error: error.message });
    return done.added.length + done.changed.length > 0;
  }

  /** Somebody removed an address of a master, or the kernel did with the first one of its subnet: it is put back, and announced. */
  #restore(): void {
    if (this.#state.name !== "master" || !this.#apply(placedAddresses(this.#config, this.#host.network))) return;
    this.#host.log.warning("({iname}) virtual addresses had been removed, restored", {
      iname: this.#config.name,
    });
    this.#feedAnnounce({ type: "claimed" });
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
