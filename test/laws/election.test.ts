import fc from "fast-check";
import { expect, test } from "vitest";
import { type IpAddress, ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { adopt, deadline, INIT, step, type VrrpEvent, type VrrpState } from "../../src/vrrp/machine.ts";
import { masterDownInterval, type VrrpParameters } from "../../src/vrrp/parameters.ts";
import { receive } from "../../src/vrrp/receive.ts";
import { parameters } from "../stories/lan.ts";

const address: fc.Arbitrary<IpAddress> = fc.integer({ min: 1, max: 5 }).map((n) => ip(`192.0.2.${n}`));

const router: fc.Arbitrary<VrrpParameters> = fc
  .record({
    priority: fc.integer({ min: 1, max: 255 }),
    preempt: fc.boolean(),
    preemptDelay: fc.constantFrom(0, seconds(2)),
    wantsMaster: fc.boolean(),
    lowerPriorityAdvert: fc.boolean(),
    higherPriorityAdvert: fc.boolean(),
    version: fc.constantFrom(2 as const, 3 as const),
  })
  .map((some) => ({ ...parameters("r1", some.priority, "192.0.2.3"), ...some }));

/** The longest interval that a master tells of; only VRRPv3 follows it. */
const LONGEST = seconds(4);

const event: fc.Arbitrary<VrrpEvent> = fc.oneof(
  fc.constantFrom<VrrpEvent>(
    { type: "startup", standing: "fit" },
    { type: "startup", standing: "pending" },
    { type: "startup", standing: "unfit" },
    { type: "shutdown" },
    { type: "fault" },
    { type: "recovered" },
    { type: "reconfigured" },
  ),
  fc
    .record({ from: address, priority: fc.nat(255), interval: fc.constantFrom(milliseconds(100), seconds(1), LONGEST) })
    .map(
      ({ from, priority, interval }): VrrpEvent => ({
        type: "advertisement",
        from,
        advertisement: { version: 3, vrid: 51, priority, interval, addresses: [] },
      }),
    ),
);

/** Runs a script as a driver does: time never passes a deadline without a timer event. Calls `see` after each step. */
function drive(
  parameters: VrrpParameters,
  script: readonly (readonly [VrrpEvent, Micros])[],
  see: (state: VrrpState, now: Micros, effects: readonly { readonly type: string }[]) => void,
): void {
  let state: VrrpState = INIT;
  let now = 0;
  const feed = (what: VrrpEvent): void => {
    const after = step(parameters, state, what, now);
    state = after.state;
    see(state, now, after.effects);
  };
  for (const [what, wait] of script) {
    const end = now + wait;
    for (let due = deadline(state); due !== undefined && due <= end; due = deadline(state)) {
      now = Math.max(now, due);
      feed({ type: "timer" });
    }
    now = end;
    feed(what);
  }
}

const script = fc.array(fc.tuple(event, fc.nat(5_000_000)), { maxLength: 60 });

test("a running router always has a deadline ahead, at most one down interval away", () => {
  fc.assert(
    fc.property(router, script, (some, events) => {
      drive(some, events, (state, now) => {
        const at = deadline(state);
        if (state.name === "init" || state.name === "fault") return expect(at).toBeUndefined();
        expect(at).toBeGreaterThan(now);
        expect(at).toBeLessThanOrEqual(now + masterDownInterval(some, some.version === 3 ? LONGEST : some.interval));
      });
    }),
  );
});

test("a master is never silent for longer than its interval, whatever it hears", () => {
  fc.assert(
    fc.property(router, script, (some, events) => {
      let sentAt = 0;
      drive(some, events, (state, now, effects) => {
        if (effects.some(({ type }) => type === "advertise")) sentAt = now;
        if (state.name === "master") expect(now - sentAt).toBeLessThanOrEqual(some.interval);
      });
    }),
  );
});

test("addresses are claimed on becoming master and released on leaving it, and never otherwise", () => {
  fc.assert(
    fc.property(router, script, (some, events) => {
      let holds = false;
      drive(some, events, (state, _, effects) => {
        for (const { type } of effects) {
          if (type === "claim-addresses" || type === "release-addresses")
            expect(holds).toBe(type === "release-addresses");
          if (type === "claim-addresses") holds = true;
          if (type === "release-addresses") holds = false;
        }
        expect(holds).toBe(state.name === "master");
      });
    }),
  );
});

test("a state survives JSON, and an adopted one is never master when a peer can have timed out", () => {
  fc.assert(
    fc.property(router, script, fc.nat(6_000_000), (some, events, gap) => {
      drive(some, events, (state, now) => {
        const reported: VrrpState = JSON.parse(JSON.stringify(state));
        expect(reported).toEqual(state);
        const adopted = adopt(some, reported, now, now + gap);
        expect(adopted.name === "master").toBe(state.name === "master" && gap < 3 * some.interval);
      });
    }),
  );
});

test("receive never throws on arbitrary bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(255), address, (payload, ttl, from) => {
      const { state } = step(parameters("r1", 100, "192.0.2.1"), INIT, { type: "startup", standing: "fit" }, 0);
      receive(parameters("r1", 100, "192.0.2.1"), state, { from, to: ip("224.0.0.18"), ttl, payload });
    }),
  );
});
