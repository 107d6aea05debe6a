import { type Micros, milliseconds, seconds } from "../../base/time.ts";
import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { DaemonConfig, NetlinkBuffer, ProcessConfig, ReloadConfig } from "../model/global.ts";
import { firstAt } from "../reference.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

const LONGEST_NAME = 15; // bytes that Linux keeps of a process name

/** The processes and their files: `global_defs`, and keywords of the top level. */
export function daemonConfig(tree: Settings<typeof TOP>, globals: Globals, report: Report): DaemonConfig {
  const distinct = globals.process_names.length > 0;
  const name = (given: readonly Setting<string>[], suffix: string): string =>
    processName(last(given), report) ?? (distinct ? `keepalived${suffix}` : "keepalived");
  const namespace = givenFirst("net_namespace", tree.net_namespace, report);
  const instance = givenFirst("instance", tree.instance, report);
  const ipvsNamespace = last(tree.net_namespace_ipvs)?.value;
  return {
    instance,
    namespace,
    ipvsNamespace: ipvsNamespace === false ? undefined : ipvsNamespace, // the word alone is true
    pidDirectory: tree.use_pid_dir.length > 0 || instance !== undefined || namespace !== undefined,
    childWait: last(tree.child_wait_time)?.value ?? seconds(5),
    name: name(globals.process_name, ""),
    vrrp: {
      name: name(globals.vrrp_process_name, "_vrrp"),
      nice: last(globals.vrrp_priority)?.value ?? 0,
      realtimePriority: last(globals.vrrp_rt_priority)?.value ?? 0,
      realtimeLimit: realtimeLimit(last(globals.vrrp_rlimit_rttime, globals.vrrp_rlimit_rtime)),
      locked: globals.vrrp_no_swap.length > 0,
      cpus: last(globals.vrrp_cpu_affinity)?.value ?? [],
      netlinkCommandBuffer: buffer(globals.vrrp_netlink_cmd_rcv_bufs, globals.vrrp_netlink_cmd_rcv_bufs_force),
      netlinkMonitorBuffer: buffer(globals.vrrp_netlink_monitor_rcv_bufs, globals.vrrp_netlink_monitor_rcv_bufs_force),
    },
    checkers: {
      name: name([...globals.checker_process_name, ...globals.lvs_process_name], "_lvs"),
      nice: last(globals.checker_priority)?.value ?? 0,
      realtimePriority: last(globals.checker_rt_priority)?.value ?? 0,
      realtimeLimit: realtimeLimit(last(globals.checker_rlimit_rttime, globals.checker_rlimit_rtime)),
      locked: globals.checker_no_swap.length > 0,
      cpus: last(globals.checker_cpu_affinity)?.value ?? [],
      netlinkCommandBuffer: buffer(globals.lvs_netlink_cmd_rcv_bufs, globals.lvs_netlink_cmd_rcv_bufs_force),
      netlinkMonitorBuffer: buffer(globals.lvs_netlink_monitor_rcv_bufs, globals.lvs_netlink_monitor_rcv_bufs_force),
    },
    bfd: {
      name: name(globals.bfd_process_name, "_bfd"),
      nice: last(globals.bfd_priority)?.value ?? 0,
      realtimePriority: last(globals.bfd_rt_priority)?.value ?? 0,
      realtimeLimit: realtimeLimit(last(globals.bfd_rlimit_rttime, globals.bfd_rlimit_rtime)),
      locked: globals.bfd_no_swap.length > 0,
      cpus: last(globals.bfd_cpu_affinity)?.value ?? [],
      netlinkCommandBuffer: KERNELS,
      netlinkMonitorBuffer: KERNELS,
    },
    processMonitorBuffer: buffer(globals.process_monitor_rcv_bufs, globals.process_monitor_rcv_bufs_force),
    maxAutoPriority: last(globals.max_auto_priority)?.value ?? 0,
    minAutoPriorityDelay: last(globals.min_auto_priority_delay)?.value ?? seconds(1),
    umask: last(globals.umask)?.value ?? 0o177,
    randomSeed: last(globals.random_seed)?.value,
    configSaveDirectory: last(globals.config_save_dir)?.value,
    temporaryConfigDirectory: last(globals.tmp_config_directory)?.value,
    dumpByInstance: last(globals.data_use_instance)?.value ?? false,
    stateDump: last(globals.state_dump_file)?.value,
    statsDump: last(globals.stats_dump_file)?.value,
    jsonDump: last(globals.json_dump_file)?.value,
    jsonVersion: last(globals.json_version)?.value ?? 1,
  };
}

const KERNELS: NetlinkBuffer = { bytes: 0, force: false };

function buffer(bytes: readonly Setting<number>[], force: readonly Setting<boolean>[]): NetlinkBuffer {
  return { bytes: last(bytes)?.value ?? 0, force: last(force)?.value ?? false };
}

/** Microseconds already; Keepalived makes 2 of 1. */
function realtimeLimit(setting: Setting<number> | undefined): ProcessConfig["realtimeLimit"] {
  const limit: Micros = setting?.value ?? milliseconds(10);
  return Math.max(2, limit);
}

function processName(setting: Setting<string> | undefined, report: Report): string | undefined {
  if (setting === undefined || setting.value.length <= LONGEST_NAME) return setting?.value;
  const name = setting.value.slice(0, LONGEST_NAME);
  const keepalived = `${setting.at}Process name ${setting.value} more than ${LONGEST_NAME} characters, truncating`;
  report.warning(["too-long", `only \`${name}\` of the name is used`], setting.span, { status: 5, keepalived });
  return name;
}

/** A name of which the first counts, and `-t` does not mind the others. */
function givenFirst(
  keyword: string,
  [first, ...others]: readonly Setting<string>[],
  report: Report,
): string | undefined {
  for (const { value, span, at } of first === undefined ? [] : others) {
    const keepalived = `${at}Duplicate ${keyword} definition ${value} - ignoring`;
    const message = `\`${keyword}\` is given already; this one is ignored`;
    report.warning(["duplicate", message], span, { keepalived, ...firstAt(first?.span ?? span) });
  }
  return first?.value;
}

/** How the configuration is read again. */
export function reloadConfig(globals: Globals): ReloadConfig {
  const log = last(globals.reload_check_config);
  return {
    check: log !== undefined,
    checkLog: typeof log?.value === "string" ? log.value : undefined,
    timeFile: last(globals.reload_time_file)?.value,
    repeat: globals.reload_repeat.length > 0,
    markerFile: last<string | boolean>(globals.reload_file)?.value ?? false,
  };
}
