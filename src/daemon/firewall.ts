import { toHex } from "../base/bytes.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { type ElementChange, NftablesTable } from "../io/nftables-table.ts";
import type { FirewallSet, FirewallSpec } from "../netlink/vrrp-firewall.ts";
import type { Log } from "../observe/log.ts";
import {
  type FirewallElement,
  guardedAddress,
  indexKey,
  isGuarded,
  nameKey,
  quietInterface,
  servedElements,
} from "./firewall-elements.ts";
import { allAddresses } from "./instance.ts";

/** Elements by their set and their bytes in hexadecimal. */
type Elements = ReadonlyMap<string, FirewallElement>;

/** What a router holds, and for which configuration. */
interface Held {
  readonly instance: VrrpInstanceConfig;
  readonly elements: Elements;
}

/** What the table is for. */
interface Needs {
  readonly spec: FirewallSpec;
  readonly guarded: readonly string[]; // instances
  readonly vmacs: readonly string[]; // interfaces
}

const NOTHING: Elements = new Map();

/**
 * The packet filter of the VRRP process: one nftables table, there as long as an instance or an interface needs it. A
 * transition changes the elements of one instance and costs one message; nobody else may change the table.
 */
export class Firewall {
  readonly #log: Log;
  readonly #network: Pick<HostNetwork, "link">;
  #table: NftablesTable | undefined;
  #standing = NOTHING; // of the configuration
  #byIndex = false; // nftables_ifindex
  readonly #held = new Map<string, Held>(); // by router
  readonly #guards = new Map<string, { readonly element: FirewallElement; holders: number }>();
  #needs: Needs | undefined;
  #complaint: string | undefined;

  constructor({ log, network }: { readonly log: Log; readonly network: Pick<HostNetwork, "link"> }) {
    this.#log = log;
    this.#network = network;
  }

  /** Brings the table in line with a configuration; `vmacs` are the names of virtual MAC interfaces. */
  configure(config: Config, vmacs: readonly string[]): void {
    const { table, priority, counters, byIndex } = config.global.firewall;
    const guarded = config.vrrpInstances.filter(isGuarded).map(({ name }) => name);
    const spec = { table, priority, counters, guards: guarded.length > 0, quiets: vmacs.length > 0, byIndex };
    if (byIndex !== this.#byIndex) this.#know(byIndex);
    const before = this.#standing;
    this.#standing = byKey([...servedElements(config), ...vmacs.flatMap((name) => quietInterface(this.#keyOf(name)))]);
    const needs = { spec, guarded, vmacs };
    if (!spec.guards && !spec.quiets) this.close();
    else if (this.#table !== undefined && isSame(this.#table.spec, spec))
      this.#change(missing(this.#standing, before), missing(before, this.#standing), needs);
    else this.#make(needs);
  }

  /** A router, by its key, is about to hold its addresses, or holds them no more. */
  guard(router: string, instance: VrrpInstanceConfig, holds: boolean): void {
    const before = this.#held.get(router)?.elements ?? NOTHING;
    const after = holds ? this.#elementsOf(instance) : NOTHING;
    if (holds) this.#held.set(router, { instance, elements: after });
    else this.#held.delete(router);
    if (before.size + after.size === 0) return;
    const fields = { iname: instance.name };
    if (before.size === 0) this.#log.detail("({iname}) setting firewall drop rule", fields);
    if (after.size === 0) this.#log.detail("({iname}) removing firewall drop rule", fields);
    const added = missing(after, before).filter(([key, element]) => this.#hold(key, element));
    const removed = missing(before, after).filter(([key]) => this.#release(key));
    this.#change(added, removed, this.#needs);
  }

  /** Interfaces have come, or have other indexes. */
  linksChanged(config: Config, vmacs: readonly string[]): void {
    if (!this.#byIndex) return;
    this.configure(config, vmacs);
    for (const [router, { instance }] of [...this.#held]) this.guard(router, instance, true);
  }

  /** Removes the table. */
  close(): void {
    this.#table?.close();
    this.#table = undefined;
  }

  #make(needs: Needs): void {
    this.close();
    this.#needs = needs;
    const guards = [...this.#guards.values()].map(({ element }) => element);
    try {
      const elements = [...this.#standing.values(), ...(needs.spec.guards ? guards : [])];
      this.#table = new NftablesTable(needs.spec, changes(elements));
      this.#complaint = undefined;
    } catch (error) {
      this.#complain(`${unprotected(needs)}: ${String(error)}`);
    }
  }

  /** A table that does not take a change is not what we think: it is made anew. */
  #change(added: readonly Entry[], removed: readonly Entry[], needs: Needs | undefined): void {
    if (this.#table === undefined || needs === undefined || added.length + removed.length === 0) return;
    this.#needs = needs;
    const values = (entries: readonly Entry[]) => changes(entries.map(([, element]) => element));
    if (this.#table.change(values(added), values(removed)) !== undefined) this.#make(needs);
  }

  /** Interfaces are known in the other way: what is held has other keys, and the table is made anew. */
  #know(byIndex: boolean): void {
    this.#byIndex = byIndex;
    this.#guards.clear();
    for (const [router, { instance }] of [...this.#held]) {
      const elements = this.#elementsOf(instance);
      this.#held.set(router, { instance, elements });
      for (const [key, element] of elements) this.#hold(key, element);
    }
  }

  #elementsOf(instance: VrrpInstanceConfig): Elements {
    if (!isGuarded(instance)) return NOTHING;
    const own = allAddresses(instance);
    return byKey(own.flatMap((one) => guardedAddress(one.address, this.#keyOf(one.interface))));
  }

  #keyOf(name: string): Uint8Array | undefined {
    if (!this.#byIndex) return nameKey(name);
    const ifindex = this.#network.link(name)?.ifindex;
    return ifindex === undefined ? undefined : indexKey(ifindex);
  }

  /** Whether it is the first to hold it: an address may be one of several instances. */
  #hold(key: string, element: FirewallElement): boolean {
    const entry = this.#guards.get(key) ?? { element, holders: 0 };
    entry.holders++;
    this.#guards.set(key, entry);
    return entry.holders === 1;
  }

  #release(key: string): boolean {
    const entry = this.#guards.get(key);
    if (entry === undefined || --entry.holders > 0) return false;
    return this.#guards.delete(key);
  }

  #complain(why: string): void {
    if (this.#complaint !== why) this.#log.error("{error}", { error: why });
    this.#complaint = why;
  }
}

type Entry = readonly [key: string, element: FirewallElement];

function byKey(elements: readonly FirewallElement[]): Elements {
  return new Map(elements.map((element) => [`${element.set} ${toHex(element.key)}`, element]));
}

function missing(from: Elements, other: Elements): Entry[] {
  return [...from].filter(([key]) => !other.has(key));
}

function changes(elements: readonly FirewallElement[]): ElementChange[] {
  const sets = new Map<FirewallSet, Uint8Array[]>();
  for (const { set, key } of elements) {
    const keys = sets.get(set);
    if (keys === undefined) sets.set(set, [key]);
    else keys.push(key);
  }
  return [...sets].map(([set, keys]) => ({ set, keys }));
}

/** What nobody filters now. */
function unprotected({ guarded, vmacs }: Needs): string {
  const what = [
    ...(guarded.length > 0 ? [`packets for the addresses of ${list(guarded)} are accepted`] : []),
    ...(vmacs.length > 0 ? [`${list(vmacs)} may report group memberships with the virtual MAC`] : []),
  ];
  return `no packet filter: ${what.join(", ")}`;
}

function isSame(a: FirewallSpec, b: FirewallSpec): boolean {
  return Object.entries(a).every(([field, value]) => b[field as keyof FirewallSpec] === value);
}

function list(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
