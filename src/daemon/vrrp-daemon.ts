import type { IpAddress } from "../base/ip.ts";
import { type Micros, seconds, toSeconds } from "../base/time.ts";
import type { SyncGroupConfig } from "../config/model/group.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { HostRouting } from "../io/host-routing.ts";
import { NumberNames, nameFolders } from "../io/number-names.ts";
import { Poller } from "../io/poller.ts";

import { planVrrp } from "../plan/plan.ts";
import { isServed } from "../snmp/served.ts";
import type { NotifiedEvent, NotifiedState } from "../vrrp/notification.ts";
import { startsAt } from "../vrrp/startup.ts";
import { Announcer } from "./announcer.ts";
import { ArpWatch } from "./arp-watch.ts";
import type { ProgramContext, Running } from "./child.ts";
import { HeldItems } from "./held-items.ts";
import { allAddresses, deviceOf, gapRules } from "./instance.ts";
import { InterfaceSetup } from "./interface-setup.ts";
import { LinkJournal } from "./link-journal.ts";
import type { BfdVerdict, VrrpOrder, VrrpReport } from "./messages.ts";
import { createPlaces, usesRouting } from "./network-items.ts";
import type { PlacementCache } from "./placement.ts";
import type { Router } from "./router.ts";
import type { RouterHost } from "./router-host.ts";
import { Routers } from "./routers.ts";
import { snmpFacts } from "./snmp-facts.ts";
import { SnmpTraps } from "./snmp-traps.ts";
import { StaticNetwork } from "./static-network.ts";
import { SyncFollower } from "./sync-follower.ts";
import { withGroupTrackers } from "./sync-group.ts";
import { SyncGroups } from "./sync-groups.ts";
import { Trackers } from "./trackers.ts";
import { UnknownVrids } from "./unknown-vrids.ts";
import { VrrpNotices } from "./vrrp-notices.ts";
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
  readonly #names: NumberNames;
  readonly #statics: StaticNetwork;
  readonly announcer: Announcer;
  readonly sockets: VrrpSockets;
  readonly arpWatch: ArpWatch;
  readonly trackers: Trackers;
  readonly #setup: InterfaceSetup;
  readonly #notices: VrrpNotices;
  readonly #held: HeldItems;
  readonly #routers = new Map<string, Router>(); // by `instanceKeys`
  readonly #instances: Routers; // who keeps them as the configuration says
  readonly #groups = new SyncGroups(this);
  readonly #links: LinkJournal;
  readonly #sync: SyncFollower;
  #virtual: ReadonlySet<IpAddress> = new Set();
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  readonly #traps = new SnmpTraps(this, (notification) => this.#context.notify(notification));
  readonly #unknown: UnknownVrids;
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { adopted, log } = context;
    const config = withGroupTrackers(context.config);
    this.#config = config;
    this.#names = new NumberNames(nameFolders(config.global.iprouteDirectories));
    this.network = new HostNetwork(this.#poller, (links, shaken) => this.#networkChanged(links, shaken));
    this.routing = new HostRouting(this.#poller, () => this.#reconsider());
    this.routing.watch(usesRouting(config));
    for (const host of [this.network, this.routing]) host.buffers(config.global.daemon.vrrp);
    this.places = createPlaces(this.network, this.#names);
    const waker = { poller: this.#poller, clock: this.clock };
    this.sockets = new VrrpSockets(waker, this.network, log, this);
    this.announcer = new Announcer(this.clock, this.network, log, gapRules(config));
    this.arpWatch = new ArpWatch(waker, this.network, log);
    this.clock.onLate = (late) => this.#awake(late);
    const now = this.clock.now();
    this.#hearingFrom = adopted === undefined ? startsAt(config.global, now) : now;
    if (this.#hearingFrom > now) {
      log.info("Delaying startup for {seconds} seconds", { seconds: toSeconds(this.#hearingFrom - now) });
      this.clock.wakeAt(this.#hearingFrom, () => log.info("Delayed start completed"));
    }
    this.#sync = new SyncFollower(this, this.#routers, config);
    this.#unknown = new UnknownVrids(this);
    this.#virtual = virtualAddresses(config);
    const owners = { places: this.places, routers: this.#routers, statics: () => this.#statics.placement };
    this.#held = new HeldItems(owners, config);
    this.#notices = new VrrpNotices((notification) => context.notify(notification), config.global);
    this.#setup = new InterfaceSetup(this, config, adopted?.sysctls ?? []);
    this.trackers = new Trackers({
      ...{ clock: this.clock, poller: this.#poller, network: this.network, log },
      turned: () => this.#reconsider(),
      linkTurned: (name) => this.#linkTurned(name),
    });
    this.trackers.configure(config, {
      ...{ respawned: adopted !== undefined, scripts: adopted?.scripts ?? [], bfd: context.bfd },
    });
    this.#links = new LinkJournal(this);
    this.#links.configure(config);
    this.#statics = new StaticNetwork(this, config, adopted?.restored);
    const reports = new Map(adopted?.instances.map((one) => [one.key, one]));
    const company = { groups: this.#groups, links: this.#links, hearingFrom: this.#hearingFrom };
    this.#instances = new Routers(this.#routers, this, company);
    this.#instances.begin(config, this.#setup.placed(), reports);
    this.#setup.prune();
    this.#sync.look();
  }

  get log() {
    return this.#context.log;
  }

  changed(): void {
    this.#context.changed();
  }

  trap(router: Router, told: Parameters<SnmpTraps["tell"]>[1]): void {
    this.#traps.tell(router.config, told);
  }

  notify(instance: VrrpInstanceConfig, event: NotifiedEvent, priority: number): void {
    this.#notices.ofInstance(instance, event, priority);
    if (!this.#stopped) this.#sync.turned(instance.name);
  }

  notifyGroup(group: SyncGroupConfig, event: Exclude<NotifiedState, "DELETED">): void {
    this.#notices.ofGroup(group, event);
  }

  clear(): void {
    for (const router of this.#routers.values()) router.clear();
  }

  bfd(verdicts: readonly BfdVerdict[]): void {
    if (!this.#stopped) this.trackers.bfdHeard(verdicts);
  }

  order(order: VrrpOrder): void {
    if (this.#stopped) return;
    this.#routers.get(order.key)?.announce();
  }

  get sendsTraps(): boolean {
    return this.#config.global.snmp.traps;
  }

  get receiveBuffers() {
    return this.#config.global.receiveBuffers;
  }
  isVirtual(address: IpAddress): boolean {
    return this.#virtual.has(address);
  }

  heldByOthers(router: Router): ReadonlySet<string> {
    return this.#held.byOthers(router);
  }

  heldByMasters(): ReadonlySet<string> {
    return this.#held.byMasters();
  }

  guard(router: Router, holds: boolean): void {
    this.#setup.guard(router, holds);
  }

  speaksOn(instance: VrrpInstanceConfig): string | undefined {
    return this.#setup.speaksOn(instance) ?? deviceOf(instance);
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
    for (const host of [this.network, this.routing]) host.buffers(config.global.daemon.vrrp);
    const renamed = this.#names.look(nameFolders(config.global.iprouteDirectories));
    const { vrrpInstances } = planVrrp(this.#config, config).lists;
    this.#config = config;
    this.#notices.configure(config.global);
    this.#setup.configure(config);
    for (const name of this.#setup.interfaces) this.sockets.linkChanged(name); // one may be another now
    const placed = this.#setup.placed();
    this.#held.expect(placed);
    this.#instances.remove(vrrpInstances, (router) => this.#notices.removed(router));
    this.#virtual = virtualAddresses(config);
    this.#held.configure(config);
    this.#statics.reload(config);
    this.trackers.configure(config, { respawned: false, scripts: [], bfd: [] });
    this.#links.configure(config);
    this.#instances.follow(vrrpInstances, { config, placed, renamed });
    this.#held.expect(new Map());
    this.#setup.prune();
    this.sockets.reconfigure();
    this.#reconsider(); // track groups may have other members, global_defs other receive buffers
    this.#sync.configure(config);
    if (config.global.statesOnReload) this.#notices.repeat(this.#routers.values(), this.#groups);
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
    this.#sync.close({ stop: this.#context.options.releaseIpvs });
    this.#statics.stop(); // also with -V, as by keepalived 2.2.7
    for (const router of this.#routers.values()) router.notify("STOP");
    this.#groups.stopped();
    this.sockets.close();
    this.announcer.close();
    this.arpWatch.close();
    this.#setup.close({ remove: this.#context.options.releaseVips });
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
      processes: this.trackers.processes,
      restored: this.#statics.restored,
      sysctls: this.#setup.sysctls,
      facts: snmpFacts(this.#config, [...this.#routers.values()], this, this.#unknown.count),
    };
  }

  /** Every router looks around before any timer speaks for one that slept. */
  #awake(late: Micros): void {
    this.#context.late(late);
    for (const router of this.#routers.values()) router.awake();
  }

  #networkChanged(links: ReadonlySet<string>, shaken: ReadonlySet<number>): void {
    if (this.#stopped) return;
    this.routing.doubt(shaken);
    this.#setup.changed(links, () => this.#instances.move(this.#setup.placed()));
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  #linkChanged(name: string): void {
    this.sockets.linkChanged(name);
    this.trackers.linkChanged(name);
    this.arpWatch.linkChanged(name);
    this.#links.changed(name);
  }

  #linkTurned(name: string): void {
    this.#links.changed(name);
    this.#reconsider();
  }

  #reconsider(): void {
    if (this.#stopped) return;
    this.#statics.check();
    for (const router of this.#routers.values()) router.reconsider();
  }

  isUp(name: string): boolean {
    return this.trackers.isUp(name);
  }

  hearsAll(): boolean {
    const { logUnknownVrids, snmp } = this.#config.global;
    return logUnknownVrids || isServed(snmp);
  }
  isListening(): boolean {
    return this.clock.now() >= this.#hearingFrom;
  }

  unknown(vrid: number, device: string | undefined): void {
    this.#unknown.heard(this.#config, vrid, device);
  }
}

function virtualAddresses({ vrrpInstances }: Config): ReadonlySet<IpAddress> {
  return new Set(vrrpInstances.flatMap(allAddresses).map(({ address }) => address));
}
