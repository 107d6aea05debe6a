import type { Family, IpAddress } from "../../base/ip.ts";
import type { Micros } from "../../base/time.ts";
import type { GlobalConfig } from "./global.ts";
import type { SyncGroupConfig, TrackGroupConfig } from "./group.ts";
import type { LvsConfig } from "./lvs.ts";
import type { NetworkConfig, RouteConfig, RuleConfig } from "./network.ts";
import type { TrackConfig, Trackers } from "./track.ts";
import type { ChecksumConfig, HmacConfig, InstanceNotifications, UnicastConfig, VirtualInterface } from "./vrrp.ts";

/**
 * A configuration as the daemon runs it: plain readonly data, every default resolved, every reference checked. It
 * crosses process boundaries as JSON, so there is nothing in it that JSON loses.
 */
export interface Config extends TrackConfig, NetworkConfig, LvsConfig {
  readonly global: GlobalConfig;
  readonly vrrpScripts: readonly VrrpScriptConfig[];
  readonly vrrpInstances: readonly VrrpInstanceConfig[];
  readonly syncGroups: readonly SyncGroupConfig[];
  readonly trackGroups: readonly TrackGroupConfig[];
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
  readonly initFail: boolean; // counts as failed before its first run
}

/** `vrrp_instance`: one virtual router on one interface. */
export interface VrrpInstanceConfig extends Trackers {
  readonly name: string;
  readonly interface: string; // empty: none, as unicast from a given address may
  readonly vrid: number; // 1..255
  readonly version: 2 | 3;
  readonly family: Family; // of the advertised addresses, the source, the peers
  readonly priority: number; // 1..255, 255 = address owner
  readonly wantedState: "master" | "backup";
  readonly advertInterval: Micros; // whole seconds in VRRPv2, whole centiseconds up to 40.95 s in VRRPv3
  readonly downTimerAdverts: number; // silent intervals before the master counts as down; 3
  readonly preempt: boolean; // `nopreempt` is false
  readonly preemptDelay: Micros;
  readonly authentication: Authentication;
  readonly hmac: HmacConfig | undefined;
  readonly strict: boolean;
  readonly skipCheckAdvertAddresses: boolean;
  readonly sourceAddress: IpAddress | undefined; // mcast_src_ip, unicast_src_ip; undefined: the interface's first address
  readonly trackSourceAddress: boolean; // its loss is a fault
  readonly multicastGroup: IpAddress; // mcast_dst_ip
  readonly unicast: UnicastConfig | undefined; // undefined: multicast
  readonly faultWithoutPeers: boolean; // unicast_fault_no_peer
  readonly checksum: ChecksumConfig;
  readonly virtualInterface: VirtualInterface | undefined;
  readonly vrf: string | undefined;
  readonly accept: boolean; // a master that is no owner takes packets for its addresses
  readonly trackPrimary: boolean; // `dont_track_primary` is false
  readonly lowerPriorityAdvert: boolean; // `lower_prio_no_advert` is false
  readonly higherPriorityAdvert: boolean; // `higher_prio_send_advert`
  readonly ownerIgnoresAdverts: boolean;
  readonly lateTimerPriority: number | undefined; // timer_expired_backup, 1..254; undefined: a late master goes on
  readonly addresses: readonly VirtualAddress[]; // advertised, in configuration order
  readonly excludedAddresses: readonly VirtualAddress[]; // held by the master, not advertised
  readonly routes: readonly RouteConfig[]; // virtual_routes
  readonly rules: readonly RuleConfig[]; // virtual_rules
  readonly announce: AnnounceConfig;
  readonly notify: InstanceNotifications;
  readonly smtpAlert: boolean;
  readonly notifyPriorityChanges: boolean;
  readonly promoteSecondaries: boolean;
  readonly pollLink: boolean; // linkbeat_use_polling
  readonly syncInterface: string | undefined; // lvs_sync_daemon_interface: the sync daemon follows this instance
  readonly receiveBuffer: number | undefined; // bytes; undefined: by vrrp_rx_bufs_policy
}

/** `authentication`. The password is at most 8 bytes. */
export type Authentication =
  | { readonly type: "none" }
  | { readonly type: "pass"; readonly password: string }
  | { readonly type: "ah"; readonly password: string };

/** An item of `virtual_ipaddress`. */
export interface VirtualAddress {
  readonly address: IpAddress;
  readonly prefixLength: number; // 32 (128) unless given
  readonly interface: string; // `dev`, or the instance's own
  readonly label: string | undefined; // IPv4 only, at most 15 characters
  readonly broadcast: IpAddress | undefined; // `brd`; computed where `+` or `-` was given
  readonly scope: number; // RT_SCOPE_*: 0 global, 200 site, 253 link, 254 host
  readonly peer: IpAddress | undefined; // the other end of a point-to-point link
  readonly preferredLifetime: number | "forever" | undefined; // seconds; undefined: forever, but 0 for an IPv6 /128
  readonly flags: readonly string[]; // IFA_F_* of linux/if_addr.h by the words of ip-address(8)
  readonly tracked: boolean; // `no_track` is false
  readonly ownVmac: boolean; // `use_vmac`
}

/** When and how often gratuitous ARPs are sent; the `garp_*` keywords. */
export interface AnnounceConfig {
  readonly repeat: number; // rounds at the transition, and again after `delay`
  readonly delay: Micros; // 0 = no second block
  readonly refresh: Micros; // 0 = off
  readonly refreshRepeat: number;
  readonly lowerPriorityRepeat: number;
  readonly lowerPriorityDelay: Micros;
  readonly extra: ExtraAnnouncements | undefined; // garp_extra_if
}

/** `garp_extra_if`: announcements on interfaces that hold addresses and carry no advertisements. */
export interface ExtraAnnouncements {
  readonly interval: Micros;
  readonly everyInterface: boolean; // false: virtual MAC interfaces only
}
