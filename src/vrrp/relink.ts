import type { MacAddress } from "../base/mac.ts";

/** What of an interface its neighbours depend on. */
export interface LinkSeen {
  readonly mac: MacAddress | undefined;
  readonly running: boolean; // up, with a carrier
}

/**
 * Whether neighbours may know nothing of our addresses any more, or a MAC that is gone: an interface is back, or has
 * another MAC. Keepalived differs: it announces nothing then.
 */
export function isRelinked(before: ReadonlyMap<string, LinkSeen>, now: ReadonlyMap<string, LinkSeen>): boolean {
  return [...now].some(([name, { mac, running }]) => {
    const known = before.get(name);
    return known !== undefined && running && (!known.running || known.mac !== mac);
  });
}
