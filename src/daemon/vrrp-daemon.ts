import type { IpAddress } from "../base/ip.ts";
import { seconds } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { Poller } from "../io/poller.ts";
import { VrrpSocket } from "../io/raw-socket.ts";
import { enterRealtime } from "../io/realtime.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
import { going } from "../plan/difference.ts";
import { instanceKey } from "../plan/instance-shape.ts";
import { planVrrp } from "../plan/plan.ts";
import { groupStateName } from "../vrrp/sync-group.ts";
import { decodeIpv4, type Ipv4Packet } from "../wire/ipv4.ts";
import { advertisedVrid, VRRP_GROUP_V4 } from "../wire/vrrp.ts";
import { Announcer } from "./announcer.ts";
import type { ProgramContext, Running } from "./child.ts";
import { allAddresses, placedAddresses } from "./instance.ts";
import type { VrrpInstanceReport, VrrpReport } from "./messages.ts";
import { Router, type RouterHost } from "./router.ts";
import { SyncGroup, withGroupTrackers } from "./sync-group.ts";
import { Trackers } from "./trackers.ts";

/** For scripts, from SIGTERM to SIGKILL when the daemon stops; Keepalived's too. */
const GRACE = seconds(1);

interface OpenSocket {
  readonly ifindex: number;
  readonly socket: VrrpSocket;
}

/** The vrrp process: all virtual routers of this host, on one poller and one clock. */
export class VrrpDaemon implements Running<VrrpReport>, RouterHost {
  readonly #context: ProgramContext<VrrpReport>;
  #config: Config; // in force
  readonly #poller = new Poller();
  readonly clock = new Clock(this.#poller);
  readonly network: HostNetwork;
  readonly announcer: Announcer;
  readonly #routers = new Map<string, Router>(); // by `instanceKey`
  readonly #groups = new Map<string, SyncGroup>();
  readonly #sockets = new Map<string, OpenSocket>(); // by interface
  readonly trackers: Trackers;
  readonly #up = new Map<string, boolean>(); // interfaces as last told to the operator
  #virtual: ReadonlyMap<IpAddress, number> = new Map(); // how many instances have it
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { adopted, log } = context;
    const config = withGroupTrackers(context.config);
    this.#config = config;
    this.network = new HostNetwork(this.#poller, (links) => this.#networkChanged(links));
    this.announcer = new Announcer(this.clock, this.network, log, config.global.garpInterval);
    const delay = adopted === undefined ? config.global.startupDelay : 0;
    this.#hearingFrom = this.clock.now() + delay;
    if (delay > 0) log.info("Delaying startup for {seconds} seconds", { seconds: delay / 1_000_000 });
    this.#virtual = virtualAddresses(config);
    this.trackers = new Trackers({
      ...{ clock: this.clock, poller: this.#poller, network: this.network, log },
      turned: () => this.#reconsider(),
      linkTurned: (name) => this.#linkTurned(name),
    });
    this.trackers.configure(config, { respawned: adopted !== undefined, scripts: adopted?.scripts ?? [] });
    this.#noteLinks(config);
    const reports = new Map((adopted?.instances ?? []).map((report) => [instanceKey(report), report]));
    for (const instance of config.vrrpInstances) this.#routers.set(instanceKey(instance), new Router(instance, this));
    this.#setGroups(config, reports);
    for (const [key, router] of this.#routers) this.#startRouter(router, reports.get(key));
    this.#settleGroups();
    for (const error of enterRealtime()) log.detail("{error}", { error: error.message });
  }

  get log() {
    return this.#context.log;
  }

  changed(): void {
    this.#context.changed();
  }

  isVirtual(address: IpAddress): boolean {
    return this.#virtual.has(address);
  }

  isHeldByAnother(router: Router, { ifindex, address, prefixLength }: InterfaceAddress): boolean {
    const reloading = this.#wanted.size > 0;
    if (!reloading && (this.#virtual.get(address) ?? 0) < 2) return false; // of many addresses, few are shared
    return [...this.#routers].some(
      ([name, other]) =>
        other !== router &&
        other.isMaster &&
        placedAddresses(this.#wanted.get(name) ?? other.config, this.network).some(
          (held) => held.ifindex === ifindex && held.address === address && held.prefixLength === prefixLength,
        ),
    );
  }

  send(interfaceName: string, packet: Uint8Array, instance: string): boolean {
    const open = this.#sockets.get(interfaceName);
    if (open === undefined) return false;
    try {
      open.socket.send(packet, VRRP_GROUP_V4);
      return true;
    } catch (error) {
      // On an interface that is down nothing can be sent; that it is down has been said.
      if (this.#isUp(interfaceName))
        this.log.info("({iname}): send advert error ({error})", { iname: instance, error: String(error) });
      return false;
    }
  }

  /** As planned: what did not change is not touched. */
  reload(next: Config): void {
    const config = withGroupTrackers(next);
    this.announcer.gap = config.global.garpInterval;
    const { vrrpInstances } = planVrrp(this.#config, config).lists;
    this.#config = config;
    this.#wanted = new Map(config.vrrpInstances.map((instance) => [instanceKey(instance), instance]));
    for (const { key } of going(vrrpInstances)) {
      this.#routers.get(key)?.stop();
      this.#routers.delete(key);
    }
    this.#virtual = virtualAddresses(config);
    this.trackers.configure(config, { respawned: false, scripts: [] });
    this.#noteLinks(config);
    const coming: Router[] = [];
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type !== "added" && entry.type !== "replaced") continue;
      const router = new Router(entry.to, this);
      coming.push(router);
      this.#routers.set(entry.key, router);
    }
    this.#setGroups(config, new Map());
    for (const router of coming) this.#startRouter(router, undefined);
    for (const entry of vrrpInstances?.entries ?? [])
      if (entry.type === "changed") this.#routers.get(entry.key)?.reconfigure(entry.to);
    this.#settleGroups();
    this.#wanted = new Map();
    for (const name of this.#sockets.keys()) if (!this.#isSpokenOn(name)) this.#closeSocket(name);
    this.#reconsider();
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
    for (const name of [...this.#sockets.keys()]) this.#closeSocket(name);
    this.announcer.close();
    await Promise.race([ended, new Promise<void>((resolve) => this.clock.wakeAt(this.clock.now() + GRACE, resolve))]);
    this.trackers.close();
    this.network.close();
    this.clock.close();
    this.#poller.close();
  }

  report(): VrrpReport {
    return {
      at: this.clock.now(),
      instances: [...this.#routers.values()].map((router) => router.report()),
      scripts: this.trackers.report(),
    };
  }

  /** A sync group has gone from one state to another. */
  groupChanged(): void {
    this.changed();
  }

  /** Groups by name: one that stays goes on. `reports`: what a process that died said of the members. */
  #setGroups({ syncGroups, vrrpInstances }: Config, reports: ReadonlyMap<string, VrrpInstanceReport>): void {
    const byName = new Map(vrrpInstances.map((instance) => [instance.name, this.#routers.get(instanceKey(instance))]));
    const before = new Map(this.#groups);
    this.#groups.clear();
    const left = [...this.#routers.values()].filter(({ group }) => group !== undefined);
    for (const router of left) router.group = undefined;
    for (const { name, members } of syncGroups) {
      const group = before.get(name) ?? new SyncGroup(name, this);
      const routers = members.flatMap((member) => byName.get(member) ?? []);
      for (const router of routers) router.group = group;
      group.members = routers;
      const [reported] = routers.flatMap(({ config }) => reports.get(instanceKey(config)) ?? []);
      if (reported !== undefined) group.resume(groupStateName(reported.state));
      this.#groups.set(name, group);
    }
    for (const router of left) if (router.group === undefined) router.judge(); // the others' faults are none of its own
  }

  #settleGroups(): void {
    for (const group of this.#groups.values()) group.settle(Math.max(this.clock.now(), this.#hearingFrom));
  }

  #startRouter(router: Router, reported: VrrpInstanceReport | undefined): void {
    const { config: instance } = router;
    this.#openSocket(instance.interface);
    if (this.network.link(instance.interface) === undefined)
      this.log.warning("({iname}) interface {intf} does not exist: in fault until it appears", {
        iname: instance.name,
        intf: instance.interface,
      });
    router.start(reported, this.#hearingFrom);
  }

  #networkChanged(links: ReadonlySet<string>): void {
    if (this.#stopped) return;
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  #linkChanged(name: string): void {
    if (this.#isSpokenOn(name)) this.#openSocket(name);
    this.trackers.linkChanged(name);
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
    if (up) for (const router of this.#routers.values()) router.linkReturned(name);
  }

  #reconsider(): void {
    if (this.#stopped) return;
    for (const router of this.#routers.values()) router.reconsider();
  }

  #isUp(name: string): boolean {
    return this.trackers.isUp(name);
  }

  #isSpokenOn(name: string): boolean {
    return [...this.#routers.values()].some(({ config }) => config.interface === name);
  }

  /** What an operator is told of from now on: the interfaces that something depends on, as they are. */
  #noteLinks({ vrrpInstances, syncGroups }: Config): void {
    const names = [
      ...vrrpInstances.flatMap((config) => [config.interface, ...allAddresses(config).map((entry) => entry.interface)]),
      ...[...vrrpInstances, ...syncGroups].flatMap(({ trackInterfaces }) => trackInterfaces.map(({ name }) => name)),
    ];
    const before = new Map(this.#up);
    this.#up.clear();
    for (const name of names) this.#up.set(name, before.get(name) ?? this.#isUp(name));
  }

  /** One socket for an interface; another where the interface was deleted and made again. */
  #openSocket(name: string): void {
    const link = this.network.link(name);
    const open = this.#sockets.get(name);
    if (open !== undefined && open.ifindex === link?.ifindex) return;
    this.#closeSocket(name);
    if (link === undefined) return;
    try {
      const socket = new VrrpSocket(this.#poller, link, (packet) => this.#received(name, packet));
      this.#sockets.set(name, { ifindex: link.ifindex, socket });
    } catch (error) {
      this.log.error("{error}", { error: String(error), intf: name });
    }
  }

  #closeSocket(name: string): void {
    this.#sockets.get(name)?.socket.close();
    this.#sockets.delete(name);
  }

  #received(name: string, bytes: Uint8Array): void {
    const packet = decodeIpv4(bytes);
    if (!packet.ok || this.clock.now() < this.#hearingFrom) return;
    this.#routerOf(name, packet.value)?.packet(packet.value);
  }

  #routerOf(name: string, { payload }: Ipv4Packet): Router | undefined {
    const vrid = advertisedVrid(payload);
    return vrid === undefined ? undefined : this.#routers.get(instanceKey({ interface: name, vrid }));
  }
}

function virtualAddresses({ vrrpInstances }: Config): ReadonlyMap<IpAddress, number> {
  const count = new Map<IpAddress, number>();
  for (const { address } of vrrpInstances.flatMap(allAddresses)) count.set(address, (count.get(address) ?? 0) + 1);
  return count;
}
