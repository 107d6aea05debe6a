import { expect, test } from "vitest";
import { formatMac } from "../../src/base/mac.ts";
import { isRelinked, type LinkSeen } from "../../src/vrrp/relink.ts";

const mac = (last: number): LinkSeen["mac"] => formatMac(Uint8Array.of(2, 0, 0, 0, 0, last));
const seen = (running: boolean, last = 1): ReadonlyMap<string, LinkSeen> =>
  new Map([["eth0", { mac: mac(last), running }]]);

test.each<[string, ReadonlyMap<string, LinkSeen>, ReadonlyMap<string, LinkSeen>, boolean]>([
  ["a link that is back", seen(false), seen(true), true],
  ["another MAC", seen(true), seen(true, 2), true],
  ["a link that goes", seen(true), seen(false), false],
  ["another MAC of a link that is down", seen(true), seen(false, 2), false],
  ["nothing new", seen(true), seen(true), false],
  ["an interface that was not looked at before", new Map(), seen(true), false],
])("%s: announced again or not", (_, before, now, expected) => {
  expect(isRelinked(before, now)).toBe(expected);
});
