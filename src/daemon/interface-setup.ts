import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { ChangedSysctl } from "../io/sysctl.ts";
import type { Log } from "../observe/log.ts";
import { instanceKeys } from "../plan/instance-shape.ts";
import { Firewall } from "./firewall.ts";
import { isPromotion, PromotedSecondaries } from "./promoted-secondaries.ts";
import type { Router } from "./router.ts";
import { VirtualInterfaces } from "./virtual-interfaces.ts";

/** What it needs of the process. */
interface Host {
  readonly network: HostNetwork;
  readonly log: Log;
}

/** What instances want of the host beside their items: interfaces that they make, sysctls, and the packet filter. */
export class InterfaceSetup {
  #config: Config;
  readonly #virtual: VirtualInterfaces;
  readonly #promoted: PromotedSecondaries;
  readonly #firewall: Firewall;

  /** `known`: sysctls that a process before this one had changed. */
  constructor(host: Host, config: Config, known: readonly ChangedSysctl[]) {
    this.#config = config;
    this.#promoted = new PromotedSecondaries(known);
    const others = known.filter(({ path }) => !isPromotion(path));
    this.#virtual = new VirtualInterfaces(host, others, config.global);
    this.#firewall = new Firewall(host);
    this.configure(config);
  }

  /** To be put back at the end. */
  get sysctls(): readonly ChangedSysctl[] {
    return [...this.#virtual.sysctls, ...this.#promoted.sysctls];
  }

  /** Follows a configuration. Interfaces that it no longer wants stay until `prune`. */
  configure(config: Config): void {
    this.#config = config;
    this.#promoted.configure(config);
    this.#virtual.want(config);
    this.#firewall.configure(config, this.#virtual.names);
  }

  /** The names of those that it makes. */
  get interfaces(): readonly string[] {
    return this.#virtual.all;
  }

  /** Removes the interfaces that no instance wants. */
  prune(): void {
    this.#virtual.prune();
  }

  /** Interfaces have changed. `move` is called where one of ours has got another name. */
  changed(links: ReadonlySet<string>, move: () => void): void {
    this.#promoted.changed(links);
    if (this.#virtual.changed(links)) {
      this.#firewall.configure(this.#config, this.#virtual.names);
      move();
    }
    if (links.size > 0) this.#firewall.linksChanged(this.#config, this.#virtual.names);
  }

  /** The instances in force, by their keys, with their addresses on the interfaces that they make. */
  placed(): ReadonlyMap<string, VrrpInstanceConfig> {
    const { vrrpInstances } = this.#config;
    const keys = instanceKeys(vrrpInstances);
    const placed = vrrpInstances.map((instance) => this.#virtual.placed(instance));
    return new Map(placed.map((instance, i) => [keys[i] ?? instance.name, instance]));
  }

  /** The interface that an instance made to speak and listen on, if it did. */
  speaksOn(instance: VrrpInstanceConfig): string | undefined {
    return this.#virtual.speaksOn(instance);
  }

  /** A router is about to hold its addresses, or holds them no more: the packet filter follows. */
  guard(router: Router, holds: boolean): void {
    this.#firewall.guard(router.key, router.config, holds);
  }

  /** Puts everything back; without `remove` the interfaces and sysctls stay as they are. */
  close({ remove }: { readonly remove: boolean }): void {
    this.#firewall.close();
    this.#virtual.close({ remove });
    if (remove) this.#promoted.restore();
  }
}
