import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import {
  changeMarks,
  type MarkRule,
  makeMarkTables,
  mapNames,
  removeMarkTables,
} from "../../src/netlink/ipvs-marks.ts";
import { decodeChain, decodeElements, decodeRule, decodeSet } from "../../src/netlink/nft-ruleset.ts";

const SPEC = { table: "keepalived_ipvs", priority: -1 };

function rule(protocol: MarkRule["protocol"], from: string, to: string, port: number): MarkRule {
  return { family: from.includes(":") ? 6 : 4, protocol, from: ip(from), to: ip(to), port, mark: 1000 };
}

const RULES = [
  rule("udp", "192.0.2.1", "192.0.2.9", 0),
  rule("tcp", "2001:db8::1", "2001:db8::1", 443),
  rule("udp", "192.0.2.1", "192.0.2.1", 53),
];

test("a table of each family that has rules: maps, a chain, and a rule for each map, every port last", () => {
  const bodies = makeMarkTables(SPEC, RULES).map(({ type, body }) => ({ type: type & 0xff, body }));
  const of = (type: number) => bodies.filter((one) => one.type === type).map(({ body }) => body);
  expect(of(9).map((body) => decodeSet(body))).toMatchObject([
    { family: 2, set: "udp_map", intervals: true, parts: [4, 2] },
    { family: 2, set: "udp_any_map", parts: [4, 2] },
    { family: 10, set: "tcp_map", parts: [16, 2] },
  ]);
  expect(of(3).map((body) => decodeChain(body)?.base)).toEqual(
    [2, 10].map(() => ({ type: "filter", hook: 1, priority: -1, policy: 1 })),
  );
  const steps = of(6).map((body) =>
    decodeRule(body)
      ?.expressions.map(({ name }) => name)
      .join(" "),
  );
  expect(new Set(steps)).toEqual(new Set(["meta cmp payload payload lookup meta immediate"]));
  expect(steps).toHaveLength(3);
  const [, , every] = of(12).map((body) => decodeElements(body));
  expect(of(12).flatMap((body) => decodeElements(body))).toHaveLength(3);
  expect(every).toBeDefined();
});

test("every port is a range of ports; a mark is in the host's order", () => {
  const [request] = changeMarks(SPEC, RULES.slice(0, 1), "add");
  const [element] = decodeElements(request?.body ?? new Uint8Array());
  expect([...(element?.key ?? [])]).toEqual([192, 0, 2, 1, 0, 0, 0, 0]);
  expect([...(element?.to ?? [])]).toEqual([192, 0, 2, 9, 255, 255, 0, 0]);
  expect(element?.data).toMatchObject({ type: "value" });
});

test("many ranges go in several messages; no rules, no tables", () => {
  const many = Array.from({ length: 1001 }, (_, i) =>
    rule("tcp", `10.0.${i >> 8}.${i & 255}`, `10.0.${i >> 8}.${i & 255}`, 80),
  );
  expect(changeMarks(SPEC, many, "delete")).toHaveLength(3);
  expect(makeMarkTables(SPEC, [])).toEqual(removeMarkTables(SPEC));
  expect(mapNames(RULES)).toBe("4 udp_map,4 udp_any_map,6 tcp_map");
});
