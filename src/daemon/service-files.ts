import type { DaemonConfig } from "../config/model/global.ts";
import type { Options } from "./options.ts";

/** Where a daemon keeps what tells others of it, and as whom it speaks: fixed from its start to its end. */
export interface ServiceFiles {
  readonly suffix: string; // of its name in the log: `_NAMESPACE_INSTANCE`, of these what there is
  readonly namespace: string | undefined; // that it is in; undefined: the one that it was started in
  readonly folder: string | undefined; // of pid files that are not named on the command line, where it is its own
  readonly pidFile: string;
  readonly vrrpPidFile: string;
  readonly checkersPidFile: string;
  readonly bfdPidFile: string;
  readonly reloadMarker: string; // of `reload_file` without a name
}

const RUN = "/run";

/**
 * The files of a daemon. cli.md §4. In a namespace they stand in a folder of its name: Keepalived makes that folder its
 * `/run/keepalived` by a private mount, so that others find them at the same place (seen with 2.2.7).
 */
export function serviceFiles(options: Options, { instance, namespace, pidDirectory }: DaemonConfig): ServiceFiles {
  const network = options.namespace ?? namespace;
  const own = pidDirectory || network !== undefined;
  const folder = own ? [RUN, "keepalived", ...(network === undefined ? [] : [network])].join("/") : RUN;
  const path = (name: string, suffix: string): string =>
    `${folder}/${name}${instance === undefined ? "" : `_${instance}`}.${suffix}`;
  return {
    suffix: [network, instance].map((name) => (name === undefined ? "" : `_${name}`)).join(""),
    namespace: network,
    folder: own ? folder : undefined,
    pidFile: options.pidFile ?? path("keepalived", "pid"),
    vrrpPidFile: options.vrrpPidFile ?? path("vrrp", "pid"),
    checkersPidFile: options.checkersPidFile ?? path("checkers", "pid"),
    bfdPidFile: options.bfdPidFile ?? path("bfd", "pid"),
    reloadMarker: path("keepalived", "reload"),
  };
}
