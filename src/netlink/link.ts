import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import { formatMac, MAC_LENGTH, type MacAddress } from "../base/mac.ts";
import {
  type Attributes,
  decodeAttributes,
  readNested,
  readString,
  readU16,
  readU32,
  stringAttribute,
} from "./attributes.ts";
import {
  IFF_RUNNING,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_GROUP,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_IPVLAN_FLAGS,
  IFLA_IPVLAN_MODE,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MACVLAN_MODE,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_VRF_TABLE,
  IPVLAN_F_PRIVATE,
  IPVLAN_F_VEPA,
  IPVLAN_MODE_L2,
  NLM_F_DUMP,
  RTM_GETLINK,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { LITTLE_ENDIAN } from "./message.ts";

/** What the ipvlans on one base hear of each other. All of them have the mode that was last asked for of any. */
export type IpvlanMode = "bridge" | "private" | "vepa";

/** A network interface, as `ip -o link` shows it. */
export interface Link {
  readonly ifindex: number;
  readonly name: string;
  readonly type: number; //                   ARPHRD_*
  readonly flags: number; //                  IFF_*
  readonly up: boolean; //                    administratively (IFF_UP)
  readonly running: boolean; //               carrier and operational (IFF_RUNNING)
  readonly mac: MacAddress | undefined; //    undefined where the hardware address has not 6 bytes
  readonly mtu: number; //                    bytes; 0 where the kernel does not say
  readonly kind: string | undefined; //       macvlan, vrf …; undefined: hardware, or none is said
  readonly base: number | undefined; //       ifindex of what a macvlan or VLAN lies on; of a veth, its peer
  readonly master: number | undefined; //     ifindex of its bridge, bond or VRF
  readonly group: number; //                  link group; 0 = default
  readonly macvlanMode: number | undefined; // MACVLAN_MODE_*
  readonly ipvlanMode: IpvlanMode | undefined; // of layer 2
  readonly vrfTable: number | undefined; //   of a VRF, its routing table
  readonly alias: string | undefined; //      `ip link set … alias`
}

/** struct ifinfomsg: family u8, pad u8, type u16, ifindex i32, flags u32, change u32. */
const HEADER = 16;

/** Asks for all interfaces. */
export function dumpLinks(): Request {
  return { type: RTM_GETLINK, flags: NLM_F_DUMP, body: new Uint8Array(HEADER) };
}

/** Asks for one interface; ENODEV means that there is none of that name. */
export function getLink(name: string): Request {
  return { type: RTM_GETLINK, flags: 0, body: concat(new Uint8Array(HEADER), stringAttribute(IFLA_IFNAME, name)) };
}

/** Reads RTM_NEWLINK and RTM_DELLINK, from an answer or from the group RTNLGRP_LINK. */
export function decodeLink(body: Uint8Array): Decoded<Link, "truncated" | "name"> {
  if (body.length < HEADER) return drop("truncated");
  const view = viewOf(body);
  const attributes = decodeAttributes(body.subarray(HEADER));
  const name = readString(attributes, IFLA_IFNAME);
  if (name === undefined) return drop("name");
  const flags = view.getUint32(8, LITTLE_ENDIAN);
  const hardware = attributes.get(IFLA_ADDRESS);
  const info = readNested(attributes, IFLA_LINKINFO);
  const kind = readString(info, IFLA_INFO_KIND);
  const data = readNested(info, IFLA_INFO_DATA);
  return accept({
    ifindex: view.getInt32(4, LITTLE_ENDIAN),
    name,
    type: view.getUint16(2, LITTLE_ENDIAN),
    flags,
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    mac: hardware?.length === MAC_LENGTH ? formatMac(hardware) : undefined,
    mtu: readU32(attributes, IFLA_MTU) ?? 0,
    kind,
    base: readU32(attributes, IFLA_LINK),
    master: readU32(attributes, IFLA_MASTER),
    group: readU32(attributes, IFLA_GROUP) ?? 0,
    macvlanMode: kind === "macvlan" ? readU32(data, IFLA_MACVLAN_MODE) : undefined,
    ipvlanMode: kind === "ipvlan" ? ipvlanMode(data) : undefined,
    vrfTable: kind === "vrf" ? readU32(data, IFLA_VRF_TABLE) : undefined,
    alias: readString(attributes, IFLA_IFALIAS),
  });
}

function ipvlanMode(data: Attributes): IpvlanMode | undefined {
  if (readU16(data, IFLA_IPVLAN_MODE) !== IPVLAN_MODE_L2) return undefined;
  const flags = readU16(data, IFLA_IPVLAN_FLAGS) ?? 0;
  if ((flags & IPVLAN_F_PRIVATE) !== 0) return "private";
  return (flags & IPVLAN_F_VEPA) !== 0 ? "vepa" : "bridge";
}
