import { concat } from "../base/bytes.ts";
import { type MacAddress, macBytes } from "../base/mac.ts";
import { bytesAttribute, stringAttribute, u8Attribute, u16Attribute, u32, u32Attribute } from "./attributes.ts";
import {
  AF_INET,
  AF_INET6,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_AF_SPEC,
  IFLA_GROUP,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INET_CONF,
  IFLA_INET6_ADDR_GEN_MODE,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_IPVLAN_FLAGS,
  IFLA_IPVLAN_MODE,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MACVLAN_MODE,
  IFLA_MASTER,
  IN6_ADDR_GEN_MODE_NONE,
  IPV4_DEVCONF_ACCEPT_LOCAL,
  IPV4_DEVCONF_ARP_IGNORE,
  IPV4_DEVCONF_PROMOTE_SECONDARIES,
  IPV4_DEVCONF_RP_FILTER,
  IPVLAN_F_PRIVATE,
  IPVLAN_F_VEPA,
  IPVLAN_MODE_L2,
  MACVLAN_MODE_PRIVATE,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELLINK,
  RTM_NEWLINK,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import type { IpvlanMode } from "./link.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** What an interface on top of another is made of. */
export type VirtualLinkSpec =
  | { readonly kind: "macvlan"; readonly mac: MacAddress } // private mode: it hears the LAN, not its neighbours here
  | { readonly kind: "ipvlan"; readonly mode: IpvlanMode }; // layer 2; the MAC address of its base

/** Makes an interface, down and without addresses. EEXIST: the name is taken; EADDRINUSE: the MAC is, on this base. */
export function addLink(name: string, base: number, group: number, spec: VirtualLinkSpec): Request {
  return {
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: concat(
      header({ link: 0 }),
      spec.kind === "macvlan" ? bytesAttribute(IFLA_ADDRESS, macBytes(spec.mac)) : NONE,
      group === 0 ? NONE : u32Attribute(IFLA_GROUP, group),
      u32Attribute(IFLA_LINK, base),
      stringAttribute(IFLA_IFNAME, name),
      information(spec),
    ),
  };
}

/** An interface: its index, or its name, so that a request can follow `addLink` in one batch. */
export type LinkTarget = number | string;

/** What else an interface of ours has. */
export interface LinkSettings {
  readonly alias: string; // our mark
  readonly group: number; // link group
  readonly vrf: number | undefined; // ifindex
}

/** Settings of an interface of ours: those of `use_vmac` for IPv4, and `more`. */
export function setUpLink(link: LinkTarget, more?: LinkSettings): Request {
  return change({ link }, [
    more === undefined ? NONE : bytesAttribute(IFLA_IFALIAS, new TextEncoder().encode(more.alias)), // no NUL, as ip(8)
    more === undefined ? NONE : u32Attribute(IFLA_GROUP, more.group),
    more?.vrf === undefined ? NONE : u32Attribute(IFLA_MASTER, more.vrf),
    nested(IFLA_AF_SPEC, nested(AF_INET, nested(IFLA_INET_CONF, ...VMAC_CONF))),
  ]);
}

/** The kernel makes no IPv6 address of its own there. EAFNOSUPPORT: there is no IPv6. */
export function stopAddressGeneration(link: LinkTarget): Request {
  return change({ link }, [nested(IFLA_AF_SPEC, nested(AF_INET6, ADDR_GEN_NONE))]);
}

/** Gives an interface another MAC address. */
export function setMac(link: LinkTarget, mac: MacAddress): Request {
  return change({ link }, [bytesAttribute(IFLA_ADDRESS, macBytes(mac))]);
}

/** Brings an interface up. */
export function bringUp(link: LinkTarget): Request {
  return change({ link, flags: IFF_UP, change: IFF_UP }, []);
}

/** Takes an interface down. */
export function takeDown(link: LinkTarget): Request {
  return change({ link, change: IFF_UP }, []);
}

/** Puts an interface into a link group. The one it is in already: the kernel tells everybody of it once more. */
export function setGroup(ifindex: number, group: number): Request {
  return change({ link: ifindex }, [u32Attribute(IFLA_GROUP, group)]);
}

/** Removes an interface. ENODEV: it was gone. */
export function deleteLink(ifindex: number): Request {
  return { type: RTM_DELLINK, flags: 0, body: header({ link: ifindex }) };
}

/** Removes all interfaces of a link group at one stroke. ENODEV: there was none. */
export function deleteGroup(group: number): Request {
  return { type: RTM_DELLINK, flags: 0, body: concat(header({ link: 0 }), u32Attribute(IFLA_GROUP, group)) };
}

const NONE = new Uint8Array();

/** The settings of a `use_vmac` interface and their order as keepalived 2.2.7 sends them. */
const VMAC_CONF = [
  u32Attribute(IPV4_DEVCONF_ARP_IGNORE, 1), //          answers for its own addresses only
  u32Attribute(IPV4_DEVCONF_ACCEPT_LOCAL, 1), //        from this host too
  u32Attribute(IPV4_DEVCONF_RP_FILTER, 0), //           the way back is the base's
  u32Attribute(IPV4_DEVCONF_PROMOTE_SECONDARIES, 1),
];
const ADDR_GEN_NONE = u8Attribute(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);

function change(head: Head, attributes: readonly Uint8Array[]): Request {
  const name = typeof head.link === "string" ? stringAttribute(IFLA_IFNAME, head.link) : NONE;
  return { type: RTM_NEWLINK, flags: 0, body: concat(header(head), name, ...attributes) };
}

interface Head {
  readonly link: LinkTarget;
  readonly flags?: number;
  readonly change?: number; // the flags that count
}

/** struct ifinfomsg: family u8, pad u8, type u16, ifindex i32, flags u32, change u32. */
function header({ link, flags = 0, change: mask = 0 }: Head): Uint8Array {
  const ifindex = typeof link === "string" ? 0 : link;
  return concat(new Uint8Array(4), ...[ifindex, flags, mask].map((value) => u32(value, LITTLE_ENDIAN)));
}

function information(spec: VirtualLinkSpec): Uint8Array {
  const data =
    spec.kind === "macvlan"
      ? [u32Attribute(IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE)]
      : [u16Attribute(IFLA_IPVLAN_MODE, IPVLAN_MODE_L2), u16Attribute(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[spec.mode])];
  const kind = bytesAttribute(IFLA_INFO_KIND, new TextEncoder().encode(spec.kind)); // without NUL
  return nested(IFLA_LINKINFO, kind, nested(IFLA_INFO_DATA, ...data));
}

const IPVLAN_FLAGS = { bridge: 0, private: IPVLAN_F_PRIVATE, vepa: IPVLAN_F_VEPA } as const;

/** rtnetlink's own attributes are nested without NLA_F_NESTED, as ip(8) and keepalived do it. */
function nested(type: number, ...attributes: readonly Uint8Array[]): Uint8Array {
  return bytesAttribute(type, concat(...attributes));
}
