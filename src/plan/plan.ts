import type { Config } from "../config/model/model.ts";
import { compare } from "./compare.ts";
import type { Difference } from "./difference.ts";
import { GLOBAL } from "./global-shape.ts";
import { SYNC_GROUPS, TRACK_GROUPS } from "./group-shape.ts";
import { INSTANCES } from "./instance-shape.ts";
import { FWMARK_SERVERS, GROUP_SERVERS, SERVER_GROUPS, SSL, VIRTUAL_SERVERS } from "./lvs-shape.ts";
import { NETWORK } from "./network-shape.ts";
import { group, type Shape } from "./shape.ts";
import { BFD_INSTANCES, SCRIPTS, TRACK_FILES, TRACK_PROCESSES } from "./track-shape.ts";

/** How configurations are compared, and in what words. */
export const CONFIG: Shape<Config> = {
  global: group("global_defs", GLOBAL),
  vrrpScripts: SCRIPTS,
  vrrpInstances: INSTANCES,
  syncGroups: SYNC_GROUPS,
  trackGroups: TRACK_GROUPS,
  trackFiles: TRACK_FILES,
  trackProcesses: TRACK_PROCESSES,
  bfdInstances: BFD_INSTANCES,
  ...NETWORK,
  virtualServers: VIRTUAL_SERVERS,
  fwmarkServers: FWMARK_SERVERS,
  groupServers: GROUP_SERVERS,
  virtualServerGroups: SERVER_GROUPS,
  ssl: SSL,
};

/** What a reload from one configuration to another does. */
export interface Plan {
  readonly from: Config;
  readonly to: Config;
  readonly difference: Difference<Config>;
}

/** Plans a reload: what stops, starts, is reconfigured and is left alone. Linear in both configurations. */
export function planReload(from: Config, to: Config): Plan {
  return { from, to, difference: compare(from, to, CONFIG) };
}

/** What the vrrp process runs of a configuration. */
type VrrpConfig = Pick<Config, "vrrpScripts" | "vrrpInstances">;

const VRRP: Shape<VrrpConfig> = { vrrpScripts: SCRIPTS, vrrpInstances: INSTANCES };

/** Plans a reload of the vrrp process: `planReload` without what it has nothing to do with. */
export function planVrrp(from: VrrpConfig, to: VrrpConfig): Difference<VrrpConfig> {
  return compare(vrrpOf(from), vrrpOf(to), VRRP);
}

function vrrpOf({ vrrpScripts, vrrpInstances }: VrrpConfig): VrrpConfig {
  return { vrrpScripts, vrrpInstances };
}
