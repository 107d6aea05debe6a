import type { Config, VrrpInstanceConfig } from "../config/model/model.ts";
import { deviceOf, itemInterfaces, itemsOf } from "./instance.ts";

/** The interfaces that something depends on: of instances, of their items, and tracked ones. */
export function dependedInterfaces({
  vrrpInstances,
  syncGroups,
}: Pick<Config, "vrrpInstances" | "syncGroups">): readonly string[] {
  return [...vrrpInstances.flatMap(interfacesOf), ...syncGroups.flatMap(trackedBy)];
}

/** What an instance speaks on, tracks, or puts something on. */
export function interfacesOf(instance: VrrpInstanceConfig): readonly string[] {
  const device = deviceOf(instance);
  return [...(device === undefined ? [] : [device]), ...itemInterfaces(itemsOf(instance)), ...trackedBy(instance)];
}

function trackedBy({ trackInterfaces }: Pick<VrrpInstanceConfig, "trackInterfaces">): readonly string[] {
  return trackInterfaces.map(({ name }) => name);
}
