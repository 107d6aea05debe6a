import type { IpAddress } from "../base/ip.ts";
import { type IpvsSyncDaemon, SYNC_TTL } from "../base/ipvs.ts";

/** What `lvs_sync_daemon` says of the kernel's sync daemons; compatible with config/model. */
export interface SyncDaemonParameters {
  readonly interface: string;
  readonly id: number | undefined; // undefined: the VRID of the instance, else 0
  readonly maxLength: number | undefined;
  readonly port: number;
  readonly ttl: number | undefined;
  readonly group: IpAddress;
}

/** The daemons in these states. Without an instance to follow there is one of each (Keepalived too). */
export function syncDaemons(
  { interface: carrier, id, maxLength, port, ttl, group }: SyncDaemonParameters,
  states: readonly IpvsSyncDaemon["state"][],
  vrid = 0,
): IpvsSyncDaemon[] {
  const common = { interface: carrier, id: id ?? vrid, maxLength, port, ttl: ttl ?? SYNC_TTL, group };
  return states.map((state) => ({ ...common, state }));
}

/** One request to the kernel. */
export interface SyncDaemonChange {
  readonly type: "start" | "stop";
  readonly daemon: IpvsSyncDaemon;
}

/**
 * What turns the daemons `have` into `want`: those that are otherwise are stopped, whoever started them, since there is
 * one of a state at most; what is as wanted runs on, and loses nothing. (Keepalived differs: it restarts them at a reload.)
 */
export function planSyncDaemons(have: readonly IpvsSyncDaemon[], want: readonly IpvsSyncDaemon[]): SyncDaemonChange[] {
  const kept = (one: IpvsSyncDaemon): boolean => want.some((wanted) => isSame(one, wanted));
  const runs = (wanted: IpvsSyncDaemon): boolean => have.some((one) => isSame(one, wanted));
  return [
    ...have.filter((one) => !kept(one)).map((daemon) => ({ type: "stop", daemon }) as const),
    ...want.filter((one) => !runs(one)).map((daemon) => ({ type: "start", daemon }) as const),
  ];
}

const COMPARED = ["state", "interface", "id", "port", "ttl", "group"] as const;

/** The kernel always says a length, also where it was its own choice. */
function isSame(have: IpvsSyncDaemon, want: IpvsSyncDaemon): boolean {
  const { maxLength } = want;
  return COMPARED.every((key) => have[key] === want[key]) && (maxLength === undefined || have.maxLength === maxLength);
}

/** `master on eth0 id 51`. */
export function syncDaemonWords({ state, interface: carrier, id }: IpvsSyncDaemon): string {
  return `${state} on ${carrier} id ${id}`;
}
