import { toSeconds } from "../base/time.ts";
import type {
  DaemonConfig,
  DbusConfig,
  IpvsConfig,
  NetlinkBuffer,
  ProcessConfig,
  ReloadConfig,
  SmtpAlerts,
  SnmpConfig,
  SyncDaemonConfig,
} from "../config/model/global.ts";
import { group, type ValueRow, value } from "./shape.ts";
import { AT_A_START, always, seconds, unless } from "./words.ts";

/** What `global_defs` and the top level say about the daemon itself. */

function buffer(words: string): ValueRow<NetlinkBuffer> {
  return value(words, { show: ({ bytes, force }) => `${bytes}${force ? " force" : ""}` });
}

function process(name: "vrrp" | "checker" | "bfd", netlink: "vrrp" | "lvs" | "bfd") {
  return group<ProcessConfig>("", {
    name: value(`${name}_process_name`),
    nice: value(`${name}_priority`),
    realtimePriority: value(`${name}_rt_priority`),
    realtimeLimit: value(`${name}_rlimit_rttime`, { unit: "µs" }),
    locked: value(`${name}_no_swap`),
    cpus: value(`${name}_cpu_affinity`, { show: (cpus) => cpus.join(" ") || "all" }),
    netlinkCommandBuffer: buffer(`${netlink}_netlink_cmd_rcv_bufs`),
    netlinkMonitorBuffer: buffer(`${netlink}_netlink_monitor_rcv_bufs`),
  });
}

/** The processes and their files. */
const FIXED = { effect: always("cannot change while the daemon runs: the reload is refused") };

export const DAEMON = group<DaemonConfig>("", {
  namespace: value("net_namespace", FIXED),
  ipvsNamespace: value("net_namespace_ipvs", {
    show: (name) => (name === true ? "(the host's own)" : name),
    ...FIXED,
  }),
  instance: value("instance", FIXED),
  pidDirectory: value("use_pid_dir", { effect: always(AT_A_START) }),
  childWait: seconds("child_wait_time"),
  name: value("process_name"),
  vrrp: process("vrrp", "vrrp"),
  checkers: process("checker", "lvs"),
  bfd: process("bfd", "bfd"),
  processMonitorBuffer: buffer("process_monitor_rcv_bufs"),
  maxAutoPriority: value("max_auto_priority"),
  minAutoPriorityDelay: seconds("min_auto_priority_delay"),
  umask: value("umask", { show: (mask) => `0${mask.toString(8)}` }),
  randomSeed: value("random_seed"),
  configSaveDirectory: value("config_save_dir"),
  temporaryConfigDirectory: value("tmp_config_directory", FIXED),
  dumpByInstance: value("data_use_instance"),
  stateDump: value("state_dump_file"),
  statsDump: value("stats_dump_file"),
  jsonDump: value("json_dump_file"),
  jsonVersion: value("json_version"),
});

/** How the configuration is read again. */
export const RELOAD = group<ReloadConfig>("", {
  check: value("reload_check_config"),
  checkLog: value("reload_check_config log"),
  timeFile: value("reload_time_file"),
  repeat: value("reload_repeat"),
  markerFile: value("reload_file"),
});

/** SNMP. */
export const SNMP = group<SnmpConfig>("", {
  socket: value("snmp_socket"),
  traps: value("enable_traps"),
  vrrp: value("enable_snmp_vrrp"),
  checkers: value("enable_snmp_checker"),
  rfc2787: value("enable_snmp_rfcv2"),
  rfc6527: value("enable_snmp_rfcv3"),
  smtpAlerts: value<SmtpAlerts | undefined>("smtp_alert", {
    show: (alerts) =>
      Object.entries(alerts ?? {})
        .flatMap(([of, on]) => (on === undefined ? [] : [`${of} ${on}`]))
        .join(" "),
  }),
  virtualServerAge: seconds("snmp_vs_stats_update_interval"),
  realServerAge: seconds("snmp_rs_stats_update_interval"),
});

/** D-Bus. */
export const DBUS = value<DbusConfig | undefined>("enable_dbus", {
  show: ({ service, noInterfaceName }) => [service, noInterfaceName].join(" ").trim(),
  effect: (_, to) => (to === undefined ? "the name on the bus is released" : "the bus shows it at once"),
});

const SYNC_DAEMON = value<SyncDaemonConfig | undefined>("lvs_sync_daemon", {
  show: ({ interface: carrier, instance = "", group: to, ...numbers }) => {
    const { id, maxLength, port, ttl } = numbers;
    const options = Object.entries({ id, maxlen: maxLength, port, ttl, group: to });
    const given = options.filter(([, option]) => option !== undefined).map(([word, option]) => `${word} ${option}`);
    return [carrier, instance, ...given].filter((word) => word !== "").join(" ");
  },
  effect: always("the kernel's sync daemon is another: connections of that moment are not copied"),
});

/** IPVS and the checkers. */
export const IPVS = group<IpvsConfig>("", {
  flushAtStart: value("lvs_flush", { effect: always(AT_A_START) }),
  flushAtStop: value("lvs_flush_on_stop", { effect: always("counts when the daemon stops") }),
  timeouts: value("lvs_timeouts", {
    show: ({ tcp, tcpFin, udp }) => `tcp ${toSeconds(tcp)} tcpfin ${toSeconds(tcpFin)} udp ${toSeconds(udp)}`,
    effect: always("counts for new packets"),
  }),
  comparison: value("lvs_compare", {
    show: ({ mode, interval }) => (mode === "off" ? mode : `${mode} ${toSeconds(interval)}`),
  }),
  checkOnce: value("check_once", { effect: always("checks begin anew, their verdicts stay") }),
  syncDaemon: SYNC_DAEMON,
  table: value("nftables_ipvs", {
    effect: (from, to) =>
      from === undefined || to === undefined
        ? "services of groups are made anew: their connections end"
        : "another table marks the same packets",
  }),
  tablePriority: value("nftables_ipvs_priority", { effect: always("the tables are made anew in one moment") }),
  firstMark: value("nftables_ipvs_start_fwmark", { effect: always("marks below it are given anew") }),
  initialNotifies: value("rs_init_notifies"),
  checkerEmails: unless("no_checker_emails"),
});
