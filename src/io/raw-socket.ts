import { type IpAddress, ip, toBytes } from "../base/ip.ts";
import {
  AF_INET,
  IP_ADD_MEMBERSHIP,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  IPPROTO_RAW,
  MSG_DONTROUTE,
  SO_BINDTODEVICE,
  SO_PRIORITY,
  SO_RCVBUF,
  SOCK_RAW,
  SOL_SOCKET,
} from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { deviceName, ipMreqn, sockaddrIp } from "./sockaddr.ts";
import { NOTHING, openSocket, takeError } from "./socket.ts";

/** Where VRRP is spoken. */
export interface VrrpLink {
  readonly name: string; // of the interface
  readonly ifindex: number;
}

/** IP protocol number of VRRP. */
const VRRP = 112;
/** TC_PRIO_INTERACTIVE … TC_PRIO_CONTROL: 6 is the highest that needs no privilege (socket(7)). */
const PRIORITY = 6;

/** Packets received by one system call. */
const BATCH = 16;
/** Packets that one `drain` hands over at most: more than a receive buffer of the usual size holds. */
const MOST = 1024;

/** Shared by all sockets: a handler sees its packet before the next is received. The largest IPv4 packet fits. */
const arena = new ReceiveArena(BATCH, 65536);

/**
 * IPv4 VRRP on one interface: a socket that hears the group there, and one that only sends. All instances of the
 * interface share it. keepalived 2.2.7 sets its sockets up the same way.
 */
export class VrrpSocket {
  readonly #poller: Poller;
  readonly #input: number;
  readonly #output: number;
  readonly #onPacket: (packet: Uint8Array) => void;

  /**
   * `onPacket` gets each whole IPv4 packet, header included; the bytes are valid until it returns. Throws KernelError,
   * such as ENODEV when the interface is gone.
   */
  constructor(
    poller: Poller,
    link: VrrpLink,
    onPacket: (packet: Uint8Array) => void,
    group: IpAddress = ip("224.0.0.18"),
  ) {
    this.#poller = poller;
    this.#onPacket = onPacket;
    this.#input = openInput(link, group);
    try {
      this.#output = openOutput(link);
    } catch (error) {
      native.close(this.#input);
      throw error;
    }
    poller.add(this.#input, () => this.#receive());
  }

  /**
   * Sends one IPv4 packet with its header; the kernel fills in header checksum and total length, and the source where
   * it is zero. Throws KernelError, such as ENETDOWN or ENETUNREACH on an interface that is down.
   */
  send(packet: Uint8Array, destination: IpAddress): void {
    const [first = 0] = toBytes(destination);
    const flags = first >= 224 && first < 240 ? MSG_DONTROUTE : 0; // a multicast packet goes out here, whatever the routes
    const sent = native.sendmsg(this.#output, packet, sockaddrIp(destination, 0), NOTHING, flags);
    check(sent, `cannot send to ${destination}`);
  }

  close(): void {
    this.#poller.remove(this.#input);
    native.close(this.#input);
    native.close(this.#output);
  }

  /**
   * Hands over what waits now, as a turn would, but to the end: for a deadline that must not pass over what was said. Not
   * from within `onPacket`. A flood is left after `MOST` packets.
   */
  drain(): void {
    for (let left = MOST / BATCH; left > 0 && this.#receive() === BATCH; left--);
  }

  /** One batch a turn; what is left over comes with the next, after the timers. The number received, or -errno. */
  #receive(): number {
    const count = arena.receive(this.#input);
    if (count < 0) takeError(this.#input); // the link went down, or memory was short: the packets are gone, go on
    for (let i = 0; i < count; i++) this.#onPacket(arena.data(i));
    return count;
  }
}

function openInput({ name, ifindex }: VrrpLink, group: IpAddress): number {
  const what = `cannot listen to ${group} on ${name}`;
  return openSocket([AF_INET, SOCK_RAW, VRRP], what, (fd) => {
    check(native.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, deviceName(name)), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0), what); // only what this socket itself joined
    check(native.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreqn(group, ifindex)), what);
    check(native.bind(fd, sockaddrIp(group, 0)), what);
  });
}

/** IPPROTO_RAW receives nothing (raw(7)), so no advertisement queues here: no filter program is needed. */
function openOutput({ name, ifindex }: VrrpLink): number {
  const what = `cannot send on ${name}`;
  return openSocket([AF_INET, SOCK_RAW, IPPROTO_RAW], what, (fd) => {
    check(native.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, deviceName(name)), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_HDRINCL, 1), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, ipMreqn(ip("0.0.0.0"), ifindex)), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0), what);
    check(native.setsockopt(fd, SOL_SOCKET, SO_PRIORITY, PRIORITY), what);
    check(native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 0), what);
  });
}
