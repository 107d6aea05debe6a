import { family, type IpAddress, isLinkLocal } from "../base/ip.ts";
import type { HostNetwork } from "../io/host-network.ts";
import { type InterfaceAddress, virtualAddress } from "../netlink/address.ts";
import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE } from "../netlink/constants.ts";
import { ipvlanAddress } from "../vrrp/virtual-interface.ts";
import type { PlacedInterface } from "./virtual-placement.ts";

/**
 * The addresses of an interface that we made which are not virtual: the one that `use_ipvlan` gives. Over IPv6 a
 * link-local one, without which nothing can be sent: a virtual MAC interface has that of its base; an ipvlan takes all
 * that is sent to its addresses away from the base, so it has another.
 */
export function ownAddresses(
  { wanted, address: given }: PlacedInterface,
  name: string,
  network: Pick<HostNetwork, "link" | "addresses">,
): InterfaceAddress[] {
  const [link, base] = [network.link(name), network.link(wanted.base)];
  if (link === undefined || base === undefined) return [];
  const put = (address: IpAddress, prefixLength: number, scope: number): InterfaceAddress =>
    virtualAddress(address, { ifindex: link.ifindex, prefixLength, scope, label: undefined, broadcast: undefined });
  if (given !== undefined) return [put(given.address, given.prefixLength, RT_SCOPE_UNIVERSE)];
  if (wanted.name.family !== 6) return [];
  const ofBase = network.addresses(base.ifindex).map(({ address }) => address);
  const local =
    wanted.spec.kind === "ipvlan"
      ? base.mac && ipvlanAddress(base.mac, wanted.name.vrid)
      : ofBase.find((address) => family(address) === 6 && isLinkLocal(address));
  return local === undefined ? [] : [{ ...put(local, 64, RT_SCOPE_LINK), preferredLifetime: 0 }];
}
