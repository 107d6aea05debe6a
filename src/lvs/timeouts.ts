import type { IpvsTimeouts } from "../base/ipvs.ts";

/** The kernel's timeouts while ours are in force. Plain JSON data: it outlives a killed process. */
export interface HeldTimeouts {
  readonly originals: IpvsTimeouts; // before ours
  readonly set: IpvsTimeouts; // what we made of them
}

/** What `lvs_timeouts` makes of the original ones: what it does not name (0) is as it was. */
export function wantedTimeouts(originals: IpvsTimeouts, configured: IpvsTimeouts): IpvsTimeouts {
  const choose = (key: keyof IpvsTimeouts): number => configured[key] || originals[key];
  return { tcp: choose("tcp"), tcpFin: choose("tcpFin"), udp: choose("udp") };
}

/** The original ones; but what somebody else has changed since stays. (Keepalived differs: it goes too.) */
export function restoredTimeouts({ originals, set }: HeldTimeouts, have: IpvsTimeouts): IpvsTimeouts {
  const choose = (key: keyof IpvsTimeouts): number => (have[key] === set[key] ? originals[key] : have[key]);
  return { tcp: choose("tcp"), tcpFin: choose("tcpFin"), udp: choose("udp") };
}

/** Whether `lvs_timeouts` says anything. */
export function areSet({ tcp, tcpFin, udp }: IpvsTimeouts): boolean {
  return tcp + tcpFin + udp > 0;
}

/** Whether two are the same. */
export function sameTimeouts(a: IpvsTimeouts, b: IpvsTimeouts): boolean {
  return a.tcp === b.tcp && a.tcpFin === b.tcpFin && a.udp === b.udp;
}
