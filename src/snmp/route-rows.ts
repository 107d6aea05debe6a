import {
  RT_SCOPE_UNIVERSE,
  RTAX_ADVMSS,
  RTAX_CWND,
  RTAX_FASTOPEN_NO_COOKIE,
  RTAX_FEATURE_ECN,
  RTAX_FEATURES,
  RTAX_HOPLIMIT,
  RTAX_INITCWND,
  RTAX_INITRWND,
  RTAX_MTU,
  RTAX_QUICKACK,
  RTAX_REORDERING,
  RTAX_RTO_MIN,
  RTAX_RTT,
  RTAX_RTTVAR,
  RTAX_SSTHRESH,
  RTAX_WINDOW,
  RTN_BLACKHOLE,
  RTN_BROADCAST,
} from "../netlink/constants.ts";
import type { Encapsulation } from "../netlink/encapsulation.ts";
import type { Route } from "../netlink/route.ts";
import type { Hop } from "../netlink/route-hop.ts";
import type { RouteMetrics } from "../netlink/route-metrics.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { inetScope } from "./address-rows.ts";
import { vrrpTable } from "./names.ts";
import { type Cells, counter64, gauge, inetAddress, inetType, integer, table, text, truth } from "./value.ts";
import { type SnmpView, shownInstances } from "./view.ts";

/** RouteType of KEEPALIVED-MIB where it is not RTN_*: what those stand for there is 2, 3 and 6. */
const TYPES: ReadonlyMap<number, number> = new Map([
  [RTN_BLACKHOLE, 3],
  [RTN_BROADCAST, 6],
]);
const ECMP = 2;

/** vrrpRouteTable and vrrpRouteNextHopTable of KEEPALIVED-MIB; instance 0 are the static ones. */
export function routeRows(view: SnmpView): VarBind[] {
  const shown = shownInstances(view);
  const names = new Map(view.vrrp?.facts?.links.map(({ name, ifindex }) => [ifindex, name]));
  const routes = view.items.flatMap(({ routes: all }, owner) =>
    all.flatMap(({ config, route }, i) => {
      if (route === undefined) return [];
      const set = owner === 0 || shown[owner - 1]?.view?.state.name === "master";
      return [{ index: [owner, i + 1], route, set, ours: config.tracked }];
    }),
  );
  return [
    ...table(
      vrrpTable(7),
      routes.map(({ index, route, set, ours }) => ({
        index,
        cells: { ...wayCells(route, names), ...metricCells(route.metrics), ...routeCells(route, set, ours) },
      })),
    ),
    ...table(
      vrrpTable(11),
      routes.flatMap(({ index, route: { family, hops } }) =>
        hops.map((hop, i) => ({ index: [...index, i + 1], cells: hopCells(family, hop, names) })),
      ),
    ),
  ];
}

type Names = ReadonlyMap<number, string>;

function routeCells(route: Route, set: boolean, ours: boolean): Cells {
  const { destination, source, preferredSource, preference, tos, protocol } = route;
  return {
    2: inetType(route.family),
    3: inetAddress(destination.address),
    4: gauge(destination.prefixLength),
    7: preferredSource && inetAddress(preferredSource),
    8: gauge(route.metric),
    9: integer(inetScope(route.scope ?? RT_SCOPE_UNIVERSE)),
    10: integer(route.hops.length > 0 ? ECMP : (TYPES.get(route.type) ?? route.type)),
    13: gauge(route.table),
    14: truth(set),
    15: source && inetAddress(source.address),
    16: source && gauge(source.prefixLength),
    17: tos === 0 ? undefined : gauge(tos),
    18: ours ? integer(protocol + 1) : undefined, // the MIB names 112, 2.2.7 sends 19; those of others it leaves out
    21: optional(route.expires, integer),
    43: optional(preference, (value) => integer(PREFERENCES.get(value) ?? 2)),
  };
}

/** PrefType of ICMPV6_ROUTER_PREF_*, RFC 4191 §2.1. */
const PREFERENCES: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [0, 2],
  [1, 3],
]);

function wayCells({ hop, hops }: Route, names: Names): Cells {
  if (hops.length > 0) return {};
  const { gateway, realms, encapsulation } = hop;
  return {
    5: gateway && inetAddress(gateway),
    ...linkCells(11, hop, names),
    44: optional(realms, (value) => gauge(value & 0xffff)),
    45: optional(realms, (value) => gauge(value >>> 16)),
    ...encapsulationCells(46, encapsulation),
  };
}

function hopCells(family: 4 | 6, hop: Hop, names: Names): Cells {
  const { gateway, realms } = hop;
  return {
    2: inetType(family),
    3: gateway && inetAddress(gateway),
    ...linkCells(4, hop, names),
    6: gauge(hop.weight),
    7: truth(hop.onlink),
    8: optional(realms, (value) => gauge(value & 0xffff)),
    9: optional(realms, (value) => gauge(value >>> 16)),
    ...encapsulationCells(10, hop.encapsulation),
  };
}

function linkCells(first: number, { ifindex }: Hop, names: Names): Cells {
  const name = ifindex === undefined ? undefined : names.get(ifindex);
  return { [first]: optional(ifindex, integer), [first + 1]: optional(name, text) };
}

/** EncapType: mpls(1), ip(2), ila(3), ip6(4). Keepalived differs (2.2.7): it sends one more, and labels as on the wire. */
function encapsulationCells(first: number, encapsulation: Encapsulation | undefined): Cells {
  switch (encapsulation?.type) {
    case undefined:
      return {};
    case "mpls":
      return { [first]: integer(1), [first + 1]: text(encapsulation.labels.join("/")) };
    case "ila": {
      const locator = encapsulation.locator.reduce((all, group) => all * 0x1_0000n + BigInt(group), 0n);
      return { [first]: integer(3), [first + 8]: counter64(locator) };
    }
    case "ip":
    case "ip6": {
      const { id, destination, source, service, ttl, flags } = encapsulation.tunnel;
      return {
        [first]: integer(encapsulation.type === "ip" ? 2 : 4),
        [first + 2]: optional(id, counter64),
        [first + 3]: optional(destination, inetAddress),
        [first + 4]: optional(source, inetAddress),
        [first + 5]: optional(service, gauge),
        [first + 6]: optional(ttl, gauge),
        [first + 7]: optional(flags, gauge),
      };
    }
  }
}

/** Numbers by RTAX_*: their column, and how many of the kernel's units are one of the MIB's. */
const METRICS: readonly (readonly [type: number, column: number, unit: number])[] = [
  [RTAX_MTU, 22, 1],
  [RTAX_HOPLIMIT, 24, 1],
  [RTAX_ADVMSS, 25, 1],
  [RTAX_RTT, 27, 8],
  [RTAX_RTTVAR, 29, 4],
  [RTAX_REORDERING, 31, 1],
  [RTAX_WINDOW, 33, 1],
  [RTAX_CWND, 34, 1],
  [RTAX_SSTHRESH, 36, 1],
  [RTAX_RTO_MIN, 38, 1],
  [RTAX_INITCWND, 40, 1],
  [RTAX_INITRWND, 41, 1],
];
/** Which of them the kernel may be told not to learn: that is in the next column. */
const LOCKS: ReadonlySet<number> = new Set([
  RTAX_MTU,
  RTAX_ADVMSS,
  RTAX_RTT,
  RTAX_RTTVAR,
  RTAX_REORDERING,
  RTAX_CWND,
  RTAX_SSTHRESH,
  RTAX_RTO_MIN,
]);

function metricCells({ values, locked, congestionControl }: RouteMetrics): Cells {
  const numbers = METRICS.flatMap(([type, column, unit]) => {
    const value = values.get(type);
    if (value === undefined) return [];
    const lock = LOCKS.has(type) ? [[column + 1, truth((locked & (1 << type)) !== 0)] as const] : [];
    return [[column, gauge(value / unit)] as const, ...lock];
  });
  return {
    ...Object.fromEntries(numbers),
    19: truth(((values.get(RTAX_FEATURES) ?? 0) & RTAX_FEATURE_ECN) !== 0),
    20: truth((values.get(RTAX_QUICKACK) ?? 0) !== 0),
    42: optional(congestionControl, text),
    55: optional(values.get(RTAX_FASTOPEN_NO_COOKIE), (value) => truth(value !== 0)),
  };
}

function optional<T, R>(value: T | undefined, show: (value: T) => R): R | undefined {
  return value === undefined ? undefined : show(value);
}
