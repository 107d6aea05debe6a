import type { Family } from "../../base/ip.ts";
import { family } from "../../base/ip.ts";
import { last } from "../../syntax/table.ts";
import type { Instance } from "./instance-context.ts";
import type { FoundPeer } from "./unicast.ts";

/**
 * The interface of an instance; empty where it needs none: unicast from a given address goes wherever the routes (or
 * `vrf`) lead, if every virtual address says its own `dev`. Undefined: it is missing. Keepalived 2.2.7 always wants one.
 */
export function carrierOf({ given }: Instance, peers: readonly FoundPeer[], of: Family): string | undefined {
  const setting = last(given.interface);
  if (setting !== undefined) return setting.value;
  const speaks = peers.some(({ address }) => family(address) === of);
  const sources = [...given.unicast_src_ip, ...given.mcast_src_ip];
  const items = [...given.virtual_ipaddress, ...given.virtual_ipaddress_excluded].flatMap(({ value }) => value);
  const roams = speaks && sources.some(({ value }) => family(value) === of);
  return roams && items.every(({ value }) => value.interface !== undefined) ? "" : undefined;
}
