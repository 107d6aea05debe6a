import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type AddressPlace, FOREVER, type InterfaceAddress, virtualAddress } from "../../src/netlink/address.ts";
import { ADDRESSES } from "../../src/netlink/address-kind.ts";
import {
  FR_ACT_TO_TBL,
  IFA_F_DADFAILED,
  IFA_F_DEPRECATED,
  IFA_F_PERMANENT,
  RT_SCOPE_LINK,
  RTN_BLACKHOLE,
  RTN_UNICAST,
  RTPROT_KEEPALIVED,
} from "../../src/netlink/constants.ts";
import { everything, type Route } from "../../src/netlink/route.ts";
import { NO_HOP } from "../../src/netlink/route-hop.ts";
import { isAt, leadsOver, ROUTES, routePlace } from "../../src/netlink/route-kind.ts";
import { NO_METRICS } from "../../src/netlink/route-metrics.ts";
import type { Rule } from "../../src/netlink/rule.ts";
import { RULES } from "../../src/netlink/rule-kind.ts";

const place: AddressPlace = { ifindex: 3, prefixLength: 24, scope: 0, label: undefined, broadcast: undefined };
const four = virtualAddress(ip("192.0.2.1"), place);
const six = virtualAddress(ip("2001:db8::1"), { ...place, prefixLength: 64 });

test.each<[string, InterfaceAddress, Partial<InterfaceAddress>, boolean]>([
  ["what the kernel adds of itself", four, { flags: IFA_F_PERMANENT, label: "eth0" }, true],
  ["another label than the one asked for", { ...four, label: "eth0:1" }, { label: "eth0" }, false],
  ["another scope", four, { scope: RT_SCOPE_LINK }, false],
  ["another peer", four, { peer: ip("192.0.2.2") }, false],
  ["a scope that the kernel finds out", six, { scope: RT_SCOPE_LINK, flags: six.flags | IFA_F_PERMANENT }, true],
  ["duplicate address detection where none was asked for", six, { flags: IFA_F_PERMANENT }, false],
  ["an address that another host has", six, { flags: six.flags | IFA_F_DADFAILED }, false],
  ["a lifetime that has ended", six, { preferredLifetime: 0, flags: six.flags | IFA_F_DEPRECATED }, false],
  ["a lifetime that runs", { ...six, preferredLifetime: 100 }, { preferredLifetime: 98 }, true],
  ["a longer one than was asked for", { ...six, preferredLifetime: 100 }, { preferredLifetime: FOREVER }, false],
])("an address: %s", (_, want, difference, same) => {
  expect(ADDRESSES.same({ ...want, ...difference }, want)).toBe(same);
});

const route: Route = {
  family: 4,
  destination: { address: ip("10.0.0.0"), prefixLength: 8 },
  source: undefined,
  preferredSource: undefined,
  table: 254,
  type: RTN_UNICAST,
  protocol: RTPROT_KEEPALIVED,
  scope: 0,
  tos: 0,
  metric: 0,
  hop: { ...NO_HOP, gateway: ip("192.0.2.1") },
  hops: [],
  metrics: NO_METRICS,
  expires: undefined,
  preference: undefined,
  ttlPropagate: undefined,
  insertion: "prepend",
};

test("the interface of a gateway is the kernel's to find, unless it was asked for", () => {
  const found: Route = { ...route, hop: { ...route.hop, ifindex: 3 } };
  expect(ROUTES.key(found)).toBe(ROUTES.key(route));
  expect(ROUTES.same(found, route)).toBe(true);
  expect(ROUTES.same(found, { ...found, hop: { ...found.hop, ifindex: 4 } })).toBe(false);
});

test.each<[string, Partial<Route>]>([
  ["source", { preferredSource: ip("192.0.2.9") }],
  ["scope", { scope: RT_SCOPE_LINK }],
  ["MTU", { metrics: { ...NO_METRICS, values: new Map([[2, 1400]]) } }],
  ["lock", { metrics: { ...NO_METRICS, locked: 4 } }],
  ["realms", { hop: { ...route.hop, realms: 3 } }],
])("a route with another %s is another at the same place", (_, difference) => {
  expect(ROUTES.key({ ...route, ...difference })).toBe(ROUTES.key(route));
  expect(ROUTES.same({ ...route, ...difference }, route)).toBe(false);
});

test("ways are compared one by one", () => {
  const ways = (...weights: readonly number[]): Route => ({
    ...route,
    hop: NO_HOP,
    hops: weights.map((weight) => ({ ...route.hop, weight })),
  });
  expect([ROUTES.same(ways(1, 2), ways(1, 2)), ROUTES.same(ways(1, 2), ways(1, 3))]).toEqual([true, false]);
  expect([ROUTES.same(ways(1), ways(1, 2)), ROUTES.key(ways(1)) === ROUTES.key(ways(1, 2))]).toEqual([false, true]);
  expect(ROUTES.key(ways(1))).not.toBe(ROUTES.key(route));
});

test("no metric is 1024 in IPv6, and 0 in IPv4", () => {
  const six6: Route = { ...route, family: 6, destination: everything(6) };
  expect(routePlace(six6)).toBe(routePlace({ ...six6, metric: 1024 }));
  expect(routePlace(route)).not.toBe(routePlace({ ...route, metric: 1024 }));
});

test("a place is that of its routes, and of no other", () => {
  expect(isAt(ROUTES.key(route), routePlace(route))).toBe(true);
  expect(isAt(ROUTES.key({ ...route, metric: 10 }), routePlace({ ...route, metric: 1 }))).toBe(false);
});

test("a route leads over its interface, over that of any of its ways, and over any where it is not known", () => {
  const over = (ifindex: number | undefined): Route => ({ ...route, hop: { ...route.hop, ifindex } });
  expect([leadsOver(over(3), 3), leadsOver(over(3), 4), leadsOver(over(undefined), 4)]).toEqual([true, false, true]);
  expect(leadsOver({ ...route, hops: [over(3).hop, over(4).hop] }, 4)).toBe(true);
});

test("a preference counts where one was asked for", () => {
  const high: Route = { ...route, family: 6, preference: 1 };
  expect([
    ROUTES.same(high, { ...high, preference: undefined }),
    ROUTES.same(high, { ...high, preference: 3 }),
  ]).toEqual([true, false]);
});

test("a route of a source stands apart", () => {
  const six6: Route = { ...route, family: 6, destination: everything(6) };
  const source = { address: ip("2001:db8::"), prefixLength: 64 };
  expect(routePlace({ ...six6, source })).toBe("6 254 ::/0 from 2001:db8::/64 0 1024");
});

test("a blackhole has no way, whatever interface the kernel gives it", () => {
  const hole: Route = { ...route, type: RTN_BLACKHOLE, hop: NO_HOP };
  expect(ROUTES.key({ ...hole, hop: { ...NO_HOP, ifindex: 1 } })).toBe(ROUTES.key(hole));
  expect(ROUTES.key({ ...hole, type: RTN_UNICAST })).not.toBe(ROUTES.key({ ...route, hop: { ...NO_HOP, ifindex: 1 } }));
});

const rule: Rule = {
  ...{ family: 4, priority: 7, inverted: false, tos: 0, action: FR_ACT_TO_TBL, table: 100, l3mdev: false },
  ...{ source: { address: ip("10.0.0.0"), prefixLength: 8 }, destination: undefined, mark: undefined },
  ...{ input: undefined, output: undefined, realms: undefined, tunnel: undefined, users: undefined },
  ...{ ipProtocol: undefined, sourcePorts: undefined, destinationPorts: undefined, target: undefined },
  ...{ suppressPrefixLength: undefined, suppressGroup: undefined, protocol: RTPROT_KEEPALIVED },
};

test.each<[string, Partial<Rule>]>([
  ["priority", { priority: 8 }],
  ["destination", { destination: { address: ip("10.1.0.0"), prefixLength: 16 } }],
  ["mark", { mark: { value: 1, mask: 255 } }],
  ["ports", { sourcePorts: { from: 1, to: 2 } }],
  ["table", { table: 101 }],
])("a rule of another %s is another rule", (_, difference) => {
  expect(RULES.key({ ...rule, ...difference })).not.toBe(RULES.key(rule));
});

test("a rule of another program is not ours, though it says the same", () => {
  expect([RULES.same(rule, rule), RULES.same({ ...rule, protocol: 3 }, rule)]).toEqual([true, false]);
});

test("rules are called by what tells them apart", () => {
  expect(RULES.title(rule)).toBe("priority 7 from 10.0.0.0/8 table 100");
  const to = { address: ip("10.1.0.0"), prefixLength: 16 };
  expect(RULES.title({ ...rule, source: undefined, destination: to, table: 0 })).toBe("priority 7 to 10.1.0.0/16");
});

test("routes are called as ip(8) writes them", () => {
  expect(ROUTES.title(route)).toBe("10.0.0.0/8 via 192.0.2.1");
  expect(ROUTES.title({ ...route, table: 5, hop: NO_HOP })).toBe("10.0.0.0/8 table 5");
});
