import type { Micros } from "../../base/time.ts";
import type { VirtualAddress } from "./model.ts";

/** What the configuration says about the host's network, whatever the state of any instance. */
export interface NetworkConfig {
  readonly staticAddresses: readonly StaticAddress[];
  readonly staticRoutes: readonly RouteConfig[];
  readonly staticRules: readonly RuleConfig[];
  readonly garpGroups: readonly GarpGroupConfig[];
  readonly interfaceDelays: readonly InterfaceDelays[];
  readonly linkbeatInterfaces: readonly LinkbeatInterface[];
  readonly pollLinks: boolean; // linkbeat_use_polling: of every interface that something depends on
}

/** An option word of an item with its value, in the words of ip(8): `["via", "192.0.2.1"]`; `true`: it has none. */
export type ItemOption = readonly [word: string, value: ItemValue];

/** What the table of an item reads: data that JSON keeps. */
export type ItemValue =
  | true
  | number
  | string
  | readonly ItemValue[]
  | { readonly [field: string]: ItemValue | undefined };

/** An item of `static_ipaddress`. */
export interface StaticAddress extends VirtualAddress {
  readonly trackGroup: string | undefined;
}

/** An item of `virtual_routes` or `static_routes`. */
export interface RouteConfig {
  readonly destination: string | undefined; // address and prefix, or `default`
  readonly tracked: boolean; // `no_track` is false
  readonly trackGroup: string | undefined; // static routes only
  readonly options: readonly ItemOption[];
}

/** An item of `virtual_rules` or `static_rules`. */
export interface RuleConfig {
  readonly priority: number; // those without one are numbered from 16384 downwards
  readonly tracked: boolean; // `no_track` is false
  readonly trackGroup: string | undefined; // static rules only
  readonly options: readonly ItemOption[];
}

/** `garp_group`: interfaces with a gap of their own between announcements. */
export interface GarpGroupConfig {
  readonly garpInterval: Micros | undefined; // undefined: that of `global_defs`
  readonly gnaInterval: Micros | undefined;
  readonly interfaces: readonly string[]; // each in this group alone
  readonly shared: boolean; // the gap is one for all of them
}

/** An item of `interface_up_down_delays`: how long a change must last to count. */
export interface InterfaceDelays {
  readonly interface: string;
  readonly down: Micros;
  readonly up: Micros; // 0 where it is not given
}

/** An item of `linkbeat_interfaces`. */
export interface LinkbeatInterface {
  readonly interface: string;
  readonly method: "mii" | "ethtool" | "ioctl" | undefined; // undefined: the first that answers
}
