import { concat, viewOf } from "../base/bytes.ts";
import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { Network } from "../base/host.ts";
import { type Family, fromBytes, ip, toBytes } from "../base/ip.ts";
import {
  type Attributes,
  bytesAttribute,
  decodeAttributes,
  readBytes,
  readU32,
  u8Attribute,
  u32,
  u32Attribute,
} from "./attributes.ts";
import {
  AF_INET,
  AF_INET6,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  RT_SCOPE_NOWHERE,
  RT_TABLE_UNSPEC,
  RTA_DST,
  RTA_EXPIRES,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_PREF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_SRC,
  RTA_TABLE,
  RTA_TTL_PROPAGATE,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  RTN_UNICAST,
  RTNH_F_ONLINK,
} from "./constants.ts";
import type { Request } from "./conversation.ts";
import { LITTLE_ENDIAN } from "./message.ts";
import { decodeHops, encodeHops, flowAttribute, type Hop, hopAttributes, readAddress, readHop } from "./route-hop.ts";
import { decodeMetrics, encodeMetrics, type RouteMetrics } from "./route-metrics.ts";

/** A route: what `ip -d route` says of it. */
export interface Route {
  readonly family: Family;
  readonly destination: Network; // 0.0.0.0/0 or ::/0 is the default route
  readonly source: Network | undefined; //                IPv6: packets from there only (`from`)
  readonly preferredSource: IpOf; //                      `src`
  readonly table: number; //                              RT_TABLE_*, u32
  readonly type: number; //                               RTN_*
  readonly protocol: number; //                           RTPROT_*: who made it
  readonly scope: number; //                              RT_SCOPE_*
  readonly tos: number; //                                u8
  readonly metric: number; //                             u32; the kernel takes 0 for 1024 in IPv6
  readonly hop: Hop; //                                   where there is one way
  readonly hops: readonly Hop[]; //                       where there are several
  readonly metrics: RouteMetrics;
  readonly expires: number | undefined; //                IPv6, seconds
  readonly preference: number | undefined; //             IPv6, ICMPV6_ROUTER_PREF_*
  readonly ttlPropagate: boolean | undefined; //          MPLS
  readonly insertion: Insertion; //                       how it is added; is not read back
}
type IpOf = Network["address"] | undefined;

/** Where a new route comes among those to one destination: alone, before them or behind them. */
export type Insertion = "add" | "prepend" | "append";

/** struct rtmsg: family, destination length, source length, tos, table, protocol, scope, type u8 each; flags u32. */
const HEADER = 12;

/** The flags of each insertion; ip-route(8). */
const INSERTIONS = {
  add: NLM_F_CREATE | NLM_F_EXCL,
  prepend: NLM_F_CREATE,
  append: NLM_F_CREATE | NLM_F_APPEND,
} as const;

/**
 * Adds a route. EEXIST means that it was there. The attributes and their order are those of keepalived 2.2.7, which adds
 * what is not unicast only where nothing is.
 */
export function addRoute(route: Route): Request {
  const { insertion } = route;
  const flags = INSERTIONS[route.type === RTN_UNICAST || insertion === "append" ? insertion : "add"];
  return { type: RTM_NEWROUTE, flags, body: encode(route, route.scope) };
}

/** Removes a route, whatever its scope. ESRCH means that it was gone. */
export function deleteRoute(route: Route): Request {
  return { type: RTM_DELROUTE, flags: 0, body: encode(route, RT_SCOPE_NOWHERE) };
}

/**
 * Asks for the routes of one family with this protocol, of all tables. A kernel before 4.20 sends all of them: whoever
 * reads looks at the protocol, too.
 */
export function dumpRoutes(family: Family, protocol: number): Request {
  const body = new Uint8Array(HEADER);
  body[0] = addressFamily(family);
  body[5] = protocol;
  return { type: RTM_GETROUTE, flags: NLM_F_DUMP, body };
}

/** The protocol of RTM_NEWROUTE and RTM_DELROUTE, without decoding them; undefined where it is cut short. */
export function routeProtocol(body: Uint8Array): number | undefined {
  return body[5];
}

/** Reads RTM_NEWROUTE and RTM_DELROUTE, from a dump or from the groups of routes. */
export function decodeRoute(body: Uint8Array): Decoded<Route, "truncated" | "family" | "address"> {
  if (body.length < HEADER) return drop("truncated");
  const view = viewOf(body);
  const af = view.getUint8(0);
  if (af !== AF_INET && af !== AF_INET6) return drop("family");
  const family = af === AF_INET ? 4 : 6;
  const attributes = decodeAttributes(body.subarray(HEADER));
  const destination = network(attributes, RTA_DST, { family, prefixLength: view.getUint8(1) });
  const source = network(attributes, RTA_SRC, { family, prefixLength: view.getUint8(2) });
  if (destination === undefined || source === undefined) return drop("address");
  const multipath = attributes.get(RTA_MULTIPATH);
  return accept({
    family,
    destination,
    source: source.prefixLength === 0 ? undefined : source,
    preferredSource: readAddress(attributes, RTA_PREFSRC, family),
    table: readU32(attributes, RTA_TABLE) ?? view.getUint8(4),
    type: view.getUint8(7),
    protocol: view.getUint8(5),
    scope: view.getUint8(6),
    tos: view.getUint8(3),
    metric: readU32(attributes, RTA_PRIORITY) ?? 0,
    hop: readHop(attributes, family, { onlink: (view.getUint32(8, LITTLE_ENDIAN) & RTNH_F_ONLINK) !== 0, weight: 1 }),
    hops: multipath === undefined ? [] : decodeHops(multipath, family),
    metrics: decodeMetrics(attributes.get(RTA_METRICS)),
    expires: undefined, // RTA_CACHEINFO counts down: not what was asked for
    preference: attributes.get(RTA_PREF)?.[0],
    ttlPropagate: readFlag(attributes, RTA_TTL_PROPAGATE),
    insertion: "prepend",
  });
}

function encode(route: Route, scope: number): Uint8Array {
  const { family, destination, source, preferredSource, table, metric, hop, hops, metrics, expires } = route;
  const small = table < 256;
  const flags = hops.length === 0 && hop.onlink ? RTNH_F_ONLINK : 0;
  return concat(
    Uint8Array.of(
      ...[addressFamily(family), destination.prefixLength, source?.prefixLength ?? 0, route.tos],
      ...[small ? table : RT_TABLE_UNSPEC, route.protocol, scope, route.type],
    ),
    u32(flags, LITTLE_ENDIAN),
    small ? none : u32Attribute(RTA_TABLE, table),
    bytesAttribute(RTA_DST, toBytes(destination.address)),
    source === undefined ? none : bytesAttribute(RTA_SRC, toBytes(source.address)),
    preferredSource === undefined ? none : bytesAttribute(RTA_PREFSRC, toBytes(preferredSource)),
    hops.length > 0 ? none : hopAttributes(hop),
    metric === 0 ? none : u32Attribute(RTA_PRIORITY, metric),
    expires === undefined ? none : u32Attribute(RTA_EXPIRES, expires),
    hops.length > 0 ? none : flowAttribute(hop),
    route.preference === undefined ? none : u8Attribute(RTA_PREF, route.preference),
    route.ttlPropagate === undefined ? none : u8Attribute(RTA_TTL_PROPAGATE, Number(route.ttlPropagate)),
    encodeMetrics(metrics),
    hops.length === 0 ? none : bytesAttribute(RTA_MULTIPATH, encodeHops(hops)),
  );
}

const none = new Uint8Array();
const EVERYTHING = { 4: ip("0.0.0.0"), 6: ip("::") } as const;

/** The network of every address of a family. */
export function everything(family: Family): Network {
  return { address: EVERYTHING[family], prefixLength: 0 };
}

/** A destination that is missing is everything; one that is too short is none. */
function network(
  attributes: Attributes,
  type: number,
  { family, prefixLength }: { readonly family: Family; readonly prefixLength: number },
): Network | undefined {
  if (!attributes.has(type)) return prefixLength === 0 ? everything(family) : undefined;
  const bytes = readBytes(attributes, type, family === 4 ? 4 : 16);
  return bytes && { address: fromBytes(bytes), prefixLength };
}

function readFlag(attributes: Attributes, type: number): boolean | undefined {
  const value = attributes.get(type)?.[0];
  return value === undefined ? undefined : value !== 0;
}

function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}
