import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import {
  type IpvsDestination,
  type IpvsEntry,
  type IpvsPlace,
  PLAIN_TUNNEL,
  serviceName,
} from "../../src/base/ipvs.ts";
import { plan } from "../../src/lvs/plan.ts";
import {
  EMPTY_POOL,
  type PoolEvent,
  type PoolState,
  poolStep,
  type VirtualServer,
  wantedEntries,
} from "../../src/lvs/pool.ts";
import { applyChanges } from "../lvs/kernel.ts";

const destination: fc.Arbitrary<IpvsDestination> = fc.record({
  address: fc.integer({ min: 11, max: 15 }).map((n) => ip(`192.0.2.${n}`)),
  port: fc.constantFrom(80, 443),
  forwarding: fc.constantFrom("nat", "dr", "tun"),
  tunnel: fc.constantFrom(undefined, PLAIN_TUNNEL, { type: "gue", port: 6080, checksum: "none" }),
  weight: fc.nat(3),
  upperThreshold: fc.nat(1),
  lowerThreshold: fc.nat(1),
});

const place: fc.Arbitrary<IpvsPlace> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom("tcp", "udp"),
    address: fc.constantFrom(ip("192.0.2.100"), ip("192.0.2.101")),
    port: fc.constantFrom(80, 443),
  }),
  fc.record({ fwmark: fc.constantFrom(1, 2), family: fc.constantFrom(4, 6) }),
);

const entry: fc.Arbitrary<IpvsEntry> = fc.record({
  service: fc
    .tuple(
      place,
      fc.record({
        scheduler: fc.constantFrom("rr", "wrr"),
        flags: fc.constantFrom(0, 1),
        timeout: fc.constantFrom(0, 50),
        netmask: fc.constantFrom(24, 32),
        engine: fc.constantFrom(undefined, "sip"),
      }),
    )
    .map(([where, manner]) => ({ ...where, ...manner })),
  destinations: fc.uniqueArray(destination, { selector: ({ address, port }) => `${address} ${port}` }),
});

const table = fc.uniqueArray(entry, { selector: ({ service }) => serviceName(service) });

const sorted = (entries: readonly IpvsEntry[]): string[] =>
  entries
    .map(({ service, destinations }) =>
      JSON.stringify([service, destinations.map((row) => JSON.stringify(row)).sort()]),
    )
    .sort();

test("the plan, applied to the table there is, gives the table wanted beside what is foreign", () => {
  fc.assert(
    fc.property(table, table, fc.array(entry), (have, want, ours) => {
      const owned = new Set(ours.map(({ service }) => serviceName(service)));
      const wanted = new Set(want.map(({ service }) => serviceName(service)));
      const foreign = have.filter(
        ({ service }) => !owned.has(serviceName(service)) && !wanted.has(serviceName(service)),
      );
      expect(sorted(applyChanges(have, plan(have, want, owned)))).toEqual(sorted([...want, ...foreign]));
    }),
  );
});

test("a table that is as wanted needs no change, in whatever order the kernel says it", () => {
  fc.assert(
    fc.property(table, fc.boolean(), (want, mixed) => {
      const told = want.map(({ service, destinations }) => {
        const [first, ...others] = [...destinations].reverse();
        return {
          service,
          destinations: mixed && first !== undefined ? [...others, first] : [...destinations].reverse(),
        };
      });
      expect(plan(told, want, new Set(want.map(({ service }) => serviceName(service))))).toEqual([]);
    }),
  );
});

test("a service that has and keeps destinations is never empty on the way", () => {
  fc.assert(
    fc.property(entry, entry, (have, to) => {
      const { scheduler, flags, timeout, netmask, engine } = to.service;
      const want = { ...to, service: { ...have.service, scheduler, flags, timeout, netmask, engine } };
      if (have.destinations.length === 0 || want.destinations.length === 0) return;
      let kernel: readonly IpvsEntry[] = [have];
      for (const change of plan(kernel, [want], new Set())) {
        kernel = applyChanges(kernel, [change]);
        expect(kernel.every(({ destinations }) => destinations.length > 0)).toBe(true);
      }
    }),
  );
});

const MANNER = { scheduler: "rr", flags: 0, timeout: 0, netmask: 32, engine: undefined };

const server: fc.Arbitrary<VirtualServer> = fc.record({
  ...{ name: fc.constant("[G]:0"), protocol: fc.constant("tcp" as const) },
  services: fc
    .uniqueArray(place, { selector: serviceName, minLength: 1, maxLength: 4 })
    .map((places) => places.map((where) => ({ ...where, ...MANNER }))),
  quorum: fc.integer({ min: 1, max: 4 }),
  hysteresis: fc.nat(2),
  realServers: fc
    .array(fc.record({ weight: fc.nat(3), inhibitOnFailure: fc.boolean() }), { minLength: 1, maxLength: 4 })
    .map((list) =>
      list.map((some, i) => ({
        ...{ ...some, address: ip(`192.0.2.${11 + i}`), port: 80, forwarding: "nat" as const },
        ...{ tunnel: undefined, upperThreshold: 0, lowerThreshold: 0 },
      })),
    ),
  sorryServer: fc.option(
    fc.record({
      ...{ address: fc.constant(ip("192.0.2.99")), port: fc.constant(80), forwarding: fc.constant("nat" as const) },
      tunnel: fc.constant(undefined),
      inhibitOnFailure: fc.boolean(),
    }),
    { nil: undefined },
  ),
});

const changes = fc.array(fc.record({ type: fc.constant("changed" as const), server: fc.nat(4), alive: fc.boolean() }));

/** The quorum by its definition, from the history of weights alone. */
function quorumAfter({ quorum, hysteresis }: VirtualServer, weights: readonly number[]): boolean {
  return weights.reduce(
    (up, weight) => (up ? weight > 0 && weight >= quorum - hysteresis : weight >= quorum + hysteresis),
    false,
  );
}

test("the wanted table is a function of configuration, verdicts and quorum history", () => {
  fc.assert(
    fc.property(server, changes, (virtual, events) => {
      const first: PoolEvent = { type: "configured", alive: virtual.realServers.map(() => true) };
      let state: PoolState = EMPTY_POOL;
      const alive = virtual.realServers.map(() => true);
      const weights: number[] = [];
      for (const event of [first, ...events]) {
        ({ state } = poolStep(virtual, state, event));
        if (event.type === "changed" && event.server < alive.length) alive[event.server] = event.alive;
        weights.push(virtual.realServers.reduce((sum, { weight }, i) => (alive[i] ? sum + weight : sum), 0));
      }
      const quorumUp = quorumAfter(virtual, weights);
      expect(state).toEqual({ alive, quorumUp });
      const serving = wantedEntries(virtual, state).map(({ destinations }) =>
        destinations.filter(({ weight }) => weight > 0).map(({ address }) => address),
      );
      const sorry = virtual.sorryServer !== undefined && !quorumUp;
      const living = virtual.realServers
        .filter(({ weight }, i) => alive[i] && weight > 0)
        .map(({ address }) => address);
      expect(serving).toEqual(virtual.services.map(() => (sorry ? ["192.0.2.99"] : living)));
    }),
  );
});
