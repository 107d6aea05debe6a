import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { changesOf } from "../../src/plan/changes.ts";
import { compare, type Plain, type PlainShape } from "../../src/plan/compare.ts";
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

test("every list that the seeds have has a row", () => {
  const check = (record: Plain, shape: PlainShape, path: string): readonly string[] =>
    Object.entries(record).flatMap(([field, inner]) => {
      const row = shape[field];
      const at = `${path}.${field}`;
      if (row?.kind === "value") return [];
      if (!Array.isArray(inner)) {
        const within = row?.kind === "group" ? row.shape : {};
        return typeof inner === "object" && inner !== null ? check(inner as Plain, within as PlainShape, at) : [];
      }
      if (row?.kind !== "list") return [at];
      return inner.flatMap((item) =>
        typeof item === "object" ? check(item as Plain, row.shape as PlainShape, at) : [],
      );
    });
  const texts = readdirSync("test/seeds").map((name) => readFileSync(`test/seeds/${name}`, "utf8"));
  const found = texts.flatMap((text) =>
    check(reading(text).config as unknown as Plain, CONFIG as PlainShape, "config"),
  );
  expect(found).toEqual([]);
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
  const before = performance.now();
  const difference = compare(old, next, CONFIG);
  expect(performance.now() - before).toBeLessThan(2000); // 0.1 s on an idle core
  expect(difference.lists.virtualServers?.entries.filter(({ type }) => type === "changed")).toHaveLength(10_000);
});
