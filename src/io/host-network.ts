import type { IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import { decodeAddress, dumpAddresses, type InterfaceAddress } from "../netlink/address.ts";
import { ADDRESSES } from "../netlink/address-kind.ts";
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
import { AddressEntries } from "./address-entries.ts";
import { KernelError } from "./kernel-error.ts";
import { KernelTable } from "./kernel-table.ts";
import { LinkTable } from "./link-table.ts";
import { type NetlinkBuffers, NetlinkMonitor, NetlinkSocket } from "./netlink-socket.ts";
import type { Poller } from "./poller.ts";

/**
 * Hears that interfaces (by name) came, went or changed, or that addresses did; the mirror is up to date then. `shaken`
 * are interfaces (by number) that went, went down or lost an address: the kernel drops routes with them, not always with
 * a word.
 */
export type NetworkListener = (links: ReadonlySet<string>, shaken: ReadonlySet<number>) => void;

/**
 * The interfaces and addresses of this network namespace: a mirror of the kernel's tables, kept by its notifications
 * and read anew when any were lost.
 */
export class HostNetwork {
  readonly #netlink: NetlinkSocket;
  readonly #monitor: NetlinkMonitor;
  readonly #listener: NetworkListener;
  readonly #links = new LinkTable();
  readonly #entries = new AddressEntries();
  /** The addresses of all interfaces. */
  readonly table: KernelTable<InterfaceAddress>;
  #shaken = new Set<number>();
  #changedAddresses = false;

  /** Throws KernelError. */
  constructor(poller: Poller, listener: NetworkListener) {
    this.#listener = listener;
    this.#netlink = new NetlinkSocket(NETLINK_ROUTE);
    this.table = new KernelTable(this.#netlink, ADDRESSES, { entries: this.#entries });
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
    return this.#links.named(name);
  }

  /** Another number whenever a name means another interface than before. */
  get generation(): number {
    return this.#links.generation;
  }

  linkAt(ifindex: number): Link | undefined {
    return this.#links.numbered(ifindex);
  }

  get links(): readonly Link[] {
    return this.#links.all;
  }

  /**
   * Reads the tables anew, where something was changed past this mirror. Nobody is told before the kernel has told of it
   * too.
   */
  refresh(): void {
    const were = this.#links.all.filter(({ up }) => up);
    const shaken = this.#shaken;
    this.#read();
    this.#links.takeChanged();
    const gone = were.filter(({ ifindex }) => !this.#links.numbered(ifindex)?.up);
    this.#shaken = new Set([...shaken, ...gone.map(({ ifindex }) => ifindex)]);
    this.#changedAddresses = true;
  }

  /** The addresses of an interface, in the kernel's order. */
  addresses(ifindex: number): readonly InterfaceAddress[] {
    return this.#entries.on(ifindex);
  }

  /** Whether any interface has this address. */
  holds(address: IpAddress): boolean {
    return this.#entries.holds(address);
  }

  /** Whether any interface has this hardware address. */
  hasMac(mac: MacAddress): boolean {
    return this.#links.hasMac(mac);
  }

  /** How large the receive buffers are from now on. */
  buffers({ netlinkCommandBuffer, netlinkMonitorBuffer }: NetlinkBuffers): void {
    this.#netlink.buffer(netlinkCommandBuffer);
    this.#monitor.buffer(netlinkMonitorBuffer);
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
      if (type === RTM_NEWADDR) this.#setAddress(address.value);
      else this.#dropAddress(address.value);
    }
  }

  /** Tells what a burst of notifications came to; nothing where it came to nothing. */
  #settled(overrun: boolean): void {
    if (overrun) this.#read();
    const links = this.#links.takeChanged();
    const shaken = this.#shaken;
    const told = links.size > 0 || shaken.size > 0 || this.#changedAddresses;
    this.#shaken = new Set();
    this.#changedAddresses = false;
    if (told) this.#listener(links, shaken);
  }

  #setLink(link: Link): void {
    if (this.#links.numbered(link.ifindex)?.up && !link.up) this.#shaken.add(link.ifindex);
    this.#links.set(link);
  }

  #dropLink(link: Link): void {
    this.#links.drop(link);
    this.#entries.dropInterface(link.ifindex);
    this.#shaken.add(link.ifindex);
  }

  /** An address that is there already may be another now, such as one that another host turned out to have. */
  #setAddress(address: InterfaceAddress): void {
    const before = this.table.at(address);
    this.table.remember(address);
    if (before === undefined || !ADDRESSES.same(address, before)) this.#changedAddresses = true;
  }

  #dropAddress(address: InterfaceAddress): void {
    this.table.forget(address);
    this.#shaken.add(address.ifindex);
  }

  #read(): void {
    this.#links.clear();
    this.#entries.clear();
    const [links] = this.#netlink.transact([dumpLinks()]);
    const [addresses] = this.#netlink.transact([dumpAddresses()]);
    for (const { body } of messages(links, "cannot read the interfaces")) {
      const link = decodeLink(body);
      if (!link.ok) continue;
      this.#links.set(link.value);
      this.#shaken.add(link.value.ifindex);
    }
    for (const { body } of messages(addresses, "cannot read the addresses")) {
      const address = decodeAddress(body);
      if (address.ok) this.table.remember(address.value);
    }
  }
}

/** The messages of a dump. Throws KernelError, saying `what` was tried. */
function messages(answer: Answer | undefined, what: string): readonly { readonly body: Uint8Array }[] {
  if (answer?.ok) return answer.messages;
  throw new KernelError(what, answer?.errno ?? 0, answer?.text);
}
