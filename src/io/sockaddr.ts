import { viewOf } from "../base/bytes.ts";
import { family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { LITTLE_ENDIAN } from "../netlink/message.ts";
import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX } from "./constants.ts";

/** `struct sockaddr_in` or `sockaddr_in6` by the address's family. `scope`: the ifindex of a link-local address. */
export function sockaddrIp(address: IpAddress, port: number, scope = 0): Uint8Array {
  const v4 = family(address) === 4;
  const bytes = new Uint8Array(v4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, v4 ? AF_INET : AF_INET6, LITTLE_ENDIAN);
  view.setUint16(2, port); // network byte order
  bytes.set(toBytes(address), v4 ? 4 : 8); // v6: flow information at 4
  if (!v4) view.setUint32(24, scope, LITTLE_ENDIAN);
  return bytes;
}

/** The address in a `struct sockaddr_in` or `sockaddr_in6`; undefined for any other, or one that is cut off. */
export function addressOf(sockaddr: Uint8Array): IpAddress | undefined {
  if (sockaddr.length < 16) return undefined;
  const type = viewOf(sockaddr).getUint16(0, LITTLE_ENDIAN);
  if (type === AF_INET) return fromBytes(sockaddr.subarray(4, 8));
  return type === AF_INET6 && sockaddr.length >= 24 ? fromBytes(sockaddr.subarray(8, 24)) : undefined;
}

/** `struct sockaddr_ll`, for a frame that is complete, or to listen: ethernet protocol (host order) and interface. */
export function sockaddrLl(ifindex: number, protocol = 0): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, LITTLE_ENDIAN);
  view.setUint16(2, protocol); // network byte order
  view.setInt32(4, ifindex, LITTLE_ENDIAN);
  return bytes;
}

/** `struct sockaddr_nl`: the kernel, or (to listen) the multicast groups RTMGRP_*. */
export function sockaddrNl(groups = 0): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
  view.setUint32(8, groups, LITTLE_ENDIAN);
  return bytes;
}

/** `struct sockaddr_un`; a leading `@` means the abstract namespace. Throws RangeError for more than 107 bytes. */
export function sockaddrUn(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  if (name.length > 107) throw new RangeError(`socket path is longer than 107 bytes: ${path}`);
  const abstract = path.startsWith("@");
  const bytes = new Uint8Array(2 + name.length + (abstract ? 0 : 1));
  new DataView(bytes.buffer).setUint16(0, AF_UNIX, LITTLE_ENDIAN);
  bytes.set(name, 2);
  if (abstract) bytes[2] = 0;
  return bytes;
}

/** `struct ip_mreqn`: group, local address (none), interface. */
export function ipMreqn(group: IpAddress, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(toBytes(group), 0);
  new DataView(bytes.buffer).setInt32(8, ifindex, LITTLE_ENDIAN);
  return bytes;
}

/** `struct ipv6_mreq`: group, interface. */
export function ipv6Mreq(group: IpAddress, ifindex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(toBytes(group), 0);
  new DataView(bytes.buffer).setInt32(16, ifindex, LITTLE_ENDIAN);
  return bytes;
}

/** A name as SO_BINDTODEVICE takes it: NUL-terminated. */
export function deviceName(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\0`);
}
