import type { IpAddress } from "../base/ip.ts";
import type { MacAddress } from "../base/mac.ts";
import { ArpSocket } from "../io/arp-socket.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Waker } from "../io/intake.ts";
import type { Log } from "../observe/log.ts";
import { decodeArp } from "../wire/arp.ts";

/** An address that is ours on an interface, and who is told when somebody else says that it is theirs. */
export interface WatchedAddress {
  readonly interface: string;
  readonly address: IpAddress;
  readonly claimed: (by: MacAddress, address: IpAddress) => void;
}

interface Watched {
  readonly ifindex: number;
  readonly socket: ArpSocket;
  readonly claimed: Map<IpAddress, WatchedAddress["claimed"]>;
}

/** Listens to ARP on the interfaces on which some router is master. */
export class ArpWatch {
  readonly #waker: Waker;
  readonly #network: HostNetwork;
  readonly #log: Log;
  readonly #on = new Map<string, Watched>(); // by interface

  constructor(waker: Waker, network: HostNetwork, log: Log) {
    this.#waker = waker;
    this.#network = network;
    this.#log = log;
  }

  watch(addresses: readonly WatchedAddress[]): void {
    for (const { interface: name, address, claimed } of addresses) {
      const watched = this.#open(name);
      if (watched?.claimed.size === 0) watched.socket.resume();
      watched?.claimed.set(address, claimed);
    }
  }

  /** Ends what `watch` began, with the same callbacks. */
  unwatch(addresses: readonly WatchedAddress[]): void {
    for (const { interface: name, address, claimed } of addresses) {
      const watched = this.#on.get(name);
      if (watched?.claimed.get(address) !== claimed) continue;
      watched.claimed.delete(address);
      if (watched.claimed.size === 0) watched.socket.pause();
    }
  }

  /** What is watched on an interface that was made again meanwhile is watched on the new one. */
  linkChanged(name: string): void {
    const before = this.#on.get(name);
    const ifindex = this.#network.link(name)?.ifindex;
    if (before === undefined || before.claimed.size === 0 || ifindex === undefined) return;
    if (before.ifindex === ifindex) return;
    this.watch([...before.claimed].map(([address, claimed]) => ({ interface: name, address, claimed })));
  }

  close(): void {
    for (const [name, watched] of [...this.#on]) this.#close(name, watched);
  }

  /** Anew where the interface was deleted and made again. */
  #open(name: string): Watched | undefined {
    const link = this.#network.link(name);
    const open = this.#on.get(name);
    if (open !== undefined && open.ifindex === link?.ifindex) return open;
    if (open !== undefined) this.#close(name, open);
    if (link === undefined) return undefined;
    const claimed = new Map<IpAddress, WatchedAddress["claimed"]>();
    try {
      const socket = new ArpSocket(this.#waker, link, (frame) => this.#heard(claimed, frame));
      const watched = { ifindex: link.ifindex, socket, claimed };
      this.#on.set(name, watched);
      return watched;
    } catch (error) {
      this.#log.warning("{error}", { error: String(error), intf: name });
      return undefined;
    }
  }

  #close(name: string, { socket }: Watched): void {
    socket.close();
    this.#on.delete(name);
  }

  #heard(claimed: Watched["claimed"], frame: Uint8Array): void {
    const arp = decodeArp(frame);
    if (!arp.ok) return;
    const tell = claimed.get(arp.value.senderIp);
    if (tell !== undefined && !this.#network.hasMac(arp.value.senderMac)) tell(arp.value.senderMac, arp.value.senderIp);
  }
}
