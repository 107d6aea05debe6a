import { orElse } from "../syntax/options.ts";
import { choice, line, type Table } from "../syntax/table.ts";
import { flag, integer, interfaceName, named, oneOf, shown, UINT } from "../syntax/types.ts";
import { encapsulation, nexthop } from "./read-encap.ts";
import { protocol, realms, scope, service, table } from "./read-names.ts";
import { plainAddress } from "./read-prefix.ts";
import {
  destination,
  gateway,
  lockable,
  preference,
  routePrefix,
  routeTime,
  strayLock,
  unsupported,
} from "./read-route.ts";
import { ENCAP, NEXTHOP, REALMS } from "./route-hops.ts";
import { ROUTE_TYPES } from "./route-types.ts";

const via = gateway("[inet|inet6] <IPADDR>", "invalid route via address %w");
const unsigned = integer(0, UINT, "strict");

/** An item of `virtual_routes`: a destination and options, as ip-route(8) has them. */
export const VIRTUAL_ROUTE = {
  "<DEST>[/<PREFIX>]": line(
    destination("address, default, any, all or default6", {
      default: choice("Family default route"),
      any: choice("Same as default"),
      all: choice("Same as default"),
      default6: choice("IPv6 default route", { note: "deprecated; write inet6 default" }),
    }),
    { default: "required", meaning: "Destination; may be preceded by to or a type", note: "default6 is deprecated" },
  ),
  to: line(destination("<DEST>"), {
    meaning: "Destination follows",
    note: "optional noise word before the destination",
  }),
  inet: line(flag, { default: "deduced", meaning: "Force IPv4" }),
  inet6: line(flag, { default: "deduced", meaning: "Force IPv6" }),
  src: line(plainAddress("<IPADDR>", "invalid route src address %w"), {
    default: "none",
    meaning: "Preferred source address",
  }),
  via: line(via, { default: "none", meaning: "Gateway" }),
  gw: line(via, {
    default: "none",
    meaning: "Gateway, old spelling",
    note: "deprecated alias of via, reports an error",
    deprecated: "via",
  }),
  from: line(routePrefix, { default: "none", meaning: "IPv6 source prefix", note: "IPv6 only" }),
  as: line(unsupported(gateway("[to] <ADDR>", ""), '"as to" for MPLS only - ignoring'), {
    meaning: "MPLS destination rewrite, unsupported",
    note: "parsed but ignored with error",
  }),
  tos: line(service("<dsfield name|number>"), {
    default: "0",
    meaning: "Type of service",
    note: "alias dsfield",
    refusal: "TOS value %w is invalid",
  }),
  dsfield: line(service("<dsfield name|number>"), {
    default: "0",
    meaning: "Type of service",
    note: "alias of tos",
    refusal: "TOS value %w is invalid",
  }),
  table: line(
    table({
      main: choice("Well-known table main", { note: "further names from iproute2 rt_tables" }),
      local: choice("Well-known table local", { note: "further names from iproute2 rt_tables" }),
      default: choice("Well-known table default", { note: "further names from iproute2 rt_tables" }),
    }),
    { default: "main", meaning: "Routing table", refusal: "Routing table %w not found for route" },
  ),
  protocol: line(
    protocol({
      none: choice("Route protocol none", { note: "iproute2 rt_protos extends or overrides" }),
      redirect: choice("Route protocol redirect", { note: "iproute2 rt_protos extends or overrides" }),
      kernel: choice("Route protocol kernel", { note: "iproute2 rt_protos extends or overrides" }),
      boot: choice("Route protocol boot", { note: "iproute2 rt_protos extends or overrides" }),
      static: choice("Route protocol static", { note: "iproute2 rt_protos extends or overrides" }),
      gated: choice("Route protocol gated", { note: "iproute2 rt_protos extends or overrides" }),
      ra: choice("Route protocol ra", { note: "iproute2 rt_protos extends or overrides" }),
      mrt: choice("Route protocol mrt", { note: "iproute2 rt_protos extends or overrides" }),
      zebra: choice("Route protocol zebra", { note: "iproute2 rt_protos extends or overrides" }),
      bird: choice("Route protocol bird", { note: "iproute2 rt_protos extends or overrides" }),
      babel: choice("Route protocol babel", { note: "iproute2 rt_protos extends or overrides" }),
      dnrouted: choice("Route protocol dnrouted", { note: "iproute2 rt_protos extends or overrides" }),
      xorp: choice("Route protocol xorp", { note: "iproute2 rt_protos extends or overrides" }),
      ntk: choice("Route protocol ntk", { note: "iproute2 rt_protos extends or overrides" }),
      dhcp: choice("Route protocol dhcp", { note: "iproute2 rt_protos extends or overrides" }),
      keepalived: choice("Route protocol keepalived", { note: "name from iproute2 rt_protos, value 18" }),
    }),
    {
      default: "keepalived (18)",
      meaning: "Route protocol",
      note: "forced to keepalived unless no_track",
      refusal: "Protocol %w not found or invalid for route",
    },
  ),
  scope: line(
    scope("<name|number>", {
      global: choice("Route scope global", { note: "further names from iproute2 rt_scopes" }),
      site: choice("Route scope site", { note: "further names from iproute2 rt_scopes" }),
      link: choice("Route scope link", { note: "further names from iproute2 rt_scopes" }),
      host: choice("Route scope host", { note: "further names from iproute2 rt_scopes" }),
      nowhere: choice("Route scope nowhere", { note: "further names from iproute2 rt_scopes" }),
    }),
    { default: "global", meaning: "Route scope", refusal: "Scope %w not found or invalid for route" },
  ),
  metric: line(unsigned, {
    default: "0",
    meaning: "Route metric",
    note: "aliases priority, preference",
    refusal: "Invalid metric %w specified for route",
  }),
  priority: line(unsigned, {
    default: "0",
    meaning: "Route metric",
    note: "alias of metric",
    refusal: "Invalid metric %w specified for route",
  }),
  preference: line(unsigned, {
    default: "0",
    meaning: "Route metric",
    note: "alias of metric",
    refusal: "Invalid metric %w specified for route",
  }),
  dev: line(interfaceName, { default: "none", meaning: "Output interface", note: "alias oif" }),
  oif: line(interfaceName, { default: "none", meaning: "Output interface", note: "alias of dev" }),
  onlink: line(flag, { default: "off", meaning: "Treat gateway as directly reachable", note: "IPv4 only" }),
  encap: line(shown("ip|ip6|mpls|ila, then options", encapsulation("", ENCAP), ENCAP), {
    default: "none",
    meaning: "Lightweight tunnel encapsulation",
  }),
  expires: line(shown(unsigned.usage, unsigned), {
    default: "never",
    unit: "s",
    meaning: "Route lifetime",
    note: "IPv6 only",
    refusal: "Invalid expires time %w specified for route",
  }),
  mtu: line(lockable("[lock] <integer 0..4294967295>", unsigned), {
    default: "none",
    unit: "bytes",
    meaning: "Path MTU",
    refusal: "Invalid MTU %w specified for route",
  }),
  hoplimit: line(integer(0, 255, "strict"), {
    default: "none",
    meaning: "Hop limit",
    refusal: "Invalid hoplimit %w specified for route",
  }),
  advmss: line(lockable("[lock] <integer 0..4294967295>", unsigned), {
    default: "none",
    unit: "bytes",
    meaning: "Advertised MSS",
    refusal: "Invalid advmss %w specified for route",
  }),
  rtt: line(lockable("[lock] <number>[s|ms]", routeTime({ bare: 125, max: 960_000 })), {
    refusal: "Invalid rtt %w for route",
    default: "none",
    unit: "1/8 ms if bare",
    meaning: "Initial round trip time",
    note: "exponent form rejected; 200 ms to 120 s",
  }),
  rttvar: line(lockable("[lock] <number>[s|ms]", routeTime({ bare: 250, max: 480_000 })), {
    refusal: "Invalid rttvar %w for route",
    default: "none",
    unit: "1/4 ms if bare",
    meaning: "Initial RTT variance",
    note: "exponent form rejected",
  }),
  reordering: line(lockable("[lock] <integer 0..4294967295>", unsigned), {
    default: "none",
    meaning: "Maximum reordering",
    refusal: "Invalid reordering value %w specified for route",
  }),
  window: line(unsigned, {
    default: "none",
    unit: "bytes",
    meaning: "Maximum TCP window",
    refusal: "Invalid window value %w specified for route",
  }),
  cwnd: line(lockable("[lock] <integer 0..4294967295>", unsigned), {
    default: "none",
    unit: "packets",
    meaning: "Congestion window clamp",
    refusal: "Invalid cwnd value %w specified for route",
  }),
  ssthresh: line(lockable("[lock] <integer 0..4294967295>", unsigned), {
    default: "none",
    meaning: "Slow start threshold",
    refusal: "Invalid ssthresh value %w specified for route",
  }),
  realms: line(realms, { default: "none", meaning: "Routing realms", note: "IPv4 only", ...REALMS }),
  rto_min: line(lockable("[lock] <number>[s|ms]", routeTime({ bare: 1000, max: 120_000 })), {
    refusal: "Invalid rto_min value %w specified for route",
    default: "none",
    unit: "ms if bare",
    meaning: "Minimum retransmission timeout",
  }),
  initcwnd: line(unsigned, {
    default: "none",
    unit: "packets",
    meaning: "Initial congestion window",
    refusal: "Invalid initcwnd value %w specified for route",
  }),
  initrwnd: line(unsigned, {
    default: "none",
    unit: "packets",
    meaning: "Initial receive window",
    refusal: "Invalid initrwnd value %w specified for route",
  }),
  features: line(orElse("none", oneOf({ ecn: choice("Explicit congestion notification") })), {
    refusal: "feature %w not supported",
    default: "none",
    meaning: "TCP feature flags",
    note: "only ecn known",
  }),
  quickack: line(shown("0|1", integer(0, 1, "strict")), {
    default: "none",
    meaning: "Quick ACK mode",
    refusal: "Invalid quickack value %w specified for route",
  }),
  congctl: line(lockable("[lock] <NAME>", named("<NAME>")), {
    default: "none",
    meaning: "Congestion control algorithm",
  }),
  pref: line(
    preference({
      low: choice("Router preference low"),
      medium: choice("Router preference medium"),
      high: choice("Router preference high"),
    }),
    {
      default: "none",
      meaning: "Router preference",
      note: "IPv6 only",
      refusal: "Invalid pref value %w specified for route",
    },
  ),
  "ttl-propagate": line(oneOf({ enabled: choice("Propagate"), disabled: choice("Do not propagate") }), {
    default: "none",
    meaning: "Propagate TTL",
    note: "MPLS",
    refusal: "ttl-propagate value %w not recognised",
  }),
  fastopen_no_cookie: line(shown("0|1", integer(0, 1, "strict")), {
    default: "none",
    meaning: "TCP fast open without cookie",
    refusal: "Invalid fastopen_no_cookie value %w specified for route",
  }),
  add: line(flag, { default: "prepend", meaning: "Insert only if no matching route exists" }),
  prepend: line(flag, { default: "prepend", meaning: "Insert before matching routes" }),
  append: line(flag, { default: "prepend", meaning: "Insert after matching routes" }),
  or: line(plainAddress("<IPADDR>", 'Invalid "or" address %w'), {
    deprecated: "nexthop",
    default: "none",
    meaning: "Second gateway, old multipath form",
    note: "deprecated; use nexthop",
  }),
  nexthop: line(nexthop("<nexthop options>...", NEXTHOP), {
    default: "none",
    meaning: "Multipath member",
    note: "must be last on the line; repeats",
    repeats: true,
  }),
  no_track: line(flag, { default: "off", meaning: "Removal of the route does not affect the instance" }),
  vrf: line(interfaceName, {
    default: "none",
    meaning: "Use the table of this VRF",
    note: "interface must exist",
    build: "VRF",
  }),
  lock: line(strayLock, {
    meaning: "Forbid kernel updates of that metric",
    note: "prefix of mtu advmss rtt rttvar reordering cwnd ssthresh rto_min congctl values",
  }),
  ...ROUTE_TYPES,
} satisfies Table;

/** An item of `static_routes`. */
export const STATIC_ROUTE = {
  ...VIRTUAL_ROUTE,
  track_group: line(named("<TRACK_GROUP NAME>"), {
    default: "none",
    meaning: "Instances that fail when this route vanishes",
    note: "static items only; needs dev",
  }),
} satisfies Table;
