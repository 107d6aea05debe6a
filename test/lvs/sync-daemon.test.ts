import fc from "fast-check";
import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { IpvsSyncDaemon } from "../../src/base/ipvs.ts";
import { planSyncDaemons, syncDaemons, syncDaemonWords } from "../../src/lvs/sync-daemon.ts";

const PLAIN = {
  ...{ interface: "eth0", id: undefined, maxLength: undefined, port: 8848, ttl: undefined, group: ip("224.0.0.81") },
};
const [master, backup] = syncDaemons(PLAIN, ["master", "backup"], 51) as [IpvsSyncDaemon, IpvsSyncDaemon];

test("the id is the one given, else the VRID, else 0", () => {
  expect(syncDaemons({ ...PLAIN, id: 7 }, ["master"], 51)).toMatchObject([{ state: "master", id: 7, ttl: 1 }]);
  expect([master.id, backup.id]).toEqual([51, 51]);
  expect(syncDaemons(PLAIN, ["master", "backup"]).map(({ id }) => id)).toEqual([0, 0]);
});

test("a transition stops the one before it starts the other", () => {
  expect(planSyncDaemons([backup], [master])).toEqual([
    { type: "stop", daemon: backup },
    { type: "start", daemon: master },
  ]);
});

test("what is as wanted runs on, also with the length that the kernel chose", () => {
  expect(planSyncDaemons([{ ...master, maxLength: 1472 }], [master])).toEqual([]);
  expect(planSyncDaemons([{ ...master, maxLength: 1472 }], [{ ...master, maxLength: 1400 }])).toHaveLength(2);
});

test.each<Partial<IpvsSyncDaemon>>([
  { interface: "eth1" },
  { id: 1 },
  { port: 9000 },
  { ttl: 2 },
  { group: ip("224.0.0.99") },
])("another %j is another daemon", (change) => {
  expect(planSyncDaemons([master], [{ ...master, ...change }]).map(({ type }) => type)).toEqual(["stop", "start"]);
});

test("a leftover of a killed daemon goes, and both go when none is wanted", () => {
  expect(planSyncDaemons([master, backup], [backup])).toEqual([{ type: "stop", daemon: master }]);
  expect(planSyncDaemons([master, backup], []).map(({ type }) => type)).toEqual(["stop", "stop"]);
});

test("it is named by state, interface and id", () => {
  expect(syncDaemonWords(master)).toBe("master on eth0 id 51");
});

test("whatever runs, the plan makes what is wanted, and then has nothing to do", () => {
  const one = (state: "master" | "backup"): fc.Arbitrary<IpvsSyncDaemon[]> =>
    fc
      .option(fc.record({ id: fc.nat(2), port: fc.constantFrom(8848, 9) }), { nil: undefined })
      .map((given) => (given === undefined ? [] : [{ ...master, ...given, state }]));
  const some = fc.tuple(one("master"), one("backup")).map((lists) => lists.flat());
  fc.assert(
    fc.property(some, some, (have, want) => {
      const kernel = new Map(have.map((daemon) => [daemon.state, daemon]));
      for (const { type, daemon } of planSyncDaemons(have, want)) {
        expect(kernel.has(daemon.state)).toBe(type === "stop"); // else EEXIST, ESRCH
        if (type === "stop") kernel.delete(daemon.state);
        else kernel.set(daemon.state, daemon);
      }
      expect(planSyncDaemons([...kernel.values()], want)).toEqual([]);
      expect(kernel.size).toBe(want.length);
    }),
  );
});
