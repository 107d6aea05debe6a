import { viewOf } from "../base/bytes.ts";
import { checksum } from "../base/checksum.ts";
import { fromBytes, type IpAddress, toBytes } from "../base/ip.ts";
import { MAC_LENGTH, type MacAddress, mac, macBytes } from "../base/mac.ts";
import { encodeIpv6, IPV6_HEADER } from "./ipv6.ts";
import { pseudoHeader } from "./pseudo-header.ts";

/** A neighbour advertisement that nobody asked for; RFC 4861 §4.4, §7.2.6. */
export interface UnsolicitedAdvertisement {
  readonly mac: MacAddress; //      of the interface that has the address now
  readonly address: IpAddress; //   the target, and the source
  readonly isRouter: boolean; //    whether the host forwards
}

/** ETH_P_IPV6, linux/if_ether.h. */
const ETH_P_IPV6 = 0x86dd;
/** IPPROTO_ICMPV6, RFC 4443 §1. */
const ICMPV6 = 58;
/** All nodes of the link, RFC 4291 §2.7.1, and where Ethernet sends it, RFC 2464 §7. */
const ALL_NODES = fromBytes(Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
const ALL_NODES_MAC = mac("33:33:00:00:00:01");
/** A hop limit that no router lets through, RFC 4861 §7.1.2. */
const HOP_LIMIT = 255;

const ADVERTISEMENT = 136;
const ROUTER = 0x80;
const OVERRIDE = 0x20;
const TARGET_LINK_LAYER = 2;
const ETHERNET = 14;
const MESSAGE = 32;

/**
 * The whole Ethernet frame, "this address is here now", byte for byte that of keepalived 2.2.7.
 *
 *      0             6        12      14             54                             58                           62       78
 *     | destination | source | 86 dd | IPv6 header  | type | 0 | checksum | flags | 0 0 0 | target address | 2 | 1 | MAC |
 */
export function encodeUnsolicitedAdvertisement({ mac: own, address, isRouter }: UnsolicitedAdvertisement): Uint8Array {
  const message = new Uint8Array(MESSAGE);
  const view = viewOf(message);
  view.setUint8(0, ADVERTISEMENT);
  view.setUint8(4, OVERRIDE | (isRouter ? ROUTER : 0));
  message.set(toBytes(address), 8);
  view.setUint8(24, TARGET_LINK_LAYER);
  view.setUint8(25, 1); // in units of 8 bytes
  message.set(macBytes(own), 26);
  view.setUint16(2, checksum(pseudoHeader({ from: address, to: ALL_NODES }, ICMPV6, MESSAGE), message));
  const packet = { from: address, to: ALL_NODES, protocol: ICMPV6, hopLimit: HOP_LIMIT, trafficClass: 0 };
  const frame = new Uint8Array(ETHERNET + IPV6_HEADER + MESSAGE);
  frame.set(macBytes(ALL_NODES_MAC), 0);
  frame.set(macBytes(own), MAC_LENGTH);
  viewOf(frame).setUint16(2 * MAC_LENGTH, ETH_P_IPV6);
  frame.set(encodeIpv6({ ...packet, payload: message }), ETHERNET);
  return frame;
}
