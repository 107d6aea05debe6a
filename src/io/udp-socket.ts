import { type Family, type IpAddress, ip } from "../base/ip.ts";
import {
  AF_INET,
  AF_INET6,
  EADDRINUSE,
  IP_FREEBIND,
  IP_PKTINFO,
  IP_RECVTTL,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_FREEBIND,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  SO_PRIORITY,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOL_SOCKET,
} from "./constants.ts";
import { readArrival } from "./control-data.ts";
import { Intake, type Waker } from "./intake.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { ReceiveArena } from "./receive-arena.ts";
import { addressOf, sockaddrIp } from "./sockaddr.ts";
import { NOTHING, openSocket, takeError } from "./socket.ts";

/** A datagram with its way to us. The bytes are valid until the handler returns, and are cut at 256. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number; // what is left of it
}

/** An end of a UDP socket. The address need not be on this host (yet). */
export interface UdpEnd {
  readonly family: Family;
  readonly address: IpAddress | undefined; // undefined: all of the family, or the kernel's choice
}

/** DSCP CS6, "network control", and the highest priority that needs no privilege (socket(7)). */
const TOS = 0xc0;
const PRIORITY = 6;

/** Datagrams received by one system call. */
const BATCH = 64;
const arena = new ReceiveArena(BATCH, 256);

/** Hears datagrams that come to one port. */
export class UdpListener {
  readonly #intake: Intake;
  readonly #fd: number;
  readonly #onDatagram: (datagram: Datagram) => void;

  /** Throws KernelError, such as EADDRINUSE. */
  constructor(waker: Waker, end: UdpEnd & { readonly port: number }, onDatagram: (datagram: Datagram) => void) {
    const what = `cannot listen to UDP port ${end.port}`;
    this.#onDatagram = onDatagram;
    this.#fd = openUdp(end, what, (fd) => {
      const [level, ...told] =
        end.family === 4
          ? ([IPPROTO_IP, IP_RECVTTL, IP_PKTINFO] as const)
          : ([IPPROTO_IPV6, IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO] as const);
      for (const option of told) check(native.setsockopt(fd, level, option, 1), what);
      check(native.bind(fd, sockaddrIp(end.address ?? unspecified(end.family), end.port)), what);
    });
    this.#intake = new Intake(waker, this.#fd, () => this.#receive() === BATCH);
  }

  /** Hands over everything that has arrived and waits: before a deadline counts as missed, that may be why. */
  drain(): void {
    for (let rounds = 0; rounds < 64 && this.#receive() > 0; rounds++);
  }

  close(): void {
    this.#intake.close();
    native.close(this.#fd);
  }

  /** One batch. */
  #receive(): number {
    const count = arena.receive(this.#fd);
    if (count < 0) takeError(this.#fd);
    for (let i = 0; i < count; i++) {
      const from = addressOf(arena.sender(i));
      const { to, ttl } = readArrival(arena.control(i));
      if (from !== undefined && to !== undefined && ttl !== undefined)
        this.#onDatagram({ bytes: arena.data(i), from, to, ttl });
    }
    return count;
  }
}

/** Sends datagrams from one port, and hears nothing. */
export class UdpSender {
  readonly #family: Family;
  readonly #fd: number;

  /** Binds to one of `ports`, tried in their order while they are taken. Throws KernelError. */
  constructor(end: UdpEnd, ports: Iterable<number>) {
    this.#family = end.family;
    this.#fd = openUdp(end, `cannot send from ${end.address ?? "any address"}`, (fd) => {
      check(native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 0), "cannot hear nothing");
      bindAny(fd, end, ports);
    });
  }

  /** Sets the TTL or hop limit (1 to 255) of what is sent from now on. Throws KernelError. */
  set ttl(ttl: number) {
    const [level, option] =
      this.#family === 4 ? ([IPPROTO_IP, IP_TTL] as const) : ([IPPROTO_IPV6, IPV6_UNICAST_HOPS] as const);
    check(native.setsockopt(this.#fd, level, option, ttl), "cannot set the TTL");
  }

  /** Throws KernelError: EINVAL or ENETUNREACH while the source is not on this host, or without a route. */
  send(bytes: Uint8Array, to: IpAddress, port: number): void {
    check(native.sendmsg(this.#fd, bytes, sockaddrIp(to, port), NOTHING, 0), `cannot send to ${to}`);
  }

  close(): void {
    native.close(this.#fd);
  }
}

function openUdp({ family }: UdpEnd, what: string, configure: (fd: number) => void): number {
  return openSocket([family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, IPPROTO_UDP], what, (fd) => {
    if (family === 4) {
      check(native.setsockopt(fd, IPPROTO_IP, IP_FREEBIND, 1), what);
      check(native.setsockopt(fd, IPPROTO_IP, IP_TOS, TOS), what);
    } else {
      check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), what);
      check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1), what);
      check(native.setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, TOS), what);
    }
    check(native.setsockopt(fd, SOL_SOCKET, SO_PRIORITY, PRIORITY), what);
    configure(fd);
  });
}

function bindAny(fd: number, { family, address }: UdpEnd, ports: Iterable<number>): void {
  let refused = -EADDRINUSE;
  for (const port of ports) {
    refused = native.bind(fd, sockaddrIp(address ?? unspecified(family), port));
    if (refused !== -EADDRINUSE) break;
  }
  check(refused, "cannot find a free UDP port");
}

function unspecified(family: Family): IpAddress {
  return family === 4 ? ip("0.0.0.0") : ip("::");
}
