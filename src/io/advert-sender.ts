import type { IpAddress } from "../base/ip.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import {
  AF_INET,
  IP_HDRINCL,
  IP_MULTICAST_LOOP,
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_RAW,
  MSG_DONTROUTE,
  SO_PRIORITY,
  SO_RCVBUF,
  SOCK_RAW,
  SOL_SOCKET,
} from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { sockaddrIp } from "./sockaddr.ts";
import { openSocket } from "./socket.ts";

/** TC_PRIO_INTERACTIVE … TC_PRIO_CONTROL: 6 is the highest that needs no privilege (socket(7)). */
const PRIORITY = 6;

/**
 * Sends whole IPv4 packets to a multicast group on any interface: one socket for all virtual MAC interfaces. What comes
 * in is heard on their bases, so hundreds of them do not each hear what is for the others.
 */
export class AdvertSender {
  readonly #fd = openSocket([AF_INET, SOCK_RAW, IPPROTO_RAW], "cannot open a socket to send", (fd) => {
    const what = "cannot set up a socket to send";
    check(native.setsockopt(fd, IPPROTO_IP, IP_HDRINCL, 1), what);
    check(native.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0), what);
    check(native.setsockopt(fd, SOL_SOCKET, SO_PRIORITY, PRIORITY), what);
    check(native.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 0), what);
  });

  /** Throws KernelError, such as ENETDOWN on an interface that is down or ENODEV where it is gone. */
  send(ifindex: number, packet: Uint8Array, destination: IpAddress): void {
    const sent = native.sendmsg(this.#fd, packet, sockaddrIp(destination, 0), outOf(ifindex), MSG_DONTROUTE);
    check(sent, `cannot send to ${destination}`);
  }

  close(): void {
    native.close(this.#fd);
  }
}

/** `struct cmsghdr` (length size_t, level int, type int) and `struct in_pktinfo` (ifindex int, two addresses). */
function outOf(ifindex: number): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 28n, LITTLE_ENDIAN);
  view.setInt32(8, IPPROTO_IP, LITTLE_ENDIAN);
  view.setInt32(12, IP_PKTINFO, LITTLE_ENDIAN);
  view.setInt32(16, ifindex, LITTLE_ENDIAN);
  return bytes;
}
