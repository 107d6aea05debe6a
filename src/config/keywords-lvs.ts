import { HTTP_GET, TCP_CHECK, TIMING } from "./keywords-check.ts";
import { SCHEDULERS, type Scheduler } from "./model.ts";
import { readEndpoint, readForwarding, readGranularity, readProtocol, readServerHeader } from "./read-server.ts";
import { type ArgumentType, block, line, type Table } from "./table.ts";
import { flag, integer, oneOf, optional, optionalBoolean, text } from "./types.ts";

const INT = 2_147_483_647;
const UINT = 4_294_967_295;

const scheduler: ArgumentType<Scheduler> = oneOf(...SCHEDULERS);

const SCHEDULER = {
  default: "wlc",
  meaning: "IPVS scheduler",
  refusal: "Invalid lvs_scheduler '%w' - ignoring",
};
const METHOD = {
  default: "NAT",
  meaning: "how connections reach the real servers",
  refusal: "PARSER : unknown [%w] routing method for virtual server.",
};
const RETRY = { default: "1", meaning: "failures forgiven before the verdict", refusal: "retry value invalid - %w" };

/** Keywords of `real_server ADDRESS [PORT]`. */
export const REAL_SERVER = {
  ...TIMING,
  weight: line(integer(0, INT), {
    default: "that of the virtual server",
    meaning: "IPVS weight",
    refusal: "Real server weight %w is outside range 0-2147483647",
  }),
  lvs_method: line(readForwarding, { ...METHOD, refusal: "PARSER : unknown [%w] routing method for real server." }),
  uthreshold: line(integer(0, UINT), {
    default: "0 (none)",
    meaning: "no new connections above this count",
    refusal: "Invalid real_server uthreshold '%w' - ignoring",
  }),
  lthreshold: line(integer(0, UINT), {
    default: "0 (none)",
    meaning: "new connections again below this count",
    refusal: "Invalid real_server lthreshold '%w' - ignoring",
  }),
  inhibit_on_failure: line(optionalBoolean, {
    default: "that of the virtual server",
    meaning: "weight 0 instead of removal on failure",
    refusal: "Invalid inhibit_on_failure parameter %w",
  }),
  retry: line(integer(1, UINT), RETRY),
  alpha: line(optionalBoolean, {
    default: "that of the virtual server",
    meaning: "down until the first success",
    refusal: "Invalid alpha parameter %w",
  }),
  virtualhost: line(text, { default: "that of the virtual server", meaning: "Host header of its checks" }),
  TCP_CHECK: block(flag, TCP_CHECK, { default: "none", meaning: "check that a TCP connection succeeds" }),
  HTTP_GET: block(flag, HTTP_GET, { default: "none", meaning: "check by HTTP requests" }),
} satisfies Table;

/** Keywords of `virtual_server ADDRESS PORT`. */
export const VIRTUAL_SERVER = {
  ...TIMING,
  connect_timeout: { ...TIMING.connect_timeout, refusal: "virtual server connect_timeout %w invalid - ignoring" },
  delay_loop: { ...TIMING.delay_loop, refusal: "virtual server delay loop '%w' invalid - ignoring" },
  ip_family: line(oneOf("inet", "inet6"), { default: "that of the address", meaning: "family of the service" }),
  lb_algo: line(scheduler, SCHEDULER),
  lvs_sched: line(scheduler, SCHEDULER),
  lb_kind: line(readForwarding, METHOD),
  lvs_method: line(readForwarding, METHOD),
  persistence_timeout: line(optional(integer(1, 2_678_400, "strict"), 360), {
    default: "off; 360 without a value",
    unit: "s",
    meaning: "how long a client stays with its real server",
    refusal: "persistence_timeout invalid",
  }),
  persistence_granularity: line(readGranularity, {
    default: "255.255.255.255 or 128",
    meaning: "clients of one network count as one for persistence",
    refusal: "Invalid persistence_granularity specified - %w",
  }),
  protocol: line(readProtocol, {
    default: "UDP",
    meaning: "transport protocol",
    refusal: "Unknown protocol %w - ignoring",
  }),
  retry: line(integer(1, UINT), RETRY),
  weight: line(integer(1, INT), {
    default: "1",
    meaning: "default weight of real servers",
    refusal: "Virtual server weight %w is outside range 1-2147483647",
  }),
  alpha: line(flag, { default: "off", meaning: "real servers are down until their first success" }),
  omega: line(flag, { default: "off", meaning: "run the down scripts when the daemon stops" }),
  quorum: line(integer(1, UINT), {
    default: "1",
    meaning: "live weight needed for service",
    refusal: "Quorum %w must be in [1, 4294967295]. Setting to 1.",
  }),
  hysteresis: line(integer(0, UINT), {
    default: "0",
    meaning: "weight margin of the quorum",
    refusal: "Invalid hysteresis %w - ignoring",
  }),
  inhibit_on_failure: line(flag, { default: "off", meaning: "weight 0 instead of removal on failure" }),
  sorry_server: line(readEndpoint, {
    default: "none",
    meaning: "server used while the quorum is lost",
    refusal: "Invalid sorry server IP address %w - skipping",
  }),
  sorry_server_inhibit: line(flag, { default: "off", meaning: "keep the sorry server in the table with weight 0" }),
  sorry_server_lvs_method: line(readForwarding, { ...METHOD, default: "that of the virtual server" }),
  virtualhost: line(text, { default: "none", meaning: "Host header of HTTP checks" }),
  ops: line(flag, { default: "off", meaning: "one-packet scheduling, UDP only" }),
  "flag-1": line(flag, { default: "off", meaning: "scheduler flag 1" }),
  "flag-2": line(flag, { default: "off", meaning: "scheduler flag 2" }),
  "flag-3": line(flag, { default: "off", meaning: "scheduler flag 3" }),
  "sh-port": line(flag, { default: "off", meaning: "hash the source port too; after `lb_algo sh`" }),
  "sh-fallback": line(flag, {
    default: "off",
    meaning: "another server while the hashed one is away; after `lb_algo sh`",
  }),
  "mh-port": line(flag, { default: "off", meaning: "hash the source port too; after `lb_algo mh`" }),
  "mh-fallback": line(flag, {
    default: "off",
    meaning: "another server while the hashed one is away; after `lb_algo mh`",
  }),
  hashed: line(flag, { default: "off", meaning: "has no effect" }),
  real_server: block(readServerHeader, REAL_SERVER, {
    default: "at least one is needed",
    meaning: "one server behind the service",
    refusal: "Invalid real server ip address/port %w - skipping",
  }),
} satisfies Table;
