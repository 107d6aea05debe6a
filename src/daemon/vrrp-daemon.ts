import type { IpAddress } from "../base/ip.ts";
import { type Micros, seconds, toSeconds } from "../base/time.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { HostNetwork } from "../io/host-network.ts";
import { Poller } from "../io/poller.ts";
import { enterRealtime } from "../io/realtime.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
import { changed, going } from "../plan/difference.ts";
import { instanceKeys } from "../plan/instance-shape.ts";
import { planVrrp } from "../plan/plan.ts";
import { WORTH_SAYING } from "../vrrp/lateness.ts";
import { startsAt } from "../vrrp/startup.ts";
import { scriptWords } from "../vrrp/words.ts";
import { Announcer } from "./announcer.ts";
import { ArpWatch } from "./arp-watch.ts";
import type { ProgramContext, Running } from "./child.ts";
import { allAddresses, deviceOf, gapRules, isUp, placedAddresses } from "./instance.ts";
import type { VrrpReport } from "./messages.ts";
import { Router, type RouterHost } from "./router.ts";
import { ScriptTracker } from "./script-tracker.ts";
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
  readonly announcer: Announcer;
  readonly sockets: VrrpSockets;
  readonly arpWatch: ArpWatch;
  readonly #routers = new Map<string, Router>(); // by `instanceKeys`
  readonly #scripts = new Map<string, ScriptTracker>();
  readonly #up = new Map<string, boolean>(); // interfaces as last told to the operator
  #virtual: ReadonlyMap<IpAddress, number> = new Map(); // how many instances have it
  #wanted: ReadonlyMap<string, VrrpInstanceConfig> = new Map(); // while a reload is under way: what is to come
  readonly #hearingFrom: number; // vrrp_startup_delay: what comes before is not listened to
  readonly #unknown = new Set<string>(); // VRIDs of others, by interface, as said
  #stopped = false;

  /** Puts the configuration in force. Throws KernelError where a socket is refused. */
  constructor(context: ProgramContext<VrrpReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    this.#config = config;
    this.network = new HostNetwork(this.#poller, (links) => this.#networkChanged(links));
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
    this.#setScripts(config, adopted);
    const keys = instanceKeys(config.vrrpInstances);
    const reports = new Map(adopted?.instances.map((one) => [one.key, one]));
    for (const [i, instance] of config.vrrpInstances.entries()) {
      const key = keys[i] ?? instance.name;
      this.#startRouter(key, instance, reports.get(key));
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

  get receiveBuffers() {
    return this.#config.global.receiveBuffers;
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

  /** As planned: what did not change is not touched. */
  reload(config: Config): void {
    this.announcer.pace(gapRules(config));
    const { vrrpInstances, vrrpScripts } = planVrrp(this.#config, config).lists;
    this.#config = config;
    const keys = instanceKeys(config.vrrpInstances);
    this.#wanted = new Map(config.vrrpInstances.map((instance, i) => [keys[i] ?? instance.name, instance]));
    for (const { key } of going(vrrpInstances)) {
      this.#routers.get(key)?.stop();
      this.#routers.delete(key);
    }
    this.#virtual = virtualAddresses(config);
    this.#setScripts(config, undefined, new Set(changed(vrrpScripts).map(({ key }) => key)));
    for (const entry of vrrpInstances?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced") this.#startRouter(entry.key, entry.to, undefined);
      if (entry.type === "changed") this.#routers.get(entry.key)?.reconfigure(entry.to);
    }
    this.#wanted = new Map();
    this.#reconsider(); // what global_defs say of receive buffers
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
    this.sockets.close();
    this.announcer.close();
    this.arpWatch.close();
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
    };
  }

  #startRouter(key: string, instance: VrrpInstanceConfig, reported: VrrpReport["instances"][number] | undefined): void {
    const router = new Router(key, instance, this);
    this.#routers.set(key, router);
    const device = deviceOf(instance);
    for (const name of [
      ...(device === undefined ? [] : [device]),
      ...allAddresses(instance).map((entry) => entry.interface),
    ])
      if (!this.#up.has(name)) this.#up.set(name, this.#isUp(name));
    if (device !== undefined && this.network.link(device) === undefined)
      this.log.warning("({iname}) interface {intf} does not exist: in fault until it appears", {
        iname: instance.name,
        intf: device,
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

  /** Every router looks around before any timer speaks for one that slept. */
  #awake(late: Micros): void {
    if (late >= WORTH_SAYING)
      this.log.info("A thread timer expired {seconds} seconds ago", { seconds: toSeconds(late).toFixed(6) });
    for (const router of this.#routers.values()) router.awake();
  }

  #networkChanged(links: ReadonlySet<string>): void {
    if (this.#stopped) return;
    for (const name of links) this.#linkChanged(name);
    this.#reconsider();
  }

  #linkChanged(name: string): void {
    this.sockets.linkChanged(name);
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

  #isTracked(name: string): boolean {
    return [...this.#routers.values()].some(
      ({ config }) => deviceOf(config) === name || allAddresses(config).some((entry) => entry.interface === name),
    );
  }

  isListening(): boolean {
    return this.clock.now() >= this.#hearingFrom;
  }

  /** Said once of each number and interface: an advertisement comes every second. */
  unknown(vrid: number, device: string | undefined): void {
    const what = `${vrid} ${device}`;
    if (!this.#config.global.logUnknownVrids || this.#unknown.has(what)) return;
    this.#unknown.add(what);
    this.log.info("Unknown VRID({vrid}) received on interface({intf}). ignoring...", { vrid, intf: device ?? "" });
  }
}

function virtualAddresses({ vrrpInstances }: Config): ReadonlyMap<IpAddress, number> {
  const count = new Map<IpAddress, number>();
  for (const { address } of vrrpInstances.flatMap(allAddresses)) count.set(address, (count.get(address) ?? 0) + 1);
  return count;
}
