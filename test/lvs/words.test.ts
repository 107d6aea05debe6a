import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { PoolNote, RealServer, SorryServer, VirtualServer } from "../../src/lvs/pool.ts";
import { activatingWords, goneWords, leavingWords, poolWords, serverWords, weightWords } from "../../src/lvs/words.ts";

const server: RealServer = {
  ...{ address: ip("10.9.0.11"), port: 8080, weight: 1, forwarding: "nat", tunnel: undefined },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false },
};
const sorry: SorryServer = {
  ...{ address: ip("10.9.0.13"), port: 80, forwarding: "nat", tunnel: undefined, inhibitOnFailure: false },
};
const virtual: VirtualServer = {
  ...{ name: "[10.9.0.100]:tcp:80", protocol: "tcp", services: [], quorum: 2, hysteresis: 1 },
  ...{ realServers: [server], sorryServer: sorry },
};
const RS = "[10.9.0.11]:tcp:8080";
const VS = "[10.9.0.100]:tcp:80";

test("servers are named as Keepalived names them", () => {
  expect(serverWords(server, "tcp")).toBe(RS);
  expect(serverWords(server, undefined)).toBe("[10.9.0.11]:none:8080");
  expect(activatingWords(RS, VS)).toBe(`Activating healthchecker for service ${RS} for VS ${VS}`);
});

test.each<[PoolNote, string]>([
  [{ name: "adding", server }, `Adding service ${RS} to VS ${VS}`],
  [{ name: "removing", server }, `Removing service ${RS} from VS ${VS}`],
  [{ name: "enabling", server }, `Enabling service ${RS} of VS ${VS}`],
  [{ name: "disabling", server }, `Disabling service ${RS} of VS ${VS}`],
  [{ name: "quorum-gained", weight: 3 }, `Gained quorum 2+1=3 <= 3 for VS ${VS}`],
  [{ name: "quorum-lost", weight: 0 }, `Lost quorum 2-1=1 > 0 for VS ${VS}`],
  [{ name: "quorum-down-at-start", weight: 0 }, `Starting with quorum down 2-1=1 > 0 for VS ${VS}`],
  [{ name: "adding-sorry", server: sorry }, `Adding sorry server [10.9.0.13]:tcp:80 to VS ${VS}`],
  [{ name: "removing-sorry", server: sorry }, `Removing sorry server [10.9.0.13]:tcp:80 from VS ${VS}`],
  [{ name: "enabling-sorry", server: sorry }, `Enabling sorry server [10.9.0.13]:tcp:80 to VS ${VS}`],
  [{ name: "disabling-sorry", server: sorry }, `Disabling sorry server [10.9.0.13]:tcp:80 from VS ${VS}`],
  [{ name: "adding-alive" }, `Adding alive servers to the pool for VS ${VS}`],
  [{ name: "removing-alive" }, `Removing alive servers from the pool for VS ${VS}`],
])("%j", (note, words) => {
  expect(poolWords(virtual, note)).toBe(words);
});

test("a weight changes", () => {
  const change = { from: 1, to: 2, alive: true, realServer: RS, virtualServer: VS };
  expect(weightWords(change)).toBe(`Changing weight from 1 to 2 for active service ${RS} of VS ${VS}`);
  expect(weightWords({ ...change, alive: false })).toContain("for inactive service");
});

test("a server that leaves for good is said to be inhibited where it was in the table with weight 0", () => {
  const place = { realServer: RS, virtualServer: VS };
  expect(leavingWords("Removing", true, place)).toBe(`Removing service ${RS} from VS ${VS}`);
  expect(leavingWords("Shutting down", false, place)).toBe(`Shutting down (inhibited) service ${RS} from VS ${VS}`);
});

test.each([
  ["[10.9.0.100]:tcp:80", "Removing Virtual Server [10.9.0.100]:tcp:80"],
  ["[fd00::1]:tcp:80", "Removing Virtual Server [fd00::1]:tcp:80"],
  ["FWM 9", "Removing Virtual Server FWM 9"],
  ["[G]:0", "Removing Virtual Server Group [G]"],
])("%s that is configured no more: %s", (name, words) => {
  expect(goneWords(name)).toBe(words);
});
