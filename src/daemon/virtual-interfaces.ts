import { isLinkLocal } from "../base/ip.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { EEXIST, ENODEV } from "../io/constants.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { KernelError } from "../io/kernel-error.ts";
import { keyed } from "../io/kernel-table.ts";
import { isMarkAlive, processMark } from "../io/process-mark.ts";
import type { ChangedSysctl } from "../io/sysctl.ts";
import { type LinkToMake, VirtualLinks } from "../io/virtual-links.ts";
import { ADDRESSES } from "../netlink/address-kind.ts";
import { ARPHRD_ETHER } from "../netlink/constants.ts";
import type { Link } from "../netlink/link.ts";
import type { Log } from "../observe/log.ts";
import { formatMark, parseMark } from "../vrrp/link-mark.ts";
import { candidateNames, type Ownership, type Settled, settleInterfaces } from "../vrrp/virtual-interface.ts";
import { ownAddresses } from "./own-addresses.ts";
import { VirtualInterfaceSysctls } from "./virtual-interface-sysctls.ts";
import {
  hasVirtualMac,
  type PlacedInterface,
  placed,
  placedInterfaces,
  placeKey,
  speaksOnOwn,
} from "./virtual-placement.ts";

/** What it needs of the process. */
interface Host {
  readonly network: HostNetwork;
  readonly log: Log;
}

/** The first link group to try for interfaces that are removed together. */
const DYING = 0x6b74_0000;

/** What an ipvlan lacks that is not made; no interface is called so, and the log says it. */
const NO_ADDRESS = "use_ipvlan without an address";

/** An interface to be made, or to be taken over. */
interface Work {
  readonly one: Exclude<Settled<Link>, { readonly type: "no-base" }>;
  readonly place: PlacedInterface;
  readonly name: string;
}

/**
 * The interfaces that instances make for themselves (`use_vmac`, `use_ipvlan`). They are there in every state; the
 * kernel's own words say which there are, so what a killed process left is used again, and a master goes on.
 */
export class VirtualInterfaces {
  readonly #host: Host;
  readonly #sysctls: VirtualInterfaceSysctls;
  readonly #me = processMark();
  readonly #living = new Map<string, boolean>([[this.#me, true]]); // owners of marks, asked once
  #links: VirtualLinks | undefined; // opened when the first is wanted
  #places: readonly PlacedInterface[] = [];
  #names = new Map<string, string>(); // by `placeKey`
  readonly #instances = new Map<string, string>(); // by interface, for words
  readonly #settings = new Map<string, string>(); // by interface: what it was set up with
  readonly #complaints = new Map<string, string>(); // by `placeKey`
  #speakers: ReadonlyMap<string, string> = new Map(); // `placeKey` by instance

  /** `known`: sysctls that a process before this one had changed. */
  constructor(host: Host, known: readonly ChangedSysctl[], { localIgmp }: Pick<GlobalConfig, "localIgmp">) {
    this.#host = host;
    this.#sysctls = new VirtualInterfaceSysctls(host.log, known);
    if (!localIgmp) this.#sysctls.silenceLocalGroups();
  }

  /** Settings of the host that are changed while there are such interfaces. */
  get sysctls(): readonly ChangedSysctl[] {
    return this.#sysctls.changed;
  }

  /** Those that there are, by name. */
  get all(): readonly string[] {
    return [...this.#names.values()];
  }

  /** Those with a virtual MAC address, by name. */
  get names(): readonly string[] {
    return this.#places.filter(hasVirtualMac).flatMap(({ key }) => this.#names.get(key) ?? []);
  }

  /** Makes what a configuration wants. What it no longer wants stays until `prune`. */
  want({ vrrpInstances, global }: Pick<Config, "vrrpInstances" | "global">): void {
    this.#places = vrrpInstances.flatMap((instance) => placedInterfaces(instance, global));
    const speaking = vrrpInstances.filter(speaksOnOwn);
    this.#speakers = new Map(speaking.map((instance) => [instance.name, placeKey(instance, instance.interface)]));
    this.#bringAbout();
  }

  /** Removes what no instance wants: of an earlier configuration, or of a daemon that was killed. */
  prune(): void {
    const { leftovers } = this.#settle();
    this.#remove(leftovers);
    if (this.#places.length === 0) this.#sysctls.restoreReversePath();
    this.#sysctls.restoreBases(new Set(this.#places.filter(hasVirtualMac).map(({ wanted }) => wanted.base)));
  }

  /** Interfaces have changed: what is missing is made again. Whether one has got another name. */
  changed(links: ReadonlySet<string>): boolean {
    const made = new Set(this.#names.values());
    const others = [...links].some((name) => !made.has(name)); // what we do ourselves is no reason to do it again
    const concerned = this.#places.some(
      (place) =>
        ((links.has(place.wanted.base) || links.has(this.#nameOf(place.key))) && this.#needsWork(place)) ||
        (this.#lacksAddress(place) && (others || !this.#complaints.has(addressOf(place)))),
    );
    if (!concerned) return false;
    const before = this.#places.map(({ key }) => this.#nameOf(key));
    this.#bringAbout();
    return this.#places.some(({ key }, i) => this.#nameOf(key) !== before[i]);
  }

  /** The instance with its addresses where they belong. */
  placed(instance: VrrpInstanceConfig): VrrpInstanceConfig {
    return this.#places.length === 0 ? instance : placed(instance, (key) => this.#nameOf(key));
  }

  /**
   * The interface that an instance made to speak and listen on, if it did. The kernel hands an advertisement that comes
   * from a private macvlan's own MAC address, the other director's, to that macvlan and to nobody else: the base is deaf
   * to it.
   */
  speaksOn({ name }: VrrpInstanceConfig): string | undefined {
    const key = this.#speakers.get(name);
    return key === undefined ? undefined : this.#nameOf(key);
  }

  /** Removes them all and puts the sysctls back; or leaves everything as it is. */
  close({ remove }: { readonly remove: boolean }): void {
    if (remove) {
      this.#places = [];
      this.#host.network.refresh();
      this.prune();
      this.#sysctls.restoreAll();
    }
    this.#links?.close();
  }

  #nameOf(key: string): string {
    const name = this.#names.get(key);
    if (name !== undefined) return name;
    const place = this.#places.find((one) => one.key === key);
    const [first] = place === undefined ? [] : candidateNames(place.wanted.name);
    return first ?? NO_ADDRESS; // it could not be made: an interface that does not exist, so the instance is in fault
  }

  #needsWork({ key, wanted: { base } }: PlacedInterface): boolean {
    const { network } = this.#host;
    const link = network.link(this.#nameOf(key));
    return network.link(base) !== undefined && (link === undefined || (!link.up && network.link(base)?.up === true));
  }

  /** Whether an ipvlan is there without its own address. */
  #lacksAddress(place: PlacedInterface): boolean {
    if (hasVirtualMac(place)) return false;
    const own = ownAddresses(place, this.#nameOf(place.key), this.#host.network);
    return own.some(({ ifindex, address }) =>
      this.#host.network.addresses(ifindex).every((one) => one.address !== address),
    );
  }

  #settle() {
    const { links } = this.#host.network;
    return settleInterfaces(
      this.#places.map(({ wanted }) => wanted),
      {
        present: links,
        owner: (link) => this.#owner(link),
        addresses: ({ ifindex }) =>
          this.#host.network
            .addresses(ifindex)
            .map(({ address }) => address)
            .filter((one) => !isLinkLocal(one)),
      },
    );
  }

  #owner({ alias }: Link): Ownership {
    const mark = parseMark(alias);
    if (mark === undefined) return "foreign";
    if (mark.owner === this.#me) return "ours";
    const alive = this.#living.get(mark.owner) ?? isMarkAlive(mark.owner);
    this.#living.set(mark.owner, alive);
    return alive ? "foreign" : "left-behind";
  }

  #bringAbout(attempts = 2): void {
    const { network } = this.#host;
    const { settled, leftovers } = this.#settle();
    const known = settled.flatMap((one) => (one.type === "no-base" ? [] : (present(one) ?? [])));
    this.#sysctls.learn([...leftovers, ...known], network);
    this.#names = new Map();
    const work = settled.flatMap((one, i): Work[] => {
      const place = this.#places[i];
      if (place === undefined || one.type === "no-base" || !this.#isEthernet(one, place)) return [];
      const name = one.type === "make" ? one.name : one.present.name;
      this.#names.set(place.key, name);
      this.#instances.set(name, one.wanted.instance);
      if (one.wanted.name.family === 4 && hasVirtualMac(place)) this.#sysctls.setBase(one.wanted.base);
      const settings = `${place.ipv6} ${place.group}`;
      const fits = one.type === "reuse" && one.present.up && this.#settings.get(name) === settings;
      this.#settings.set(name, settings);
      return fits && !this.#lacksAddress(place) ? [] : [{ one, place, name }];
    });
    if (work.length === 0) return;
    if (work.some(({ place }) => place.wanted.name.family === 4)) this.#sysctls.setReversePath();
    this.#links ??= new VirtualLinks();
    const refusals = this.#links.make(work.map((item) => this.#toMake(item)));
    // Somebody was faster, and has not been heard yet: an interface of ours was just deleted, or a name was just given.
    if (attempts > 1 && [...refusals.values()].some(({ errno }) => errno === ENODEV || errno === EEXIST)) {
      network.refresh();
      this.#bringAbout(attempts - 1);
      return;
    }
    for (const [i, item] of work.entries()) this.#tell(item, refusals.get(i));
    const told = work.flatMap(({ one, place }) => (place.notifyBase ? [one.base] : []));
    if (told.length > 0) this.#links.repeat(told);
    network.refresh();
    const own = work.flatMap(({ place, name }) => ownAddresses(place, name, network));
    const { refused } = network.table.apply(
      [],
      own.map((address) => keyed(ADDRESSES, address)),
    );
    for (const { place, name } of work) {
      const refusal = refused.find(({ entry }) => entry.ifindex === network.link(name)?.ifindex);
      if (refusal === undefined) this.#complaints.delete(addressOf(place));
      else this.#complain(addressOf(place), place.wanted.instance, refusal.error.message);
    }
  }

  /** Whether it is to be said that an interface was there: not of our own, when it is only brought up again. */
  #isFound({ one }: Work): boolean {
    return one.type === "reuse" && this.#owner(one.present) !== "ours";
  }

  #isEthernet({ base, wanted }: Work["one"], { key }: PlacedInterface): boolean {
    if (base.type === ARPHRD_ETHER) return true;
    this.#complain(key, wanted.instance, `no virtual interface can be made on ${wanted.base}: it is not Ethernet`);
    return false;
  }

  #tell(work: Work, error: KernelError | undefined): void {
    const { log } = this.#host;
    const { one, place, name } = work;
    const fields = { iname: place.wanted.instance, intf: name };
    if (error !== undefined) {
      this.#names.delete(place.key);
      this.#complain(place.key, place.wanted.instance, error.message);
      return;
    }
    this.#complaints.delete(place.key);
    if (this.#isFound(work)) log.info("({iname}): Found matching interface {intf}", fields);
    const kind = hasVirtualMac(place) ? "VMAC" : "ipvlan";
    if (one.type === "make") log.detail(`({iname}): Success creating ${kind} interface {intf}`, fields);
  }

  /** Says what cannot be made, and why, until that changes. */
  #complain(key: string, instance: string, why: string): void {
    if (this.#complaints.get(key) === why) return;
    this.#complaints.set(key, why);
    this.#host.log.error("({iname}): {error}", { iname: instance, error: why });
  }

  #toMake({ one, place: { group, ipv6 }, name }: Work): LinkToMake {
    const { base, wanted } = one;
    const master = base.master === undefined ? undefined : this.#host.network.linkAt(base.master);
    return {
      name,
      group: this.#group(group, wanted.instance) ?? base.group,
      make: one.type === "reuse" ? undefined : { base: base.ifindex, spec: wanted.spec },
      instead: one.type === "make" ? one.instead?.ifindex : undefined,
      alias: formatMark({ owner: this.#me, before: this.#sysctls.before(wanted.base) }),
      vrf: master?.kind === "vrf" ? master.ifindex : undefined,
      ipv6,
    };
  }

  /** iproute2 itself names one group. */
  #group(group: PlacedInterface["group"], instance: string): number | undefined {
    if (typeof group !== "string") return group;
    if (group === "default") return 0;
    this.#host.log.warning("({iname}): link group {group} is not known, that of the interface is used", {
      iname: instance,
      group,
    });
    return undefined;
  }

  #remove(links: readonly Link[]): void {
    const { log, network } = this.#host;
    if (links.length === 0) return;
    this.#links ??= new VirtualLinks();
    this.#sysctls.learn(links, network);
    const groups = new Set(network.links.map(({ group }) => group));
    let unused = DYING;
    while (groups.has(unused)) unused++;
    const refusals = this.#links.remove(
      links.map(({ ifindex }) => ifindex),
      unused,
    );
    for (const { ifindex, name, kind } of links) {
      const error = refusals.get(ifindex);
      const what = kind === "ipvlan" ? kind : "VMAC";
      const iname = this.#instances.get(name) ?? "";
      this.#instances.delete(name);
      this.#settings.delete(name);
      if (error === undefined) log.detail(`({iname}) Success removing ${what} interface {intf}`, { iname, intf: name });
      else log.error("({iname}) {intf}: {error}", { iname, intf: name, error: error.message });
    }
    network.refresh();
  }
}

/** What is used again, or goes first: its mark may say what a killed process had changed. */
function present(one: Work["one"]): Link | undefined {
  return one.type === "reuse" ? one.present : one.instead;
}

/** What is said of an interface's own address. */
function addressOf({ key }: PlacedInterface): string {
  return `address of ${key}`;
}
