import type { VirtualAddress } from "../config/model/model.ts";
import type { RouteConfig, RuleConfig } from "../config/model/network.ts";
import { type Keyed, keyed } from "../io/kernel-table.ts";
import type { InterfaceAddress } from "../netlink/address.ts";
import { ADDRESSES } from "../netlink/address-kind.ts";
import type { Route } from "../netlink/route.ts";
import { ROUTES } from "../netlink/route-kind.ts";
import type { Rule } from "../netlink/rule.ts";
import { RULES } from "../netlink/rule-kind.ts";
import type { TableKind } from "../netlink/table-kind.ts";
import { placeAddress } from "./address-item.ts";
import type { Place, Placed } from "./item-options.ts";
import { placeRoute } from "./route-item.ts";
import { placeRule } from "./rule-item.ts";

/** What an owner asks for: an instance, or the static items. */
export interface NetworkItems {
  readonly addresses: readonly VirtualAddress[];
  readonly routes: readonly RouteConfig[];
  readonly rules: readonly RuleConfig[];
}

/** It as the kernel takes it. What waits for an interface, or has no meaning on this host, is left out. */
export interface Placement {
  readonly addresses: readonly PlacedItem<InterfaceAddress>[];
  readonly routes: readonly PlacedItem<Route>[];
  readonly rules: readonly PlacedItem<Rule>[];
  readonly unplaced: readonly Unplaced[];
}

/** An entry of a table, and whose it is. How it is asked for is made up here, and not when a master is in a hurry. */
export interface PlacedItem<T> extends Keyed<T> {
  readonly tracked: boolean; //                somebody else's removal is undone
  readonly trackGroup: string | undefined;
}

/** An item that is nowhere. */
export interface Unplaced {
  readonly title: string; //                   `route to 10.0.0.0/8`
  readonly why: string;
  readonly absent: string | undefined; //      the interface that it waits for
  readonly trackGroup: string | undefined;
}

/** Nothing at all. */
export const NOWHERE: Placement = { addresses: [], routes: [], rules: [], unplaced: [] };

type Item = { readonly tracked: boolean; readonly trackGroup?: string | undefined };

/** Items on this host, as its interfaces are now. */
export function placement(items: NetworkItems, place: Place): Placement {
  const unplaced: Unplaced[] = [];
  const put = <C extends Item, T>(kind: TableKind<T>, all: readonly C[], one: Words<C, T>): readonly PlacedItem<T>[] =>
    all.flatMap((item) => {
      const found = one.placed(item, place);
      const { tracked, trackGroup } = item;
      if (found.ok) return [{ ...keyed(kind, found.entry), tracked, trackGroup }];
      unplaced.push({ title: one.title(item), why: found.why, absent: found.absent, trackGroup });
      return [];
    });
  return {
    addresses: put(ADDRESSES, items.addresses, {
      placed: placeAddress,
      title: ({ address, prefixLength }) => `address ${address}/${prefixLength}`,
    }),
    routes: put(ROUTES, items.routes, {
      placed: placeRoute,
      title: ({ destination = "" }) => `route to ${destination}`,
    }),
    rules: put(RULES, items.rules, { placed: placeRule, title: ({ priority }) => `rule of priority ${priority}` }),
    unplaced,
  };
}

interface Words<C, T> {
  readonly placed: (item: C, place: Place) => Placed<T>;
  readonly title: (item: C) => string;
}

/** The keys of everything in it, each behind the name of its table: `addresses 3 192.0.2.1/24`. */
export function keysOf({ addresses, routes, rules }: Placement): readonly string[] {
  return [
    ...addresses.map(({ key }) => `addresses ${key}`),
    ...routes.map(({ key }) => `routes ${key}`),
    ...rules.map(({ key }) => `rules ${key}`),
  ];
}

/** How many entries it has. */
export function size({ addresses, routes, rules }: Placement): number {
  return addresses.length + routes.length + rules.length;
}

/** Placements by configuration, made anew only where a name means another interface than before. */
export class PlacementCache {
  readonly #place: Place;
  readonly #generation: () => number;
  #of: number;
  #known = new WeakMap<object, Placement>();

  /** `generation`: another number whenever `place` answers otherwise. */
  constructor(place: Place, generation: () => number) {
    this.#place = place;
    this.#generation = generation;
    this.#of = generation();
  }

  /** The placement of the items of a configuration; which of them, `items` says. */
  of<C extends object>(config: C, items: (config: C) => NetworkItems): Placement {
    const generation = this.#generation();
    if (generation !== this.#of) this.#known = new WeakMap();
    this.#of = generation;
    const known = this.#known.get(config) ?? placement(items(config), this.#place);
    this.#known.set(config, known);
    return known;
  }
}
