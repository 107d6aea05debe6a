import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsService } from "../../src/base/ipvs.ts";
import {
  aliveWeight,
  EMPTY_POOL,
  hasQuorum,
  type PoolState,
  poolStep,
  type RealServer,
  type SorryServer,
  type VirtualServer,
  wantedEntries,
  wantedTable,
} from "../../src/lvs/pool.ts";

const real = (last: number, change: Partial<RealServer> = {}): RealServer => ({
  ...{ address: ip(`192.0.2.${last}`), port: 80, weight: 1, forwarding: "nat", tunnel: undefined },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false, ...change },
});
const SORRY: SorryServer = {
  ...{ address: ip("192.0.2.99"), port: 80, forwarding: "nat", tunnel: undefined, inhibitOnFailure: false },
};
const MANNER = { scheduler: "wrr", flags: 8, timeout: 0, netmask: 32, engine: undefined };
const WEB: IpvsService = { ...{ protocol: "tcp", address: ip("192.0.2.100"), port: 80 }, ...MANNER };
const ALT: IpvsService = { ...WEB, port: 8080 };
const MARK: IpvsService = { fwmark: 9, family: 4, ...MANNER };

const virtual: VirtualServer = {
  ...{ name: "[192.0.2.100]:tcp:80", protocol: "tcp", services: [WEB], quorum: 1, hysteresis: 0 },
  ...{ realServers: [real(11), real(12, { weight: 2 })], sorryServer: undefined },
};
const guarded: VirtualServer = { ...virtual, quorum: 2, sorryServer: SORRY };

const names = (notes: readonly { readonly name: string }[]): string[] => notes.map(({ name }) => name);
const rows = (server: VirtualServer, state: PoolState): string[] =>
  (wantedEntries(server, state)[0]?.destinations ?? []).map(({ address, weight }) => `${address} ${weight}`);

const UP: PoolState = { alive: [true, true], quorumUp: true };

test("each service of the kernel has the same servers, with the ports that connections came to unless NAT changes them", () => {
  const tunnel = { type: "gue", port: 6080, checksum: "none" } as const;
  const realServers = [real(11, { port: 8000 }), real(12, { port: 0, forwarding: "tun", tunnel })];
  const group = { ...virtual, services: [WEB, ALT, MARK], realServers };
  expect(
    wantedEntries(group, UP).map(({ service, destinations }) => [service, ...destinations.map(destinationName)]),
  ).toEqual([
    [WEB, "[192.0.2.11]:8000", "[192.0.2.12]:80"],
    [ALT, "[192.0.2.11]:8000", "[192.0.2.12]:8080"],
    [MARK, "[192.0.2.11]:8000", "[192.0.2.12]:0"],
  ]);
  expect(wantedEntries(group, UP)[0]?.destinations[1]?.tunnel).toBe(tunnel);
});

test("the sorry server of a group has the port of each service too", () => {
  const sorryServer = { ...SORRY, port: 0, forwarding: "dr" } as const;
  const group = { ...virtual, services: [WEB, ALT, MARK], sorryServer };
  const lost: PoolState = { alive: [false, false], quorumUp: false };
  const names = wantedEntries(group, lost).flatMap(({ destinations }) => destinations.map(destinationName));
  expect(names).toEqual(["[192.0.2.99]:80", "[192.0.2.99]:8080", "[192.0.2.99]:0"]);
});

test("a service that two virtual servers have in common is in the table once: the first one's, with the servers of both", () => {
  const other = { ...virtual, services: [{ ...WEB, scheduler: "sh" }, ALT], realServers: [real(12), real(13)] };
  const table = wantedTable([
    { server: virtual, state: UP },
    { server: other, state: UP },
  ]);
  expect(table.map(({ service, destinations }) => [service, ...destinations.map(({ address }) => address)])).toEqual([
    [WEB, "192.0.2.11", "192.0.2.12", "192.0.2.13"],
    [ALT, "192.0.2.12", "192.0.2.13"],
  ]);
  expect(table[0]?.destinations[1]?.weight).toBe(2);
});

test("a destination is as configured", () => {
  const server = real(11, { weight: 3, forwarding: "dr", upperThreshold: 9, lowerThreshold: 5 });
  const [entry] = wantedEntries({ ...virtual, realServers: [server] }, { alive: [true], quorumUp: true });
  expect(entry?.destinations).toEqual([
    { address: "192.0.2.11", port: 80, forwarding: "dr", weight: 3, upperThreshold: 9, lowerThreshold: 5 },
  ]);
});

test("a server that is down is not in the table; with inhibit_on_failure its weight is 0", () => {
  const down: PoolState = { alive: [true, false], quorumUp: true };
  expect(rows(virtual, down)).toEqual(["192.0.2.11 1"]);
  const inhibited = { ...virtual, realServers: [real(11), real(12, { inhibitOnFailure: true })] };
  expect(rows(inhibited, down)).toEqual(["192.0.2.11 1", "192.0.2.12 0"]);
});

test("without a sorry server the lost quorum does not touch the traffic", () => {
  expect(rows({ ...virtual, quorum: 3 }, { alive: [true, false], quorumUp: false })).toEqual(["192.0.2.11 1"]);
});

test("the sorry server takes the place of all others, also of those alive", () => {
  expect(rows(guarded, { alive: [true, false], quorumUp: false })).toEqual(["192.0.2.99 1"]);
  expect(rows(guarded, { alive: [true, true], quorumUp: true })).toEqual(["192.0.2.11 1", "192.0.2.12 2"]);
});

test("a sorry server with inhibit_on_failure waits with weight 0", () => {
  const server = { ...guarded, sorryServer: { ...SORRY, inhibitOnFailure: true } };
  expect(rows(server, { alive: [true, true], quorumUp: true })).toContain("192.0.2.99 0");
  expect(rows(server, { alive: [true, true], quorumUp: false })).toEqual(["192.0.2.99 1"]);
});

test("a sorry server that is a real server too is in the table once, with its weight", () => {
  const realServers = [real(11), real(99, { weight: 5, upperThreshold: 9 })];
  const twin: VirtualServer = { ...virtual, realServers, sorryServer: SORRY };
  expect(rows(twin, { alive: [true, true], quorumUp: true })).toEqual(["192.0.2.11 1", "192.0.2.99 5"]);
  expect(rows(twin, { alive: [false, false], quorumUp: false })).toEqual(["192.0.2.99 1"]);
  const inhibited: VirtualServer = {
    ...twin,
    realServers: realServers.map((server) => ({ ...server, inhibitOnFailure: true })),
    sorryServer: { ...SORRY, inhibitOnFailure: true },
  };
  expect(rows(inhibited, { alive: [true, true], quorumUp: true })).toEqual(["192.0.2.11 1", "192.0.2.99 5"]);
  expect(rows(inhibited, { alive: [false, false], quorumUp: false })).toEqual(["192.0.2.11 0", "192.0.2.99 1"]);
});

test.each([
  [{ quorum: 3, hysteresis: 1 }, false, 3, false],
  [{ quorum: 3, hysteresis: 1 }, false, 4, true],
  [{ quorum: 3, hysteresis: 1 }, true, 2, true],
  [{ quorum: 3, hysteresis: 1 }, true, 1, false],
  [{ quorum: 1, hysteresis: 1 }, true, 0, false],
])("%j, before %s: weight %i makes it %s", (change, before, weight, after) => {
  expect(hasQuorum({ ...virtual, ...change }, weight, before)).toBe(after);
});

test("the weight of the quorum is that of the living", () => {
  expect(aliveWeight(virtual, [false, true])).toBe(2);
});

test("at the start every living server is in the pool and the quorum is said", () => {
  const after = poolStep(virtual, EMPTY_POOL, { type: "configured", alive: [true, true] });
  expect(after).toMatchObject({
    state: { alive: [true, true], quorumUp: true },
    notes: [{ name: "quorum-gained", weight: 3 }],
  });
});

test("a start without quorum is said only where a sorry server serves", () => {
  const alive = [false, false];
  expect(names(poolStep(guarded, EMPTY_POOL, { type: "configured", alive }).notes)).toEqual([
    "quorum-down-at-start",
    "adding-sorry",
  ]);
  expect(poolStep(virtual, EMPTY_POOL, { type: "configured", alive }).notes).toEqual([]);
});

test("a server goes and the quorum with it: sorry first, then the rest leaves", () => {
  const before: PoolState = { alive: [true, true], quorumUp: true };
  const after = poolStep(guarded, before, { type: "changed", server: 1, alive: false });
  expect(after.state).toEqual({ alive: [true, false], quorumUp: false });
  expect(names(after.notes)).toEqual(["removing", "quorum-lost", "adding-sorry", "removing-alive"]);
});

test("where nobody is left, the rest is said to leave all the same (measured on keepalived 2.2.7)", () => {
  const server = { ...guarded, realServers: [real(11)], quorum: 1 };
  const after = poolStep(server, { alive: [true], quorumUp: true }, { type: "changed", server: 0, alive: false });
  expect(names(after.notes)).toEqual(["removing", "quorum-lost", "adding-sorry", "removing-alive"]);
});

test("it comes back and the quorum with it", () => {
  const before: PoolState = { alive: [true, false], quorumUp: false };
  const after = poolStep(guarded, before, { type: "changed", server: 1, alive: true });
  expect(names(after.notes)).toEqual(["adding", "quorum-gained", "removing-sorry", "adding-alive"]);
});

test("without a sorry server only the quorum is said", () => {
  const server = { ...virtual, quorum: 3 };
  const lost = poolStep(server, { alive: [true, true], quorumUp: true }, { type: "changed", server: 0, alive: false });
  expect(names(lost.notes)).toEqual(["removing", "quorum-lost"]);
  expect(names(poolStep(server, lost.state, { type: "changed", server: 0, alive: true }).notes)).toEqual([
    "adding",
    "quorum-gained",
  ]);
});

test("with inhibit_on_failure servers are disabled and enabled", () => {
  const sorryServer = { ...SORRY, inhibitOnFailure: true };
  const server = { ...virtual, realServers: [real(11, { inhibitOnFailure: true })], sorryServer };
  const lost = poolStep(server, { alive: [true], quorumUp: true }, { type: "changed", server: 0, alive: false });
  expect(names(lost.notes)).toEqual(["disabling", "quorum-lost", "enabling-sorry", "removing-alive"]);
  expect(names(poolStep(server, lost.state, { type: "changed", server: 0, alive: true }).notes)).toEqual([
    "enabling",
    "quorum-gained",
    "disabling-sorry",
    "adding-alive",
  ]);
});

test("what is known already changes nothing, and neither does a server that is not there", () => {
  const state: PoolState = { alive: [true, true], quorumUp: true };
  expect(poolStep(virtual, state, { type: "changed", server: 0, alive: true })).toEqual({
    state,
    notes: [],
    notices: [],
  });
  expect(poolStep(virtual, state, { type: "changed", server: 7, alive: false })).toEqual({
    state,
    notes: [],
    notices: [],
  });
});

test("a reload keeps the quorum and re-evaluates it with the new numbers", () => {
  const alive = [true, false];
  const up: PoolState = { alive, quorumUp: true };
  expect(poolStep(virtual, up, { type: "configured", alive })).toEqual({ state: up, notes: [], notices: [] });
  expect(names(poolStep(guarded, up, { type: "configured", alive }).notes)).toEqual([
    "quorum-lost",
    "adding-sorry",
    "removing-alive",
  ]);
  const down: PoolState = { alive, quorumUp: false };
  expect(names(poolStep({ ...guarded, quorum: 1 }, down, { type: "configured", alive }).notes)).toEqual([
    "quorum-gained",
    "removing-sorry",
    "adding-alive",
  ]);
  expect(poolStep(guarded, down, { type: "configured", alive }).notes).toEqual([]);
});

test("several that turn at once are said in order, and the quorum is counted once with their weights of now", () => {
  const up: PoolState = { alive: [true, false], quorumUp: true };
  const swapped = poolStep(guarded, up, { type: "turned", alive: [false, true] });
  expect(swapped.state).toEqual({ alive: [false, true], quorumUp: true });
  expect(names(swapped.notes)).toEqual(["removing", "adding"]);
  const none = poolStep(guarded, up, { type: "turned", alive: [false, false] });
  expect(names(none.notes)).toEqual(["removing", "quorum-lost", "adding-sorry", "removing-alive"]);
  const lighter = { ...guarded, realServers: [real(11, { weight: 0 }), real(12)] };
  expect(names(poolStep(lighter, up, { type: "turned", alive: up.alive }).notes)).toEqual([
    "quorum-lost",
    "adding-sorry",
    "removing-alive",
  ]);
  expect(poolStep(virtual, up, { type: "turned", alive: up.alive })).toEqual({ state: up, notes: [], notices: [] });
});
