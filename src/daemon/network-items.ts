import type { Config } from "../config/model/model.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { NumberNames } from "../io/number-names.ts";
import { itemsOf } from "./instance.ts";
import { PlacementCache } from "./placement.ts";
import { staticItems } from "./static-network.ts";

/** Whether an item of one owner looks like one of another. */
export function sharesItems(config: Config): boolean {
  const seen = new Set<string>();
  return [staticItems(config), ...config.vrrpInstances.map(itemsOf)].some(({ addresses, routes, rules }) => {
    const own = new Set([
      ...addresses.map(({ address }) => `address ${address}`),
      ...routes.map(({ destination }) => `route ${destination}`),
      ...rules.map(({ priority }) => `rule ${priority}`),
    ]);
    const shared = [...own].some((item) => seen.has(item));
    for (const item of own) seen.add(item);
    return shared;
  });
}

/** Whether there are routes or rules at all. */
export function usesRouting({ staticRoutes, staticRules, vrrpInstances }: Config): boolean {
  const lists = [staticRoutes, staticRules, ...vrrpInstances.flatMap(({ routes, rules }) => [routes, rules])];
  return lists.some(({ length }) => length > 0);
}

/** Where items are put in this network namespace. */
export function createPlaces(network: HostNetwork, names: NumberNames): PlacementCache {
  const place = {
    ifindex: (name: string) => network.link(name)?.ifindex,
    vrfTable: (name: string) => network.link(name)?.vrfTable,
    number: (register: Parameters<NumberNames["number"]>[0], name: string) => names.number(register, name),
  };
  return new PlacementCache(place, () => network.generation + names.generation);
}
