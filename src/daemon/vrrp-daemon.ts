import type { IpAddress } from "../base/ip.ts";
import { type Micros, seconds, toSeconds } from "../base/time.ts";
import type { SyncGroupConfig } from "../config/model/group.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { HostRouting } from "../io/host-routing.ts";
import { NumberNames } from "../io/number-names.ts";
import { Poller } from "../io/poller.ts";
import { enterRealtime } from "../io/realtime.ts";
import { going } from "../plan/difference.ts";
import { instanceKeys, isAboutTelling } from "../plan/instance-shape.ts";
import { planVrrp } from "../plan/plan.ts";
import { WORTH_SAYING } from "../vrrp/lateness.ts";
import {
  groupNotification,
  instanceNotification,
  lineOnly,
  type NotifiedEvent,
  type NotifiedState,
  notifiedState,
  removedNotification,
} from "../vrrp/notification.ts";
import { startsAt } from "../vrrp/startup.ts";
import { Announcer } from "./announcer.ts";
import { ArpWatch } from "./arp-watch.ts";
import { carrierOf } from "./carrier.ts";
import type { ProgramContext, Running } from "./child.ts";
import { Firewall } from "./firewall.ts";
import { allAddresses, deviceOf, gapRules, itemInterfaces, itemsOf } from "./instance.ts";
import type { BfdVerdict, VrrpInstanceReport, VrrpOrder, VrrpReport } from "./messages.ts";
import { createPlaces, sharesItems, usesRouting } from "./network-items.ts";
import { keysOf, type PlacementCache } from "./placement.ts";
import { Router, type RouterHost } from "./router.ts";
import { StaticNetwork } from "./static-network.ts";
import { SyncDaemons } from "./sync-daemons.ts";
import { withGroupTrackers } from "./sync-group.ts";
import { SyncGroups } from "./sync-groups.ts";
import { type Followed, followed, following, unfollowed } from "./sync-owner.ts";
import { Trackers } from "./trackers.ts";
import { VirtualInterfaces } from "./virtual-interfaces.ts";
import { isPlacedAlike } from "./virtual-placement.ts";
import { type Reception, VrrpSockets } from "./vrrp-sockets.ts";

/** For scripts, from SIGTERM to SIGKILL when the daemon stops; Keepalived's too. */
const GRACE = seconds(1);

/** The vrrp process: all virtual routers of this host, on one poller and one clock. */
export class VrrpDaemon implements Running<VrrpReport>, RouterHost, Reception {
  readonly #context: ProgramContext<VrrpReport>;
  #config: Config; // in force
  readonly #poller = new Poller();
  readonly clock = new Clock(this.#poller);
  readonly network: HostNetwork;
  readonly routing: HostRouting;
  readonly places: PlacementCache;
  readonly #names = new NumberNames();
  readonly #statics: StaticNetwork;
  readonly announcer: Announcer;
  readonly sockets: VrrpSockets;
  readonly arpWatch: ArpWatch;
  readonly trackers: Trackers;
  readonly #virtualInterfaces: VirtualInterfaces;
  readonly #firewall: Firewall;
  readonly #routers = new Map<string, Router>(); // by `instanceKeys`
  readonly #groups = new SyncGroups(this);
  readonly #syncDaemons = new SyncDaemons(this);
  #followed: Followed | undefined; // by the sync daemons
  readonly #up = new Map<string, boolean>(); // interfaces as last told to the operator
  #virtual: ReadonlySet<IpAddress> = new Set();
  #shares = false; // whether two owners may have the same address, route or rule
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  readonly #unknown = new Set<string>(); // VRIDs of others, by interface, as said
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { adopted, log } = context;
    const config = withGroupTrackers(context.config);
    this.#config = config;
    this.#followed = followed(config);
    this.network = new HostNetwork(this.#poller, (links, shaken) => this.#networkChanged(links, shaken));
    this.routing = new HostRouting(this.#poller, () => this.#reconsider());
    this.routing.watch(usesRouting(config));
    this.places = createPlaces(this.network, this.#names);
    this.sockets = new VrrpSockets(this.#poller, this.network, log, this);
    this.announcer = new Announcer(this.clock, this.network, log, gapRules(config));
    this.arpWatch = new ArpWatch(this.#poller, this.network, log);
    this.clock.onLate = (late) => this.#awake(late);
    const now = this.clock.now();
    this.#hearingFrom = adopted === undefined ? startsAt(config.global, now) : now;
    if (this.#hearingFrom > now) {
      log.info("Delaying startup for {seconds} seconds", { seconds: toSeconds(this.#hearingFrom - now) });
      this.clock.wakeAt(this.#hearingFrom, () => log.info("Delayed start completed"));
    }
    this.#virtual = virtualAddresses(config);
    this.#shares = sharesItems(config);
    this.#virtualInterfaces = new VirtualInterfaces(this, adopted?.sysctls ?? [], config.global);
    this.#virtualInterfaces.want(config);
    this.#firewall = new Firewall(log);
    this.#firewall.configure(config, this.#virtualInterfaces.names);
    this.trackers = new Trackers({
      ...{ clock: this.clock, poller: this.#poller, network: this.network, log },
      turned: () => this.#reconsider(),
      linkTurned: (name) => this.#linkTurned(name),
    });
    this.trackers.configure(config, {
      ...{ respawned: adopted !== undefined, scripts: adopted?.scripts ?? [], bfd: context.bfd },
    });
    this.#noteLinks(config);
    this.#statics = new StaticNetwork(this, config, adopted?.restored);
    const reports = new Map(adopted?.instances.map((one) => [one.key, one]));
    for (const [key, instance] of this.#placed()) this.#routers.set(key, new Router(key, instance, this));
    this.#groups.configure(config, this.#routers, reports);
    for (const [key, router] of this.#routers) this.#startRouter(router, reports.get(key));
    this.#groups.settle(Math.max(this.clock.now(), this.#hearingFrom));
    this.#virtualInterfaces.prune();
    this.#followSync();
    for (const error of enterRealtime()) log.detail("{error}", { error: error.message });
  }

  get log() {
    return this.#context.log;
  }

  changed(): void {
    this.#context.changed();
  }

  notify(instance: VrrpInstanceConfig, event: NotifiedEvent, priority: number): void {
    this.#context.notify(instanceNotification(instance, event, priority, { faults: this.#config.global.emailFaults }));
    if (!this.#stopped && this.#followed?.instance === instance.name) this.#followSync();
  }

  /** Operators are told of a sync group: after its members, where they have the same news. */
  notifyGroup(group: SyncGroupConfig, event: Exclude<NotifiedState, "DELETED">): void {
    this.#context.notify(groupNotification(group, event, { faults: this.#config.global.emailFaults }));
  }

  bfd(verdicts: readonly BfdVerdict[]): void {
    if (!this.#stopped) this.trackers.bfdHeard(verdicts);
  }

  order(order: VrrpOrder): void {
    if (this.#stopped) return;
    if (order.type === "announce") this.#routers.get(order.key)?.announce();
    else for (const router of this.#routers.values()) router.clearCounters();
  }

  get receiveBuffers() {
    return this.#config.global.receiveBuffers;
  }
  isVirtual(address: IpAddress): boolean {
    return this.#virtual.has(address);
  }

  heldByOthers(router: Router): ReadonlySet<string> {
    const reloading = this.#wanted.size > 0;
    if (!reloading && !this.#shares) return new Set();
    return new Set([...this.#heldByMasters(router), ...keysOf(this.#statics.placement)]);
  }

  heldByMasters(): ReadonlySet<string> {
    return new Set(this.#heldByMasters(undefined));
  }

  guard(router: Router, holds: boolean): void {
    this.#firewall.guard(router.key, router.config, holds);
  }

  speaksOn(instance: VrrpInstanceConfig): string | undefined {
    return this.#virtualInterfaces.speaksOn(instance) ?? deviceOf(instance);
  }

  lostStatics(instance: string): readonly string[] {
    return this.#statics.lost(instance);
  }

  reconsider(): void {
    this.#reconsider();
  }

  /** As planned: what did not change is not touched. */
  reload(next: Config): void {
    const config = withGroupTrackers(next);
    this.announcer.pace(gapRules(config));
    this.routing.watch(usesRouting(config));
    this.#names.forget();
    const { vrrpInstances } = planVrrp(this.#config, config).lists;
    this.#config = config;
    this.#followed = followed(config);
    this.#virtualInterfaces.want(config);
    this.#firewall.configure(config, this.#virtualInterfaces.names);
    const placed = this.#placed();
    this.#wanted = placed;
    for (const { key } of going(vrrpInstances)) {
      const router = this.#routers.get(key);
      router?.stop();
      if (router !== undefined) this.#tellRemoved(router);
      this.#routers.delete(key);
    }
    this.#virtual = virtualAddresses(config);
    this.#shares = sharesItems(config);
    this.#statics.reload(config);
    this.trackers.configure(config, { respawned: false, scripts: [], bfd: [] });
    this.#noteLinks(config);
    const coming: Router[] = [];
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type !== "added" && entry.type !== "replaced") continue;
      const router = new Router(entry.key, placed.get(entry.key) ?? entry.to, this);
      coming.push(router);
      this.#routers.set(entry.key, router);
    }
    this.#groups.configure(config, this.#routers, new Map());
    for (const router of coming) this.#startRouter(router, undefined);
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type !== "changed") continue;
      const [router, instance] = [this.#routers.get(entry.key), placed.get(entry.key) ?? entry.to];
      if (isAboutTelling(entry.difference)) router?.tellBy(instance);
      else router?.reconfigure(instance);
    }
    this.#move(placed);
    this.#groups.settle(Math.max(this.clock.now(), this.#hearingFrom));
    this.#wanted = new Map();
    this.#virtualInterfaces.prune();
    this.#reconsider(); // track groups may have other members, global_defs other receive buffers
    this.#followSync();
    if (config.global.statesOnReload) this.#repeatStates();
    this.changed();
  }

  /** Scripts that do not end when they are told to are waited for last, and for a second only. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const ended = this.trackers.close();
    for (const router of this.#routers.values()) {
      if (this.#context.options.releaseVips) router.stop();
      else router.abandon();
    }
    this.#syncDaemons.close({ stop: this.#context.options.releaseIpvs });
    this.#statics.stop(); // also with -V, as by keepalived 2.2.7
    for (const router of this.#routers.values()) router.notify("STOP");
    this.#groups.stopped();
    this.sockets.close();
    this.announcer.close();
    this.arpWatch.close();
    this.#firewall.close();
    this.#virtualInterfaces.close({ remove: this.#context.options.releaseVips });
    await Promise.race([ended, new Promise<void>((resolve) => this.clock.wakeAt(this.clock.now() + GRACE, resolve))]);
    this.trackers.close();
    this.network.close();
    this.routing.close();
    this.clock.close();
    this.#poller.close();
  }

  report(): VrrpReport {
    return {
      at: this.clock.now(),
      instances: [...this.#routers.values()].map((router) => router.report()),
      scripts: this.trackers.report(),
      restored: this.#statics.restored,
      sysctls: this.#virtualInterfaces.sysctls,
    };
  }

  #tellRemoved(router: Router): void {
    const { config } = router;
    const faults = this.#config.global.emailFaults;
    this.#context.notify(removedNotification(config, router.report().priority, { faults }));
  }

  /** The kernel's sync daemons go where the instance is that they follow; without one they are not ours. */
  #followSync(): void {
    const sync = this.#followed;
    const router = [...this.#routers.values()].find(({ config }) => config.name === sync?.instance);
    const state = router && { vrid: router.config.vrid, state: router.state.name };
    this.#syncDaemons.want(sync === undefined ? unfollowed(this.#config) : following(sync, state));
  }

  /** For who reads a FIFO: each state as it is. */
  #repeatStates(): void {
    for (const router of this.#routers.values()) {
      const { state, priority } = router.report();
      const name = notifiedState(state);
      if (name !== undefined) this.#context.notify(lineOnly(instanceNotification(router.config, name, priority)));
    }
    this.#groups.repeat((group, event) => this.#context.notify(lineOnly(groupNotification(group, event))));
  }

  #startRouter(router: Router, reported: VrrpInstanceReport | undefined): void {
    const { config: instance } = router;
    const device = deviceOf(instance);
    if (device !== undefined && this.network.link(device) === undefined)
      this.log.warning("({iname}) interface {intf} does not exist: in fault until it appears", {
        iname: instance.name,
        intf: device,
      });
    router.start(reported, this.#hearingFrom);
  }

  /** Every router looks around before any timer speaks for one that slept. */
  #awake(late: Micros): void {
    if (late >= WORTH_SAYING)
      this.log.info("A thread timer expired {seconds} seconds ago", { seconds: toSeconds(late).toFixed(6) });
    for (const router of this.#routers.values()) router.awake();
  }

  #networkChanged(links: ReadonlySet<string>, shaken: ReadonlySet<number>): void {
    if (this.#stopped) return;
    this.routing.doubt(shaken);
    if (this.#virtualInterfaces.changed(links)) {
      this.#firewall.configure(this.#config, this.#virtualInterfaces.names);
      this.#move(this.#placed());
    }
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  /** The instances in force, by their keys, with their addresses on the interfaces that they make. */
  #placed(): ReadonlyMap<string, VrrpInstanceConfig> {
    const { vrrpInstances } = this.#config;
    const keys = instanceKeys(vrrpInstances);
    const placed = vrrpInstances.map((instance) => this.#virtualInterfaces.placed(instance));
    return new Map(placed.map((instance, i) => [keys[i] ?? instance.name, instance]));
  }

  /** Interfaces of ours have other names now: the addresses go there. */
  #move(placed: ReadonlyMap<string, VrrpInstanceConfig>): void {
    for (const [key, instance] of placed) {
      const router = this.#routers.get(key);
      if (router !== undefined && !isPlacedAlike(router.config, instance)) router.reconfigure(instance);
    }
  }

  #linkChanged(name: string): void {
    this.sockets.linkChanged(name);
    this.trackers.linkChanged(name);
    this.arpWatch.linkChanged(name);
    this.#sayLink(name);
  }

  #linkTurned(name: string): void {
    this.#sayLink(name);
    this.#reconsider();
  }

  #sayLink(name: string): void {
    const up = this.#isUp(name);
    if (!this.#up.has(name) || this.#up.get(name) === up) return;
    this.log.info("Netlink reports {intf} {state}", { intf: name, state: up ? "up" : "down" });
    this.#up.set(name, up);
  }

  #reconsider(): void {
    if (this.#stopped) return;
    this.#statics.check();
    for (const router of this.#routers.values()) router.reconsider();
  }

  #heldByMasters(but: Router | undefined): readonly string[] {
    return [...this.#routers].flatMap(([name, router]) =>
      router !== but && router.isMaster ? keysOf(this.places.of(this.#wanted.get(name) ?? router.config, itemsOf)) : [],
    );
  }

  #isUp(name: string): boolean {
    return this.trackers.isUp(name);
  }

  /** What an operator is told of from now on: the interfaces that something depends on, as they are. */
  #noteLinks({ vrrpInstances, syncGroups }: Config): void {
    const names = [
      ...vrrpInstances.flatMap((config) => [...[deviceOf(config) ?? []].flat(), ...itemInterfaces(itemsOf(config))]),
      ...[...vrrpInstances, ...syncGroups].flatMap(({ trackInterfaces }) => trackInterfaces.map(({ name }) => name)),
    ];
    const before = new Map(this.#up);
    this.#up.clear();
    for (const name of names) this.#up.set(name, before.get(name) ?? this.#isUp(name));
  }

  isListening(): boolean {
    return this.clock.now() >= this.#hearingFrom;
  }

  /** Said once of each number and interface: an advertisement comes every second. */
  unknown(vrid: number, device: string | undefined): void {
    if (!this.#config.global.logUnknownVrids) return;
    // What comes in on an interface may come in on every virtual MAC interface on it.
    const intf = device === undefined ? "" : (carrierOf(this.network, device) ?? device);
    const what = `${vrid} ${intf}`;
    if (this.#unknown.has(what)) return;
    if (intf !== device && this.#config.vrrpInstances.some((one) => one.vrid === vrid && one.interface === intf))
      return;
    this.#unknown.add(what);
    this.log.info("Unknown VRID({vrid}) received on interface({intf}). ignoring...", { vrid, intf });
  }
}

function virtualAddresses({ vrrpInstances }: Config): ReadonlySet<IpAddress> {
  return new Set(vrrpInstances.flatMap(allAddresses).map(({ address }) => address));
}
