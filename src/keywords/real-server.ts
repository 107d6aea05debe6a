import { block, choice, line, type Table } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  INT,
  integer,
  LONGEST_TIMER as LONGEST,
  oneOf,
  optionalBoolean,
  text,
  UINT,
  wholeSeconds,
} from "../syntax/types.ts";
import { HTTP_GET, SSL_GET, TCP_CHECK } from "./check.ts";
import {
  BFD_CHECK,
  DNS_CHECK,
  FILE_CHECK,
  JS_CHECK,
  MISC_CHECK,
  PING_CHECK,
  SMTP_CHECK,
  UDP_CHECK,
} from "./checkers.ts";
import { MYSQL_CHECK, PGSQL_CHECK, REDIS_CHECK } from "./databases.ts";
import { GRPC_CHECK } from "./grpc.ts";
import { readForwarding } from "./read-forwarding.ts";
import { readRequestWord } from "./read-request.ts";
import { scriptWithUser } from "./script.ts";

const FORWARDING = {
  NAT: choice("Masquerading"),
  DR: choice("Direct routing"),
  TUN: choice("IP tunnelling"),
  type: line(
    oneOf({
      ipip: choice("IP in IP"),
      gue: choice("Generic UDP encapsulation"),
      gre: choice("Generic routing encapsulation"),
    }),
    { meaning: "Tunnel type", note: "default ipip; needs kernel and build support" },
  ),
  nocsum: choice("No tunnel checksum", { note: "default; needs kernel and build support" }),
  port: line(integer(1, 65535), {
    meaning: "GUE destination port",
    note: "required for and limited to gue; needs kernel and build support",
  }),
  csum: choice("Tunnel checksum", { note: "gue and gre only; needs kernel and build support" }),
  remcsum: choice("Remote checksum offload", { note: "gue only; needs kernel and build support" }),
} satisfies Table;

/** How connections reach the servers of a service: `NAT|DR|TUN` and tunnel options. */
export const forwarding = readForwarding(FORWARDING, "virtual");

/** How they reach its sorry server. */
export const sorryForwarding = readForwarding(FORWARDING, "sorry");

/** How long a weight rises: a day at most. */
export const slowStart = wholeSeconds(0, 86_400);

/** Keywords of `real_server ADDRESS [PORT]`. */
export const REAL_SERVER = {
  weight: line(integer(0, INT), {
    default: "virtual server weight",
    meaning: "IPVS weight",
    refusal: "Real server weight %w is outside range 0-2147483647",
  }),
  lvs_method: line(readForwarding(FORWARDING, "real"), {
    default: "virtual server method",
    meaning: "Forwarding method of this server",
    refusal: "PARSER : unknown [%w] routing method for real server.",
  }),
  uthreshold: line(integer(0, UINT), {
    default: "0 (none)",
    unit: "connections",
    meaning: "Stop new connections above this count",
    refusal: "Invalid real_server uthreshold '%w' - ignoring",
  }),
  lthreshold: line(integer(0, UINT), {
    default: "0 (none)",
    unit: "connections",
    meaning: "Resume new connections below this count",
    refusal: "Invalid real_server lthreshold '%w' - ignoring",
  }),
  inhibit_on_failure: line(optionalBoolean, {
    default: "virtual server value",
    meaning: "Set weight 0 on failure",
    refusal: "Invalid inhibit_on_failure parameter %w",
  }),
  alpha: line(optionalBoolean, {
    default: "virtual server value",
    meaning: "Down until first success",
    refusal: "Invalid alpha parameter %w",
  }),
  retry: line(integer(1, UINT), {
    default: "virtual server value",
    unit: "count",
    meaning: "Default retries for its checkers",
    refusal: "retry value invalid - %w",
  }),
  delay_before_retry: line(decimalSeconds(0, LONGEST), {
    default: "virtual server value",
    unit: "s",
    meaning: "Default pause between retries",
    refusal: "real server delay_before_retry '%w' invalid - ignoring",
  }),
  warmup: line(decimalSeconds(0, LONGEST), {
    default: "virtual server value",
    unit: "s",
    meaning: "Default random first delay bound",
    refusal: "real server warmup '%w' invalid - ignoring",
  }),
  connect_timeout: line(decimalSeconds(0.000001, 4294.967295), {
    default: "virtual server value",
    unit: "s",
    meaning: "Default connection timeout",
    refusal: "real server connect_timeout %w invalid - ignoring",
  }),
  delay_loop: line(decimalSeconds(0.000001, LONGEST), {
    default: "virtual server value",
    unit: "s",
    meaning: "Time between checks",
    refusal: "real server delay_loop '%w' invalid - ignoring",
  }),
  slow_start: line(slowStart, {
    default: "virtual server value",
    unit: "s",
    meaning: "Time in which the weight of a server that returns rises from 1",
    note: "in steps of a second; 0 is at once",
    ours: true,
    missing: "",
  }),
  virtualhost: line(readRequestWord, {
    default: "virtual server value",
    meaning: "Default Host header for its checks",
    missing: "real server virtualhost missing",
  }),
  TCP_CHECK: block(flag, TCP_CHECK, { meaning: "Check that a TCP connection succeeds", repeats: true }),
  HTTP_GET: block(flag, HTTP_GET, { meaning: "Check by HTTP requests", repeats: true }),
  SMTP_CHECK: block(flag, SMTP_CHECK, { meaning: "Check an SMTP dialogue", repeats: true }),
  MISC_CHECK: block(flag, MISC_CHECK, { meaning: "Check by running a command", repeats: true }),
  JS_CHECK: block(flag, JS_CHECK, {
    meaning: "Check by calling a function of a JavaScript module",
    note: "it runs with the daemon's privileges",
    repeats: true,
    ours: true,
  }),
  PING_CHECK: block(flag, PING_CHECK, { meaning: "Check by ICMP echo", repeats: true }),
  UDP_CHECK: block(flag, UDP_CHECK, { meaning: "Check by UDP datagram", repeats: true }),
  DNS_CHECK: block(flag, DNS_CHECK, { meaning: "Check by DNS query over UDP", repeats: true }),
  REDIS_CHECK: block(flag, REDIS_CHECK, { meaning: "Check by Redis PING", repeats: true, ours: true }),
  MYSQL_CHECK: block(flag, MYSQL_CHECK, {
    meaning: "Check by a login at MySQL or MariaDB",
    note: "never a greeting alone: for max_connect_errors of them the server blocks the director",
    repeats: true,
    ours: true,
  }),
  PGSQL_CHECK: block(flag, PGSQL_CHECK, {
    meaning: "Check that PostgreSQL accepts connections",
    note: "as pg_isready, and not with all connections taken",
    repeats: true,
    ours: true,
  }),
  FILE_CHECK: block(flag, FILE_CHECK, { meaning: "Derive weight from a track_file", repeats: true }),
  notify_up: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the server comes up",
    note: "second ignored with error",
  }),
  notify_down: line(scriptWithUser, {
    default: "none",
    meaning: "Command run when the server goes down",
    note: "second ignored with error",
  }),
  smtp_alert: line(optionalBoolean, {
    default: "smtp_alert_checker, smtp_alert, else on",
    meaning: "Mail up and down transitions",
    refusal: "Invalid real_server smtp_alert parameter %w",
  }),
  snmp_name: line(text, {
    default: "none",
    meaning: "Label reported over SNMP",
    build: "SNMP_CHECKER",
    missing: "real server snmp_name missing or extra parameters",
  }),
  SSL_GET: block(flag, SSL_GET, { meaning: "Check by HTTPS requests", repeats: true }),
  BFD_CHECK: block(flag, BFD_CHECK, { meaning: "Follow a BFD session", repeats: true }),
  GRPC_CHECK: block(flag, GRPC_CHECK, { meaning: "Ask a gRPC server after its health", repeats: true, ours: true }),
} satisfies Table;
