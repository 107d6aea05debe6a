import { concat } from "../base/bytes.ts";
import { type IpAddress, toBytes } from "../base/ip.ts";
import { be16Attribute, bytesAttribute, u8Attribute, u16, u16Attribute, u32 } from "./attributes.ts";
import {
  ILA_ATTR_LOCATOR,
  LWTUNNEL_ENCAP_ILA,
  LWTUNNEL_ENCAP_IP,
  LWTUNNEL_ENCAP_IP6,
  LWTUNNEL_ENCAP_MPLS,
  LWTUNNEL_IP_DST,
  LWTUNNEL_IP_FLAGS,
  LWTUNNEL_IP_ID,
  LWTUNNEL_IP_SRC,
  LWTUNNEL_IP_TOS,
  LWTUNNEL_IP_TTL,
  MPLS_IPTUNNEL_DST,
  RTA_ENCAP,
  RTA_ENCAP_TYPE,
} from "./constants.ts";

/** What the packets of a route are wrapped in: `encap` of ip-route(8). */
export type Encapsulation =
  | { readonly type: "ip" | "ip6"; readonly tunnel: Tunnel }
  | { readonly type: "mpls"; readonly labels: readonly number[] } // 20 bits each, the outermost first
  | { readonly type: "ila"; readonly locator: readonly number[] }; // four groups of 16 bits

/** A tunnel without a device. */
export interface Tunnel {
  readonly id: bigint | undefined; //            64 bits
  readonly destination: IpAddress | undefined;
  readonly source: IpAddress | undefined;
  readonly service: number | undefined; //       tos, traffic class
  readonly ttl: number | undefined; //           hop limit
  readonly flags: number | undefined; //         TUNNEL_* of net/ip_tunnels.h, 16 bits
}

/** RTA_ENCAP and RTA_ENCAP_TYPE. Keepalived differs (2.2.7): an id is cut to 32 bits, and `ip6` is not sent at all. */
export function encapsulationAttributes(encapsulation: Encapsulation): Uint8Array {
  const { kind, value } = encode(encapsulation);
  return concat(bytesAttribute(RTA_ENCAP, value), u16Attribute(RTA_ENCAP_TYPE, kind));
}

function encode(encapsulation: Encapsulation): { readonly kind: number; readonly value: Uint8Array } {
  switch (encapsulation.type) {
    case "ip":
      return { kind: LWTUNNEL_ENCAP_IP, value: tunnel(encapsulation.tunnel) };
    case "ip6":
      return { kind: LWTUNNEL_ENCAP_IP6, value: tunnel(encapsulation.tunnel) };
    case "mpls":
      return { kind: LWTUNNEL_ENCAP_MPLS, value: bytesAttribute(MPLS_IPTUNNEL_DST, stack(encapsulation.labels)) };
    case "ila": {
      const groups = encapsulation.locator.map((group) => u16(group, false));
      return { kind: LWTUNNEL_ENCAP_ILA, value: bytesAttribute(ILA_ATTR_LOCATOR, concat(...groups)) };
    }
  }
}

/** Attributes of LWTUNNEL_IP_*; those of LWTUNNEL_IP6_* have the same numbers. */
function tunnel({ id, destination, source, service, ttl, flags }: Tunnel): Uint8Array {
  return concat(
    id === undefined ? none : bytesAttribute(LWTUNNEL_IP_ID, be64(id)),
    destination === undefined ? none : bytesAttribute(LWTUNNEL_IP_DST, toBytes(destination)),
    source === undefined ? none : bytesAttribute(LWTUNNEL_IP_SRC, toBytes(source)),
    service === undefined ? none : u8Attribute(LWTUNNEL_IP_TOS, service),
    ttl === undefined ? none : u8Attribute(LWTUNNEL_IP_TTL, ttl),
    flags === undefined ? none : be16Attribute(LWTUNNEL_IP_FLAGS, flags),
  );
}
const none = new Uint8Array();

/** RFC 3032 §2.1: label 20 bits, class 3, bottom of stack 1, TTL 8. */
function stack(labels: readonly number[]): Uint8Array {
  return concat(...labels.map((label, i) => u32(((label << 12) | (i === labels.length - 1 ? 0x100 : 0)) >>> 0, false)));
}

/** 64 bits in network byte order. */
export function be64(value: bigint): Uint8Array {
  return concat(u32(Number(value >> 32n), false), u32(Number(value & 0xffff_ffffn), false));
}
