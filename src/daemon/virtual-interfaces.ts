import { family, type IpAddress, isLinkLocal } from "../base/ip.ts";
import type { GlobalConfig } from "../config/model/global.ts";
import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { EEXIST, ENODEV } from "../io/constants.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { KernelError } from "../io/kernel-error.ts";
import { isMarkAlive, processMark } from "../io/process-mark.ts";
import type { ChangedSysctl } from "../io/sysctl.ts";
import { type LinkToMake, VirtualLinks } from "../io/virtual-links.ts";
import { type InterfaceAddress, virtualAddress } from "../netlink/address.ts";
import { ADDRESSES } from "../netlink/address-kind.ts";
import { ARPHRD_ETHER, RT_SCOPE_LINK, RT_SCOPE_UNIVERSE } from "../netlink/constants.ts";
import type { Link } from "../netlink/link.ts";
import type { Log } from "../observe/log.ts";
import { formatMark, parseMark } from "../vrrp/link-mark.ts";
import { candidateNames, type Ownership, type Settled, settleInterfaces } from "../vrrp/virtual-interface.ts";
import { keyed } from "./placement.ts";
import { VirtualInterfaceSysctls } from "./virtual-interface-sysctls.ts";
import { type PlacedInterface, placed, placedInterfaces, placeKey, withoutIpvlan } from "./virtual-placement.ts";

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
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** Makes what a configuration wants. What it no longer wants stays until `prune`. */
  want({ vrrpInstances: all, global }: Pick<Config, "vrrpInstances" | "global">): void {
    const vrrpInstances = all.map(withoutIpvlan);
    this.#places = vrrpInstances.flatMap((instance) => placedInterfaces(instance, global));
    const speaking = vrrpInstances.filter(
      ({ virtualInterface: own }) => own?.type === "ipvlan" || own?.transmitOnBase === false,
    );
    this.#speakers = new Map(speaking.map((instance) => [instance.name, placeKey(instance, instance.interface)]));
    this.#bringAbout();
  }

  /** Removes what no instance wants: of an earlier configuration, or of a daemon that was killed. */
  prune(): void {
    const { leftovers } = this.#settle();
    this.#remove(leftovers);
    if (this.#places.length === 0) this.#sysctls.restoreReversePath();
    this.#sysctls.restoreBases(new Set(this.#places.map(({ wanted }) => wanted.base)));
  }

  /** Interfaces have changed: what is missing is made again. Whether one has got another name. */
  changed(links: ReadonlySet<string>): boolean {
    const concerned = this.#places.some(
      ({ key, wanted }) =>
        (links.has(wanted.base) || links.has(this.#nameOf(key))) && this.#needsWork(key, wanted.base),
    );
    if (!concerned) return false;
    const before = this.#places.map(({ key }) => this.#nameOf(key));
    this.#bringAbout();
    return this.#places.some(({ key }, i) => this.#nameOf(key) !== before[i]);
  }

  /** The instance with its addresses where they belong. */
  placed(instance: VrrpInstanceConfig): VrrpInstanceConfig {
    return this.#places.length === 0 ? instance : placed(withoutIpvlan(instance), (key) => this.#nameOf(key));
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

  #needsWork(key: string, base: string): boolean {
    const { network } = this.#host;
    const link = network.link(this.#nameOf(key));
    return network.link(base) !== undefined && (link === undefined || (!link.up && network.link(base)?.up === true));
  }

  #settle() {
    const { links } = this.#host.network;
    return settleInterfaces(
      this.#places.map(({ wanted }) => wanted),
      { present: links, owner: (link) => this.#owner(link) },
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
    const reused = settled.flatMap((one) => (one.type === "reuse" ? [one.present] : []));
    this.#sysctls.learn([...leftovers, ...reused], network);
    this.#names = new Map();
    const work = settled.flatMap((one, i): Work[] => {
      const place = this.#places[i];
      if (place === undefined || one.type === "no-base" || !this.#isEthernet(one, place)) return [];
      const name = one.type === "make" ? one.name : one.present.name;
      this.#names.set(place.key, name);
      this.#instances.set(name, one.wanted.instance);
      if (one.wanted.name.family === 4) this.#sysctls.setBase(one.wanted.base);
      const settings = `${place.ipv6} ${place.group}`;
      const fits = one.type === "reuse" && one.present.up && this.#settings.get(name) === settings;
      this.#settings.set(name, settings);
      return fits ? [] : [{ one, place, name }];
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
    const own = work.flatMap(({ place }) => this.#ownAddresses(place));
    const { refused } = network.table.apply(
      [],
      own.map((address) => keyed(ADDRESSES, address)),
    );
    for (const { error } of refused) this.#host.log.error("{error}", { error: error.message });
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
    if (one.type === "make") log.detail("({iname}): Success creating VMAC interface {intf}", fields);
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

  /** An ipvlan's own address; an IPv6 interface's link-local one: that of its base, never a source unless asked for. */
  #ownAddresses({ key, wanted }: PlacedInterface): InterfaceAddress[] {
    const { network } = this.#host;
    const [link, base] = [network.link(this.#nameOf(key)), network.link(wanted.base)];
    if (link === undefined || base === undefined) return [];
    const put = (address: IpAddress, prefixLength: number, scope: number): InterfaceAddress =>
      virtualAddress(address, { ifindex: link.ifindex, prefixLength, scope, label: undefined, broadcast: undefined });
    const own = this.#places.find((place) => place.key === key)?.address;
    if (own !== undefined) return [put(own.address, own.prefixLength, RT_SCOPE_UNIVERSE)];
    if (wanted.name.family !== 6) return [];
    const local = network.addresses(base.ifindex).find(({ address }) => family(address) === 6 && isLinkLocal(address));
    return local === undefined ? [] : [{ ...put(local.address, 64, RT_SCOPE_LINK), preferredLifetime: 0 }];
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
    for (const { ifindex, name } of links) {
      const error = refusals.get(ifindex);
      const iname = this.#instances.get(name) ?? "";
      this.#instances.delete(name);
      this.#settings.delete(name);
      if (error === undefined) log.detail("({iname}) Success removing VMAC interface {intf}", { iname, intf: name });
      else log.error("({iname}) {intf}: {error}", { iname, intf: name, error: error.message });
    }
    network.refresh();
  }
}
