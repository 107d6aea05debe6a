import { networkName } from "../base/host.ts";
import { RTN_UNICAST } from "./constants.ts";
import { addRoute, deleteRoute, type Route } from "./route.ts";
import type { Hop } from "./route-hop.ts";
import type { TableKind } from "./table-kind.ts";

const [ESRCH, EEXIST, ENODEV] = [3, 17, 19];

/** Routes of all tables. */
export const ROUTES: TableKind<Route> = {
  what: "route",
  key: (route) => `${routePlace(route)} ${route.type} ${way(route)}`,
  same,
  add: addRoute,
  remove: deleteRoute,
  title: ({ destination, table, hop, hops }) =>
    [
      networkName(destination),
      ...(hops.length === 0 && hop.gateway !== undefined ? [`via ${hop.gateway}`] : []),
      ...(table === 254 ? [] : [`table ${table}`]),
    ].join(" "),
  there: [EEXIST],
  gone: [ESRCH, ENODEV],
};

/** The metric of an IPv6 route that has none; linux/ipv6_route.h IP6_RT_PRIO_USER. */
const USUAL_METRIC = 1024;

/** Where routes stand of which a packet takes the first. */
export function routePlace({ family, table, destination, source, tos, metric }: Route): string {
  const from = source === undefined ? "" : ` from ${networkName(source)}`;
  return `${family} ${table} ${networkName(destination)}${from} ${tos} ${family === 6 ? metric || USUAL_METRIC : metric}`;
}

/** Whether the route of this key stands at this place. */
export function isAt(key: string, place: string): boolean {
  return key.startsWith(`${place} `);
}

/** Gateway or interface, as far as they are said both by who asks and by the kernel. */
function way({ type, hop, hops }: Route): string {
  if (hops.length > 0) return "several";
  if (hop.gateway !== undefined) return hop.gateway;
  return type === RTN_UNICAST ? `dev ${hop.ifindex}` : "";
}

/**
 * The kernel finds interfaces out, adds scopes, and counts lifetimes down: only what was asked for must be so. What a
 * tunnel or MPLS was told is not read back.
 */
function same(have: Route, want: Route): boolean {
  return (
    have.preferredSource === want.preferredSource &&
    have.protocol === want.protocol &&
    (want.family === 6 || have.scope === want.scope) &&
    sameHop(have.hop, want.hop, want.hops.length > 0) &&
    have.hops.length === want.hops.length &&
    want.hops.every((hop, i) => have.hops[i] !== undefined && sameHop(have.hops[i], hop, false)) &&
    sameMetrics(have, want) &&
    (want.preference === undefined || have.preference === want.preference)
  );
}

function sameHop(have: Hop, want: Hop, several: boolean): boolean {
  if (several) return true;
  const onlink = have.onlink === want.onlink && have.realms === want.realms && have.gateway === want.gateway;
  return onlink && have.weight === want.weight && (want.ifindex === undefined || have.ifindex === want.ifindex);
}

function sameMetrics({ metrics: have }: Route, { metrics: want }: Route): boolean {
  return (
    have.locked === want.locked &&
    have.congestionControl === want.congestionControl &&
    have.values.size === want.values.size &&
    [...want.values].every(([type, value]) => have.values.get(type) === value)
  );
}

/** Whether a route leads over an interface, as far as is known. */
export function leadsOver({ hop, hops }: Route, ifindex: number): boolean {
  const ways = hops.length > 0 ? hops : [hop];
  return ways.some((each) => each.ifindex === undefined || each.ifindex === ifindex);
}
