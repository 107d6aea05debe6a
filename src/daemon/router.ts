import type { Micros } from "../base/time.ts";
import type { VrrpInstanceConfig } from "../config/model/model.ts";
import type { ReceivedPacket } from "../io/vrrp-socket.ts";
import { looksFirst } from "../vrrp/lateness.ts";
import {
  adopt,
  deadline,
  INIT,
  type Standing,
  type Step,
  step,
  type VrrpEvent,
  type VrrpState,
} from "../vrrp/machine.ts";
import { happened, type NotifiedEvent, notifiedState } from "../vrrp/notification.ts";
import type { VrrpParameters } from "../vrrp/parameters.ts";
import { receive } from "../vrrp/receive.ts";
import { evidenceOf } from "../vrrp/split-brain.ts";
import { standingEvent } from "../vrrp/tracking.ts";
import { problemTraps, stepTraps } from "../vrrp/traps.ts";
import { Advertiser } from "./advertiser.ts";
import type { Keeper } from "./keeper.ts";
import type { VrrpInstanceReport } from "./messages.ts";
import { rehearsalAt, rehearse } from "./rehearsal.ts";
import { RouterAnnouncements } from "./router-announcements.ts";
import { RouterEffects } from "./router-effects.ts";
import type { RouterHost } from "./router-host.ts";
import { RouterJournal } from "./router-journal.ts";
import { routerKeeper } from "./router-keeper.ts";
import { RouterOutlook } from "./router-outlook.ts";
import { RouterRivals } from "./router-rivals.ts";
import type { GroupMember, SyncGroup } from "./sync-group.ts";
import type { Speaker } from "./vrrp-sockets.ts";

/** A virtual router on this host: feeds its machines, carries out what they say. It decides nothing. */
export class Router implements Speaker, GroupMember {
  readonly #host: RouterHost;
  readonly #key: string;
  /** The sync group that shares its state. */
  group: SyncGroup | undefined;
  readonly #outlook: RouterOutlook;
  #state: VrrpState = INIT;
  readonly #announcements: RouterAnnouncements;
  readonly #journal: RouterJournal;
  readonly #advertiser: Advertiser;
  readonly #rivals: RouterRivals;
  #startAt: Micros = 0; // vrrp_startup_delay: time does not run before
  readonly #keeper: Keeper;
  readonly #effects: RouterEffects;
  #cancelWake = (): void => {};

  constructor(key: string, config: VrrpInstanceConfig, host: RouterHost) {
    this.#key = key;
    this.#host = host;
    this.#journal = new RouterJournal(host.log);
    this.#outlook = new RouterOutlook(config, host, this.#journal);
    this.#announcements = new RouterAnnouncements(host, () => this.config);
    this.#advertiser = new Advertiser(this, host);
    this.#rivals = new RouterRivals(host, () => this.parameters, this.#journal, this.#announcements);
    this.#keeper = routerKeeper(host, {
      router: this,
      journal: this.#journal,
      announce: () => this.#announcements.feed({ type: "claimed" }),
    });
    this.#effects = new RouterEffects(host, {
      ...{ router: this, journal: this.#journal, announcements: this.#announcements },
      ...{ advertiser: this.#advertiser, keeper: this.#keeper },
    });
  }

  /** What makes it the same router after a reload or a respawn. */
  get key(): string {
    return this.#key;
  }

  get parameters(): VrrpParameters {
    return this.#outlook.parameters;
  }

  get state(): VrrpState {
    return this.#state;
  }

  /** Its own, whatever the others of its group are. */
  get standing(): Standing {
    return this.#outlook.standing;
  }

  get config(): VrrpInstanceConfig {
    return this.#outlook.config;
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
    this.#keeper.presume(this.#effects.placement());
    const { reasons, standing, priority } = this.#outlook.look(this.#keeper.lost);
    this.#outlook.standing = standing;
    this.#outlook.follow(this, priority);
    const now = this.#host.clock.now();
    if (adopted !== undefined && adopted.state.name !== "init") {
      this.#journal.adopt(adopted);
      this.#advertiser.adopt(adopted);
      this.#state = adopt(this.parameters, adopted.state, adopted.lastAdvertAt, now);
      const resumed = this.#state.name === "master";
      this.#effects.bring(resumed);
      if (resumed) this.#announcements.feed({ type: "adopted" });
      this.#rivals.follow(this.config, this.#state);
      this.#host.log.info("({iname}) resuming in {state} STATE", {
        iname: this.config.name,
        state: this.#state.name.toUpperCase(),
      });
      const lost = adopted.state.name !== this.#state.name ? notifiedState(this.#state) : undefined;
      if (lost !== undefined) this.notify(lost);
      this.judge();
      this.#rearm();
      return;
    }
    this.#effects.bring(false);
    const { priority: from } = this.config;
    if (this.#outlook.priority !== from)
      this.#journal.note(this.parameters, { name: "priority-changed", from, to: this.#outlook.priority });
    this.#journal.faults(this.parameters, reasons);
    this.#feed({ type: "startup", standing: this.group?.standing ?? this.standing, delayed: startAt > now });
  }

  /** A packet of this VRID came in on our interface. */
  packet(packet: ReceivedPacket): void {
    const before = this.#state;
    const received = receive(this.parameters, before, packet, (sealed) => this.#advertiser.open(sealed));
    if (received.type === "ignored") return;
    this.#journal.received(this.parameters, packet.from, received);
    if (received.type === "dropped")
      this.#host.trap(this, (router) => problemTraps(router, packet.from, received.problem));
    if (received.type === "dropped") this.#host.changed();
    else {
      this.#advertiser.heard(packet.from, received.checksum);
      // Its timers run from when it came, not from when we had time for it.
      this.#feed({ type: "advertisement", from: packet.from, advertisement: received.advertisement }, packet.at);
    }
    const evidence = evidenceOf(before, this.#state, packet, received);
    if (evidence !== undefined) this.#rivals.feed(evidence);
  }

  /** An interface, an address or a script has changed. */
  reconsider(): void {
    const { reasons, standing, priority } = this.#outlook.look(this.#keeper.lost);
    this.#outlook.follow(this, this.#outlook.priority); // the source may be another
    if (standing !== this.standing) {
      this.#outlook.standing = standing;
      if (standing === "unfit") this.#journal.faults(this.parameters, reasons);
      this.judge();
    }
    if (priority !== this.#outlook.priority) {
      const from = this.#outlook.priority;
      this.#outlook.follow(this, priority);
      this.#feed({ type: "priority-changed", from });
    }
    if (this.isMaster) this.#keeper.check(this.#effects.placement());
    else this.#keeper.probe(this.#effects.placement());
    this.#announcements.linksChanged();
  }

  /** The same router, of which others are told, or in another way. */
  tellBy(config: VrrpInstanceConfig): void {
    this.#outlook.config = config;
  }

  /** Goes on with another configuration of the same virtual router. */
  reconfigure(config: VrrpInstanceConfig): void {
    this.#outlook.config = config;
    this.#advertiser.configure();
    this.#journal.forgetWarnings();
    this.#outlook.follow(this, this.#outlook.look(this.#keeper.lost).priority);
    this.#feed({ type: "reconfigured" });
    this.#announcements.feed({ type: "reconfigured" });
    this.reconsider();
  }

  /** Names of tables have other numbers: a route or rule may belong elsewhere. */
  relocate(): void {
    if (this.config.routes.length + this.config.rules.length > 0) this.reconfigure(this.config);
  }

  /** Some timer came late: what waits in the socket comes before all of them. */
  awake(): void {
    if (!looksFirst(this.parameters, this.#state, this.#host.clock.now())) return;
    this.#host.sockets.drain(this);
    this.#feed({ type: "timer" });
  }

  /** An operator wants the addresses announced; one that does not hold them has nothing to say. */
  announce(): void {
    this.#announcements.feed({ type: "asked" });
  }

  /**
   * Adding a thousand addresses takes longer than intervals of 10 ms: a master whose turn has come meanwhile advertises
   * before it announces them all, or another would take its silence for its end.
   */
  catchUp(): void {
    const now = this.#host.clock.now();
    const next = step(this.parameters, this.#state, { type: "timer" }, now);
    if (next.state.name === "master" && next.effects.length > 0) this.carryOut(next);
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
    const event = standingEvent(this.standing);
    if (this.group !== undefined) this.group.judge(this, this.#now());
    else if (event !== undefined) this.#feed(event);
  }

  /** Operators are told. */
  notify(event: NotifiedEvent): void {
    this.#host.notify(this.config, event, this.#outlook.priority);
  }

  /** Its statistics begin at zero. */
  clear(): void {
    this.#journal.clear();
    this.#host.changed();
  }

  report(): VrrpInstanceReport {
    const { name, vrid, addresses } = this.config;
    return {
      key: this.#key,
      name,
      interface: this.config.interface,
      vrid,
      address: addresses[0]?.address,
      state: this.#state,
      priority: this.#outlook.priority,
      ...this.#advertiser.report(),
      counters: this.#journal.counters,
      history: this.#journal.history,
      lately: this.#journal.lately,
      device: this.#host.speaksOn(this.config),
      split: this.#rivals.isSplit,
    };
  }

  #feed(event: VrrpEvent, at?: Micros): void {
    if (this.group !== undefined) this.group.feed(this, event, this.#now(at));
    else this.carryOut(step(this.parameters, this.#state, event, this.#now(at)));
  }

  #now(at = this.#host.clock.now()): Micros {
    return Math.max(at, this.#startAt);
  }

  carryOut({ state, effects }: Step): void {
    const before = this.#state;
    this.#state = state;
    this.#journal.stepped(before, { state, effects }, this.#host.clock.now());
    for (const effect of effects) this.#effects.perform(effect);
    for (const told of happened(this.config, state, effects)) this.notify(told);
    this.#host.trap(this, (router) =>
      stepTraps(router, this.parameters.primaryAddress, this.#journal.history, before, state),
    );
    this.#rearm();
    this.#rivals.follow(this.config, state);
    this.#host.changed();
  }

  #rearm(): void {
    this.#cancelWake();
    const { clock } = this.#host;
    const [at, before] = [deadline(this.#state), rehearsalAt(this.#state)];
    const due = at === undefined ? () => {} : clock.wakeAt(at, () => this.#due());
    const early = before === undefined ? () => {} : clock.wakeAt(before, () => this.#rehearse());
    this.#cancelWake = () => {
      due();
      early();
    };
  }

  #rehearse(): void {
    rehearse(this.#host, this, { effects: this.#effects, announcements: this.#announcements });
  }

  #due(): void {
    this.awake();
    this.#feed({ type: "timer" }); // for one that has nothing to look for; another one is early then, and ignored
  }
}
