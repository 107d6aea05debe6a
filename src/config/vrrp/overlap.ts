import { toHex } from "../../base/bytes.ts";
import { family, type IpAddress, toBytes } from "../../base/ip.ts";
import type { Span } from "../../syntax/span.ts";

/** Addresses, inclusive, that something wants for itself. */
export interface Claim {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly within: string; // claims meet where this is the same: the port, and what else tells services apart
  readonly name: string; // as messages write it
  readonly span: Span;
  readonly order: number; // of reading
}

/**
 * Claims that meet: `[earlier, later]` in the order of reading. Sorted by their start, each is held against the one before
 * it that reaches furthest, so that many cost no more than their sorting.
 */
export function* meetings(claims: readonly Claim[]): Iterable<readonly [earlier: Claim, later: Claim]> {
  const sorted = claims.map((claim) => {
    const space = `${family(claim.from)} ${claim.within}`;
    return { space, from: hex(claim.from), to: hex(claim.to), claim };
  });
  sorted.sort((a, b) => compare(a.space, b.space) || compare(a.from, b.from) || a.claim.order - b.claim.order);
  let furthest = sorted[0];
  for (const each of sorted.slice(1)) {
    if (furthest !== undefined && furthest.space === each.space) {
      const { claim } = furthest;
      if (each.from <= furthest.to) yield claim.order < each.claim.order ? [claim, each.claim] : [each.claim, claim];
      if (each.to <= furthest.to) continue;
    }
    furthest = each;
  }
}

function hex(address: IpAddress): string {
  return toHex(toBytes(address));
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
