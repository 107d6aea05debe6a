import { expect, test } from "vitest";
import { changesOf } from "../../src/plan/changes.ts";
import { compare } from "../../src/plan/compare.ts";
import { CONFIG, type Plan } from "../../src/plan/plan.ts";
import { list, type Shape, value } from "../../src/plan/shape.ts";
import { lineOf, summaryOf } from "../../src/plan/text.ts";
import { reading } from "../config/reading.ts";
import { farm, router } from "./planning.ts";

/** The lines of a difference between configurations with fields that no table knows. */
function unlisted(from: object, to: object): readonly string[] {
  const { config } = reading("");
  const [old, next] = [
    { ...config, ...from },
    { ...config, ...to },
  ];
  return changesOf({ from: old, to: next, difference: compare(old, next, CONFIG) }).map(lineOf);
}

test("a list of the model without a row does not compile", () => {
  interface Model {
    readonly name: string;
    readonly routes: readonly { readonly name: string }[];
    readonly deep: { readonly items: readonly string[] } | undefined;
  }
  const routes = list<Model["routes"][number]>({
    words: "route",
    key: ({ name }) => name,
    title: ({ name }) => name,
    shape: {},
  });
  const deep = { kind: "group", words: "deep", shape: { items: value<readonly string[]>("items") } } as const;
  // @ts-expect-error `routes` is missing
  const without: Shape<Model> = { deep };
  // @ts-expect-error `deep` has a list
  const shallow: Shape<Model> = { routes };
  // @ts-expect-error `items` of `deep` is missing
  const empty: Shape<Model> = { routes, deep: { ...deep, shape: {} } };
  const whole: Shape<Model> = { routes, deep };
  expect([without, shallow, empty, whole]).toHaveLength(4);
});

test("a field without a row is said in words", () => {
  expect(unlisted({ vrrpMood: 1 }, { vrrpMood: 2 })).toEqual(["vrrp mood 1 → 2"]);
  expect(unlisted({}, { countSnmp: true })).toEqual(["count snmp none → on"]);
  expect(unlisted({ countSnmp: true }, {})).toEqual(["count snmp on → none"]);
  expect(unlisted({ tlsPolicy: { caFile: "a", depth: 1 } }, { tlsPolicy: { caFile: "b", depth: 1 } })).toEqual([
    "tls policy ca file a → b",
  ]);
  expect(unlisted({ tlsPolicy: undefined }, { tlsPolicy: { password: "x" } })).toEqual([
    'tls policy none → {"password":"********"}',
  ]);
  expect(unlisted({ tlsPolicy: { password: "x" } }, { tlsPolicy: { password: "y" } })).toEqual([
    "changed tls policy password",
  ]);
  expect(unlisted({ tlsPolicy: undefined }, { tlsPolicy: { keys: [{ id: 1, key: "x" }] } })).toEqual([
    'tls policy none → {"keys":"********"}',
  ]);
});

test("a list without a row is compared by the names of its items, or by all they are", () => {
  const [a, b] = [
    { name: "a", weight: 1 },
    { name: "b", weight: 1 },
  ];
  expect(unlisted({ mirrorGroups: [a, b] }, { mirrorGroups: [{ ...a, weight: 2 }] })).toEqual([
    "changed mirror groups `a`",
    "    weight 1 → 2",
    "removed mirror groups `b`",
  ]);
  expect(
    unlisted(
      { spans: [[1, 2]] },
      {
        spans: [
          [1, 2],
          [3, 4],
        ],
      },
    ),
  ).toEqual(["added spans [3,4]"]);
  expect(unlisted({ spans: [] }, { spans: [{ id: 1, key: "x" }] })).toEqual(['added spans {"id":1,"key":"********"}']);
  expect(unlisted({ spans: ["a", "b"] }, { spans: ["b", "a"] })).toEqual(["spans in another order"]);
});

test("what is missing is the same as undefined: JSON between processes leaves it out", () => {
  expect(unlisted({ a: undefined, b: [{ name: "x" }] }, { b: [{ name: "x", c: undefined }], d: undefined })).toEqual(
    [],
  );
});

test("the summary counts what becomes of the things of each kind", () => {
  const summary = (old: string, next: string): string => {
    const [from, to] = [reading(old).config, reading(next).config];
    const plan: Plan = { from, to, difference: compare(from, to, CONFIG) };
    return summaryOf(plan);
  };
  const old = router("A", 1) + router("B", 2) + farm(80, { 11: "" }) + farm(81, { 11: "" }) + farm(82, { 11: "" });
  expect(summary(old, old + router("C", 3))).toBe("2 instances kept, 1 added; 3 virtual servers kept");
  expect(summary(old, farm(80, { 12: "" }) + router("A", 4) + farm(83, { 11: "" }))).toBe(
    "1 instance removed, 1 replaced; 1 virtual server changed, 1 added, 2 removed",
  );
  expect(summary(old, `global_defs {\nrouter_id x\nnotification_email {\na@b\n}\n}\n${old}`)).toBe(
    "2 global settings changed; 2 instances kept; 3 virtual servers kept",
  );
  const idle = "static_ipaddress {\n192.0.2.7/24\n}\nvrrp_track_process p {\nprocess sshd\n}\n";
  const marked = farm(80, { 11: "" }).replace("192.0.2.100 80", "fwmark 7");
  expect(summary(idle + marked, "")).toBe(
    "1 track process removed; 1 static address removed; 1 virtual server by mark removed",
  );
  expect(summary(old, old)).toBe("no change");
  expect(summary("", "")).toBe("no change");
  const { config } = reading("");
  const [from, to] = [config, { ...config, tlsPolicy: "strict", tlsDepths: ["1"] }];
  expect(summaryOf({ from, to, difference: compare<typeof config>(from, to, CONFIG) })).toBe(
    "1 tls policy setting changed; 1 tls depth added",
  );
});

test("blocks in another order are no change", () => {
  const blocks = [router("A", 1), router("B", 2), farm(80, { 11: "", 12: "" }), farm(81, { 11: "" })];
  const [from, to] = [blocks.join(""), blocks.reverse().join("")];
  expect(compare(reading(from).config, reading(to).config, CONFIG)).toEqual({ fields: [], groups: {}, lists: {} });
});

/** As it comes from another process. */
function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

test("ten thousand services are planned in well under a second", () => {
  const { config } = reading("");
  const [service] = reading(
    farm(80, {
      11: "TCP_CHECK {\n}",
      12: "TCP_CHECK {\n}",
      13: "TCP_CHECK {\n}",
      14: "TCP_CHECK {\n}",
      15: "TCP_CHECK {\n}",
    }),
  ).config.virtualServers;
  const many = Array.from({ length: 10_000 }, (_, port) => ({ ...copied(service), port }));
  const old = { ...config, virtualServers: many } as typeof config;
  const next = {
    ...config,
    virtualServers: copied(many)
      .map((it) => ({ ...it, quorum: 2 }))
      .reverse(),
  } as typeof config;
  const before = process.cpuUsage();
  const difference = compare(old, next, CONFIG);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000); // 0.1 s on an idle core
  expect(difference.lists.virtualServers?.entries.filter(({ type }) => type === "changed")).toHaveLength(10_000);
});

test("a thousand instances with everything in them are planned in well under a second", () => {
  const scripts = 'vrrp_script s {\nscript "/bin/true"\n}\n';
  const lists = [
    ["track_script", "s"],
    ["track_interface", "eth1"],
    ["unicast_peer", "192.0.2.3"],
    ["virtual_routes", "10.0.0.0/8 dev eth0"],
    ["virtual_rules", "from 10.0.0.0/8 table 5 priority 7"],
  ];
  const body = lists.map(([keyword, item]) => `${keyword} {\n${item}\n}`).join("\n");
  const { config } = reading(scripts + router("V", 51, `${body}\nnotify /bin/true`));
  const [one] = config.vrrpInstances;
  const items = Array.from({ length: 50 }, (_, i) => ({ ...copied(one?.routes[0]), destination: `10.${i}.0.0/16` }));
  const many = Array.from({ length: 1000 }, (_, i) => ({ ...copied(one), interface: `v${i}`, routes: items }));
  const old = { ...config, vrrpInstances: many } as typeof config;
  const next = {
    ...config,
    vrrpInstances: copied(many)
      .map((it) => ({ ...it, smtpAlert: true, routes: [...it.routes].reverse().slice(1) }))
      .reverse(),
  } as typeof config;
  const before = process.cpuUsage();
  const difference = compare(old, next, CONFIG);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000); // 0.15 s on an idle core
  const entries = difference.lists.vrrpInstances?.entries ?? [];
  expect(entries.filter(({ type }) => type === "changed")).toHaveLength(1000);
});
