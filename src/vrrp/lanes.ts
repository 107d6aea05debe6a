import type { Family } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";

/** `vrrp_garp_interval`, `vrrp_gna_interval` and every `garp_group`. Compatible with config/model/. */
export interface GapRules {
  readonly garpInterval: Micros; // least time between two gratuitous ARPs of an interface; 0 = none
  readonly gnaInterval: Micros; //  between two unsolicited neighbour advertisements
  readonly groups: readonly GapGroup[];
}

/** `garp_group`. */
export interface GapGroup {
  readonly garpInterval: Micros | undefined; // undefined: the interfaces keep that of all
  readonly gnaInterval: Micros | undefined;
  readonly interfaces: readonly string[];
  readonly shared: boolean; // one gap for all of them
}

/** What shares one gap. */
export interface Lane {
  readonly name: string;
  readonly gap: Micros;
}

/** Finds the lane of an interface; ARP and neighbour advertisements have different ones. */
export function laneFinder({ garpInterval, gnaInterval, groups }: GapRules): (on: string, family: Family) => Lane {
  const groupOf = new Map(
    groups.flatMap((group, i) => group.interfaces.map((name) => [name, { ...group, i }] as const)),
  );
  return (on, family) => {
    const group = groupOf.get(on);
    const own = family === 4 ? group?.garpInterval : group?.gnaInterval;
    const name = own !== undefined && group?.shared === true ? `group ${group.i}` : on;
    return { name: `${name} ${family}`, gap: own ?? (family === 4 ? garpInterval : gnaInterval) };
  };
}
