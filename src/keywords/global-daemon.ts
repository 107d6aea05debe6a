import { choice, line, type Table } from "../syntax/table.ts";
import { flag, integer, named, optional, optionalBoolean, UINT, wholeSeconds } from "../syntax/types.ts";
import { checks, cpuIds, processName, umask } from "./read-global.ts";
import { account, scriptWithUser } from "./script.ts";

/** `global_defs`: processes, scripts, files and the reader itself. */
export const GLOBAL_DAEMON = {
  script_user: line(account, {
    default: "keepalived_script, else daemon user",
    meaning: "Default account for running scripts",
    note: "affects only scripts parsed after it",
    missing: "No script username specified",
  }),
  enable_script_security: line(flag, {
    default: "off",
    meaning: "Refuse root scripts whose path non-root can modify",
    note: "affects only scripts parsed after it",
  }),
  process_names: line(flag, {
    default: "all named keepalived",
    meaning: "Give children distinct names keepalived_vrrp, keepalived_lvs, keepalived_bfd",
  }),
  process_name: line(processName, {
    default: "keepalived",
    meaning: "Process name of the parent",
    note: "longer text truncated",
  }),
  vrrp_process_name: line(processName, {
    default: "keepalived",
    meaning: "Process name of the VRRP child",
  }),
  checker_process_name: line(processName, {
    default: "keepalived",
    meaning: "Process name of the health checker child",
  }),
  lvs_process_name: line(processName, {
    default: "keepalived",
    meaning: "Old name for checker_process_name",
    note: "deprecated alias of checker_process_name",
  }),
  bfd_process_name: line(processName, {
    default: "keepalived",
    meaning: "Process name of the BFD child",
  }),
  use_symlink_paths: line(optionalBoolean, {
    default: "off",
    meaning: "Keep symlinks in script paths rather than resolving them",
    since: "2.3.0",
  }),
  set_supplementary_groups: line(optionalBoolean, {
    default: "off",
    meaning: "Give scripts the supplementary groups of their user",
    note: "HEAD only, after 2.4.3",
  }),
  startup_script: line(scriptWithUser, {
    default: "none",
    meaning: "Command run once before children start",
    note: "second ignored with error",
    missing: "startup script missing",
  }),
  startup_script_timeout: line(wholeSeconds(1, 1000), {
    default: "10",
    unit: "s",
    meaning: "Limit for the startup script",
    missing: "startup_script_timeout requires value",
  }),
  shutdown_script: line(scriptWithUser, {
    default: "none",
    meaning: "Command run once after children stop",
    note: "second ignored with error",
    missing: "shutdown script missing",
  }),
  shutdown_script_timeout: line(wholeSeconds(1, 1000), {
    default: "10",
    unit: "s",
    meaning: "Limit for the shutdown script",
    missing: "shutdown_script_timeout requires value",
  }),
  max_auto_priority: line(optional(integer(-1, 99), 99), {
    default: "0",
    meaning: "Ceiling for automatic realtime priority raises; 0 disables",
    note: "no argument means 99; -1 silences startup notice",
  }),
  min_auto_priority_delay: line(integer(1, 10000000), {
    default: "1000000",
    unit: "us",
    meaning: "Scheduling lateness that triggers an automatic priority raise",
    missing: "min_auto_priority_delay requires delay time",
  }),
  vrrp_priority: line(integer(-20, 19), {
    default: "0",
    meaning: "Nice value of the VRRP process",
    missing: "No vrrp process priority specified",
  }),
  vrrp_no_swap: line(flag, { default: "off", meaning: "Lock VRRP process memory" }),
  vrrp_rt_priority: line(integer(1, 99), {
    default: "0 (not realtime)",
    meaning: "Realtime priority of the VRRP process",
    note: "clamped to scheduler limits",
    missing: "No vrrp process real-time priority specified",
  }),
  vrrp_cpu_affinity: line(cpuIds, {
    default: "all CPUs",
    meaning: "CPUs allowed for the VRRP process",
    missing: "No vrrp cpu_id set specified",
  }),
  vrrp_rlimit_rttime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Realtime CPU limit of the VRRP process",
    note: "1 becomes 2; alias vrrp_rlimit_rtime",
  }),
  vrrp_rlimit_rtime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Old spelling of vrrp_rlimit_rttime",
    note: "deprecated alias of vrrp_rlimit_rttime",
  }),
  checker_priority: line(integer(-20, 19), {
    default: "0",
    meaning: "Nice value of the checker process",
    missing: "No checker process priority specified",
  }),
  checker_no_swap: line(flag, { default: "off", meaning: "Lock checker process memory" }),
  checker_rt_priority: line(integer(1, 99), {
    default: "0 (not realtime)",
    meaning: "Realtime priority of the checker process",
    note: "clamped to scheduler limits",
    missing: "No checker process real-time priority specified",
  }),
  checker_cpu_affinity: line(cpuIds, {
    default: "all CPUs",
    meaning: "CPUs allowed for the checker process",
    missing: "No checker cpu_id set specified",
  }),
  checker_rlimit_rttime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Realtime CPU limit of the checker process",
    note: "alias checker_rlimit_rtime",
  }),
  checker_rlimit_rtime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Old spelling of checker_rlimit_rttime",
    note: "deprecated alias of checker_rlimit_rttime",
  }),
  bfd_priority: line(integer(-20, 19), {
    default: "0",
    meaning: "Nice value of the BFD process",
    missing: "No bfd process priority specified",
  }),
  bfd_no_swap: line(flag, { default: "off", meaning: "Lock BFD process memory" }),
  bfd_rt_priority: line(integer(1, 99), {
    default: "0 (not realtime)",
    meaning: "Realtime priority of the BFD process",
    note: "clamped to scheduler limits",
    missing: "No bfd process real-time priority specified",
  }),
  bfd_cpu_affinity: line(cpuIds, {
    default: "all CPUs",
    meaning: "CPUs allowed for the BFD process",
    missing: "No bfd cpu_id set specified",
  }),
  bfd_rlimit_rttime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Realtime CPU limit of the BFD process",
    note: "alias bfd_rlimit_rtime",
  }),
  bfd_rlimit_rtime: line(integer(1, UINT), {
    default: "10000",
    unit: "us",
    meaning: "Old spelling of bfd_rlimit_rttime",
    note: "deprecated alias of bfd_rlimit_rttime",
  }),
  vrrp_netlink_cmd_rcv_bufs: line(integer(0, UINT), {
    default: "kernel default",
    unit: "bytes",
    meaning: "VRRP netlink command socket receive buffer",
    missing: "vrrp_netlink_cmd_rcv_bufs size missing",
  }),
  vrrp_netlink_cmd_rcv_bufs_force: line(optionalBoolean, {
    default: "off",
    meaning: "Let that buffer exceed rmem_max",
  }),
  vrrp_netlink_monitor_rcv_bufs: line(integer(0, UINT), {
    default: "kernel default",
    unit: "bytes",
    meaning: "VRRP netlink monitor socket receive buffer",
    missing: "vrrp_netlink_monitor_rcv_bufs size missing",
  }),
  vrrp_netlink_monitor_rcv_bufs_force: line(optionalBoolean, {
    default: "off",
    meaning: "Let that buffer exceed rmem_max",
  }),
  process_monitor_rcv_bufs: line(integer(0, UINT), {
    default: "kernel default",
    unit: "bytes",
    meaning: "Process event socket receive buffer",
    missing: "process_monitor_rcv_bufs size missing",
    build: "TRACK_PROCESS",
  }),
  process_monitor_rcv_bufs_force: line(optionalBoolean, {
    default: "off",
    meaning: "Let that buffer exceed rmem_max",
    build: "TRACK_PROCESS",
  }),
  lvs_netlink_cmd_rcv_bufs: line(integer(0, UINT), {
    default: "kernel default",
    unit: "bytes",
    meaning: "Checker netlink command socket receive buffer",
    missing: "lvs_netlink_cmd_rcv_bufs size missing",
  }),
  lvs_netlink_cmd_rcv_bufs_force: line(optionalBoolean, {
    default: "off",
    meaning: "Let that buffer exceed rmem_max",
  }),
  lvs_netlink_monitor_rcv_bufs: line(integer(0, UINT), {
    default: "kernel default",
    unit: "bytes",
    meaning: "Checker netlink monitor socket receive buffer",
    missing: "lvs_netlink_monitor_rcv_bufs size missing",
  }),
  lvs_netlink_monitor_rcv_bufs_force: line(optionalBoolean, {
    default: "off",
    meaning: "Let that buffer exceed rmem_max",
  }),
  umask: line(
    umask({
      IRUSR: choice("Mask read permission of owner", {}, "(bit)"),
      IWUSR: choice("Mask write permission of owner", {}, "(bit)"),
      IXUSR: choice("Mask execute permission of owner", {}, "(bit)"),
      IRGRP: choice("Mask read permission of group", {}, "(bit)"),
      IWGRP: choice("Mask write permission of group", {}, "(bit)"),
      IXGRP: choice("Mask execute permission of group", {}, "(bit)"),
      IROTH: choice("Mask read permission of other", {}, "(bit)"),
      IWOTH: choice("Mask write permission of other", {}, "(bit)"),
      IXOTH: choice("Mask execute permission of other", {}, "(bit)"),
      IRWXU: choice("Mask all permissions of owner", {}, "(bit)"),
      IRWXG: choice("Mask all permissions of group", {}, "(bit)"),
      IRWXO: choice("Mask all permissions of other", {}, "(bit)"),
    }),
    {
      default: "0177",
      meaning: "File creation mask; number in decimal, octal or hex",
      note: "command line -u wins; BITs: I + R/W/X + USR/GRP/OTH, or IRWXU IRWXG IRWXO",
    },
  ),
  random_seed: line(integer(0, UINT), { default: "time based", meaning: "Seed for ${_RANDOM}" }),
  include_check: line(
    checks({
      read: choice(
        "Match exists but is not a readable plain file",
        { default: "off", note: "+ adds, - removes, bare word replaces" },
        "[+|-]word",
      ),
      match: choice(
        "Nothing matches, unless a wildcard was used",
        { default: "off", note: "+ adds, - removes, bare word replaces" },
        "[+|-]word",
      ),
      wildcard_match: choice(
        "Nothing matches, even with a wildcard",
        { default: "off", note: "+ adds, - removes, bare word replaces" },
        "[+|-]word",
      ),
      brace_match: choice(
        "Some brace alternative does not match",
        { default: "off", note: "+ adds, - removes, bare word replaces" },
        "[+|-]word",
      ),
    }),
    {
      default: "bare means all checks",
      meaning: "Which include problems count as errors",
      note: "checks: read match wildcard_match brace_match; manual says readable",
    },
  ),
  reload_check_config: line(optional(named("<LOG FILE>"), true), {
    default: "off",
    meaning: "Test the new configuration before reloading",
    note: "no argument logs to /dev/null",
  }),
  reload_time_file: line(named("<ABSOLUTE PATH>"), {
    default: "none",
    meaning: "File naming a time of a scheduled reload",
    missing: "reload_time_file invalid",
  }),
  reload_repeat: line(flag, { default: "off", meaning: "Keep the reload time file and reload daily" }),
  reload_file: line(optional(named("<ABSOLUTE PATH>"), true), {
    default: "off; bare uses keepalived.reload in pid directory",
    meaning: "Marker file present while configuration is being read",
  }),
  config_save_dir: line(named("<DIRECTORY>"), {
    default: "off",
    meaning: "Store configuration state around reloads for debugging",
    note: "created if missing",
  }),
  tmp_config_directory: line(named("<DIRECTORY>"), {
    default: "memory file",
    meaning: "Put the consolidated configuration copy on disk",
    note: "fixed across reloads; place early",
    missing: "tmp_config_directory missing directory name",
  }),
  data_use_instance: line(optionalBoolean, {
    default: "off",
    meaning: "Add instance and namespace to dump file names",
  }),
  state_dump_file: line(named("<PATH>"), {
    default: "<tmp>/keepalived.data",
    meaning: "Where SIGUSR1 writes; trailing slash means directory",
    note: "manual calls it state_file_location",
    since: "2.3.3",
  }),
  stats_dump_file: line(named("<PATH>"), {
    default: "<tmp>/keepalived.stats",
    meaning: "Intended target of SIGUSR2",
    note: "manual calls it stats_file_location; parsed but unused at HEAD",
    since: "2.3.3",
  }),
  json_dump_file: line(named("<PATH>"), {
    default: "<tmp>/keepalived.json",
    meaning: "Intended target of the JSON signal",
    note: "manual calls it json_file_location; parsed but unused at HEAD",
    since: "2.3.3",
  }),
} satisfies Table;
