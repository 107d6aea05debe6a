import type { BlockRow } from "../syntax/table.ts";
import { block, items, line, type Table } from "../syntax/table.ts";
import { flag, named, optional, text, UINT, wholeSeconds } from "../syntax/types.ts";
import { STATIC_ADDRESS } from "./address.ts";
import { GLOBAL_DEFS } from "./global.ts";
import { TRACK_GROUP, VRRP_SYNC_GROUP } from "./groups.ts";
import { delays, GARP_GROUP, linkbeat } from "./interface.ts";
import { serviceHeader, VIRTUAL_SERVER, VIRTUAL_SERVER_GROUP } from "./lvs.ts";
import { addressItem } from "./read-address.ts";
import { bfdName } from "./read-interface.ts";
import { STATIC_ROUTE } from "./route.ts";
import { routeItem } from "./route-item.ts";
import { STATIC_RULE } from "./rule.ts";
import { ruleItem } from "./rule-item.ts";
import { BFD_INSTANCE, TRACK_FILE, VRRP_SCRIPT, VRRP_TRACK_FILE, VRRP_TRACK_PROCESS } from "./tracked.ts";
import { VRRP_INSTANCE } from "./vrrp.ts";

const name = named("<NAME>");

/** Keywords of `SSL`. */
export const SSL = {
  password: line(text, { default: "none", meaning: "Passphrase of the key file", missing: "SSL password missing" }),
  ca: line(named("<PATH>"), { default: "none", meaning: "CA file", missing: "SSL cafile missing" }),
  certificate: line(named("<PATH>"), {
    default: "none",
    meaning: "Client certificate file",
    missing: "SSL certfile missing",
  }),
  key: line(named("<PATH>"), { default: "none", meaning: "Client private key file", missing: "SSL keyfile missing" }),
} satisfies Table;

/** Everything at the top level: the language begins here. */
export const TOP = {
  global_defs: block(flag, GLOBAL_DEFS, { meaning: "Block of daemon-wide settings", repeats: true }),
  vrrp_instance: block(name, VRRP_INSTANCE, {
    meaning: "Define one virtual router",
    note: "duplicate name skipped with error",
    repeats: true,
    missing: "vrrp_instance must have a name",
  }),
  vrrp_script: block(name, VRRP_SCRIPT, {
    meaning: "Define a periodically run tracking script",
    repeats: true,
  }),
  virtual_server: block(serviceHeader, VIRTUAL_SERVER, {
    meaning: "Define an IPVS service",
    note: "removed if it has no real_server",
    repeats: true,
    refusal: "Invalid virtual server IP address/port %w - skipping",
    usage: "<IPADDR> [<PORT>] { ... } | fwmark <N> { ... } | group <NAME> { ... }",
  }),
  garp_group: block(flag, GARP_GROUP, {
    meaning: "Pace gratuitous ARP/NA per interface or interface set",
    repeats: true,
  }),
  track_file: block(name, TRACK_FILE, { meaning: "Define a file whose number is watched", repeats: true }),
  vrrp_track_file: block(name, VRRP_TRACK_FILE, {
    meaning: "Old name for the track_file block",
    note: "deprecated alias of track_file",
    repeats: true,
    deprecated: "track_file",
  }),
  interface_up_down_delays: items(delays, { meaning: "Debounce interface state changes", repeats: true }),
  vrrp_track_process: block(name, VRRP_TRACK_PROCESS, {
    meaning: "Define a process presence monitor",
    build: "TRACK_PROCESS",
    repeats: true,
  }),
  vrrp_sync_group: block(name, VRRP_SYNC_GROUP, {
    meaning: "Tie several VRRP instances to one shared state",
    repeats: true,
    missing: "vrrp_sync_group must have a name - skipping",
  }),
  bfd_instance: block(bfdName, BFD_INSTANCE, {
    meaning: "Define one BFD session",
    repeats: true,
  }),
  track_group: block(name, TRACK_GROUP, {
    meaning: "Declare instances that track tagged static addresses, routes, rules",
    repeats: true,
    missing: "track_group must have a name - skipping",
  }),
  static_ipaddress: items(addressItem(STATIC_ADDRESS), {
    meaning: "Addresses installed at startup regardless of VRRP state",
    repeats: true,
  }),
  static_routes: items(routeItem(STATIC_ROUTE), {
    meaning: "Routes installed at startup regardless of VRRP state",
    repeats: true,
  }),
  static_rules: items(ruleItem(STATIC_RULE), {
    meaning: "Policy rules installed at startup regardless of VRRP state",
    repeats: true,
  }),
  linkbeat_use_polling: line(flag, {
    default: "off",
    meaning: "Poll link state for every VRRP interface instead of netlink events",
    note: "linkbeat build only",
  }),
  linkbeat_interfaces: items(linkbeat, {
    meaning: "List interfaces polled with MII, ETHTOOL or ioctl",
    note: "linkbeat build only",
    repeats: true,
  }),
  net_namespace: line(named("<NAME>"), {
    default: "none",
    meaning: "Run the whole daemon inside the named network namespace",
    missing: "net_namespace name missing - ignoring",
    note: "duplicate ignored; not changeable on reload; implies use_pid_dir",
  }),
  net_namespace_ipvs: line(optional(named("<NAME>"), true), {
    default: "main namespace",
    meaning: "Place IPVS configuration in another network namespace",
    note: "no argument means default namespace; not changeable on reload",
  }),
  namespace_with_ipsets: line(flag, {
    default: "off",
    meaning: "Permit ipsets although a network namespace is used",
    note: "legacy, kernels before 3.13",
  }),
  use_pid_dir: line(flag, { default: "off", meaning: "Keep pid files in the keepalived run subdirectory" }),
  instance: line(named("<NAME>"), {
    default: "none",
    meaning: "Name this daemon instance; appended to pid file names and syslog ident",
    missing: "instance name missing - ignoring",
    note: "implies use_pid_dir; duplicate ignored; fixed across reloads",
  }),
  child_wait_time: line(wholeSeconds(0, UINT), {
    default: "5",
    unit: "s",
    meaning: "Grace period for children to exit at shutdown",
  }),
  virtual_server_group: block(name, VIRTUAL_SERVER_GROUP, {
    meaning: "Name a set of VIPs, ranges or fwmarks",
    note: "empty group removed",
    repeats: true,
    usage: "<NAME> { <vsg item>... }",
  }),
  SSL: block(flag, SSL, {
    default: "auto context",
    meaning: "TLS material for SSL_GET checks",
    note: "second block replaces first with error",
  }),
} satisfies Table;

/** The whole language as one block, for the parser. */
export const LANGUAGE: BlockRow<true, typeof TOP> = block(flag, TOP, { meaning: "The file" });
