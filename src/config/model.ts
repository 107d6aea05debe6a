import type { IpAddress } from "../base/ip.ts";
import type { Forwarding, Protocol, Scheduler } from "../base/ipvs.ts";
import type { Micros } from "../base/time.ts";

/**
 * A configuration as the daemon runs it: plain readonly data, every default resolved, every reference checked. It
 * crosses process boundaries as JSON, so there is nothing in it that JSON loses.
 */
export interface Config {
  readonly global: GlobalConfig;
  readonly vrrpScripts: readonly VrrpScriptConfig[];
  readonly vrrpInstances: readonly VrrpInstanceConfig[];
  readonly virtualServers: readonly VirtualServerConfig[];
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

/** `virtual_server`: one IPVS service. */
export interface VirtualServerConfig {
  readonly address: IpAddress;
  readonly port: number; // 0 = every port
  readonly protocol: Protocol;
  readonly scheduler: Scheduler;
  readonly schedulerFlags: number; // IP_VS_SVC_F_SCHED1..3 and ONEPACKET, linux/ip_vs.h
  readonly persistenceTimeout: number; // whole seconds, 0 = off
  readonly persistenceNetmask: number; // IPv4: prefix length 0..32; IPv6: 1..128
  readonly quorum: number;
  readonly hysteresis: number;
  readonly realServers: readonly RealServerConfig[];
  readonly sorryServer: SorryServerConfig | undefined;
}

/** `real_server`. */
export interface RealServerConfig {
  readonly address: IpAddress;
  readonly port: number;
  readonly weight: number;
  readonly forwarding: Forwarding;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly inhibitOnFailure: boolean; // weight 0 instead of removal
  readonly checkers: readonly CheckerConfig[];
}

/** `sorry_server`: takes the traffic while the quorum is lost. */
export interface SorryServerConfig {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: Forwarding;
  readonly inhibitOnFailure: boolean;
}

export type CheckerConfig = TcpCheckConfig | HttpCheckConfig;

/** What every connecting checker has. */
export interface CheckerBase {
  readonly address: IpAddress; // connect_ip, or the real server's
  readonly port: number; // connect_port, or the real server's
  readonly bindAddress: IpAddress | undefined;
  readonly bindPort: number; // 0 = any
  readonly bindInterface: string | undefined;
  readonly fwmark: number; // 0 = none
  readonly connectTimeout: Micros;
  readonly delayLoop: Micros;
  readonly retry: number; // failures forgiven before the verdict
  readonly delayBeforeRetry: Micros;
  readonly warmup: Micros; // upper bound of the random first delay
  readonly alpha: boolean; // down until proven up
  readonly logAllFailures: boolean;
}

export interface TcpCheckConfig extends CheckerBase {
  readonly type: "tcp";
}

export interface HttpCheckConfig extends CheckerBase {
  readonly type: "http";
  readonly protocol: "1.0" | "1.0c" | "1.1";
  readonly virtualHost: string | undefined;
  readonly urls: readonly HttpUrl[]; // at least one
}

/** `url` of an HTTP_GET. All conditions must hold. */
export interface HttpUrl {
  readonly path: string;
  readonly statusCodes: readonly (readonly [from: number, to: number])[]; // inclusive
  readonly digest: string | undefined; // lower-case MD5 of the body
  readonly virtualHost: string | undefined;
}
