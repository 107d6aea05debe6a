import { viewOf } from "../base/bytes.ts";
import { family, type IpAddress, isMulticast } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import {
  type Advertisement,
  type AdvertisementDrop,
  type ChecksumForm,
  decodeAdvertisement,
  messageLength,
  VRRP_TTL,
} from "../wire/vrrp.ts";
import type { VrrpState } from "./machine.ts";
import { OWNER, type VrrpParameters } from "./parameters.ts";
import type { ProofProblem } from "./proof.ts";

/**
 * What is wrong with an advertisement; `reason` is also the metric label. `found` is what it has in place of the right
 * thing, in the unit of the field.
 */
export type ReceiveProblem =
  | { readonly reason: "truncated" | "ttl" | "version" | "auth-type" | "type" | "checksum"; readonly found: number }
  | { readonly reason: "length"; readonly found: number; readonly expected: number }
  | { readonly reason: "ttl-range"; readonly found: number; readonly least: number; readonly most: number }
  | { readonly reason: "source" }
  | { readonly reason: "auth-mismatch"; readonly found: "none" | "pass" | "ah" }
  | ProofProblem
  | { readonly reason: "password" }
  | { readonly reason: "interval"; readonly found: Micros }
  | { readonly reason: "destination" }
  | { readonly reason: "address-count"; readonly found: number }
  | { readonly reason: "address-missing"; readonly address: IpAddress };

/** `ignored`: nobody listens. An accepted advertisement may have a problem too: say it, count it, and go on. */
export type Received =
  | { readonly type: "ignored" }
  | { readonly type: "dropped"; readonly problem: ReceiveProblem }
  | {
      readonly type: "accepted";
      readonly advertisement: Advertisement;
      readonly checksum: ChecksumForm;
      readonly problem: ReceiveProblem | undefined;
    };

/** A packet of protocol 112 of either family, as far as it matters. */
export interface VrrpPacket {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number; // or hop limit
  readonly id?: number; // of IPv4
  readonly payload: Uint8Array;
}

/**
 * Judges a packet of our VRID against the configured router, in Keepalived's order (2.4). Where a packet has several
 * faults, what the codec finds comes first: nothing else in it can be believed. `open` takes off what proves it, where
 * that is more than a password. Never throws.
 */
export function receive(
  router: VrrpParameters,
  state: VrrpState,
  sealed: VrrpPacket,
  open: (packet: VrrpPacket) => Opened = unproven,
): Received {
  if (state.name === "init" || state.name === "fault") return { type: "ignored" };
  const lost = stray(router, sealed);
  const { packet, problem: unproved } = lost === undefined ? open(sealed) : unproven(sealed);
  if (unproved !== undefined) return { type: "dropped", problem: unproved };
  const mayBeOld = router.unicast !== undefined && router.checksum.oldUnicast !== "never";
  const decoded = decodeAdvertisement(packet.payload, packet, mayBeOld ? router.multicastGroup : undefined);
  if (!decoded.ok) return { type: "dropped", problem: malformed(router, packet, decoded) };
  const advertisement = decoded.value;
  const problem = stray(router, packet) ?? misfit(router, advertisement) ?? stranger(router, packet);
  if (problem !== undefined) return { type: "dropped", problem };
  if (router.ownerIgnoresAdverts && router.priority === OWNER) return { type: "ignored" };
  const { checksum } = decoded;
  return {
    type: "accepted",
    advertisement,
    checksum,
    problem: addressProblem(router, state, packet.from, advertisement),
  };
}

/** A packet without what proved it, or why it is not believed. */
export interface Opened {
  readonly packet: VrrpPacket;
  readonly problem: ProofProblem | undefined;
}

function unproven(packet: VrrpPacket): Opened {
  return { packet, problem: undefined };
}

/** A wrong TTL says that a packet is forged, and another version that it is not for us: they count before anything but the length. */
function malformed(router: VrrpParameters, packet: VrrpPacket, { reason, found }: AdvertisementDrop): ReceiveProblem {
  if (reason === "truncated") return { reason, found };
  const header = viewOf(packet.payload);
  const version = header.getUint8(0) >> 4;
  if (reason === "length")
    return { reason, found, expected: messageLength(version, family(packet.from), header.getUint8(3)) };
  const passed = stray(router, packet);
  if (passed?.reason === "ttl") return passed;
  return version === router.version ? { reason, found } : { reason: "version", found: version };
}

/** Whether a packet came another way than we listen: past a router, or to one where all are meant. */
function stray({ unicast }: VrrpParameters, { to, ttl }: VrrpPacket): ReceiveProblem | undefined {
  if (unicast === undefined && ttl !== VRRP_TTL) return { reason: "ttl", found: ttl };
  return isMulticast(to) === (unicast === undefined) ? undefined : { reason: "destination" };
}

function misfit(router: VrrpParameters, advertisement: Advertisement): ReceiveProblem | undefined {
  const { version, interval } = advertisement;
  if (version !== router.version) return { reason: "version", found: version };
  // A silence of no time at all would make us master at once: RFC 9568 §5.2.7 begins at 1.
  if (version === 3) return interval === 0 ? { reason: "interval", found: interval } : undefined;
  const [theirs, ours] = [advertisement.authentication, router.authentication];
  if (theirs.type !== ours.type) return { reason: "auth-mismatch", found: theirs.type };
  const carried = family(router.primaryAddress) === 4; // over IPv6 there is no room for it
  if (carried && theirs.type === "pass" && ours.type === "pass" && theirs.password !== ours.password)
    return { reason: "password" };
  return interval === router.interval ? undefined : { reason: "interval", found: interval };
}

/**
 * A unicast router hears its peers and nobody else, at the distance that is configured. Keepalived differs: without
 * `check_unicast_src` it believes everybody, so that a forged advertisement from anywhere holds a backup down.
 */
function stranger({ unicast }: VrrpParameters, { from, ttl }: VrrpPacket): ReceiveProblem | undefined {
  if (unicast === undefined) return undefined;
  const peer = unicast.peers.find(({ address }) => address === from);
  if (peer === undefined) return { reason: "source" };
  if (ttl >= peer.minTtl && ttl <= peer.maxTtl) return undefined;
  return { reason: "ttl-range", found: ttl, least: peer.minTtl, most: peer.maxTtl };
}

/**
 * An advertisement of other addresses is accepted (RFC 9568 §7.1): to drop it gives two masters while addresses are
 * changed router by router, as in Keepalived up to 2.3.2.
 */
function addressProblem(
  router: VrrpParameters,
  state: VrrpState,
  from: IpAddress,
  { addresses }: Advertisement,
): ReceiveProblem | undefined {
  if (addresses.length !== router.addresses.length) return { reason: "address-count", found: addresses.length };
  if (router.skipCheckAdvertAddresses && state.name === "backup" && state.master === from) return undefined;
  const theirs = new Set(addresses);
  const address = router.addresses.find((ours) => !theirs.has(ours));
  return address === undefined ? undefined : { reason: "address-missing", address };
}
