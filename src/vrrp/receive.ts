import { viewOf } from "../base/bytes.ts";
import { type IpAddress, toBytes } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Ipv4Packet } from "../wire/ipv4.ts";
import { type Advertisement, type AdvertisementDrop, decodeAdvertisement, VRRP_TTL } from "../wire/vrrp.ts";
import type { VrrpState } from "./machine.ts";
import { OWNER, type VrrpParameters } from "./parameters.ts";

/**
 * What is wrong with an advertisement; `reason` is also the metric label. `found` is what it has in place of the right
 * thing, in the unit of the field.
 */
export type ReceiveProblem =
  | { readonly reason: "truncated" | "ttl" | "version" | "auth-type" | "type" | "checksum"; readonly found: number }
  | { readonly reason: "length"; readonly found: number; readonly expected: number }
  | { readonly reason: "auth-mismatch"; readonly found: "none" | "pass" }
  | { readonly reason: "password" }
  | { readonly reason: "interval"; readonly found: Micros }
  | { readonly reason: "destination" }
  | { readonly reason: "address-count"; readonly found: number }
  | { readonly reason: "address-missing"; readonly address: IpAddress };

/** `ignored`: nobody listens. An accepted advertisement may have a problem too: say it, count it, and go on. */
export type Received =
  | { readonly type: "ignored" }
  | { readonly type: "dropped"; readonly problem: ReceiveProblem }
  | { readonly type: "accepted"; readonly advertisement: Advertisement; readonly problem: ReceiveProblem | undefined };

/**
 * Judges a packet of our VRID against the configured router, in Keepalived's order (2.4). Where a packet has several
 * faults, what the codec finds comes first: nothing else in it can be believed. Never throws.
 */
export function receive(
  router: VrrpParameters,
  state: VrrpState,
  packet: Pick<Ipv4Packet, "from" | "to" | "ttl" | "payload">,
): Received {
  if (state.name === "init" || state.name === "fault") return { type: "ignored" };
  const decoded = decodeAdvertisement(packet.payload);
  if (!decoded.ok) return { type: "dropped", problem: malformed(packet, decoded) };
  if (packet.ttl !== VRRP_TTL) return { type: "dropped", problem: { reason: "ttl", found: packet.ttl } };
  const advertisement = decoded.value;
  const problem = misfit(router, advertisement, packet.to);
  if (problem !== undefined) return { type: "dropped", problem };
  if (router.ownerIgnoresAdverts && router.priority === OWNER) return { type: "ignored" };
  return { type: "accepted", advertisement, problem: addressProblem(router, state, packet.from, advertisement) };
}

/** A wrong TTL says that a packet is forged, so it counts before anything but the length. */
function malformed(
  { ttl, payload }: Pick<Ipv4Packet, "ttl" | "payload">,
  { reason, found }: AdvertisementDrop,
): ReceiveProblem {
  if (reason === "truncated") return { reason, found };
  if (reason === "length") return { reason, found, expected: HEADER_AND_AUTH + 4 * viewOf(payload).getUint8(3) };
  return ttl === VRRP_TTL ? { reason, found } : { reason: "ttl", found: ttl };
}

/** A message without addresses, RFC 3768 §5.1. */
const HEADER_AND_AUTH = 16;

function misfit(
  router: VrrpParameters,
  { authentication, interval }: Advertisement,
  to: IpAddress,
): ReceiveProblem | undefined {
  const ours = router.authentication;
  if (authentication.type !== ours.type) return { reason: "auth-mismatch", found: authentication.type };
  if (authentication.type === "pass" && ours.type === "pass" && authentication.password !== ours.password)
    return { reason: "password" };
  if (interval !== router.interval) return { reason: "interval", found: interval };
  return isMulticast(to) ? undefined : { reason: "destination" };
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

function isMulticast(address: IpAddress): boolean {
  return viewOf(toBytes(address)).getUint8(0) >> 4 === 0xe;
}
