import type { IpAddress } from "../base/ip.ts";
import { seconds } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { HostRouting } from "../io/host-routing.ts";
import { NumberNames } from "../io/number-names.ts";
import { Poller } from "../io/poller.ts";
import { VrrpSocket } from "../io/raw-socket.ts";
import { enterRealtime } from "../io/realtime.ts";
import { changed, going } from "../plan/difference.ts";
import { instanceKey } from "../plan/instance-shape.ts";
import { planVrrp } from "../plan/plan.ts";
import { scriptWords } from "../vrrp/words.ts";
import { decodeIpv4, type Ipv4Packet } from "../wire/ipv4.ts";
import { advertisedVrid, VRRP_GROUP_V4 } from "../wire/vrrp.ts";
import { Announcer } from "./announcer.ts";
import type { ProgramContext, Running } from "./child.ts";
import { allAddresses, isUp, itemInterfaces, itemsOf } from "./instance.ts";
import type { VrrpReport } from "./messages.ts";
import { createPlaces, sharesItems, usesRouting } from "./network-items.ts";
import { keysOf, type PlacementCache } from "./placement.ts";
import { Router, type RouterHost } from "./router.ts";
import { ScriptTracker } from "./script-tracker.ts";
import { StaticNetwork } from "./static-network.ts";

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
  readonly routing: HostRouting;
  readonly places: PlacementCache;
  readonly #names = new NumberNames();
  readonly #statics: StaticNetwork;
  readonly announcer: Announcer;
  readonly #routers = new Map<string, Router>(); // by `instanceKey`
  readonly #sockets = new Map<string, OpenSocket>(); // by interface
  readonly #scripts = new Map<string, ScriptTracker>();
  readonly #up = new Map<string, boolean>(); // interfaces as last told to the operator
  #virtual: ReadonlySet<IpAddress> = new Set();
  #shares = false; // whether two owners may have the same address, route or rule
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    this.#config = config;
    this.network = new HostNetwork(this.#poller, (links, shaken) => this.#networkChanged(links, shaken));
    this.routing = new HostRouting(this.#poller, () => this.#reconsider());
    this.routing.watch(usesRouting(config));
    this.places = createPlaces(this.network, this.#names);
    this.announcer = new Announcer(this.clock, this.network, log, config.global.garpInterval);
    const delay = adopted === undefined ? config.global.startupDelay : 0;
    this.#hearingFrom = this.clock.now() + delay;
    if (delay > 0) log.info("Delaying startup for {seconds} seconds", { seconds: delay / 1_000_000 });
    this.#virtual = virtualAddresses(config);
    this.#shares = sharesItems(config);
    this.#setScripts(config, adopted);
    this.#statics = new StaticNetwork(this, config, adopted?.restored);
    for (const instance of config.vrrpInstances) {
      const reported = adopted?.instances.find((one) => instanceKey(one) === instanceKey(instance));
      this.#startRouter(instance, reported);
    }
    for (const error of enterRealtime()) log.detail("{error}", { error: error.message });
  }

  get log() {
    return this.#context.log;
  }

  changed(): void {
    this.#context.changed();
  }

  scriptVerdict(script: string) {
    return this.#scripts.get(script)?.verdict ?? "down";
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

  lostStatics(instance: string): readonly string[] {
    return this.#statics.lost(instance);
  }

  reconsider(): void {
    this.#reconsider();
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
  reload(config: Config): void {
    this.announcer.gap = config.global.garpInterval;
    this.routing.watch(usesRouting(config));
    this.#names.forget();
    const { vrrpInstances, vrrpScripts } = planVrrp(this.#config, config).lists;
    this.#config = config;
    this.#wanted = new Map(config.vrrpInstances.map((instance) => [instanceKey(instance), instance]));
    for (const { key } of going(vrrpInstances)) {
      this.#routers.get(key)?.stop();
      this.#routers.delete(key);
    }
    this.#virtual = virtualAddresses(config);
    this.#shares = sharesItems(config);
    this.#statics.reload(config);
    this.#setScripts(config, undefined, new Set(changed(vrrpScripts).map(({ key }) => key)));
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced") this.#startRouter(entry.to, undefined);
      if (entry.type === "changed") this.#routers.get(entry.key)?.reconfigure(entry.to);
    }
    this.#wanted = new Map();
    for (const name of this.#sockets.keys()) if (!this.#isSpokenOn(name)) this.#closeSocket(name);
    this.#reconsider(); // track groups may have other members
    this.changed();
  }

  /** Scripts that do not end when they are told to are waited for last, and for a second only. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const scripts = [...this.#scripts.values()];
    const ended = Promise.all(scripts.map((script) => script.close()));
    for (const router of this.#routers.values()) {
      if (this.#context.options.releaseVips) router.stop();
      else router.abandon();
    }
    this.#statics.stop(); // also with -V, as by keepalived 2.2.7
    for (const name of [...this.#sockets.keys()]) this.#closeSocket(name);
    this.announcer.close();
    await Promise.race([ended, new Promise<void>((resolve) => this.clock.wakeAt(this.clock.now() + GRACE, resolve))]);
    for (const script of scripts) script.close();
    this.network.close();
    this.routing.close();
    this.clock.close();
    this.#poller.close();
  }

  report(): VrrpReport {
    return {
      at: this.clock.now(),
      instances: [...this.#routers.values()].map((router) => router.report()),
      scripts: [...this.#scripts.values()].map((script) => script.report()),
      restored: this.#statics.restored,
    };
  }

  #startRouter(instance: VrrpInstanceConfig, reported: VrrpReport["instances"][number] | undefined): void {
    const router = new Router(instance, this);
    this.#routers.set(instanceKey(instance), router);
    this.#openSocket(instance.interface);
    if (this.network.link(instance.interface) === undefined)
      this.log.warning("({iname}) interface {intf} does not exist: in fault until it appears", {
        iname: instance.name,
        intf: instance.interface,
      });
    router.start(reported, this.#hearingFrom);
  }

  /** Runs the scripts that are tracked; those that run and are not `changed` go on. */
  #setScripts(config: Config, adopted: VrrpReport | undefined, changed: ReadonlySet<string> = new Set()): void {
    const used = new Set(config.vrrpInstances.flatMap(({ trackScripts }) => trackScripts.map(({ script }) => script)));
    const before = new Map([...this.#scripts]);
    this.#scripts.clear();
    for (const script of config.vrrpScripts.filter(({ name }) => used.has(name))) {
      const running = before.get(script.name);
      if (running !== undefined && !changed.has(script.name)) {
        this.#scripts.set(script.name, running);
        before.delete(script.name);
        continue;
      }
      const known = [...(adopted?.scripts ?? []), ...(running === undefined ? [] : [running.report()])];
      const same = known.find(({ name, argv }) => name === script.name && argv.join("\0") === script.argv.join("\0"));
      const host = {
        clock: this.clock,
        poller: this.#poller,
        note: (name: string, note: Parameters<typeof scriptWords>[1]) =>
          this.log.info(scriptWords(name, note), { script: name }),
        turned: () => this.#reconsider(),
      };
      this.#scripts.set(script.name, new ScriptTracker(script, same, host));
    }
    for (const gone of before.values()) gone.close();
  }

  #networkChanged(links: ReadonlySet<string>, shaken: ReadonlySet<number>): void {
    if (this.#stopped) return;
    this.routing.doubt(shaken);
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  #linkChanged(name: string): void {
    if (this.#isSpokenOn(name)) this.#openSocket(name);
    const up = this.#isUp(name);
    if (!this.#isTracked(name) || this.#up.get(name) === up) return;
    if (this.#up.has(name)) this.log.info("Netlink reports {intf} {state}", { intf: name, state: up ? "up" : "down" });
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
    return isUp(this.network, name);
  }

  #isSpokenOn(name: string): boolean {
    return [...this.#routers.values()].some(({ config }) => config.interface === name);
  }

  #isTracked(name: string): boolean {
    return [...this.#routers.values()].some(
      ({ config }) => config.interface === name || itemInterfaces(itemsOf(config)).includes(name),
    );
  }

  /** One socket for an interface; another where the interface was deleted and made again. */
  #openSocket(name: string): void {
    if (!this.#up.has(name)) this.#up.set(name, this.#isUp(name));
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

function virtualAddresses({ vrrpInstances }: Config): ReadonlySet<IpAddress> {
  return new Set(vrrpInstances.flatMap(allAddresses).map(({ address }) => address));
}
