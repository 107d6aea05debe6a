import { optionWords } from "../syntax/options.ts";
import { type ArgumentType, choice, line, type Table } from "../syntax/table.ts";
import {
  flag,
  INT,
  integer,
  integerWord,
  named,
  oneOf,
  optional,
  optionalBoolean,
  several,
  shown,
  UINT,
  wholeSeconds,
} from "../syntax/types.ts";
import { multicast } from "./read-global.ts";
import { syncDaemon } from "./read-sync-daemon.ts";
import { scriptWithUser } from "./script.ts";

const TIMEOUTS = {
  tcp: line(wholeSeconds(0, 2678400), {
    refusal: "Invalid lvs_timeout tcp (%w) - ignoring",
    default: "kernel value",
    unit: "s",
    meaning: "TCP session timeout",
  }),
  tcpfin: line(wholeSeconds(0, 2678400), {
    refusal: "Invalid lvs_timeout tcpfin (%w) - ignoring",
    default: "kernel value",
    unit: "s",
    meaning: "TCP timeout after FIN",
  }),
  udp: line(wholeSeconds(0, 2678400), {
    refusal: "Invalid lvs_timeout udp (%w) - ignoring",
    default: "kernel value",
    unit: "s",
    meaning: "UDP timeout",
  }),
} satisfies Table;

/** How the kernel's table is compared with the wanted one, and how often. */
export interface TableComparison {
  readonly mode: "off" | "report" | "repair";
  readonly interval: number; // whole seconds
}

const MODES = {
  off: choice("Not at all", { ours: true }),
  report: choice("Say what is otherwise", { ours: true }),
  repair: choice("Say it, and put it right", { ours: true }),
} satisfies Table;

/** `lvs_compare MODE [SECONDS]`. */
const comparison: ArgumentType<TableComparison> = {
  ...shown("off|report|repair [<seconds 1..86400>]", oneOf(MODES), MODES),
  most: 2,
  read(argument) {
    const mode = oneOf(MODES).read(argument);
    const given = argument.words[1];
    const interval = given === undefined ? 60 : integerWord(argument, given, { min: 1, max: 86_400 }, "strict");
    return mode === undefined || interval === undefined ? undefined : { mode, interval };
  },
};

/** Options of `lvs_sync_daemon`. */
export const SYNC_DAEMON = {
  inst: line(named("<VRRP_INSTANCE>"), { meaning: "Instance whose state selects master or backup daemon" }),
  id: line(integer(0, 255, "strict"), {
    meaning: "Sync id; default is the VRID",
    refusal: "Invalid syncid (%w) - defaulting to vrid",
    missing: "No value specified for lvs_sync_daemon id, defaulting to vrid",
  }),
  maxlen: line(integer(1, 65507, "strict"), {
    meaning: "Maximum packet length",
    note: "needs Linux 4.3",
    refusal: "Invalid lvs_sync_daemon maxlen (%w) - ignoring",
    missing: "No value specified for lvs_sync_daemon maxlen - ignoring",
  }),
  port: line(integer(1, 65535, "strict"), {
    meaning: "UDP port; default 8848",
    note: "needs Linux 4.3",
    refusal: "Invalid lvs_sync_daemon port (%w) - ignoring",
    missing: "No value specified for lvs_sync_daemon port - ignoring",
  }),
  ttl: line(integer(1, 255, "strict"), {
    meaning: "Multicast TTL",
    note: "needs Linux 4.3",
    refusal: "Invalid lvs_sync_daemon ttl (%w) - ignoring",
    missing: "No value specified for lvs_sync_daemon ttl - ignoring",
  }),
  group: line(multicast("<multicast IPADDR>"), {
    meaning: "Multicast group; default 224.0.0.81",
    note: "needs Linux 4.3",
    refusal: "Invalid lvs_sync_daemon group (%w) - ignoring",
    missing: "No value specified for lvs_sync_daemon group - ignoring",
  }),
} satisfies Table;

/** `global_defs`: IPVS and the checkers process. */
export const GLOBAL_LVS = {
  checker_log_all_failures: line(optionalBoolean, {
    default: "off",
    meaning: "Log each failed check, not only state changes",
  }),
  check_once: line(optionalBoolean, {
    default: "on",
    meaning: "Run equal checks of several real servers once for all of them",
    note: "off: each asks for itself, as in Keepalived",
    ours: true,
  }),
  lvs_sync_daemon: line(
    syncDaemon(
      "<IFNAME> [[inst] <VRRP_INSTANCE>] [id <0..255>] [maxlen <1..65507>] [port <1..65535>] [ttl <1..255>] [group <MCAST ADDR>]",
      SYNC_DAEMON,
    ),
    {
      default: "none",
      meaning: "Run the kernel connection sync daemon",
      note: "old form: IFNAME INSTANCE SYNCID",
      missing: "lvs_sync_daemon requires interface",
    },
  ),
  smtp_alert_checker: line(optionalBoolean, {
    default: "unset",
    meaning: "Default smtp_alert for virtual and real servers",
  }),
  lvs_notify_fifo: line(several("<PATH> [<USER> [<GROUP>]]"), {
    default: "none",
    meaning: "FIFO receiving health check events",
    missing: "No lvs_notify_fifo name specified",
  }),
  lvs_notify_fifo_script: line(scriptWithUser, {
    default: "none",
    meaning: "Reader command for lvs_notify_fifo",
    note: "FIFO path appended as last argument",
    missing: "No lvs_notify_fifo_script specified",
  }),
  rs_init_notifies: line(optionalBoolean, {
    default: "off",
    meaning: "Send notifies for real servers that start up",
  }),
  no_checker_emails: line(optionalBoolean, {
    default: "off",
    meaning: "Mail only when servers are added or removed",
  }),
  lvs_timeouts: line(
    optionWords("[tcp <s>] [tcpfin <s>] [udp <s>]", TIMEOUTS, {
      unknown: "Unknown option %w specified for lvs_timeouts",
      missing: "lvs_timeouts requires at least one option",
    }),
    {
      default: "kernel values",
      unit: "s",
      meaning: "Set IPVS connection timeouts",
      note: "at least one option needed",
      missing: "lvs_timeouts requires at least one option",
    },
  ),
  lvs_flush: line(flag, { default: "off", meaning: "Clear existing IPVS tables at startup" }),
  lvs_flush_on_stop: line(
    shown("[VS]", optional(oneOf({ VS: choice("Delete own virtual services only", { default: "off" }) }), true)),
    {
      default: "off",
      meaning: "Clear IPVS tables at shutdown; VS removes only own services",
      note: "alias lvs_flush_onstop",
    },
  ),
  lvs_flush_onstop: line(
    shown("[VS]", optional(oneOf({ VS: choice("Delete own virtual services only", { default: "off" }) }), true)),
    { default: "off", meaning: "Old spelling of lvs_flush_on_stop", note: "deprecated alias of lvs_flush_on_stop" },
  ),
  lvs_compare: line(comparison, {
    default: "report 60",
    unit: "s",
    meaning: "Compare the kernel's IPVS table with what is wanted, from time to time",
    note: "report says what others have changed, repair puts it right; weights set by hand stay",
    ours: true,
    missing: "",
  }),
  nftables_ipvs: line(optional(named("<TABLE>"), true), {
    default: "keepalived_ipvs when bare",
    meaning: "Mark virtual server group traffic with nftables",
    note: "fixed across reloads",
    build: "NFTABLES",
  }),
  nftables_ipvs_priority: line(integer(-INT - 1, INT), {
    default: "-1",
    meaning: "Priority of the IPVS nftables base chain",
    build: "NFTABLES",
  }),
  nftables_ipvs_start_fwmark: line(integer(1, UINT), {
    default: "1000",
    meaning: "First fwmark allocated to virtual server groups",
    build: "NFTABLES",
  }),
} satisfies Table;
