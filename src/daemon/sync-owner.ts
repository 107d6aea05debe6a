import { type IpvsSyncDaemon, SYNC_GROUP, SYNC_PORT } from "../base/ipvs.ts";
import type { Config } from "../config/model/model.ts";
import { type SyncDaemonParameters, syncDaemons } from "../lvs/sync-daemon.ts";
import type { VrrpState } from "../vrrp/machine.ts";
import { isBalancing } from "./runnable.ts";

/** The virtual router that the kernel's sync daemons follow. */
export interface Followed {
  readonly parameters: SyncDaemonParameters;
  readonly instance: string;
}

/** What `lvs_sync_daemon`, or else `lvs_sync_daemon_interface`, has follow a virtual router: the vrrp process does it. */
export function followed({ global, vrrpInstances }: Config): Followed | undefined {
  const { syncDaemon } = global.ipvs;
  if (syncDaemon !== undefined)
    return syncDaemon.instance === undefined ? undefined : { parameters: syncDaemon, instance: syncDaemon.instance };
  const user = vrrpInstances.find(({ syncInterface }) => syncInterface !== undefined);
  if (user?.syncInterface === undefined) return undefined;
  const options = { id: undefined, maxLength: undefined, port: SYNC_PORT, ttl: undefined, group: SYNC_GROUP };
  return { parameters: { ...options, interface: user.syncInterface }, instance: user.name };
}

/** The daemons for a virtual router in that state; none where it does not exist. */
export function following(
  { parameters }: Followed,
  router: { readonly vrid: number; readonly state: VrrpState["name"] } | undefined,
): IpvsSyncDaemon[] {
  if (router === undefined) return [];
  return syncDaemons(parameters, [router.state === "master" ? "master" : "backup"], router.vrid);
}

/** The daemons that follow nobody, one of each state: the checkers process has them. */
export function unfollowing({ global }: Config): IpvsSyncDaemon[] {
  const { syncDaemon } = global.ipvs;
  return syncDaemon === undefined || syncDaemon.instance !== undefined
    ? []
    : syncDaemons(syncDaemon, ["master", "backup"]);
}

/** What the vrrp process does with the daemons that no router has: end its own, unless the checkers process takes over. */
export function unfollowed(config: Config): [] | undefined {
  return isBalancing(config) && unfollowing(config).length > 0 ? undefined : [];
}
