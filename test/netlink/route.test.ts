import { expect, test } from "vitest";
import { concat } from "../../src/base/bytes.ts";
import { ip } from "../../src/base/ip.ts";
import { bytesAttribute } from "../../src/netlink/attributes.ts";
import {
  RT_TABLE_MAIN,
  RTA_MULTIPATH,
  RTN_BLACKHOLE,
  RTN_UNICAST,
  RTPROT_KEEPALIVED,
} from "../../src/netlink/constants.ts";
import { addRoute, decodeRoute, dumpRoutes, everything, type Route, routeProtocol } from "../../src/netlink/route.ts";
import { NO_HOP } from "../../src/netlink/route-hop.ts";
import { NO_METRICS } from "../../src/netlink/route-metrics.ts";
import { fromHex } from "../golden.ts";

/** The bytes of whole routes are in test/daemon/route-item.test.ts, beside the words that they come from. */

const route: Route = {
  family: 4,
  destination: { address: ip("10.0.0.0"), prefixLength: 8 },
  source: undefined,
  preferredSource: undefined,
  table: RT_TABLE_MAIN,
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

test("a route is prepended, appended or added; one that is not unicast only where nothing is", () => {
  const flags = (change: Partial<Route>): string => addRoute({ ...route, ...change }).flags.toString(16);
  expect([flags({}), flags({ insertion: "append" }), flags({ insertion: "add" })]).toEqual(["400", "c00", "600"]);
  expect([flags({ type: RTN_BLACKHOLE }), flags({ type: RTN_BLACKHOLE, insertion: "append" })]).toEqual(["600", "c00"]);
});

test("a dump asks for one family and one protocol", () => {
  expect(dumpRoutes(6, 18).body).toEqual(fromHex("0a 00 00 00 00 12 00 00 00000000"));
  expect(dumpRoutes(4, 18).body[0]).toBe(2);
});

test("the protocol is seen without decoding", () => {
  expect(routeProtocol(addRoute(route).body)).toBe(18);
  expect(routeProtocol(new Uint8Array(3))).toBeUndefined();
});

test("a destination that is not said is everything", () => {
  expect(decodeRoute(fromHex("02 00 00 00 fe 04 00 01 00000000"))).toMatchObject({
    ok: true,
    value: { destination: everything(4), hop: { gateway: undefined }, hops: [], ttlPropagate: undefined },
  });
});

test.each([
  ["no length", "0000 0001 03000000"],
  ["a length beyond the end", "ff00 0001 03000000"],
  ["less than a header", "0800 0001 0300"],
])("ways end at %s", (_, hex) => {
  const good = "1000 0002 03000000 0800 0500 c0000202";
  const body = concat(fromHex("02 00 00 00 fe 12 00 01 00000000"), bytesAttribute(RTA_MULTIPATH, fromHex(good + hex)));
  expect(decodeRoute(body)).toMatchObject({
    ok: true,
    value: { hops: [{ gateway: "192.0.2.2", ifindex: 3, weight: 3, onlink: false }] },
  });
});

test("a way without an interface has none", () => {
  const ways = addRoute({ ...route, hops: [route.hop, { ...route.hop, weight: 256 }] }).body;
  expect(decodeRoute(ways)).toMatchObject({ value: { hops: [{ ifindex: undefined }, { weight: 256 }] } });
});

test.each([
  ["truncated", "02 00 00 00 fe 12 00 01 000000"],
  ["family", "1c 00 00 00 fe 12 00 01 00000000"],
  ["address", "02 18 00 00 fe 12 00 01 00000000"],
  ["address", "0a 40 00 00 fe 12 00 01 00000000 0800 0100 0a000000"],
  ["address", "0a 00 40 00 fe 12 00 01 00000000"],
])("a message is dropped: %s", (reason, hex) => {
  expect(decodeRoute(fromHex(hex))).toEqual({ ok: false, reason });
});
