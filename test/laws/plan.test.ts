import fc from "fast-check";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/model/model.ts";
import { changesOf } from "../../src/plan/changes.ts";
import { keysOf, type PlainShape } from "../../src/plan/compare.ts";
import type { Entry } from "../../src/plan/difference.ts";
import { CONFIG, planReload } from "../../src/plan/plan.ts";
import { lineOf, summaryOf } from "../../src/plan/text.ts";
import { reading } from "../config/reading.ts";
import { applied, sorted } from "../plan/applied.ts";
import { farm, router } from "../plan/planning.ts";

const RUNS = { numRuns: 50 };

const some = (...lines: readonly string[]): fc.Arbitrary<string> =>
  fc.subarray([...lines]).map((chosen) => chosen.join("\n"));

const settings = some(
  "priority 150",
  "advert_int 3",
  "state MASTER",
  "garp_master_delay 2",
  "authentication {\nauth_type PASS\nauth_pass x\n}",
  "track_script {\ns1\ns2 weight 5\n}",
  "virtual_ipaddress_excluded {\n192.0.2.7\n}",
  "unicast_peer {\n192.0.2.9\n192.0.2.8 min_ttl 5\n}",
  "use_vmac vrrp.9",
  "virtual_routes {\n10.0.0.0/8 dev eth0\n10.0.0.0/8 dev eth1 table 5\n}",
  "virtual_rules {\nfrom 10.0.0.0/8 table 5\nto 10.0.0.0/8 table 5 priority 7\n}",
  "notify /bin/true\nsmtp_alert",
);
const addresses = fc.array(fc.constantFrom("192.0.2.1", "192.0.2.1/24", "192.0.2.2 dev eth1", "192.0.2.3"), {
  minLength: 1,
  maxLength: 4,
});
const routers = fc
  .uniqueArray(fc.tuple(fc.constantFrom("A", "B", "C"), fc.integer({ min: 1, max: 3 }), settings, addresses), {
    selector: ([, vrid]) => vrid,
    maxLength: 3,
  })
  .map((all) => all.map((one) => router(...one)).join(""));

const checkers = some(
  "TCP_CHECK {\n}",
  "TCP_CHECK {\nretry 3\n}",
  "HTTP_GET {\nurl {\npath /\n}\nurl {\npath /two\nstatus_code 204\n}\n}",
  "HTTP_GET {\nalpha\nurl {\npath /two\nstatus_code 200-204\n}\nurl {\npath /\n}\n}",
  "weight 0",
  "inhibit_on_failure",
);
const reals = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 11, max: 14 }), checkers), { selector: ([host]) => host, minLength: 1 })
  .map(Object.fromEntries);
const body = some("quorum 2", "persistence_timeout 50", "sorry_server 192.0.2.99 80", "sh-port", "alpha");
const farms = fc
  .uniqueArray(fc.tuple(fc.constantFrom(80, 81, 82), reals, body), { selector: ([port]) => port })
  .map((all) => all.map((one) => farm(...one)).join(""));

const scripts = some(
  'vrrp_script s1 {\nscript "/bin/true"\n}',
  'vrrp_script s2 {\nscript "/bin/true -x"\ninterval 2\n}',
  "vrrp_sync_group G {\ngroup {\nA\nB\n}\ntrack_interface {\neth9\n}\n}",
  "static_routes {\n10.1.0.0/16 dev eth0\ndefault via 192.0.2.1 dev eth0\n}",
  "static_rules {\nfrom 10.1.0.0/16 table 6\n}",
  "garp_group {\ngarp_interval 1\ninterfaces {\neth1\neth0\n}\n}",
  "bfd_instance B {\nneighbor_ip 192.0.2.9\n}",
  "global_defs {\nnotification_email {\na@b\nc@d\n}\nvrrp_garp_interval 2\n}",
);
const config = fc.tuple(scripts, routers, farms).map((parts) => reading(parts.join("\n")).config);

test("a configuration planned onto itself is no change, also when it comes as JSON", () => {
  fc.assert(
    fc.property(config, (it) => {
      const plan = planReload(it, JSON.parse(JSON.stringify(it)) as Config);
      expect([plan.difference, changesOf(plan), summaryOf(plan)]).toEqual([
        { fields: [], groups: {}, lists: {} },
        [],
        "no change",
      ]);
    }),
    RUNS,
  );
});

test("the plan, applied to the old configuration, gives the new one", () => {
  fc.assert(
    fc.property(config, config, (from, to) => {
      expect(sorted(applied(planReload(from, to)))).toEqual(sorted(to));
    }),
    RUNS,
  );
});

test("what stays and what comes are the keys of the new list, what stays and what goes those of the old one", () => {
  fc.assert(
    fc.property(config, config, (from, to) => {
      const { lists } = planReload(from, to).difference;
      for (const field of ["vrrpScripts", "vrrpInstances", "virtualServers"] as const) {
        const row = (CONFIG as PlainShape)[field];
        const entries: readonly Entry<unknown>[] | undefined = lists[field]?.entries;
        if (row?.kind !== "list" || entries === undefined) continue;
        const now = entries.flatMap((entry) => (entry.type === "removed" ? [] : [entry.key]));
        const before = entries.flatMap((entry) =>
          entry.type === "added" ? [] : [entry.type === "replaced" ? entry.formerKey : entry.key],
        );
        expect(now).toEqual(keysOf<unknown>(to[field], row.key));
        expect(before.sort()).toEqual([...keysOf<unknown>(from[field], row.key)].sort());
      }
    }),
    RUNS,
  );
});

test("every change has a line of its own, and the summary says that there is one", () => {
  fc.assert(
    fc.property(config, config, (from, to) => {
      const plan = planReload(from, to);
      const lines = changesOf(plan).map(lineOf);
      for (const line of lines) expect(line).toMatch(/^ *\S.*[^:\s]$/);
      expect(lines.length === 0).toBe(summaryOf(plan) === "no change");
    }),
    RUNS,
  );
});
