import { last, line, type Setting, type Table } from "../syntax/table.ts";
import { flag, integer, interfaceName } from "../syntax/types.ts";
import { encapsulation, labels, locator, tunnel, tunnelId } from "./read-encap.ts";
import { realms, service } from "./read-names.ts";
import { plainAddress } from "./read-prefix.ts";
import { gateway, unsupported } from "./read-route.ts";

/** Refusals of the same values, in a route and in one way of it. */
export const REALMS = { refusal: "Invalid realms %w for route" };

function only<T>(settings: readonly Setting<T>[]): T | undefined {
  return last(settings)?.value;
}

const IP_TUNNEL = {
  id: line(tunnelId("<integer 64 bit>"), {
    meaning: "Tunnel id",
    note: "dst or id required",
    refusal: "encap id %w value is invalid",
  }),
  dst: line(plainAddress("<IPv4>", "Invalid encap ip dst %w", 4), {
    meaning: "Tunnel destination",
    note: "dst or id required",
  }),
  src: line(plainAddress("<IPv4>", "Invalid encap ip src %w", 4), { meaning: "Tunnel source" }),
  tos: line(service("<dsfield>"), { meaning: "Outer TOS", refusal: "dsfield %w not valid for ip encapsulation" }),
  ttl: line(integer(0, 255, "strict"), { meaning: "Outer TTL", refusal: "ttl %w is not valid for ip encapsulation" }),
  flags: line(integer(0, 65535, "strict"), {
    meaning: "Tunnel flags",
    refusal: "flags %w is not valid for ip encapsulation",
  }),
} satisfies Table;

const IP6_TUNNEL = {
  id: line(tunnelId("<integer 64 bit>"), {
    meaning: "Tunnel id",
    note: "dst or id required",
    refusal: "encap id %w value is invalid",
  }),
  dst: line(plainAddress("<IPv6>", "Invalid encap ip6 dst %w", 6), {
    meaning: "Tunnel destination",
    note: "dst or id required",
  }),
  src: line(plainAddress("<IPv6>", "Invalid encap ip6 src %w", 6), { meaning: "Tunnel source" }),
  tc: line(service("<dsfield>"), {
    meaning: "Outer traffic class",
    refusal: "tc value tc is invalid for ip6 encapsulation",
  }),
  hoplimit: line(integer(0, 255, "strict"), {
    meaning: "Outer hop limit",
    refusal: "Invalid hoplimit %w specified for ip6 encapsulation",
  }),
  flags: line(integer(0, 65535, "strict"), {
    meaning: "Tunnel flags",
    refusal: "flags %w is not valid for ip6 encapsulation",
  }),
} satisfies Table;

const IP = tunnel("ip", IP_TUNNEL, ({ id, dst, src, tos, ttl, flags }) => ({
  ...{ id: only(id), destination: only(dst), source: only(src) },
  ...{ service: only(tos), ttl: only(ttl), flags: only(flags) },
}));
const IP6 = tunnel("ip6", IP6_TUNNEL, ({ id, dst, src, tc, hoplimit, flags }) => ({
  ...{ id: only(id), destination: only(dst), source: only(src) },
  ...{ service: only(tc), ttl: only(hoplimit), flags: only(flags) },
}));

/** `encap` and its kinds. */
export const ENCAP = {
  ip: line(IP, { meaning: "IPv4 tunnel" }),
  ip6: line(IP6, { meaning: "IPv6 tunnel" }),
  mpls: line(labels, {
    meaning: "MPLS label stack",
    note: "build/kernel dependent",
    refusal: "invalid mpls address %w for encapsulation",
  }),
  ila: line(locator, {
    meaning: "ILA locator",
    note: "build/kernel dependent",
    refusal: "invalid locator %w for ila encapsulation",
  }),
} satisfies Table;

/** Options of `nexthop`. */
export const NEXTHOP = {
  via: line(gateway("[inet|inet6] <IPADDR>", "invalid nexthop address %w"), { meaning: "Gateway of this hop" }),
  dev: line(interfaceName, { meaning: "Interface of this hop" }),
  weight: line(integer(1, 256, "strict"), {
    meaning: "Relative share",
    note: "default 1",
    refusal: "Invalid weight %w specified for route",
  }),
  onlink: line(flag, { meaning: "Gateway is directly reachable", note: "IPv4 only" }),
  encap: line(encapsulation("see encap", ENCAP), { meaning: "Encapsulation of this hop" }),
  realms: line(realms, { meaning: "Realms of this hop", note: "IPv4 only", ...REALMS }),
  as: line(unsupported(gateway("[to] <ADDR>", ""), "'as [to]' (nat) not supported"), {
    meaning: "NAT rewrite, unsupported",
    note: "rejected with error",
  }),
} satisfies Table;
