import { family, type IpAddress, ip, isLinkLocal } from "../base/ip.ts";
import type { Outgoing } from "../base/outgoing.ts";
import {
  AF_INET,
  AF_INET6,
  ECONNABORTED,
  ECONNREFUSED,
  ECONNRESET,
  EHOSTDOWN,
  EHOSTUNREACH,
  ENETDOWN,
  ENETUNREACH,
  ETIMEDOUT,
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_TCP,
  SO_BINDTODEVICE,
  SO_MARK,
  SO_REUSEADDR,
  SOL_SOCKET,
} from "./constants.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import { deviceName, sockaddrIp } from "./sockaddr.ts";
import { openSocket } from "./socket.ts";

/** What the network says of the other side. Any other errno, at once, is trouble of our own. */
export const REFUSALS: ReadonlyMap<number, "refused" | "timeout" | "unreachable"> = new Map([
  [ECONNREFUSED, "refused"],
  [ECONNRESET, "refused"],
  [ECONNABORTED, "refused"],
  [ETIMEDOUT, "timeout"],
  [ENETUNREACH, "unreachable"],
  [EHOSTUNREACH, "unreachable"],
  [EHOSTDOWN, "unreachable"],
  [ENETDOWN, "unreachable"],
]);

/** Opens a socket of a type and protocol, marked and bound, not yet connected. Throws KernelError: our own trouble. */
export function openOutgoing(
  type: number,
  protocol: number,
  { address, bindAddress, bindPort = 0, bindInterface, fwmark = 0 }: Outgoing,
): number {
  const v4 = family(address) === 4;
  return openSocket([v4 ? AF_INET : AF_INET6, type, protocol], "socket", (fd) => {
    if (fwmark !== 0) check(native.setsockopt(fd, SOL_SOCKET, SO_MARK, fwmark | 0), `SO_MARK ${fwmark}`);
    if (bindInterface !== undefined)
      check(native.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, deviceName(bindInterface)), `bind to ${bindInterface}`);
    if (bindAddress === undefined && bindPort === 0) return;
    const source = bindAddress ?? ip(v4 ? "0.0.0.0" : "::");
    // With a port of its own, the connection before is often in TIME_WAIT, and checks of two servers may share a port:
    // they are connected. Ping sockets of one identifier would take each other's answers.
    if (bindPort !== 0 && !isPing(protocol)) check(native.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
    // Without one, the kernel chooses the port when it knows the destination, so one source address is not limited to
    // 28,000 connections in all.
    if (bindPort === 0 && protocol === IPPROTO_TCP) native.setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const bound = native.bind(fd, sockaddrIp(source, bindPort, scopeOf(source, bindInterface)));
    check(bound, `bind to ${source} port ${bindPort}`);
  });
}

function isPing(protocol: number): boolean {
  return protocol === IPPROTO_ICMP || protocol === IPPROTO_ICMPV6;
}

/** A ping socket takes no link-local source without its interface. */
function scopeOf(source: IpAddress, bindInterface: string | undefined): number {
  if (bindInterface === undefined || family(source) === 4 || !isLinkLocal(source)) return 0;
  return check(native.ifNametoindex(bindInterface), `bind to ${bindInterface}`);
}
