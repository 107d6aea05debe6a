import type { Scheduler } from "../base/ipvs.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { block, choice, line, type Table } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  INT,
  integer,
  LONGEST_TIMER as LONGEST,
  named,
  oneOf,
  optional,
  optionalBoolean,
  several,
  shown,
  text,
  UINT,
} from "../syntax/types.ts";
import { readAddressRange, readGroupMark } from "./read-group-entry.ts";
import { readRequestWord } from "./read-request.ts";
import { readEndpoint, readGranularity, readProtocol, readServerHeader } from "./read-server.ts";
import { readServiceHeader } from "./read-service.ts";
import { forwarding, REAL_SERVER, slowStart, sorryForwarding } from "./real-server.ts";
import { scriptWithUser } from "./script.ts";

const scheduler: ArgumentType<Scheduler> = shown(
  "rr|wrr|lc|wlc|lblc|sh|mh|dh|fo|ovf|lblcr|sed|nq|twos",
  oneOf({
    rr: choice("Round robin"),
    wrr: choice("Weighted round robin"),
    lc: choice("Least connections"),
    wlc: choice("Weighted least connections"),
    lblc: choice("Locality-based least connections"),
    lblcr: choice("Locality-based least connections with replication"),
    sh: choice("Source hashing"),
    mh: choice("Maglev hashing"),
    dh: choice("Destination hashing"),
    fo: choice("Weighted failover"),
    ovf: choice("Weighted overflow"),
    sed: choice("Shortest expected delay"),
    nq: choice("Never queue"),
    twos: choice("Power of two random choices"),
  }),
);

/** Keywords of `virtual_server ADDRESS PORT`. */
export const VIRTUAL_SERVER = {
  ip_family: line(oneOf({ inet: choice("IPv4"), inet6: choice("IPv6") }), {
    default: "inet",
    meaning: "Family of a fwmark service with tunnelled servers",
    refusal: "unknown address family %w",
  }),
  retry: line(integer(1, UINT), {
    default: "per checker",
    unit: "count",
    meaning: "Default retries before a check fails",
    refusal: "retry value invalid - %w",
  }),
  delay_before_retry: line(decimalSeconds(0, LONGEST), {
    default: "per checker",
    unit: "s",
    meaning: "Default pause between retries",
    refusal: "virtual server delay before retry '%w' invalid - ignoring",
  }),
  warmup: line(decimalSeconds(0, LONGEST), {
    default: "delay_loop",
    unit: "s",
    meaning: "Default random upper bound of first check delay",
    refusal: "virtual server warmup '%w' invalid - ignoring",
  }),
  connect_timeout: line(decimalSeconds(0.000001, 4294.967295), {
    default: "5",
    unit: "s",
    meaning: "Default connection timeout of checks",
    refusal: "virtual server connect_timeout %w invalid - ignoring",
  }),
  delay_loop: line(decimalSeconds(0.000001, LONGEST), {
    default: "60",
    unit: "s",
    meaning: "Time between checks",
    refusal: "virtual server delay loop '%w' invalid - ignoring",
  }),
  inhibit_on_failure: line(flag, { default: "off", meaning: "Set weight 0 instead of removing failed servers" }),
  lb_algo: line(scheduler, {
    default: "wlc",
    meaning: "IPVS scheduler",
    note: "alias lvs_sched",
    refusal: "Invalid lvs_scheduler '%w' - ignoring",
  }),
  lvs_sched: line(scheduler, {
    default: "wlc",
    meaning: "IPVS scheduler",
    note: "synonym of lb_algo",
    refusal: "Invalid lvs_scheduler '%w' - ignoring",
  }),
  hashed: line(flag, {
    default: "off",
    meaning: "Leftover flag name",
    note: "registered but no effect; usually reports an error",
  }),
  ops: line(flag, { default: "off", meaning: "One-packet scheduling", note: "UDP or fwmark only" }),
  "flag-1": line(flag, { default: "off", meaning: "Scheduler flag 1" }),
  "flag-2": line(flag, { default: "off", meaning: "Scheduler flag 2" }),
  "flag-3": line(flag, { default: "off", meaning: "Scheduler flag 3" }),
  "sh-port": line(flag, { default: "off", meaning: "Include source port in sh hash", note: "must follow lb_algo sh" }),
  "sh-fallback": line(flag, {
    default: "off",
    meaning: "sh falls back when the server is down",
    note: "must follow lb_algo sh",
  }),
  "mh-port": line(flag, { default: "off", meaning: "Include source port in mh hash", note: "must follow lb_algo mh" }),
  "mh-fallback": line(flag, {
    default: "off",
    meaning: "mh falls back when the server is down",
    note: "must follow lb_algo mh",
  }),
  lb_kind: line(forwarding, {
    default: "NAT",
    meaning: "Default forwarding method",
    note: "alias lvs_method",
    refusal: "PARSER : unknown [%w] routing method for virtual server.",
  }),
  lvs_method: line(forwarding, {
    default: "NAT",
    meaning: "Default forwarding method",
    note: "synonym of lb_kind",
    refusal: "PARSER : unknown [%w] routing method for virtual server.",
  }),
  persistence_timeout: line(optional(integer(1, 2_678_400, "strict"), 360), {
    default: "off; bare means 360",
    unit: "s",
    meaning: "Persistent connection timeout",
    refusal: "persistence_timeout invalid",
  }),
  persistence_granularity: line(shown("<IPv4 netmask|prefix 1..128>", readGranularity), {
    default: "255.255.255.255 or 128",
    meaning: "Client grouping mask for persistence",
    note: "also turns persistence on",
    refusal: "Invalid persistence_granularity specified - %w",
  }),
  protocol: line(
    readProtocol({
      TCP: choice("TCP service", {}, "(word, case-insensitive)"),
      UDP: choice("UDP service", {}, "(word, case-insensitive)"),
      SCTP: choice("SCTP service", {}, "(word, case-insensitive)"),
    }),
    {
      default: "UDP with error if absent; none for fwmark",
      meaning: "Transport protocol",
      refusal: "Unknown protocol %w - ignoring",
    },
  ),
  virtualhost: line(readRequestWord, {
    default: "none",
    meaning: "Default Host header for HTTP checks",
    missing: "virtual server virtualhost missing",
  }),
  alpha: line(flag, { default: "off", meaning: "Treat servers as down until first success" }),
  quorum: line(integer(1, UINT), {
    default: "1",
    unit: "weight",
    meaning: "Live weight needed for service",
    note: "reduced to the weight sum if larger",
    refusal: "Quorum %w must be in [1, 4294967295]. Setting to 1.",
  }),
  hysteresis: line(integer(0, UINT), {
    default: "0",
    unit: "weight",
    meaning: "Weight margin damping quorum changes",
    note: "kept below quorum",
    refusal: "Hysteresis %w must be in [0, 4294967295] - ignoring",
  }),
  weight: line(integer(1, INT), {
    default: "1",
    meaning: "Default weight of real servers",
    note: "absent from the manual",
    refusal: "Virtual server weight %w is outside range 1-2147483647",
  }),
  slow_start: line(slowStart, {
    default: "0 (at once)",
    unit: "s",
    meaning: "Default time in which the weight of a server that returns rises from 1",
    note: "in steps of a second",
    ours: true,
    missing: "",
  }),
  sorry_server: line(readEndpoint, {
    default: "none",
    meaning: "Server used when quorum is lost",
    refusal: "Invalid sorry server IP address %w - skipping",
  }),
  sorry_server_inhibit: line(flag, {
    default: "off",
    meaning: "Keep the sorry server with weight 0",
    note: "must follow sorry_server",
  }),
  sorry_server_lvs_method: line(sorryForwarding, {
    default: "virtual server method",
    meaning: "Forwarding method of the sorry server",
    note: "must follow sorry_server",
    refusal: "PARSER : unknown [%w] routing method for sorry server.",
  }),
  real_server: block(readServerHeader, REAL_SERVER, {
    default: "port of the virtual server",
    meaning: "Define one backend server",
    note: "duplicates removed",
    repeats: true,
    refusal: "Invalid real server ip address/port %w - skipping",
  }),
  smtp_alert: line(optionalBoolean, {
    default: "smtp_alert_checker, smtp_alert, else off",
    meaning: "Mail quorum transitions",
    refusal: "Invalid virtual_server smtp_alert parameter %w",
  }),
  omega: line(flag, { default: "off", meaning: "Run down notifiers at daemon shutdown" }),
  quorum_up: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when quorum is gained",
    note: "second ignored with error",
  }),
  quorum_down: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when quorum is lost",
    note: "second ignored with error",
  }),
  ha_suspend: line(flag, {
    default: "off",
    meaning: "Pause checks while the VIP is not local",
    note: "not with fwmark",
  }),
  persistence_engine: line(named("<NAME>"), {
    default: "none",
    meaning: "Persistence engine",
    note: "kernel knows only sip",
  }),
  snmp_name: line(text, {
    default: "none",
    meaning: "Label reported over SNMP",
    build: "SNMP_CHECKER",
    missing: "virtual server snmp_name missing or extra parameters",
  }),
} satisfies Table;

const HEADER = {
  "<IPADDR> [<PORT>]": line(named("address and port"), {
    meaning: "Service by address",
    note: "port may be omitted only for persistent services",
  }),
  fwmark: line(integer(0, UINT), { meaning: "Service by firewall mark" }),
  group: line(named("<VIRTUAL_SERVER_GROUP>"), { meaning: "Service by group of addresses" }),
} satisfies Table;

/** `virtual_server ADDRESS [PORT]`, `virtual_server fwmark N`, `virtual_server group NAME`. */
export const serviceHeader = shown("<IPADDR> [<PORT>]", readServiceHeader, HEADER);

/** Members of `virtual_server_group NAME`. */
export const VIRTUAL_SERVER_GROUP = {
  "<IPADDR> [<PORT>]": line(readAddressRange, {
    meaning: "Member address",
    note: "port 0 means none",
    repeats: true,
  }),
  "<IPADDR>-<END> [<PORT>]": line(several("END is last octet, last hex group, or a full address"), {
    meaning: "Member address range",
    note: "inclusive",
    repeats: true,
  }),
  "<IPADDR>/<PREFIX> [<PORT>]": line(several("host bits must be zero"), { meaning: "Member prefix", repeats: true }),
  fwmark: line(
    shown("<integer 0..4294967295> [inet|inet6]", readGroupMark, {
      inet: choice("Family of the mark", { note: "only for tunnelled servers" }),
      inet6: choice("Family of the mark", { note: "only for tunnelled servers" }),
    }),
    { meaning: "Member firewall mark", repeats: true },
  ),
} satisfies Table;
