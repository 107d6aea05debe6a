import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Log } from "../observe/log.ts";
import { dependedInterfaces, interfacesOf } from "./depended-interfaces.ts";
import { deviceOf } from "./instance.ts";
import type { Trackers } from "./trackers.ts";

/** What it needs of the process. */
interface Host {
  readonly log: Log;
  readonly network: HostNetwork;
  readonly trackers: Pick<Trackers, "isPolled">;
  /** Up, and with a carrier; the delays of the interface are over. */
  isUp(name: string): boolean;
}

/** What an operator is told of interfaces: those that something depends on. */
export class LinkJournal {
  readonly #host: Host;
  readonly #up = new Map<string, boolean>(); // as last told
  readonly #absent = new Set<string>(); // as told
  #dynamic = false; // dynamic_interfaces

  constructor(host: Host) {
    this.#host = host;
  }

  /** Follows a configuration; of interfaces that are new the operator is told from now on. */
  configure({ vrrpInstances, syncGroups, global }: Config): void {
    const names = dependedInterfaces({ vrrpInstances, syncGroups });
    const before = new Map(this.#up);
    this.#up.clear();
    for (const name of names) this.#up.set(name, before.get(name) ?? this.#host.isUp(name));
    this.#dynamic = global.dynamicInterfaces !== "refused";
  }

  /** An interface may be up or down now. */
  changed(name: string): void {
    const up = this.#host.isUp(name);
    this.#absent.delete(name);
    if (!this.#up.has(name) || this.#up.get(name) === up) return;
    const source = this.#host.trackers.isPolled(name) ? "Linkbeat" : "Netlink";
    this.#host.log.info(`${source} reports {intf} {state}`, { intf: name, state: up ? "up" : "down" });
    this.#up.set(name, up);
  }

  /** An instance starts: with `dynamic_interfaces` its interfaces need not be there, otherwise that is a warning. */
  starting(instance: VrrpInstanceConfig): void {
    const { log, network } = this.#host;
    const isAbsent = (name: string): boolean => network.link(name) === undefined;
    const device = deviceOf(instance);
    if (!this.#dynamic) {
      const words = "({iname}) interface {intf} does not exist: in fault until it appears";
      if (device !== undefined && isAbsent(device)) log.warning(words, { iname: instance.name, intf: device });
      return;
    }
    for (const intf of interfacesOf(instance).filter(isAbsent)) {
      if (this.#absent.has(intf)) continue;
      this.#absent.add(intf);
      log.info("Configuration specifies interface {intf} which doesn't currently exist - will use if created", {
        intf,
      });
    }
  }
}
