import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { LvsConfig } from "./model-lvs.ts";

/**
 * A configuration as the daemon runs it: plain readonly data, every default resolved, every reference checked. It
 * crosses process boundaries as JSON, so there is nothing in it that JSON loses.
 */
export interface Config extends LvsConfig {
  readonly global: GlobalConfig;
  readonly vrrpScripts: readonly VrrpScriptConfig[];
  readonly vrrpInstances: readonly VrrpInstanceConfig[];
}

/** `global_defs`. */
export interface GlobalConfig {
  readonly routerId: string | undefined; // undefined: the host name
  readonly notificationEmail: readonly string[];
  readonly notificationEmailFrom: string | undefined;
  readonly smtpServer: string | undefined; // as written: address or name, optional port
  readonly smtpConnectTimeout: Micros;
  readonly garpInterval: Micros; // least gap between gratuitous ARPs on one interface; 0 = none
  readonly gnaInterval: Micros;
  readonly startupDelay: Micros; // vrrp_startup_delay
  readonly scriptUser: string | undefined;
  readonly enableScriptSecurity: boolean;
}

/** `vrrp_script`: a command whose exit status is a condition. */
export interface VrrpScriptConfig {
  readonly name: string;
  readonly argv: readonly string[]; // never run by a shell
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly interval: Micros;
  readonly timeout: Micros;
  readonly weight: number; // -253..253; 0 = failure is a fault
  readonly reverse: boolean;
  readonly rise: number;
  readonly fall: number;
}

/** `vrrp_instance`: one virtual router on one interface. */
export interface VrrpInstanceConfig {
  readonly name: string;
  readonly interface: string;
  readonly vrid: number; // 1..255
  readonly version: 2;
  readonly priority: number; // 1..255, 255 = address owner
  readonly wantedState: "master" | "backup";
  readonly advertInterval: Micros; // whole seconds in VRRPv2
  readonly downTimerAdverts: number; // silent intervals before the master counts as down; 3
  readonly preempt: boolean; // `nopreempt` is false
  readonly preemptDelay: Micros;
  readonly authentication: Authentication;
  readonly strict: boolean;
  readonly skipCheckAdvertAddresses: boolean;
  readonly sourceAddress: IpAddress | undefined; // mcast_src_ip; undefined: the interface's first address
  readonly trackPrimary: boolean; // `dont_track_primary` is false
  readonly lowerPriorityAdvert: boolean; // `lower_prio_no_advert` is false
  readonly higherPriorityAdvert: boolean; // `higher_prio_send_advert`
  readonly addresses: readonly VirtualAddress[]; // advertised, in configuration order
  readonly excludedAddresses: readonly VirtualAddress[]; // held by the master, not advertised
  readonly trackScripts: readonly TrackedScript[];
  readonly announce: AnnounceConfig;
}

/** `authentication`. The password is at most 8 bytes. */
export type Authentication = { readonly type: "none" } | { readonly type: "pass"; readonly password: string };

/** An item of `virtual_ipaddress`. */
export interface VirtualAddress {
  readonly address: IpAddress;
  readonly prefixLength: number; // 32 (128) unless given
  readonly interface: string; // `dev`, or the instance's own
  readonly label: string | undefined; // IPv4 only, at most 15 characters
  readonly broadcast: IpAddress | undefined; // `brd`; computed where `+` or `-` was given
  readonly scope: number; // RT_SCOPE_*: 0 global, 200 site, 253 link, 254 host
}

/** An item of `track_script`, with the script's own weight where none was given here. */
export interface TrackedScript {
  readonly script: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/** When and how often gratuitous ARPs are sent; the `garp_*` keywords. */
export interface AnnounceConfig {
  readonly repeat: number; // rounds at the transition, and again after `delay`
  readonly delay: Micros; // 0 = no second block
  readonly refresh: Micros; // 0 = off
  readonly refreshRepeat: number;
  readonly lowerPriorityRepeat: number;
  readonly lowerPriorityDelay: Micros;
}
