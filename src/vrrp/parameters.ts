import type { IpAddress } from "../base/ip.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { AdvertisementAuthentication } from "../wire/vrrp.ts";

/** What one virtual router is configured to be. RFC 3768 §5.3, RFC 9568 §6.1, keepalived.conf(5) `vrrp_instance`. */
export interface VrrpParameters {
  readonly name: string; // as in `vrrp_instance NAME`; only for words
  readonly vrid: number; // 1..255
  readonly version: 2 | 3;
  readonly priority: number; // effective: what is advertised now; 1..254, or 255 for an address owner
  readonly basePriority: number; // as configured; 255 = address owner
  readonly interval: Micros; // Advertisement_Interval
  readonly downTimerAdverts: number; // silent intervals before the master counts as down; 3
  readonly preempt: boolean;
  readonly preemptDelay: Micros; // how long a lower-priority master is suffered first
  readonly primaryAddress: IpAddress; // source of our advertisements; breaks ties
  readonly wantsMaster: boolean; // `state MASTER`: an owner skips the first wait
  readonly lowerPriorityAdvert: boolean; // a lower advert is answered at once
  readonly higherPriorityAdvert: boolean; // the loser of an election advertises once more, so that the winner hears it
  readonly addresses: readonly IpAddress[]; // as advertised, in configuration order
  readonly authentication: AdvertisementAuthentication; // VRRPv3 has none
  readonly multicastGroup: IpAddress;
  readonly unicast: UnicastParameters | undefined; // undefined: multicast
  readonly checksum: ChecksumParameters;
  readonly ownerIgnoresAdverts: boolean; // an address owner hears nobody; usual in strict mode
  readonly lateTimerPriority: number | undefined; // timer_expired_backup: the highest of the others
  readonly announcesSource: boolean; // out of fault the source is announced: peers send to it (unicast)
  readonly skipCheckAdvertAddresses: boolean;
}

/** To whom a unicast router speaks, and whom it believes. */
export interface UnicastParameters {
  readonly peers: readonly { readonly address: IpAddress; readonly minTtl: number; readonly maxTtl: number }[];
  readonly ttl: number | undefined; // of what we send; undefined: 255 for IPv4, the kernel's choice for IPv6
}

/** What the checksum of VRRPv3 over IPv4 covers; config/model/vrrp.ts `ChecksumConfig`. */
export interface ChecksumParameters {
  readonly pseudoHeader: boolean;
  readonly oldUnicast: "detect" | "always" | "never";
}

/** The priority of an address owner, RFC 9568 §5.2.4. */
export const OWNER = 255;

/** The priority that says "I resign", RFC 9568 §5.2.4. */
export const RESIGN = 0;

/**
 * Skew_Time: the lower the priority, the longer the wait. VRRPv2 counts it in parts of one second, whatever the
 * interval (RFC 3768 §6.1); VRRPv3 in parts of the master's interval (RFC 9568 §6.1). An owner's is that of 255,
 * whatever it advertises.
 */
export function skewTime(
  { version, basePriority, priority }: Pick<VrrpParameters, "version" | "basePriority" | "priority">,
  masterInterval: Micros,
): Micros {
  const part = version === 2 ? seconds(1) : masterInterval;
  return Math.floor(((256 - (basePriority === OWNER ? OWNER : priority)) * part) / 256);
}

/** Master_Down_Interval: the silence after which the master counts as down. RFC 3768 §6.1, RFC 9568 §6.1. */
export function masterDownInterval(router: VrrpParameters, masterInterval: Micros): Micros {
  return router.downTimerAdverts * masterInterval + skewTime(router, masterInterval);
}
