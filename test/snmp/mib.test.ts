import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { mac } from "../../src/base/mac.ts";
import { seconds } from "../../src/base/time.ts";
import type { Placed } from "../../src/daemon/item-options.ts";
import { placeRoute } from "../../src/daemon/route-item.ts";
import { placeRule } from "../../src/daemon/rule-item.ts";
import { mibObjects, subtrees } from "../../src/snmp/mib.ts";
import { isServed } from "../../src/snmp/served.ts";
import { trapBindings } from "../../src/snmp/traps.ts";
import type { InstanceView, SnmpView } from "../../src/snmp/view.ts";
import type { VarBind } from "../../src/wire/agentx-value.ts";
import { reading } from "../config/reading.ts";

const GLOBALS = "global_defs {\nenable_traps\nenable_snmp_vrrp\nenable_snmp_rfc\n}\n";
const COUNTERS = { advertisementsReceived: 7, becomeMaster: 2, priorityZeroSent: 0, priorityZeroReceived: 1 };
const instance = (name: string, vrid: number, more: string): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\nvirtual_ipaddress {\n192.0.2.${vrid}\n}\n${more}\n}\n`;

function viewOf(text: string, instances: readonly Partial<InstanceView>[] = []): SnmpView {
  const { config } = reading(text);
  const place = { vrfTable: () => undefined, ifindex: () => 2, number: () => 5 };
  return {
    ...{ version: "v", routerId: "R1", config, now: seconds(100), masterStartedAt: seconds(40) },
    ...{ checkers: undefined, traffic: new Map() },
    sessions: new Map([["b", true]]),
    vrrp: {
      instances: config.vrrpInstances.map((each, i) => ({
        ...{ name: each.name, state: { name: "master" }, priority: each.priority },
        history: { activeAt: seconds(90), reason: "preempted", error: "ttl" },
        counters: { ...COUNTERS, dropped: {} },
        ...instances[i],
      })),
      scripts: [],
      facts: {
        ...{ links: [{ name: "eth0", ifindex: 2 }], files: [], processes: [], unknownVrids: 4 },
        instances: config.vrrpInstances.map(({ name }) => ({
          ...{ name, ifindex: 2, device: "eth0", mac: mac("02:00:00:00:00:01") },
          ...{ source: ip("192.0.2.1"), master: ip("192.0.2.9"), interfaces: [] },
        })),
      },
    },
    items: [
      { routes: [], rules: [] },
      ...config.vrrpInstances.map(({ routes, rules }) => ({
        routes: routes.map((each) => ({ config: each, route: entry(placeRoute(each, place)) })),
        rules: rules.map((each) => ({ config: each, rule: entry(placeRule(each, place)) })),
      })),
    ],
  };
}

function entry<T>(placed: Placed<T>): T | undefined {
  return placed.ok ? placed.entry : undefined;
}

/** All of it, in the order of a walk. */
function walk(view: SnmpView): readonly VarBind[] {
  const [objects, rows]: [ReturnType<typeof mibObjects>, VarBind[]] = [mibObjects(view), []];
  for (let start: readonly number[] = [1]; ; ) {
    const row = objects.next({ start, include: false, end: [] });
    if (row.value.type === "end-of-view") return rows;
    expect(objects.get(row.oid)).toEqual(row.value);
    rows.push(row);
    start = row.oid;
  }
}

/** The rows below an object by the rest of their names: `3.2.51 = 3`. */
function below(view: SnmpView, prefix: string): string[] {
  return shown(walk(view)).flatMap((row) => (row.startsWith(`${prefix}.`) ? [row.slice(prefix.length + 1)] : []));
}

function shown(rows: readonly VarBind[]): string[] {
  return rows.map(({ oid, value }) => {
    const name = oid.join(".").replace("1.3.6.1.4.1.9586.100.5", "K").replace("1.3.6.1.2.1.", "");
    if (!("value" in value)) return `${name} = ${value.type}`;
    const is = value.type === "octets" ? [...value.value].join(" ") : String(value.value);
    return `${name} = ${is}`;
  });
}

test("only what is asked for is served", () => {
  const of = (words: string) => reading(`global_defs {\n${words}\n}\n`).config.global.snmp;
  expect(isServed(of("enable_traps"))).toBe(false);
  expect(subtrees(of("enable_snmp_keepalived")).map((oid) => oid.slice(6).join("."))).toEqual([
    "9586.100.5.1",
    "9586.100.5.2",
  ]);
  expect(subtrees(of("enable_snmp_rfcv2"))).toEqual([[1, 3, 6, 1, 2, 1, 68]]);
  expect(subtrees(of("enable_snmp_rfcv3"))).toEqual([[1, 3, 6, 1, 2, 1, 207]]);
  expect(walk(viewOf("global_defs {\nenable_traps\n}\n"))).toEqual([]);
});

test("VRRP-MIB has every instance of VRRPv2, and no other", () => {
  const view = viewOf(GLOBALS + instance("A", 1, "") + instance("B", 2, "version 3") + instance("C", 3, ""));
  expect(below(view, "68.1.3.1.3")).toEqual(["2.1 = 3", "2.3 = 3"]);
  expect(below(view, "207.1.1.1.1.6")).toEqual(["2.1.1 = 3", "2.2.1 = 3", "2.3.1 = 3"]);
});

test("times are those of the master and of now", () => {
  const view = viewOf(GLOBALS + instance("A", 1, ""));
  expect(below(view, "68.1.3.1.13")).toEqual(["2.1 = 5000"]);
  expect(below(view, "207.1.1.1.1.12")).toEqual(["2.1.1 = 1000"]);
});

test("a fault is an initialize to the RFCs, without an age", () => {
  const history = { activeAt: undefined, reason: "not-master", error: "none" } as const;
  const view = viewOf(GLOBALS + instance("A", 1, ""), [{ state: { name: "fault" }, history }]);
  expect([below(view, "68.1.3.1.3"), below(view, "68.1.3.1.13"), below(view, "K.2.3.1.4")]).toEqual([
    ["2.1 = 1"],
    ["2.1 = 0"],
    ["1 = 3"],
  ]);
});

test("drops are counted by the RFCs' names", () => {
  const reasons = ["password", "ah-icv", "hmac-replay", "auth-type", "auth-mismatch", "ttl", "ttl-range", "version"];
  const more = ["checksum", "interval", "type", "address-count", "address-missing", "truncated", "length", "source"];
  const dropped = Object.fromEntries([...reasons, ...more].map((reason, i) => [reason, 10 ** (i % 4)]));
  const view = viewOf(GLOBALS + instance("A", 1, ""), [{ counters: { ...COUNTERS, dropped } }]);
  expect(below(view, "68.2.4.1")).toEqual(
    [2, 7, 10, 111, 110, 1, 0, 100, 1001, 1000, 1, 110].map((count, i) => `${i + 1}.2.1 = ${count}`),
  );
  expect(below(view, "68.2").slice(0, 3)).toEqual(["1.0 = 1", "2.0 = 1000", "3.0 = 4"]);
  expect(below(view, "207.1.2.5.1").slice(0, 6)).toEqual(
    [2, 2, 7, 10, 110, 1].map((value, i) => `${i + 1}.2.1.1 = ${value}`),
  );
});

test("a group is in fault with one of its members, and master with all of them", () => {
  const text = `${GLOBALS}vrrp_sync_group G {\ngroup {\nA\nB\n}\n}\n${instance("A", 1, "")}${instance("B", 2, "")}`;
  const state = (...names: readonly InstanceView["state"]["name"][]) =>
    below(
      viewOf(
        text,
        names.map((name) => ({ state: { name } })),
      ),
      "K.2.1.1.3",
    );
  expect(state("master", "master")).toEqual(["1 = 2"]);
  expect(state("master", "backup")).toEqual(["1 = 1"]);
  expect(state("master", "fault")).toEqual(["1 = 3"]);
  expect(state("init", "backup")).toEqual(["1 = 0"]);
});

test("what wraps the packets of a route is numbered as in the MIB", () => {
  const routes = `virtual_routes {
    203.0.113.0/26 dev eth0 encap mpls 100/200
    203.0.113.64/26 dev eth0 encap ip id 4294967303 dst 192.0.2.7 ttl 9
    2001:db8::/32 dev eth0 encap ip6 id 1
    2001:db9::/32 dev eth0 encap ila 1:2:3:4
    203.0.113.128/26 nexthop via 192.0.2.9 dev eth0 encap mpls 7 nexthop via 192.0.2.8 dev eth0 weight 3
}`;
  const view = viewOf(GLOBALS + instance("A", 1, routes));
  expect(below(view, "K.2.7.1.46")).toEqual(["1.1 = 1", "1.2 = 2", "1.3 = 4", "1.4 = 3"]);
  expect(below(view, "K.2.7.1.47")).toEqual(["1.1 = 49 48 48 47 50 48 48"]);
  expect(below(view, "K.2.7.1.48")).toEqual(["1.2 = 4294967303", "1.3 = 1"]);
  expect(below(view, "K.2.11.1.10")).toEqual(["1.5.1 = 1"]);
  expect(below(view, "K.2.11.1.6")).toEqual(["1.5.1 = 1", "1.5.2 = 3"]);
  expect(below(view, "K.2.7.1.54")).toEqual(["1.4 = 281483566841860"]);
});

test("a session, a script that has not run, and the relay's port have their rows", () => {
  const text = `global_defs {\nenable_snmp_vrrp\nsmtp_server relay.example.org 2525\nsmtp_alert_checker off\n}
bfd_instance b {\nneighbor_ip 192.0.2.5\n}
vrrp_script s {\nscript /usr/bin/true\ninit_fail\n}\n${instance("A", 1, "track_bfd {\nb weight 3 reverse\n}")}`;
  const view = viewOf(text);
  expect(below(view, "K.2.18.1.3")).toEqual(["1 = 1"]);
  expect(below(view, "K.2.17.1")).toEqual(["2.1.1 = 98", "3.1.1 = 3", "4.1.1 = 1"]);
  expect(below(view, "K.2.9.1.6")).toEqual(["1 = 5"]);
  expect(below(view, "K.1.3")).toEqual(["3.0 = 30", "6.0 = 2525", "7.0 = 1", "8.0 = 3", "9.0 = 3", "10.0 = 2"]);
});

test("traps go out for the MIBs that are served", () => {
  const router = { ifindex: 2, vrid: 51, version: 2, family: 4 } as const;
  const trap = { type: "new-master", router, address: ip("192.0.2.1"), reason: "preempted" } as const;
  const of = (words: string) =>
    trapBindings(trap, reading(`global_defs {\n${words}\n}\n`).config, "R1").map((bindings) =>
      shown(bindings).slice(1),
    );
  expect(of("enable_snmp_vrrp")).toEqual([]);
  expect(of("enable_snmp_rfc")).toEqual([
    ["68.1.3.1.7.2.51 = 192.0.2.1"],
    ["207.1.1.1.1.3.2.51.1 = 192 0 2 1", "207.1.2.5.1.2.2.51.1 = 2"],
  ]);
});

test("a protocol error is VRRPV3-MIB's, a wrong proof VRRP-MIB's", () => {
  const router = { ifindex: 2, vrid: 51, version: 3, family: 6 } as const;
  const { config } = reading("global_defs {\nenable_snmp_rfc\n}\n");
  const told = (trap: Parameters<typeof trapBindings>[0]) => trapBindings(trap, config, "R1").map(shown);
  expect(told({ type: "protocol", router, error: "checksum" })).toEqual([
    ["1.3.6.1.6.3.1.1.4.1.0 = 1,3,6,1,2,1,207,0,2", "207.1.2.5.1.6.2.51.2 = 3"],
  ]);
  expect(told({ type: "authentication", router, from: ip("2001:db8::1"), error: "failure" })).toEqual([]);
  expect(told({ type: "authentication", router, from: ip("192.0.2.7"), error: "mismatch" })).toEqual([
    ["1.3.6.1.6.3.1.1.4.1.0 = 1,3,6,1,2,1,68,0,2", "68.1.5.2.51 = 192.0.2.7", "68.1.6.2.51 = 2"],
  ]);
});
