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

/** What the kernel told: an interface came, went or changed, or an address did. */
export interface NetworkListener {
  linkChanged(name: string): void;
  addressChanged(ifindex: number): void;
}

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

  /** Throws KernelError. */
  constructor(poller: Poller, listener: NetworkListener) {
    this.#listener = listener;
    this.#netlink = new NetlinkSocket(NETLINK_ROUTE);
    // Subscribed before the tables are read, so nothing falls between.
    this.#monitor = new NetlinkMonitor(
      poller,
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
      (type, body) => this.#notified(type, body),
      () => this.#reread(),
    );
    this.#read();
  }

  link(name: string): Link | undefined {
    return this.#byName.get(name);
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
      this.#listener.linkChanged(link.value.name);
    }
    if (type === RTM_NEWADDR || type === RTM_DELADDR) {
      const address = decodeAddress(body);
      if (!address.ok) return;
      const known = this.#addresses.get(address.value.ifindex)?.has(addressKey(address.value)) ?? false;
      if (type === RTM_NEWADDR) this.#remember(address.value);
      else this.#forget(address.value);
      if (known !== (type === RTM_NEWADDR)) this.#listener.addressChanged(address.value.ifindex);
    }
  }

  /** A renamed interface keeps its index: the old name is gone then. */
  #setLink(link: Link): void {
    const before = this.#links.get(link.ifindex);
    this.#links.set(link.ifindex, link);
    this.#byName.set(link.name, link);
    if (before === undefined || before.name === link.name) return;
    this.#byName.delete(before.name);
    this.#listener.linkChanged(before.name);
  }

  #dropLink({ ifindex, name }: Link): void {
    this.#links.delete(ifindex);
    this.#addresses.delete(ifindex);
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
    const names = new Set(this.#byName.keys());
    this.#read();
    for (const name of this.#byName.keys()) names.add(name);
    for (const name of names) this.#listener.linkChanged(name);
    for (const ifindex of this.#links.keys()) this.#listener.addressChanged(ifindex);
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
