import { expect, test } from "vitest";
import { placeRoute } from "../../src/daemon/route-item.ts";
import { RT_SCOPE_HOST } from "../../src/netlink/constants.ts";
import { type Request, startConversation } from "../../src/netlink/conversation.ts";
import { addRoute, decodeRoute, deleteRoute, type Route } from "../../src/netlink/route.ts";
import { goldenItems, PLACE, routeOf, tree } from "./golden-items.ts";

function placed(line: string, place = PLACE): Route {
  const found = placeRoute(routeOf(line), place);
  if (!found.ok) throw new Error(found.why);
  return found.entry;
}

function bytes(request: Request): Uint8Array {
  return startConversation([request], 0).bytes;
}

test.each(goldenItems("netlink-newroute").map(({ line, bytes: sent }) => [line, sent] as const))(
  "a route is added with the bytes of keepalived 2.2.7: %s",
  (line, sent) => {
    expect(bytes(addRoute(placed(line)))).toEqual(sent);
  },
);

test.each(goldenItems("netlink-delroute").map(({ line, bytes: sent }) => [line, sent] as const))(
  "a route is removed with the bytes of keepalived 2.2.7: %s",
  (line, sent) => {
    expect(bytes(deleteRoute(placed(line)))).toEqual(sent);
  },
);

test.each(goldenItems("netlink-newroute-encap").map(({ line, bytes: sent }) => [line, sent] as const))(
  "an encapsulation is what ip(8) makes of it: %s",
  (line, sent) => {
    expect(tree(addRoute(placed(line)).body)).toEqual(tree(sent));
  },
);

test.each(goldenItems("netlink-newroute").filter(({ line }) => !line.includes("encap")))(
  "a route is read back as it was added: $line",
  ({ line }) => {
    const route = placed(line);
    expect(decodeRoute(addRoute(route).body)).toEqual({
      ok: true,
      value: { ...route, expires: undefined, insertion: "prepend", hop: route.hops.length > 0 ? plain() : route.hop },
    });
  },
);

function plain() {
  return { ...placed("10.0.0.0/8").hop };
}

test("of a word and its aliases the last one counts", () => {
  expect(placed("10.0.0.0/8 metric 1 priority 2 dev d0")).toMatchObject({ metric: 2 });
  expect(placed("10.0.0.0/8 tos 4 dsfield 8 dev d0")).toMatchObject({ tos: 8 });
});

test("a route with `vrf` lies in the table of that VRF; of `table` and `vrf` the last one counts", () => {
  expect(placed("10.0.0.0/8 dev d0 vrf red")).toMatchObject({ table: 10 });
  expect(placed("10.0.0.0/8 dev d0 table 7 vrf red")).toMatchObject({ table: 10 });
  expect(placed("10.0.0.0/8 dev d0 vrf red table 7")).toMatchObject({ table: 7 });
  expect(placeRoute(routeOf("10.0.0.0/8 dev d0 vrf blue"), PLACE)).toEqual({
    ...{ ok: false, why: "there is no VRF blue", absent: "blue" },
  });
});

test("the family is that of the addresses, or the one that is asked for", () => {
  const of = (line: string): unknown => placed(line).family;
  expect([
    of("default via 2001:db8::1"),
    of("inet6 default dev d0"),
    of("default6 dev d0"),
    of("default dev d0"),
  ]).toEqual([6, 6, 6, 4]);
});

test("a local route has the scope of the host, which the kernel asks for", () => {
  expect(placed("local 10.0.0.0/8 dev d0").scope).toBe(RT_SCOPE_HOST);
  expect(placed("local 10.0.0.0/8 dev d0 scope 250").scope).toBe(250);
});

test("a way without an interface has that of the route", () => {
  const hops = (line: string) => placed(line).hops.map(({ gateway, ifindex }) => `${gateway} ${ifindex}`);
  expect(hops("10.0.0.0/8 dev d0 nexthop via 192.0.2.1 nexthop via 192.0.2.2 dev d0")).toEqual([
    "192.0.2.1 3",
    "192.0.2.2 3",
  ]);
  expect(hops("10.0.0.0/8 via 192.0.2.1 dev d0 or 192.0.2.2")).toEqual(["192.0.2.1 3", "192.0.2.2 3"]);
});

test("a single way is a plain route, as for the kernel", () => {
  expect(placed("10.0.0.0/8 dev d0 nexthop via 192.0.2.1")).toEqual(placed("10.0.0.0/8 dev d0 via 192.0.2.1"));
});

test("a way of another family is left out, the route stays", () => {
  const { hop, hops } = placed("10.0.0.0/8 nexthop via 2001:db8::1 nexthop via 192.0.2.1 weight 5");
  expect([hop.gateway, hop.weight, hops]).toEqual(["192.0.2.1", 1, []]);
});

test("names of the host are looked up", () => {
  const place = {
    ...PLACE,
    number: (register: string, name: string) => (name === "uplink" ? register.length : undefined),
  };
  expect(placed("10.0.0.0/8 dev d0 table uplink", place).table).toBe(9);
});

test.each([
  ["10.0.0.0/8 dev d9", { why: "there is no interface d9", absent: "d9" }],
  ["10.0.0.0/8 nexthop via 192.0.2.1 dev d9", { why: "there is no interface d9", absent: "d9" }],
  ["10.0.0.0/8 dev d0 table uplink", { why: "`uplink` is not in rt_tables" }],
  ["10.0.0.0/8 dev d0 realms uplink/3", { why: "`uplink` is not in rt_realms" }],
])("%s has no meaning here", (line, failure) => {
  expect(placeRoute(routeOf(line), PLACE)).toEqual({ ok: false, ...failure });
});
