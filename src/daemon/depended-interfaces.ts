import type { Config } from "../config/model/model.ts";
import { deviceOf, itemInterfaces, itemsOf } from "./instance.ts";

/** The interfaces that something depends on: of instances, of their items, and tracked ones. */
export function dependedInterfaces({
  vrrpInstances,
  syncGroups,
}: Pick<Config, "vrrpInstances" | "syncGroups">): readonly string[] {
  return [
    ...vrrpInstances.flatMap((config) => [...[deviceOf(config) ?? []].flat(), ...itemInterfaces(itemsOf(config))]),
    ...[...vrrpInstances, ...syncGroups].flatMap(({ trackInterfaces }) => trackInterfaces.map(({ name }) => name)),
  ];
}
