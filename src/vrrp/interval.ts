import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Advertisement } from "../wire/vrrp.ts";
import type { Backup, VrrpEffect } from "./machine.ts";
import type { VrrpParameters } from "./parameters.ts";
import { note } from "./transition.ts";

/** The interval of a master that is followed: VRRPv3 learns it, in VRRPv2 all have the same. RFC 9568 §6.4.2. */
export function masterInterval({ version, interval }: VrrpParameters, advertisement: Advertisement): Micros {
  return version === 3 ? advertisement.interval : interval;
}

/** The interval that a backup goes on with after a respawn or a reload: a master's does not change by what we do. */
export function keptInterval({ version, interval }: VrrpParameters, { masterInterval }: Backup): Micros {
  return version === 3 ? masterInterval : interval;
}

/** What is to be said of the interval of a master that is followed: that it is not ours, and that it is another now. */
export function learned(router: VrrpParameters, before: Micros, from: IpAddress, theirs: Micros): VrrpEffect[] {
  return [
    ...(theirs === router.interval ? [] : [note({ name: "interval-differs", from, interval: theirs })]),
    ...(theirs === before ? [] : [note({ name: "interval-learned", from: before, to: theirs })]),
  ];
}

/** A new master advertises by its own interval, whatever the last one did. (Keepalived 2.2.7: with `-D` only.) */
export function ownInterval({ interval }: VrrpParameters, { masterInterval }: Backup): VrrpEffect[] {
  return masterInterval === interval ? [] : [note({ name: "interval-own", from: masterInterval, to: interval })];
}
