import type { IpAddress } from "../base/ip.ts";
import type { BfdPacket } from "../wire/bfd.ts";

/** How a session is reached. Compatible with config/model/track.ts `BfdInstanceConfig`. */
export interface BfdPath {
  readonly neighbor: IpAddress;
  readonly source: IpAddress | undefined; // ours; undefined: the kernel's choice
  readonly multihop: boolean;
  readonly ttl: number | undefined; //    sent, and what a packet must have left at least, less `maxHops`; undefined: see below
  readonly maxHops: number | undefined; // undefined: not checked
}

/** A packet's way to us, as the kernel tells of it. */
export interface BfdEnvelope {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly ttl: number; // left
  readonly multihop: boolean; // it came to port 4784
}

/** The session that a packet is for; or why it is not taken, with the session where one is known. */
export type Selected<T> =
  | { readonly ok: true; readonly session: T }
  | { readonly ok: false; readonly reason: "unknown-session" }
  | { readonly ok: false; readonly reason: "wrong-path" | "ttl"; readonly session: T };

/** With what TTL or hop limit packets are sent: RFC 5881 §5 says 255. (Keepalived differs: 64 for IPv6.) */
export function sentTtl({ ttl }: Pick<BfdPath, "ttl">): number {
  return ttl ?? 255;
}

/**
 * What a packet must have left of its TTL; 0: anything will do. Without a `ttl` in IPv6 it is 64, as Keepalived's own
 * packets have no more: RFC 5881 §5 is kept there by writing `hoplimit 255`.
 */
export function leastTtl({ ttl, maxHops, neighbor }: BfdPath): number {
  if (maxHops === undefined) return 0;
  return Math.max(0, (ttl ?? (neighbor.includes(":") ? 64 : 255)) - maxHops);
}

/** Sessions to choose from: by our discriminator, and by the neighbour's address. */
export interface Directory<T extends { readonly path: BfdPath }> {
  byDiscriminator(discriminator: number): T | undefined;
  byNeighbor(neighbor: IpAddress): readonly T[];
}

/**
 * The session that a packet is for. RFC 5880 §6.3: our discriminator names it, and where the
 * neighbour does not know that yet, the addresses do. A packet that names it comes from the neighbour all the same.
 */
export function selectSession<T extends { readonly path: BfdPath }>(
  sessions: Directory<T>,
  { yours }: Pick<BfdPacket, "yours">,
  envelope: BfdEnvelope,
): Selected<T> {
  const found =
    yours === 0
      ? sessions.byNeighbor(envelope.from).find(({ path }) => isPath(path, envelope))
      : sessions.byDiscriminator(yours);
  if (found === undefined) return { ok: false, reason: "unknown-session" };
  if (!isPath(found.path, envelope)) return { ok: false, reason: "wrong-path", session: found };
  return envelope.ttl < leastTtl(found.path)
    ? { ok: false, reason: "ttl", session: found }
    : { ok: true, session: found };
}

function isPath({ neighbor, source, multihop }: BfdPath, { from, to, multihop: far }: BfdEnvelope): boolean {
  return from === neighbor && (source === undefined || to === source) && multihop === far;
}
