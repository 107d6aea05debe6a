import fc from "fast-check";
import { expect, test } from "vitest";
import { compareIp, type IpAddress, ip } from "../../src/base/ip.ts";
import { HeldAddresses } from "../../src/lvs/held-addresses.ts";

const range = (from: string, to = from) => ({ from: ip(from), to: ip(to) });
const held = new HeldAddresses(["192.0.2.1", "192.0.2.200", "2001:db8::5", "10.0.0.1"].map(ip));

test("a service is here where any address of its ranges is", () => {
  expect(held.anyIn([range("192.0.2.1")])).toBe(true);
  expect(held.anyIn([range("192.0.2.2")])).toBe(false);
  expect(held.anyIn([range("192.0.2.2", "192.0.2.199")])).toBe(false);
  expect(held.anyIn([range("192.0.2.2", "192.0.2.200")])).toBe(true);
  expect(held.anyIn([range("192.0.2.2"), range("2001:db8::", "2001:db8::ffff")])).toBe(true);
  expect(held.anyIn([range("2001:db8::6", "2001:db8:ffff::")])).toBe(false);
  expect(held.anyIn([])).toBe(false);
  expect(new HeldAddresses([]).anyIn([range("0.0.0.0", "255.255.255.255")])).toBe(false);
});

test("as looking at every address would find it", () => {
  const address = fc.integer({ min: 0, max: 40 }).map((n) => ip(`192.0.2.${n}`));
  const isBetween = (one: IpAddress, from: IpAddress, to: IpAddress): boolean =>
    compareIp(one, from) >= 0 && compareIp(one, to) <= 0;
  fc.assert(
    fc.property(fc.array(address), address, address, (all, a, b) => {
      const [from, to] = compareIp(a, b) <= 0 ? [a, b] : [b, a];
      expect(new HeldAddresses(all).anyIn([{ from, to }])).toBe(all.some((one) => isBetween(one, from, to)));
    }),
  );
});
