import type { ArgumentType } from "../syntax/table.ts";
import { choice, line, type Table } from "../syntax/table.ts";
import {
  address,
  flag,
  integer,
  interfaceName,
  named,
  oneOf,
  several,
  shown,
  text,
  UINT,
  wholeSeconds,
} from "../syntax/types.ts";

/** `to` before a destination, `lock` before a metric: a word that announces the next one. */
function flagWord(usage: string): ArgumentType<true> {
  return { ...flag, usage };
}

/** `[inet|inet6] ADDR` and `[to] ADDR`: the address, with the word before it. */
function gateway(usage: string): ArgumentType<readonly string[]> {
  return { ...several(usage), most: 2, take: ([first]) => (/^(inet6?|to)$/.test(first?.text ?? "") ? 2 : 1) };
}

/** `[lock] VALUE`: `lock` keeps the kernel from changing the metric. */
function lockable(usage: string): ArgumentType<readonly string[]> {
  return { ...several(usage), most: 2, take: ([first]) => (first?.text === "lock" ? 2 : 1) };
}

const ENCAP = {
  ip: line(
    shown("<ip options>", several(""), {
      id: line(named("<integer 64 bit>"), { meaning: "Tunnel id", note: "dst or id required" }),
      dst: line(named("<IPv4>"), { meaning: "Tunnel destination", note: "dst or id required" }),
      src: line(named("<IPv4>"), { meaning: "Tunnel source" }),
      tos: line(named("<dsfield>"), { meaning: "Outer TOS" }),
      ttl: line(integer(0, 255), { meaning: "Outer TTL" }),
      flags: line(integer(0, 65535), { meaning: "Tunnel flags" }),
    }),
    { meaning: "IPv4 tunnel" },
  ),
  ip6: line(
    shown("<ip6 options>", several(""), {
      id: line(named("<integer 64 bit>"), { meaning: "Tunnel id", note: "dst or id required" }),
      dst: line(named("<IPv6>"), { meaning: "Tunnel destination", note: "dst or id required" }),
      src: line(named("<IPv6>"), { meaning: "Tunnel source" }),
      tc: line(named("<dsfield>"), { meaning: "Outer traffic class" }),
      hoplimit: line(integer(0, 255), { meaning: "Outer hop limit" }),
      flags: line(integer(0, 65535), { meaning: "Tunnel flags" }),
    }),
    { meaning: "IPv6 tunnel" },
  ),
  mpls: line(several("<LABEL>[/<LABEL>]..."), { meaning: "MPLS label stack", note: "build/kernel dependent" }),
  ila: line(named("<LOCATOR, four hex groups>"), { meaning: "ILA locator", note: "build/kernel dependent" }),
} satisfies Table;

const NEXTHOP = {
  via: line(gateway("[inet|inet6] <IPADDR>"), { meaning: "Gateway of this hop" }),
  dev: line(interfaceName, { meaning: "Interface of this hop" }),
  weight: line(integer(1, 256), { meaning: "Relative share", note: "default 1" }),
  onlink: line(flag, { meaning: "Gateway is directly reachable", note: "IPv4 only" }),
  encap: line(several("see encap"), { meaning: "Encapsulation of this hop" }),
  realms: line(several("[<SRC>/]<DST>"), { meaning: "Realms of this hop", note: "IPv4 only" }),
  as: line(gateway("[to] <ADDR>"), { meaning: "NAT rewrite, unsupported", note: "rejected with error" }),
} satisfies Table;

const TYPES = {
  unicast: choice("A plain route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  local: choice("Deliver locally", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  nat: choice("Obsolete NAT route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  broadcast: choice("Broadcast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  brd: choice(
    "Broadcast route, short form",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
  anycast: choice("Anycast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  multicast: choice("Multicast route", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  prohibit: choice("Reject as prohibited", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  unreachable: choice(
    "Reject as unreachable",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
  blackhole: choice("Drop silently", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  xresolve: choice("External resolver", { default: "unicast", note: "first word before the destination" }, "<DEST>"),
  throw: choice(
    "Continue with the next rule",
    { default: "unicast", note: "first word before the destination" },
    "<DEST>",
  ),
} satisfies Table;

/** An item of `virtual_routes`: a destination and options, as ip-route(8) has them. */
export const VIRTUAL_ROUTE = {
  "<DEST>[/<PREFIX>]": line(
    shown("address, default, any, all or default6", text, {
      default: choice("Family default route"),
      any: choice("Same as default"),
      all: choice("Same as default"),
      default6: choice("IPv6 default route", { note: "deprecated; write inet6 default" }),
    }),
    { default: "required", meaning: "Destination; may be preceded by to or a type", note: "default6 is deprecated" },
  ),
  to: line(flagWord("<DEST>"), { meaning: "Destination follows", note: "optional noise word before the destination" }),
  inet: line(flag, { default: "deduced", meaning: "Force IPv4" }),
  inet6: line(flag, { default: "deduced", meaning: "Force IPv6" }),
  src: line(address, { default: "none", meaning: "Preferred source address" }),
  via: line(gateway("[inet|inet6] <IPADDR>"), { default: "none", meaning: "Gateway" }),
  gw: line(gateway("[inet|inet6] <IPADDR>"), {
    default: "none",
    meaning: "Gateway, old spelling",
    note: "deprecated alias of via, reports an error",
    deprecated: "via",
  }),
  from: line(several("<IPv6>[/<PREFIX>]"), { default: "none", meaning: "IPv6 source prefix", note: "IPv6 only" }),
  as: line(gateway("[to] <ADDR>"), {
    meaning: "MPLS destination rewrite, unsupported",
    note: "parsed but ignored with error",
  }),
  tos: line(named("<dsfield name|number>"), { default: "0", meaning: "Type of service", note: "alias dsfield" }),
  dsfield: line(named("<dsfield name|number>"), { default: "0", meaning: "Type of service", note: "alias of tos" }),
  table: line(
    shown("<name|number>", text, {
      main: choice("Well-known table main", { note: "further names from iproute2 rt_tables" }),
      local: choice("Well-known table local", { note: "further names from iproute2 rt_tables" }),
      default: choice("Well-known table default", { note: "further names from iproute2 rt_tables" }),
    }),
    { default: "main", meaning: "Routing table" },
  ),
  protocol: line(
    shown("<name|number>", text, {
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
    { default: "keepalived (18)", meaning: "Route protocol", note: "forced to keepalived unless no_track" },
  ),
  scope: line(
    shown("<name|number>", text, {
      global: choice("Route scope global", { note: "further names from iproute2 rt_scopes" }),
      site: choice("Route scope site", { note: "further names from iproute2 rt_scopes" }),
      link: choice("Route scope link", { note: "further names from iproute2 rt_scopes" }),
      host: choice("Route scope host", { note: "further names from iproute2 rt_scopes" }),
      nowhere: choice("Route scope nowhere", { note: "further names from iproute2 rt_scopes" }),
    }),
    { default: "global", meaning: "Route scope" },
  ),
  metric: line(integer(0, UINT), { default: "0", meaning: "Route metric", note: "aliases priority, preference" }),
  priority: line(integer(0, UINT), { default: "0", meaning: "Route metric", note: "alias of metric" }),
  preference: line(integer(0, UINT), { default: "0", meaning: "Route metric", note: "alias of metric" }),
  dev: line(interfaceName, { default: "none", meaning: "Output interface", note: "alias oif" }),
  oif: line(interfaceName, { default: "none", meaning: "Output interface", note: "alias of dev" }),
  onlink: line(flag, { default: "off", meaning: "Treat gateway as directly reachable", note: "IPv4 only" }),
  encap: line(shown("ip|ip6|mpls|ila, then options", several(""), ENCAP), {
    default: "none",
    meaning: "Lightweight tunnel encapsulation",
  }),
  expires: line(wholeSeconds(0, UINT), { default: "never", unit: "s", meaning: "Route lifetime", note: "IPv6 only" }),
  mtu: line(lockable("[lock] <integer 0..4294967295>"), { default: "none", unit: "bytes", meaning: "Path MTU" }),
  hoplimit: line(integer(0, 255), { default: "none", meaning: "Hop limit" }),
  advmss: line(lockable("[lock] <integer 0..4294967295>"), {
    default: "none",
    unit: "bytes",
    meaning: "Advertised MSS",
  }),
  rtt: line(lockable("[lock] <number>[s|ms]"), {
    default: "none",
    unit: "1/8 ms if bare",
    meaning: "Initial round trip time",
    note: "exponent form rejected; 200 ms to 120 s",
  }),
  rttvar: line(lockable("[lock] <number>[s|ms]"), {
    default: "none",
    unit: "1/4 ms if bare",
    meaning: "Initial RTT variance",
    note: "exponent form rejected",
  }),
  reordering: line(lockable("[lock] <integer 0..4294967295>"), { default: "none", meaning: "Maximum reordering" }),
  window: line(integer(0, UINT), { default: "none", unit: "bytes", meaning: "Maximum TCP window" }),
  cwnd: line(lockable("[lock] <integer 0..4294967295>"), {
    default: "none",
    unit: "packets",
    meaning: "Congestion window clamp",
  }),
  ssthresh: line(lockable("[lock] <integer 0..4294967295>"), { default: "none", meaning: "Slow start threshold" }),
  realms: line(several("[<SRC>/]<DST>"), { default: "none", meaning: "Routing realms", note: "IPv4 only" }),
  rto_min: line(lockable("[lock] <number>[s|ms]"), {
    default: "none",
    unit: "ms if bare",
    meaning: "Minimum retransmission timeout",
  }),
  initcwnd: line(integer(0, UINT), { default: "none", unit: "packets", meaning: "Initial congestion window" }),
  initrwnd: line(integer(0, UINT), { default: "none", unit: "packets", meaning: "Initial receive window" }),
  features: line(oneOf({ ecn: choice("Explicit congestion notification") }), {
    default: "none",
    meaning: "TCP feature flags",
    note: "only ecn known",
  }),
  quickack: line(shown("0|1", integer(0, 1)), { default: "none", meaning: "Quick ACK mode" }),
  congctl: line(lockable("[lock] <NAME>"), { default: "none", meaning: "Congestion control algorithm" }),
  pref: line(
    shown("low|medium|high|<integer 0..255>", text, {
      low: choice("Router preference low"),
      medium: choice("Router preference medium"),
      high: choice("Router preference high"),
    }),
    { default: "none", meaning: "Router preference", note: "IPv6 only" },
  ),
  "ttl-propagate": line(oneOf({ enabled: choice("Propagate"), disabled: choice("Do not propagate") }), {
    default: "none",
    meaning: "Propagate TTL",
    note: "MPLS",
  }),
  fastopen_no_cookie: line(shown("0|1", integer(0, 1)), { default: "none", meaning: "TCP fast open without cookie" }),
  add: line(flag, { default: "prepend", meaning: "Insert only if no matching route exists" }),
  prepend: line(flag, { default: "prepend", meaning: "Insert before matching routes" }),
  append: line(flag, { default: "prepend", meaning: "Insert after matching routes" }),
  or: line(address, {
    default: "none",
    meaning: "Second gateway, old multipath form",
    note: "deprecated; use nexthop",
  }),
  nexthop: line(shown("<nexthop options>...", several(""), NEXTHOP), {
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
  lock: line(flagWord("(word)"), {
    meaning: "Forbid kernel updates of that metric",
    note: "prefix of mtu advmss rtt rttvar reordering cwnd ssthresh rto_min congctl values",
  }),
  ...TYPES,
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
