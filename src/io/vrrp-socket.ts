import { type Family, family, fromBytes, type IpAddress, ip, isMulticast } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import { AH_HEADER, IPPROTO_AH } from "../wire/ah.ts";
import { decodeIpv4 } from "../wire/ipv4.ts";
import {
  AF_INET,
  AF_INET6,
  IP_ADD_MEMBERSHIP,
  IP_FREEBIND,
  IP_HDRINCL,
  IP_MULTICAST_ALL,
  IP_MULTICAST_IF,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_RAW,
  IPV6_FREEBIND,
  IPV6_JOIN_GROUP,
  IPV6_MULTICAST_ALL,
  IPV6_MULTICAST_IF,
  IPV6_MULTICAST_LOOP,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  MSG_DONTROUTE,
  SO_BINDTODEVICE,
  SO_DETACH_FILTER,
  SO_PRIORITY,
  SO_RCVBUF,
  SO_TIMESTAMPNS_NEW,
  SOCK_RAW,
  SOL_SOCKET,
} from "./constants.ts";
import { type Arrival, arrivedAt, readArrival } from "./control-data.ts";
import { Intake, type Waker } from "./intake.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { deviceName, ipMreqn, ipv6Mreq, sockaddrIp } from "./sockaddr.ts";
import { growReceiveBuffer, NOTHING, openSocket, takeError } from "./socket.ts";
import { vridFilter } from "./vrid-filter.ts";

/** An interface, or a VRF. */
export interface VrrpLink {
  readonly name: string;
  readonly ifindex: number;
}

/** Where VRRP is spoken. */
export interface VrrpPlace {
  readonly link: VrrpLink | undefined; // undefined: wherever the routes lead; for unicast
  readonly local: IpAddress; // the multicast group, or our own address
  readonly protocol: number; // IPPROTO_VRRP, or IPPROTO_AH in front of it
  /** What a virtual MAC interface lies on, by number: it joins the group as well, since it tells switches so. */
  readonly carrier: number | undefined;
}

/** A packet of the place's protocol; `payload` is valid until the handler returns. */
export interface ReceivedPacket {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number; // or hop limit
  readonly id: number; // of IPv4; 0
  readonly payload: Uint8Array;
  readonly at: Micros; // when it came (arrivedAt)
}

/** TC_PRIO_INTERACTIVE … TC_PRIO_CONTROL: 6 is the highest that needs no privilege (socket(7)). */
const PRIORITY = 6;
/** Where `struct sockaddr_in6` has the address. */
const ADDRESS_AT = 8;

/** Packets received by one system call. */
const BATCH = 16;
/** Packets that one `drain` hands over at most: more than a receive buffer of the usual size holds. */
const MOST = 1024;

/** Shared by all sockets: a handler sees its packet before the next is received. The largest packet fits. */
const arena = new ReceiveArena(BATCH, 65536);

/**
 * VRRP of one family at one place: a socket that hears the group or what is sent to our address there, and one that only
 * sends. All instances of the place share it. keepalived 2.2.7 sets its sockets up the same way; IPv6 checksums are
 * ours to check here, so that a wrong one is counted.
 */
export class VrrpSocket {
  readonly #intake: Intake;
  readonly #family: Family;
  readonly #scope: number;
  readonly #input: number;
  readonly #output: number;
  readonly #before: number;
  readonly #onPacket: (packet: ReceivedPacket) => void;

  /** Throws KernelError, such as ENODEV when the interface is gone. */
  constructor(waker: Waker, place: VrrpPlace, onPacket: (packet: ReceivedPacket) => void) {
    this.#onPacket = onPacket;
    this.#family = family(place.local);
    this.#scope = place.link?.ifindex ?? 0;
    this.#before = place.protocol === IPPROTO_AH ? AH_HEADER : 0;
    this.#input = this.#family === 4 ? openInput4(place) : openInput6(place);
    try {
      this.#output = this.#family === 4 ? openOutput4(place.link) : openOutput6(place.link);
    } catch (error) {
      native.close(this.#input);
      throw error;
    }
    native.setsockopt(this.#input, SOL_SOCKET, SO_TIMESTAMPNS_NEW, 1); // Linux 5.1; before, what is read has just come
    this.#intake = new Intake(waker, this.#input, () => this.#receive() === BATCH);
  }

  /** Room for what waits to be read, bytes. */
  set receiveBuffer(size: number) {
    growReceiveBuffer(this.#input, size);
  }

  /**
   * The VRIDs that are listened to; undefined: all. On a virtual MAC interface come the adverts of every VRID of the LAN,
   * so that with many of them each would wake up the process once for each interface. Where the kernel has no filter,
   * what is for nobody is dropped by who receives it.
   */
  set vrids(vrids: Iterable<number> | undefined) {
    if (vrids === undefined) native.setsockopt(this.#input, SOL_SOCKET, SO_DETACH_FILTER, 0);
    else native.attachFilter(this.#input, vridFilter(this.#family, vrids, this.#before));
  }

  /**
   * Sends one packet with its IP header; the kernel fills in the header checksum of IPv4, and its source where it is
   * zero. Throws KernelError, such as ENETDOWN or ENETUNREACH on an interface that is down.
   */
  send(packet: Uint8Array, to: IpAddress): void {
    // A multicast packet goes out here, whatever the routes.
    const flags = this.#family === 4 && isMulticast(to) ? MSG_DONTROUTE : 0;
    const sent = native.sendmsg(this.#output, packet, sockaddrIp(to, 0, this.#scope), NOTHING, flags);
    check(sent, `cannot send to ${to}`);
  }

  close(): void {
    this.#intake.close();
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
    if (count <= 0) return count;
    const now = native.now();
    const wallClock = native.wallClock();
    for (let i = 0; i < count; i++) {
      const arrival = readArrival(arena.control(i));
      const at = arrivedAt(arrival, now, wallClock);
      const packet = this.#family === 4 ? received4(i, at) : received6(i, arrival, at);
      if (packet !== undefined) this.#onPacket(packet);
    }
    return count;
  }
}

function received4(slot: number, at: Micros): ReceivedPacket | undefined {
  const packet = decodeIpv4(arena.data(slot));
  return packet.ok ? { ...packet.value, at } : undefined;
}

function received6(slot: number, { to, ttl }: Arrival, at: Micros): ReceivedPacket | undefined {
  const sender = arena.sender(slot);
  if (to === undefined || ttl === undefined || sender.length < ADDRESS_AT + 16) return undefined;
  const from = fromBytes(sender.subarray(ADDRESS_AT, ADDRESS_AT + 16));
  return { from, to, ttl, id: 0, payload: arena.data(slot), at };
}

function openInput4({ link, local, protocol, carrier }: VrrpPlace): number {
  const what = cannotListen(link, local);
  return openSocket([AF_INET, SOCK_RAW, protocol], what, (fd) => {
    bindToDevice(fd, link, what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0), what); // only what this socket itself joined
    if (isMulticast(local)) {
      check(native.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreqn(local, link?.ifindex ?? 0)), what);
      if (carrier !== undefined) native.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreqn(local, carrier));
    } else check(native.setsockopt(fd, IPPROTO_IP, IP_FREEBIND, 1), what); // the address may come later
    check(native.bind(fd, sockaddrIp(local, 0)), what);
  });
}

function openInput6({ link, local, protocol, carrier }: VrrpPlace): number {
  const what = cannotListen(link, local);
  const scope = link?.ifindex ?? 0;
  return openSocket([AF_INET6, SOCK_RAW, protocol], what, (fd) => {
    bindToDevice(fd, link, what);
    native.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0); // Linux 4.20; before, others' groups come too, and are not bound
    check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1), what);
    check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), what);
    if (isMulticast(local)) {
      check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, ipv6Mreq(local, scope)), what);
      if (carrier !== undefined) native.setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, ipv6Mreq(local, carrier));
    } else check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1), what);
    check(native.bind(fd, sockaddrIp(local, 0, scope)), what);
  });
}

/** IPPROTO_RAW receives nothing (raw(7)), so no advertisement queues here: no filter program is needed. */
function openOutput4(link: VrrpLink | undefined): number {
  const what = cannotSend(link);
  return openSocket([AF_INET, SOCK_RAW, IPPROTO_RAW], what, (fd) => {
    bindToDevice(fd, link, what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_HDRINCL, 1), what);
    if (link !== undefined)
      check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, ipMreqn(ip("0.0.0.0"), link.ifindex)), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0), what);
    sendOnly(fd, what);
  });
}

/** With IPPROTO_RAW the header is ours over IPv6 too: so each packet has the hop limit and the source that it needs. */
function openOutput6(link: VrrpLink | undefined): number {
  const what = cannotSend(link);
  return openSocket([AF_INET6, SOCK_RAW, IPPROTO_RAW], what, (fd) => {
    bindToDevice(fd, link, what);
    if (link !== undefined) check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, link.ifindex), what);
    check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0), what);
    sendOnly(fd, what);
  });
}

function sendOnly(fd: number, what: string): void {
  check(native.setsockopt(fd, SOL_SOCKET, SO_PRIORITY, PRIORITY), what);
  check(native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 0), what);
}

function bindToDevice(fd: number, link: VrrpLink | undefined, what: string): void {
  if (link !== undefined) check(native.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, deviceName(link.name)), what);
}

function cannotListen(link: VrrpLink | undefined, local: IpAddress): string {
  return `cannot listen to ${local}${link === undefined ? "" : ` on ${link.name}`}`;
}

function cannotSend(link: VrrpLink | undefined): string {
  return link === undefined ? "cannot send VRRP" : `cannot send on ${link.name}`;
}
