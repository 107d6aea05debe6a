import { type Family, family, type IpAddress } from "../base/ip.ts";
import {
  AF_INET,
  AF_INET6,
  IP_HDRINCL,
  IP_MULTICAST_LOOP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_RAW,
  IPV6_MULTICAST_LOOP,
  MSG_DONTROUTE,
  SO_PRIORITY,
  SO_RCVBUF,
  SOCK_RAW,
  SOL_SOCKET,
} from "./constants.ts";
import { outOf } from "./control-data.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { sockaddrIp } from "./sockaddr.ts";
import { openSocket } from "./socket.ts";

/** TC_PRIO_INTERACTIVE … TC_PRIO_CONTROL: 6 is the highest that needs no privilege (socket(7)). */
const PRIORITY = 6;

/**
 * Sends whole packets to a multicast group on any interface: one socket of each family for all virtual MAC interfaces.
 * What comes in is heard on their bases, so hundreds of them do not each hear what is for the others.
 */
export class AdvertSender {
  readonly #sockets = new Map<Family, number>();

  /** Throws KernelError, such as ENETDOWN on an interface that is down or ENODEV where it is gone. */
  send(ifindex: number, packet: Uint8Array, group: IpAddress): void {
    const of = family(group);
    const fd = this.#sockets.get(of) ?? this.#open(of);
    const flags = of === 4 ? MSG_DONTROUTE : 0; // out there, whatever the routes
    const sent = native.sendmsg(fd, packet, sockaddrIp(group, 0, ifindex), outOf(ifindex, of), flags);
    check(sent, `cannot send to ${group}`);
  }

  close(): void {
    for (const fd of this.#sockets.values()) native.close(fd);
    this.#sockets.clear();
  }

  /** IPPROTO_RAW receives nothing (raw(7)); with it the header of IPv6 is ours as well. */
  #open(of: Family): number {
    const fd = openSocket(
      [of === 4 ? AF_INET : AF_INET6, SOCK_RAW, IPPROTO_RAW],
      "cannot open a socket to send",
      setUp,
    );
    this.#sockets.set(of, fd);
    return fd;

    function setUp(socket: number): void {
      const options =
        of === 4
          ? ([
              [IPPROTO_IP, IP_HDRINCL, 1],
              [IPPROTO_IP, IP_MULTICAST_LOOP, 0],
            ] as const)
          : ([[IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0]] as const);
      const more = [
        [SOL_SOCKET, SO_PRIORITY, PRIORITY],
        [SOL_SOCKET, SO_RCVBUF, 0],
      ] as const;
      for (const [level, name, value] of [...options, ...more])
        check(native.setsockopt(socket, level, name, value), "cannot set up a socket to send");
    }
  }
}
