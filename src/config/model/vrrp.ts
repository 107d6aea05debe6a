import type { IpAddress } from "../../base/ip.ts";
import type { Micros } from "../../base/time.ts";
import type { CommandConfig } from "./command.ts";
import type { GroupNotifications } from "./group.ts";

/** `unicast_peer` and what goes with it. */
export interface UnicastConfig {
  readonly peers: readonly UnicastPeer[]; // at least one, all of the instance's family
  readonly checkSource: boolean; // adverts of others are dropped
  readonly ttl: number | undefined; // undefined: 255 for IPv4, the kernel's choice for IPv6
}

/** An item of `unicast_peer`. */
export interface UnicastPeer {
  readonly address: IpAddress;
  readonly minTtl: number;
  readonly maxTtl: number;
}

/** How the checksum of VRRPv3 over IPv4 is computed. */
export interface ChecksumConfig {
  readonly pseudoHeader: boolean; // `v3_checksum_as_v2` is false
  readonly oldUnicast: "detect" | "always" | "never"; // with the multicast group in the pseudo-header, as before 1.3.7
}

/** The interface that an instance makes for itself. */
export type VirtualInterface = VmacConfig | IpvlanConfig;

/** `use_vmac`: a macvlan with the virtual MAC. */
export interface VmacConfig {
  readonly type: "vmac";
  readonly name: string | undefined; // undefined: generated
  readonly mac: string | undefined; // 5 octets (the VRID follows) or 6; undefined: that of RFC 9568 §7.3
  readonly notifyBase: boolean; // netlink_notify_msg
  readonly group: number | string | undefined; // link group: its number, or a name of iproute2
  readonly transmitOnBase: boolean; // vmac_xmit_base
  readonly otherInterfaces: boolean; // use_vmac_addr
}

/** `use_ipvlan`. */
export interface IpvlanConfig {
  readonly type: "ipvlan";
  readonly name: string | undefined;
  readonly address: IpAddress | undefined;
  readonly prefixLength: number | undefined;
  readonly mode: "bridge" | "private" | "vepa";
  readonly group: number | string | undefined;
}

/** The scripts of an instance. */
export interface InstanceNotifications extends GroupNotifications {
  readonly deleted: CommandConfig | undefined;
  readonly reportsDeleted: boolean; // an instance that a reload removes reports DELETED; else FAULT
  readonly lowerPriority: CommandConfig | undefined; // notify_master_rx_lower_pri
}

/** `auth_hmac`. */
export interface HmacConfig {
  readonly keys: readonly HmacKey[];
  readonly activeKey: number | undefined; // undefined: none signs
  readonly timeWindow: Micros | undefined; // undefined: max(3 intervals, 5 s)
  readonly antiReplay: "time" | "monotonic";
  readonly mode: "enforce" | "permissive" | "receive-only";
}

/** `key` of `auth_hmac`, as written: text, `hex:...` or `file:PATH`. */
interface HmacKey {
  readonly id: number; // 1..255
  readonly key: string;
}
