import { viewOf } from "../base/bytes.ts";
import { encodeProxyHeader, type ProxyEnd, type ProxyManner } from "../wire/proxy-header.ts";
import { native } from "./native.ts";
import { addressOf } from "./sockaddr.ts";
import { NOTHING } from "./socket.ts";

/**
 * Announces a connection that was just made, to the end that it was made to. Nothing waits in its socket yet, which has
 * room for far more; where the connection is gone already, whoever reads is told.
 */
export function announce(fd: number, manner: ProxyManner, to: ProxyEnd): void {
  native.sendmsg(fd, encodeProxyHeader(manner, ownEnd(fd) ?? { ...to, port: 0 }, to), NOTHING, NOTHING, 0);
}

/** Undefined where the connection is gone. */
function ownEnd(fd: number): ProxyEnd | undefined {
  const sockaddr = new Uint8Array(28); // struct sockaddr_in6
  const length = native.getsockname(fd, sockaddr);
  const address = length < 0 ? undefined : addressOf(sockaddr.subarray(0, length));
  return address === undefined ? undefined : { address, port: viewOf(sockaddr).getUint16(2) };
}
