import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { deadline, INIT, step, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import { masterDownInterval } from "../../src/vrrp/parameters.ts";
import { parameters } from "../stories/lan.ts";

const router = { ...parameters("r1", 100, "192.0.2.1"), version: 3 as const };
const fresh = step(router, INIT, { type: "startup", standing: "fit" }, 0).state;

function advert(from: string, interval: number, priority = 200): VrrpEvent {
  const advertisement = { version: 3, vrid: 51, priority, interval, addresses: [] } as const;
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

test("a flood of resignations is answered once a millisecond, and none of them later than that", () => {
  let state: VrrpState = { name: "master", advertiseAt: seconds(1) };
  let [asked, sent] = [0, 0];
  const zero = advert("192.0.2.3", router.interval, 0);
  for (let now = milliseconds(500); now < milliseconds(600); now += 20) {
    const due = deadline(state) ?? 0;
    for (const event of now >= due ? [{ type: "timer" } as const, zero] : [zero]) {
      const after = step(router, state, event, now);
      state = after.state;
      if (event.type === "advertisement") asked = asked === 0 ? now : asked;
      if (!after.effects.some(({ type }) => type === "advertise")) continue;
      expect(now - asked).toBeLessThanOrEqual(milliseconds(1));
      [asked, sent] = [0, sent + 1];
    }
  }
  expect(sent).toBeGreaterThan(90);
  expect(sent).toBeLessThan(105);
});
