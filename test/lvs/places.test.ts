import fc from "fast-check";
import { expect, test } from "vitest";
import { countAddresses, fromBytes, ip } from "../../src/base/ip.ts";
import { serviceName } from "../../src/base/ipvs.ts";
import { placesOf } from "../../src/lvs/places.ts";

const range = (from: string, to: string, port = 80) => ({ protocol: "tcp" as const, from: ip(from), to: ip(to), port });
const names = (...ranges: Parameters<typeof placesOf>[0][number][]) => placesOf(ranges).map(serviceName);

test("§9.1.1: counting carries, in both families, to the last address there is", () => {
  expect(names(range("10.9.1.254", "10.9.2.1"))).toHaveLength(4);
  expect(names(range("10.9.255.255", "10.10.0.0"))).toEqual(["[10.9.255.255]:tcp:80", "[10.10.0.0]:tcp:80"]);
  expect(names(range("2001:db8::ffff", "2001:db8::1:0"))).toEqual([
    "[2001:db8::ffff]:tcp:80",
    "[2001:db8::1:0]:tcp:80",
  ]);
  expect(names(range("255.255.255.255", "255.255.255.255"))).toHaveLength(1);
  expect(
    names(range("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
  ).toHaveLength(2);
});

test("places of ranges that meet are there once; marks and ports tell places apart", () => {
  const mark = { fwmark: 5, family: 4 } as const;
  const two = [range("10.0.0.1", "10.0.0.3"), range("10.0.0.3", "10.0.0.4")];
  expect(names(...two, range("10.0.0.3", "10.0.0.3", 81), mark, mark)).toEqual([
    ...[1, 2, 3, 4].map((host) => `[10.0.0.${host}]:tcp:80`),
    "[10.0.0.3]:tcp:81",
    "FWM 5",
  ]);
});

test("a range has as many places as it has addresses, each its own, from the first to the last", () => {
  const address = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(address, fc.nat(700), (bytes, more) => {
      const first = new DataView(bytes.buffer).getUint32(0);
      const end = new Uint8Array(4);
      new DataView(end.buffer).setUint32(0, Math.min(first + more, 0xffff_ffff));
      const [from, to] = [fromBytes(bytes), fromBytes(end)];
      const places = placesOf([{ protocol: "udp", from, to, port: 0 }]).map(serviceName);
      expect(places).toHaveLength(countAddresses(from, to));
      expect(new Set(places).size).toBe(places.length);
      expect([places[0], places.at(-1)]).toEqual([`[${from}]:udp:0`, `[${to}]:udp:0`]);
    }),
  );
});
