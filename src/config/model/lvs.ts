import type { Family, IpAddress } from "../../base/ip.ts";
import type { Forwarding, Protocol, Scheduler } from "../../base/ipvs.ts";
import type { Micros } from "../../base/time.ts";
import type { CheckerConfig } from "./check.ts";
import type { CommandConfig } from "./command.ts";

/** Everything on the load-balancing side. What the checkers process makes of it: `daemon/runnable.ts`. */
export interface LvsConfig {
  readonly virtualServers: readonly VirtualServerConfig[]; // by address, in the order of reading
  readonly fwmarkServers: readonly FwmarkServerConfig[];
  readonly groupServers: readonly GroupServerConfig[];
  readonly virtualServerGroups: readonly VirtualServerGroupConfig[];
  readonly ssl: SslConfig | undefined;
}

/** What every `virtual_server` has, however connections reach it. */
export interface ServiceConfig {
  readonly number: number; // among all of them, from 1, in the order of reading: its index in a MIB
  readonly scheduler: Scheduler;
  readonly schedulerFlags: number; // IP_VS_SVC_F_SCHED1..3 and ONEPACKET, linux/ip_vs.h
  readonly persistenceTimeout: number; // whole seconds, 0 = off
  readonly persistenceNetmask: number; // IPv4: prefix length 0..32; IPv6: 1..128
  readonly persistenceEngine: string | undefined; // at most 16 characters
  readonly quorum: number;
  readonly hysteresis: number;
  readonly haSuspend: boolean; // checks rest while the address is elsewhere
  readonly omega: boolean; // what goes down at the daemon's stop is notified
  readonly smtpAlert: boolean; // mail about the quorum
  readonly snmpName: string | undefined;
  readonly quorumUp: CommandConfig | undefined;
  readonly quorumDown: CommandConfig | undefined;
  readonly realServers: readonly RealServerConfig[]; // at least one
  readonly sorryServer: SorryServerConfig | undefined;
  readonly standard: ServerStandard; // resolved in its servers; a MIB shows it
}

/** What real servers, and so their checkers, have where they do not say it. */
export interface ServerStandard extends CheckStandard {
  readonly weight: number;
  readonly slowStart: Micros | undefined; // undefined: at once
  readonly inhibitOnFailure: boolean;
  readonly forwarding: Forwarding;
  readonly tunnel: TunnelConfig | undefined;
}

/** What checkers have where they do not say it. */
export interface CheckStandard {
  readonly alpha: boolean;
  readonly retry: number | undefined; // undefined: each kind its own
  readonly delayBeforeRetry: Micros | undefined; // the same
  readonly warmup: Micros | undefined; // undefined: delayLoop
  readonly delayLoop: Micros;
  readonly connectTimeout: Micros;
  readonly virtualHost: string | undefined;
}

/** `virtual_server ADDRESS [PORT]`: one IPVS service. */
export interface VirtualServerConfig extends ServiceConfig {
  readonly address: IpAddress;
  readonly port: number; // 0 = every port
  readonly protocol: Protocol;
}

/** `virtual_server fwmark N`: packets that the firewall marked. */
export interface FwmarkServerConfig extends ServiceConfig {
  readonly fwmark: number; // 1..4294967295
  readonly family: Family;
}

/** `virtual_server group NAME`: a service for each member of a group. */
export interface GroupServerConfig extends ServiceConfig {
  readonly group: string;
  readonly ordinal: number; // among the services of this group, from 0: `[G]:0` in logs
  readonly protocol: Protocol | undefined; // undefined: the group has firewall marks alone
  readonly family: Family | undefined; // undefined: both; then every server is reached through a tunnel
}

/** `virtual_server_group`. */
export interface VirtualServerGroupConfig {
  readonly name: string;
  readonly entries: readonly GroupEntryConfig[]; // at least one
}

/** A member of a group. */
export type GroupEntryConfig =
  | { readonly type: "addresses"; readonly from: IpAddress; readonly to: IpAddress; readonly port: number } // inclusive
  | { readonly type: "fwmark"; readonly fwmark: number; readonly family: Family | undefined }; // undefined: the service's

/** `real_server`. */
export interface RealServerConfig {
  readonly address: IpAddress;
  readonly port: number; // 0 = the one that the connection came to
  readonly weight: number;
  readonly forwarding: Forwarding;
  readonly tunnel: TunnelConfig | undefined; // where forwarding is `tun`
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly inhibitOnFailure: boolean; // weight 0 instead of removal
  readonly slowStart: Micros | undefined; // how long its weight rises when it returns, whole seconds; undefined: at once
  readonly smtpAlert: boolean;
  readonly snmpName: string | undefined;
  readonly notifyUp: CommandConfig | undefined;
  readonly notifyDown: CommandConfig | undefined;
  readonly checkers: readonly CheckerConfig[]; // in the order of reading
  readonly standard: CheckStandard | undefined; // undefined: its service's
}

/** `sorry_server`: takes the traffic while the quorum is lost. */
export interface SorryServerConfig {
  readonly address: IpAddress;
  readonly port: number; // 0 = the one that the connection came to
  readonly forwarding: Forwarding;
  readonly tunnel: TunnelConfig | undefined;
  readonly inhibitOnFailure: boolean;
}

/** How packets are wrapped on their way to a server. */
export interface TunnelConfig {
  readonly type: "ipip" | "gue" | "gre";
  readonly port: number; // of GUE; 0 with the others
  readonly checksum: "none" | "full" | "remote"; // `nocsum`, `csum`, `remcsum`
}

/** The `SSL` block: what SSL_GET shows of itself. */
export interface SslConfig {
  readonly password: string | undefined; // of the key file
  readonly ca: string | undefined; // path
  readonly certificate: string | undefined; // path
  readonly key: string | undefined; // path
}
