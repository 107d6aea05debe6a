import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { INIT, step, type VrrpEvent } from "../../src/vrrp/machine.ts";
import { masterDownInterval } from "../../src/vrrp/parameters.ts";
import { parameters } from "../stories/lan.ts";

const router = { ...parameters("r1", 100, "192.0.2.1"), version: 3 as const };
const fresh = step(router, INIT, { type: "startup", standing: "fit" }, 0).state;

function advert(from: string, interval: number): VrrpEvent {
  const advertisement = { version: 3, vrid: 51, priority: 200, interval, addresses: [] } as const;
  return { type: "advertisement", from: ip(from), advertisement };
}

test("another master of a shorter interval does not cut the wait for the one before short; its second advertisement does", () => {
  const slow = step(router, fresh, advert("192.0.2.2", seconds(2)), seconds(1)).state;
  const last = seconds(1) + masterDownInterval(router, seconds(2));
  const other = step(router, slow, advert("192.0.2.3", milliseconds(100)), seconds(2)).state;
  expect(other).toMatchObject({ masterDownAt: last, master: "192.0.2.3", masterInterval: milliseconds(100) });
  const again = step(router, other, advert("192.0.2.3", milliseconds(100)), seconds(2.1)).state;
  expect(again).toMatchObject({ masterDownAt: seconds(2.1) + masterDownInterval(router, milliseconds(100)) });
});

test("one of a longer interval makes the wait longer at once, and the first master that is heard decides it", () => {
  const quick = step(router, fresh, advert("192.0.2.3", milliseconds(100)), seconds(1)).state;
  expect(quick).toMatchObject({ masterDownAt: seconds(1) + masterDownInterval(router, milliseconds(100)) });
  const slow = step(router, quick, advert("192.0.2.2", seconds(2)), seconds(1.1)).state;
  expect(slow).toMatchObject({ masterDownAt: seconds(1.1) + masterDownInterval(router, seconds(2)) });
});
