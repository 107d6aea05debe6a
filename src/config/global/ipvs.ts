import { SYNC_GROUP, SYNC_PORT } from "../../base/ipvs.ts";
import { seconds } from "../../base/time.ts";
import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TableComparison } from "../../keywords/global-lvs.ts";
import type { SyncDaemon } from "../../keywords/read-sync-daemon.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { IpvsConfig, SyncDaemonConfig } from "../model/global.ts";
import { givenOnce, knownNames } from "../reference.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

/** What `global_defs` says about IPVS and the checkers. */
export function ipvsConfig(globals: Globals, report: Report): IpvsConfig {
  const stop = last<string | boolean>(globals.lvs_flush_on_stop, globals.lvs_flush_onstop);
  const table = givenOnce(
    "nftables_ipvs",
    globals.nftables_ipvs,
    () => "ipvs nftables already specified - ignoring",
    report,
  );
  const timeouts = last(globals.lvs_timeouts)?.value;
  return {
    flushAtStart: globals.lvs_flush.length > 0,
    flushAtStop: stop === undefined ? "no" : stop.value === "VS" ? "own" : "all",
    timeouts: {
      tcp: last(timeouts?.tcp ?? [])?.value ?? 0,
      tcpFin: last(timeouts?.tcpfin ?? [])?.value ?? 0,
      udp: last(timeouts?.udp ?? [])?.value ?? 0,
    },
    comparison: comparison(last(globals.lvs_compare)?.value),
    checkOnce: last(globals.check_once)?.value ?? true,
    syncDaemon: syncDaemon(globals.lvs_sync_daemon, report),
    table: table === undefined ? undefined : typeof table.value === "string" ? table.value : "keepalived_ipvs",
    tablePriority: last(globals.nftables_ipvs_priority)?.value ?? -1,
    firstMark: last(globals.nftables_ipvs_start_fwmark)?.value ?? 1000,
    initialNotifies: last(globals.rs_init_notifies)?.value ?? false,
    checkerEmails: !(last(globals.no_checker_emails)?.value ?? false),
  };
}

function comparison(given: TableComparison = { mode: "report", interval: 60 }): IpvsConfig["comparison"] {
  return { mode: given.mode, interval: seconds(given.interval) };
}

/** `lvs_sync_daemon`: the first counts. */
function syncDaemon(given: readonly Setting<SyncDaemon>[], report: Report): SyncDaemonConfig | undefined {
  const [before] = given;
  const name = [before?.value.interface, before?.value.instance].filter((word) => word !== undefined).join(" ");
  const logged = (): string => `lvs_sync_daemon has already been specified as ${name} - ignoring`;
  const first = givenOnce("lvs_sync_daemon", given, logged, report)?.value;
  return first === undefined
    ? undefined
    : { ...first, port: first.port ?? SYNC_PORT, group: first.group ?? SYNC_GROUP };
}

/** What the sync daemon follows has to be there; Keepalived says nothing, and runs none. */
export function checkFollowed(globals: Globals, instances: ReadonlyMap<string, unknown>, report: Report): void {
  const [given] = globals.lvs_sync_daemon;
  const followed = given?.value.instance;
  if (given === undefined || followed === undefined || instances.has(followed)) return;
  const message = `no vrrp_instance \`${followed}\`: the sync daemon does not run`;
  report.warning(["unknown-reference", message], given.span, { help: knownNames(followed, instances, "define it") });
}
