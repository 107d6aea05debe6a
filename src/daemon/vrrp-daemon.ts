import type { IpAddress } from "../base/ip.ts";
import { seconds } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { Poller } from "../io/poller.ts";
import { VrrpSocket } from "../io/raw-socket.ts";
import { enterRealtime } from "../io/realtime.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
import { changed, going } from "../plan/difference.ts";
import { instanceKey } from "../plan/instance-shape.ts";
import { planVrrp } from "../plan/plan.ts";
import { scriptWords } from "../vrrp/words.ts";
import { decodeIpv4, type Ipv4Packet } from "../wire/ipv4.ts";
import { advertisedVrid, VRRP_GROUP_V4 } from "../wire/vrrp.ts";
import { Announcer } from "./announcer.ts";
import type { ProgramContext, Running } from "./child.ts";
import { Firewall } from "./firewall.ts";
import { allAddresses, isUp, placedAddresses } from "./instance.ts";
import type { VrrpReport } from "./messages.ts";
import { Router, type RouterHost } from "./router.ts";
import { ScriptTracker } from "./script-tracker.ts";
import { VirtualInterfaces } from "./virtual-interfaces.ts";

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
  readonly #virtualInterfaces: VirtualInterfaces;
  readonly #firewall: Firewall;
  readonly #routers = new Map<string, Router>(); // by `instanceKey`
  readonly #sockets = new Map<string, OpenSocket>(); // by interface
  readonly #scripts = new Map<string, ScriptTracker>();
  readonly #up = new Map<string, boolean>(); // interfaces as last told to the operator
  #virtual: ReadonlyMap<IpAddress, number> = new Map(); // how many instances have it
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    this.#config = config;
    this.network = new HostNetwork(this.#poller, (links) => this.#networkChanged(links));
    this.announcer = new Announcer(this.clock, this.network, log, config.global.garpInterval);
    const delay = adopted === undefined ? config.global.startupDelay : 0;
    this.#hearingFrom = this.clock.now() + delay;
    if (delay > 0) log.info("Delaying startup for {seconds} seconds", { seconds: delay / 1_000_000 });
    this.#virtual = virtualAddresses(config);
    this.#virtualInterfaces = new VirtualInterfaces(this, adopted?.sysctls ?? [], config.global);
    this.#virtualInterfaces.want(config);
    this.#firewall = new Firewall(log);
    this.#firewall.configure(config, this.#virtualInterfaces.names);
    this.#setScripts(config, adopted);
    for (const instance of config.vrrpInstances) {
      const reported = adopted?.instances.find((one) => instanceKey(one) === instanceKey(instance));
      this.#startRouter(instance, reported);
    }
    this.#virtualInterfaces.prune();
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

  guard(instance: VrrpInstanceConfig, held: readonly InterfaceAddress[]): void {
    const named = held.map(({ address, ifindex }) => ({
      address,
      interface: this.network.linkAt(ifindex)?.name ?? "",
    }));
    this.#firewall.guard(instance, named);
  }

  send(interfaceName: string, packet: Uint8Array, instance: string): boolean {
    const open = this.#sockets.get(interfaceName);
    if (open === undefined) return false;
    try {
      if (this.#virtualInterfaces.send(instance, packet, VRRP_GROUP_V4)) return true;
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
    const { vrrpInstances, vrrpScripts } = planVrrp(this.#config, config).lists;
    this.#config = config;
    this.#virtualInterfaces.want(config);
    this.#firewall.configure(config, this.#virtualInterfaces.names);
    const placed = (instance: VrrpInstanceConfig) => this.#virtualInterfaces.placed(instance);
    this.#wanted = new Map(config.vrrpInstances.map((instance) => [instanceKey(instance), placed(instance)]));
    for (const { key } of going(vrrpInstances)) {
      this.#routers.get(key)?.stop();
      this.#routers.delete(key);
    }
    this.#virtual = virtualAddresses(config);
    this.#setScripts(config, undefined, new Set(changed(vrrpScripts).map(({ key }) => key)));
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced") this.#startRouter(entry.to, undefined);
      if (entry.type === "changed") this.#routers.get(entry.key)?.reconfigure(placed(entry.to));
    }
    this.#wanted = new Map();
    this.#virtualInterfaces.prune();
    for (const name of this.#sockets.keys()) if (!this.#isSpokenOn(name)) this.#closeSocket(name);
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
    for (const name of [...this.#sockets.keys()]) this.#closeSocket(name);
    this.announcer.close();
    this.#firewall.close();
    this.#virtualInterfaces.close({ remove: this.#context.options.releaseVips });
    await Promise.race([ended, new Promise<void>((resolve) => this.clock.wakeAt(this.clock.now() + GRACE, resolve))]);
    for (const script of scripts) script.close();
    this.network.close();
    this.clock.close();
    this.#poller.close();
  }

  report(): VrrpReport {
    return {
      at: this.clock.now(),
      instances: [...this.#routers.values()].map((router) => router.report()),
      scripts: [...this.#scripts.values()].map((script) => script.report()),
      sysctls: this.#virtualInterfaces.sysctls,
    };
  }

  #startRouter(instance: VrrpInstanceConfig, reported: VrrpReport["instances"][number] | undefined): void {
    const router = new Router(this.#virtualInterfaces.placed(instance), this);
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

  #networkChanged(links: ReadonlySet<string>): void {
    if (this.#stopped) return;
    if (this.#virtualInterfaces.changed(links)) this.#replace();
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  /** Interfaces of ours have other names now: the addresses go there. */
  #replace(): void {
    this.#firewall.configure(this.#config, this.#virtualInterfaces.names);
    for (const instance of this.#config.vrrpInstances)
      this.#routers.get(instanceKey(instance))?.reconfigure(this.#virtualInterfaces.placed(instance));
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
    for (const router of this.#routers.values()) router.reconsider();
  }

  #isUp(name: string): boolean {
    return isUp(this.network, name);
  }

  #isSpokenOn(name: string): boolean {
    return [...this.#routers.values()].some(({ config }) => config.interface === name);
  }

  #isTracked(name: string): boolean {
    return [...this.#routers.values()].some(
      ({ config }) => config.interface === name || allAddresses(config).some((entry) => entry.interface === name),
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

function virtualAddresses({ vrrpInstances }: Config): ReadonlyMap<IpAddress, number> {
  const count = new Map<IpAddress, number>();
  for (const { address } of vrrpInstances.flatMap(allAddresses)) count.set(address, (count.get(address) ?? 0) + 1);
  return count;
}
