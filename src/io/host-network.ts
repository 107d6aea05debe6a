import { type Difference, diff } from "../base/diff.ts";
import type { IpAddress } from "../base/ip.ts";
import { addAddress, decodeAddress, deleteAddress, dumpAddresses, type InterfaceAddress } from "../netlink/address.ts";
import {
  NETLINK_ROUTE,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTMGRP_IPV4_IFADDR,
  RTMGRP_IPV6_IFADDR,
  RTMGRP_LINK,
} from "../netlink/constants.ts";
import type { Answer } from "../netlink/conversation.ts";
import { decodeLink, dumpLinks, type Link } from "../netlink/link.ts";
import { EADDRNOTAVAIL, EEXIST, ENODEV } from "./constants.ts";
import { KernelError } from "./kernel-error.ts";
import { NetlinkMonitor, NetlinkSocket } from "./netlink-socket.ts";
import type { Poller } from "./poller.ts";

/** Hears that interfaces (by name) came, went or changed, or that addresses did; the mirror is up to date then. */
export type NetworkListener = (links: ReadonlySet<string>) => void;

/**
 * The interfaces and addresses of this network namespace: a mirror of the kernel's tables, kept by its notifications
 * and read anew when any were lost.
 */
export class HostNetwork {
  readonly #netlink: NetlinkSocket;
  readonly #monitor: NetlinkMonitor;
  readonly #listener: NetworkListener;
  readonly #links = new Map<number, Link>();
  readonly #byName = new Map<string, Link>();
  readonly #addresses = new Map<number, Map<string, InterfaceAddress>>();
  #changedLinks = new Set<string>();
  #changedAddresses = false;

  /** Throws KernelError. */
  constructor(poller: Poller, listener: NetworkListener) {
    this.#listener = listener;
    this.#netlink = new NetlinkSocket(NETLINK_ROUTE);
    // Subscribed before the tables are read, so nothing falls between.
    this.#monitor = new NetlinkMonitor(
      poller,
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
      (type, body) => this.#notified(type, body),
      (overrun) => this.#settled(overrun),
    );
    this.#read();
  }

  link(name: string): Link | undefined {
    return this.#byName.get(name);
  }

  linkAt(ifindex: number): Link | undefined {
    return this.#links.get(ifindex);
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** Reads the tables anew, where something was changed past this mirror; nobody is told. */
  refresh(): void {
    this.#read();
    this.#changedLinks = new Set();
  }

  /** The addresses of an interface, in the kernel's order. */
  addresses(ifindex: number): readonly InterfaceAddress[] {
    return [...(this.#addresses.get(ifindex)?.values() ?? [])];
  }

  /** Whether any interface has this address. */
  holds(address: IpAddress): boolean {
    return [...this.#addresses.values()].some((on) => [...on.values()].some((entry) => entry.address === address));
  }

  /**
   * Of `owned` addresses, makes those of `want` be there and the others be gone; addresses of others stay as they are.
   * Returns what was done, and the refusals that mean something.
   */
  apply(
    owned: readonly InterfaceAddress[],
    want: readonly InterfaceAddress[],
  ): { readonly done: Difference<InterfaceAddress>; readonly errors: readonly KernelError[] } {
    const have = [...owned, ...want].flatMap(
      (entry) => this.#addresses.get(entry.ifindex)?.get(addressKey(entry)) ?? [],
    );
    const done = diff(have, want, { key: (entry) => `${entry.ifindex} ${addressKey(entry)}`, same: sameAddress });
    const removed = [...new Set([...done.removed, ...done.changed.map(({ from }) => from)])];
    const added = [...done.changed.map(({ to }) => to), ...done.added];
    const answers = this.#netlink.transact([...removed.map(deleteAddress), ...added.map(addAddress)]);
    const errors: KernelError[] = [];
    removed.forEach((entry, i) => {
      if (tolerates(answers[i], [EADDRNOTAVAIL, ENODEV])) this.#forget(entry);
      else errors.push(refused("cannot remove", entry, answers[i]));
    });
    added.forEach((entry, i) => {
      const answer = answers[removed.length + i];
      if (tolerates(answer, [EEXIST])) this.#remember(entry);
      else errors.push(refused("cannot add", entry, answer));
    });
    return { done, errors };
  }

  close(): void {
    this.#monitor.close();
    this.#netlink.close();
  }

  #notified(type: number, body: Uint8Array): void {
    if (type === RTM_NEWLINK || type === RTM_DELLINK) {
      const link = decodeLink(body);
      if (!link.ok) return;
      if (type === RTM_NEWLINK) this.#setLink(link.value);
      else this.#dropLink(link.value);
    }
    if (type === RTM_NEWADDR || type === RTM_DELADDR) {
      const address = decodeAddress(body);
      if (!address.ok) return;
      const known = this.#addresses.get(address.value.ifindex)?.has(addressKey(address.value)) ?? false;
      if (type === RTM_NEWADDR) this.#remember(address.value);
      else this.#forget(address.value);
      if (known !== (type === RTM_NEWADDR)) this.#changedAddresses = true;
    }
  }

  /** Tells what a burst of notifications came to; nothing where it came to nothing. */
  #settled(overrun: boolean): void {
    if (overrun) this.#reread();
    const links = this.#changedLinks;
    const told = links.size > 0 || this.#changedAddresses;
    this.#changedLinks = new Set();
    this.#changedAddresses = false;
    if (told) this.#listener(links);
  }

  /** A renamed interface keeps its index: the old name is gone then. */
  #setLink(link: Link): void {
    const before = this.#links.get(link.ifindex);
    this.#links.set(link.ifindex, link);
    this.#byName.set(link.name, link);
    this.#changedLinks.add(link.name);
    if (before === undefined || before.name === link.name) return;
    if (this.#byName.get(before.name)?.ifindex === link.ifindex) this.#byName.delete(before.name);
    this.#changedLinks.add(before.name);
  }

  #dropLink({ ifindex, name }: Link): void {
    this.#links.delete(ifindex);
    this.#addresses.delete(ifindex);
    this.#changedLinks.add(name);
    if (this.#byName.get(name)?.ifindex === ifindex) this.#byName.delete(name);
  }

  #remember(entry: InterfaceAddress): void {
    const on = this.#addresses.get(entry.ifindex) ?? new Map<string, InterfaceAddress>();
    on.set(addressKey(entry), entry);
    this.#addresses.set(entry.ifindex, on);
  }

  #forget(entry: InterfaceAddress): void {
    this.#addresses.get(entry.ifindex)?.delete(addressKey(entry));
  }

  #read(): void {
    for (const table of [this.#links, this.#byName, this.#addresses]) table.clear();
    const [links] = this.#netlink.transact([dumpLinks()]);
    const [addresses] = this.#netlink.transact([dumpAddresses()]);
    for (const { body } of messages(links, "cannot read the interfaces")) {
      const link = decodeLink(body);
      if (link.ok) this.#setLink(link.value);
    }
    for (const { body } of messages(addresses, "cannot read the addresses")) {
      const address = decodeAddress(body);
      if (address.ok) this.#remember(address.value);
    }
  }

  #reread(): void {
    for (const name of this.#byName.keys()) this.#changedLinks.add(name);
    this.#read();
  }
}

function messages(answer: Answer | undefined, what: string): readonly { readonly body: Uint8Array }[] {
  if (answer?.ok) return answer.messages;
  throw new KernelError(what, answer?.errno ?? 0, answer?.text);
}

function tolerates(answer: Answer | undefined, errnos: readonly number[]): boolean {
  return answer !== undefined && (answer.ok || errnos.includes(answer.errno));
}

function refused(
  what: string,
  { address, prefixLength, ifindex }: InterfaceAddress,
  answer: Answer | undefined,
): KernelError {
  const { errno, text } = answer !== undefined && !answer.ok ? answer : { errno: 0, text: undefined };
  return new KernelError(`${what} address ${address}/${prefixLength} on interface ${ifindex}`, errno, text);
}

/** How the kernel tells the addresses of one interface apart. */
function addressKey({ address, prefixLength }: InterfaceAddress): string {
  return `${address}/${prefixLength}`;
}

/**
 * Whether the kernel's `a` is what we asked for as `b`. Where no label was given the kernel shows the interface's name,
 * and IPv6 addresses have the scope that their prefix says.
 */
function sameAddress(a: InterfaceAddress, b: InterfaceAddress): boolean {
  if (b.family === 6) return true;
  return a.scope === b.scope && a.broadcast === b.broadcast && (a.label === b.label || b.label === undefined);
}
