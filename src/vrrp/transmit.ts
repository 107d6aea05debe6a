import { family, type IpAddress } from "../base/ip.ts";
import { encodeIpv4, IPV4_HEADER, TOS_CS6 } from "../wire/ipv4.ts";
import { DEFAULT_HOP_LIMIT, encodeIpv6, IPV6_HEADER } from "../wire/ipv6.ts";
import {
  type Advertisement,
  type ChecksumForm,
  encodeAdvertisement,
  IPPROTO_VRRP,
  messageLength,
  VRRP_TTL,
} from "../wire/vrrp.ts";
import type { VrrpParameters } from "./parameters.ts";
import { type Seal, UNCHANGED } from "./proof.ts";

/** A packet, whole with its IP header, and where it goes. */
export interface OutgoingPacket {
  readonly to: IpAddress;
  readonly bytes: Uint8Array;
}

/** Peers that compute the checksum of VRRPv3 as Keepalived did before 1.3.7, as heard from them. */
export type OldPeers = ReadonlySet<IpAddress>;

/**
 * An advertisement: one packet to the group, or one to each peer. `id`: of the IPv4 packets, 1..65535. A peer that
 * speaks with the old checksum is answered with it. (Keepalived differs: it accepts the old one and sends the new.)
 */
export function outgoingPackets(
  router: VrrpParameters,
  priority: number,
  id: number,
  oldPeers: OldPeers,
  seal: Seal = UNCHANGED,
): readonly OutgoingPacket[] {
  const { primaryAddress: from, unicast, multicastGroup, checksum } = router;
  const form = checksum.pseudoHeader ? "addresses" : "message";
  const packet = (to: IpAddress, covered: IpAddress, ttl: number): OutgoingPacket => {
    const payload = payloadOf(router, priority, covered, form);
    const packet = seal({ from, to, protocol: IPPROTO_VRRP, ttl, tos: TOS_CS6, id, payload });
    return family(from) === 4
      ? { to, bytes: encodeIpv4(packet) }
      : { to, bytes: encodeIpv6({ ...packet, hopLimit: ttl, trafficClass: TOS_CS6 }) };
  };
  if (unicast === undefined) return [packet(multicastGroup, multicastGroup, VRRP_TTL)];
  const ttl = unicast.ttl ?? (family(from) === 4 ? VRRP_TTL : DEFAULT_HOP_LIMIT);
  const isOld = (peer: IpAddress): boolean =>
    family(from) === 4 && (checksum.oldUnicast === "always" || oldPeers.has(peer));
  return unicast.peers.map(({ address }) => packet(address, isOld(address) ? multicastGroup : address, ttl));
}

/** Encoded payloads: they are the same as long as the router's parameters are. */
const encoded = new WeakMap<VrrpParameters, Map<string, Uint8Array>>();

function payloadOf(router: VrrpParameters, priority: number, to: IpAddress, form: "addresses" | "message"): Uint8Array {
  const known = encoded.get(router) ?? new Map<string, Uint8Array>();
  if (known.size === 0) encoded.set(router, known);
  const key = `${priority} ${to} ${form}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const payload = encodeAdvertisement(advertisementOf(router, priority), { from: router.primaryAddress, to }, form);
  known.set(key, payload);
  return payload;
}

/** The message of an advertisement, for what is signed of it: its checksum does not count. */
export function messageOf(router: VrrpParameters, priority: number): Uint8Array {
  const { primaryAddress } = router;
  return encodeAdvertisement(advertisementOf(router, priority), { from: primaryAddress, to: primaryAddress });
}

/** The old peers after an accepted advertisement; the same set where nothing is new. */
export function heardChecksum(oldPeers: OldPeers, from: IpAddress, form: ChecksumForm): OldPeers {
  const isOld = form === "group";
  if (oldPeers.has(from) === isOld) return oldPeers;
  return new Set(isOld ? [...oldPeers, from] : [...oldPeers].filter((peer) => peer !== from));
}

/**
 * How many addresses an advertisement has room for: 255 (RFC 9568 §5.2.5), or what fits into a packet of the interface.
 * Keepalived keeps room for the larger trailer that signs: of an MTU of 1500, 89 IPv6 addresses. Measured on 2.2.7.
 */
export function addressRoom(version: 2 | 3, of: 4 | 6, mtu: number): number {
  const fixed = (of === 4 ? IPV4_HEADER : IPV6_HEADER) + messageLength(version, of, 0) + TRAILER;
  return Math.min(255, Math.max(0, Math.floor((mtu - fixed) / (of === 4 ? 4 : 16))));
}
/** Of an authentication header; RFC 2402 §2, with HMAC-MD5-96. */
const TRAILER = 24;

function advertisementOf(router: VrrpParameters, priority: number): Advertisement {
  const { version, vrid, interval, authentication, addresses } = router;
  if (version === 3) return { version, vrid, priority, interval, addresses };
  return { version, vrid, priority, interval, authentication, addresses };
}
