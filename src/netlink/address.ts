import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { type Family, family, fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import {
  type Attributes,
  bytesAttribute,
  decodeAttributes,
  readBytes,
  readString,
  readU32,
  stringAttribute,
  u32,
  u32Attribute,
} from "./attributes.ts";
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_CACHEINFO,
  IFA_F_HOMEADDRESS,
  IFA_F_MANAGETEMPADDR,
  IFA_F_MCAUTOJOIN,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  NLM_F_DUMP,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** An address on an interface: what a line of `ip -o addr` says. */
export interface InterfaceAddress {
  readonly family: Family;
  readonly ifindex: number;
  readonly address: IpAddress; //                own address (IFA_LOCAL)
  readonly peer: IpAddress | undefined; //       other end of a point-to-point link
  readonly prefixLength: number; //              0..32 or 0..128
  readonly scope: number; //                     RT_SCOPE_*
  readonly label: string | undefined; //         IPv4 only, such as `eth0:1`
  readonly broadcast: IpAddress | undefined; //  IPv4 only
  readonly flags: number; //                     IFA_F_*
  readonly preferredLifetime: number; //         seconds; FOREVER, or 0 for an address not to be used as a source
}

/** The lifetime that does not end, linux/if_addr.h. */
export const FOREVER = 0xffff_ffff;

/** struct ifaddrmsg: family u8, prefix length u8, flags u8, scope u8, ifindex u32. */
const HEADER = 8;

/** Flags by the words of ip-address(8) and Keepalived. `-nodad` takes away the one that IPv6 addresses have otherwise. */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ["home", IFA_F_HOMEADDRESS],
  ["mngtmpaddr", IFA_F_MANAGETEMPADDR],
  ["noprefixroute", IFA_F_NOPREFIXROUTE],
  ["autojoin", IFA_F_MCAUTOJOIN],
]);

/** The flags that are asked for, among those that the kernel shows. */
export const ASKED_FLAGS = [...FLAGS.values()].reduce((all, flag) => all | flag, IFA_F_NODAD);

/**
 * A virtual address with what keepalived 2.2.7 gives to each family: IPv6 without duplicate address detection, and a /128
 * deprecated, so that it is never chosen as a source; a lifetime for IPv6 only. Measured on keepalived 2.2.7.
 */
export function virtualAddress(address: IpAddress, place: AddressPlace): InterfaceAddress {
  const { ifindex, prefixLength, scope, label, broadcast, peer, preferredLifetime, flags = [] } = place;
  const v6 = family(address) === 6;
  const asked = flags.reduce((all, word) => all | (FLAGS.get(word) ?? 0), 0);
  const usual = v6 && prefixLength === 128 ? 0 : FOREVER;
  const lifetime = preferredLifetime === "forever" ? FOREVER : preferredLifetime;
  return {
    family: family(address),
    ifindex,
    address,
    peer,
    prefixLength,
    scope,
    label,
    broadcast,
    flags: v6 && !flags.includes("-nodad") ? asked | IFA_F_NODAD : asked,
    preferredLifetime: v6 ? (lifetime ?? usual) : FOREVER,
  };
}

/** Where and how an address is put: what the configuration says of it. */
export interface AddressPlace
  extends Pick<InterfaceAddress, "ifindex" | "prefixLength" | "scope" | "label" | "broadcast"> {
  readonly peer?: IpAddress | undefined;
  readonly preferredLifetime?: number | "forever" | undefined; // seconds
  readonly flags?: readonly string[]; // words
}

/**
 * Adds an address. EEXIST means that it was there. The attributes and their order are those of keepalived 2.2.7, without
 * NLM_F_CREATE and NLM_F_EXCL; IFA_PROTO (Keepalived 2.3) is left out, since `ip addr` would show it.
 */
export function addAddress(address: InterfaceAddress): Request {
  const { label, broadcast, peer, flags, preferredLifetime } = address;
  return request(RTM_NEWADDR, address, [
    preferredLifetime === FOREVER ? none : bytesAttribute(IFA_CACHEINFO, lifetimes(preferredLifetime)),
    bytesAttribute(IFA_LOCAL, toBytes(address.address)),
    flags === 0 ? none : u32Attribute(IFA_FLAGS, flags),
    peer === undefined ? none : bytesAttribute(IFA_ADDRESS, toBytes(peer)),
    broadcast === undefined ? none : bytesAttribute(IFA_BROADCAST, toBytes(broadcast)),
    label === undefined ? none : stringAttribute(IFA_LABEL, label),
  ]);
}

/** Removes an address, found by interface, family, address and prefix length. EADDRNOTAVAIL means that it was gone. */
export function deleteAddress(address: InterfaceAddress): Request {
  const own = toBytes(address.address);
  const remote = address.peer === undefined ? own : toBytes(address.peer);
  return request(RTM_DELADDR, address, [
    bytesAttribute(IFA_LOCAL, own),
    address.family === 4 ? bytesAttribute(IFA_ADDRESS, remote) : none,
  ]);
}

/** Asks for all addresses of both families and all interfaces. */
export function dumpAddresses(): Request {
  return { type: RTM_GETADDR, flags: NLM_F_DUMP, body: header(AF_UNSPEC, { prefixLength: 0, scope: 0, ifindex: 0 }) };
}

/** Reads RTM_NEWADDR and RTM_DELADDR, from a dump or from the group RTNLGRP_IPV4_IFADDR or RTNLGRP_IPV6_IFADDR. */
export function decodeAddress(body: Uint8Array): Decoded<InterfaceAddress, "truncated" | "family" | "address"> {
  if (body.length < HEADER) return drop("truncated");
  const view = viewOf(body);
  const af = view.getUint8(0);
  if (af !== AF_INET && af !== AF_INET6) return drop("family");
  const attributes = decodeAttributes(body.subarray(HEADER));
  const far = readAddress(attributes, IFA_ADDRESS, af);
  const near = readAddress(attributes, IFA_LOCAL, af) ?? far; // IPv6 gives IFA_LOCAL only where there is a peer
  if (near === undefined) return drop("address");
  return accept({
    family: af === AF_INET ? 4 : 6,
    ifindex: view.getUint32(4, LITTLE_ENDIAN),
    address: near,
    peer: far === near ? undefined : far,
    prefixLength: view.getUint8(1),
    scope: view.getUint8(3),
    label: readString(attributes, IFA_LABEL),
    broadcast: readAddress(attributes, IFA_BROADCAST, af),
    flags: readU32(attributes, IFA_FLAGS) ?? view.getUint8(2),
    preferredLifetime: readU32(attributes, IFA_CACHEINFO) ?? FOREVER, // the first field of struct ifa_cacheinfo
  });
}

const none = new Uint8Array();

function request(type: number, address: InterfaceAddress, attributes: readonly Uint8Array[]): Request {
  const af = address.family === 4 ? AF_INET : AF_INET6;
  return { type, flags: 0, body: concat(header(af, address), ...attributes) };
}

function header(
  af: number,
  { prefixLength, scope, ifindex }: Pick<InterfaceAddress, "prefixLength" | "scope" | "ifindex">,
): Uint8Array {
  return concat(Uint8Array.of(af, prefixLength, 0, scope), u32(ifindex, LITTLE_ENDIAN));
}

/** struct ifa_cacheinfo: preferred, valid, created, updated; u32 each, lifetimes in seconds. */
function lifetimes(preferred: number): Uint8Array {
  return concat(u32(preferred, LITTLE_ENDIAN), u32(FOREVER, LITTLE_ENDIAN), new Uint8Array(8));
}

function readAddress(attributes: Attributes, type: number, af: number): IpAddress | undefined {
  const bytes = readBytes(attributes, type, af === AF_INET ? 4 : 16);
  return bytes && fromBytes(bytes);
}
