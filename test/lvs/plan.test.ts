import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsDestination, type IpvsEntry, type IpvsService } from "../../src/base/ipvs.ts";
import { type IpvsChange, plan, withHandWeights } from "../../src/lvs/plan.ts";

const service: IpvsService = {
  ...{ protocol: "tcp", address: ip("192.0.2.100"), port: 80, scheduler: "rr" },
  ...{ flags: 0, timeout: 0, netmask: 32 },
};
const foreign: IpvsService = { ...service, port: 8080 };
const row = (last: number, change: Partial<IpvsDestination> = {}): IpvsDestination => ({
  ...{ address: ip(`192.0.2.${last}`), port: 80, forwarding: "nat", weight: 1 },
  ...{ upperThreshold: 0, lowerThreshold: 0, ...change },
});
const entry = (...destinations: IpvsDestination[]): IpvsEntry => ({ service, destinations });

const short = (changes: readonly IpvsChange[]): string[] =>
  changes.map((change) =>
    "destination" in change
      ? `${change.type} ${destinationName(change.destination)} ${change.destination.weight}`
      : `${change.type} ${change.service.port}`,
  );

const NONE = new Set<string>();
const OURS = new Set(["[192.0.2.100]:tcp:80"]);

test("a service that is not there is made with its destinations", () => {
  expect(short(plan([], [entry(row(11), row(12))], NONE))).toEqual([
    "new-service 80",
    "new-destination [192.0.2.11]:80 1",
    "new-destination [192.0.2.12]:80 1",
  ]);
});

test("destinations come before others go, and weight rises before it falls", () => {
  const have = [entry(row(11, { weight: 5 }), row(12, { weight: 1 }), row(13))];
  const want = [entry(row(11, { weight: 1 }), row(12, { weight: 5 }), row(99))];
  expect(short(plan(have, want, NONE))).toEqual([
    "new-destination [192.0.2.99]:80 1",
    "set-destination [192.0.2.12]:80 5",
    "set-destination [192.0.2.11]:80 1",
    "delete-destination [192.0.2.13]:80 1",
  ]);
});

test.each<Partial<IpvsDestination>>([
  { weight: 2 },
  { forwarding: "dr" },
  { upperThreshold: 9 },
  { lowerThreshold: 9 },
])("a destination with another %j is set in place", (change) => {
  expect(plan([entry(row(11))], [entry(row(11, change))], NONE)).toEqual([
    { type: "set-destination", service, destination: row(11, change) },
  ]);
});

test.each<Partial<IpvsService>>([{ scheduler: "wrr" }, { flags: 1 }, { timeout: 50 }, { netmask: 24 }])(
  "a service of the same key with another %j is taken over",
  (change) => {
    const want: IpvsEntry = { service: { ...service, ...change }, destinations: [row(11)] };
    expect(plan([entry(row(11))], [want], NONE)).toEqual([{ type: "set-service", service: want.service }]);
  },
);

test("a service of ours that is not wanted goes, after all else; a foreign one stays", () => {
  const have = [entry(row(11)), { service: foreign, destinations: [row(11)] }];
  const next: IpvsEntry = { service: { ...service, port: 443 }, destinations: [] };
  expect(short(plan(have, [next], OURS))).toEqual(["new-service 443", "delete-service 80"]);
  expect(plan(have, [], NONE)).toEqual([]);
});

test("what is as wanted is not touched", () => {
  expect(plan([entry(row(11), row(12))], [entry(row(12), row(11))], OURS)).toEqual([]);
});

test("a server drained by hand stays drained while another one of its service comes or goes", () => {
  const asked = entry(row(11), row(12));
  const have = entry(row(11, { weight: 0 }), row(12));
  expect(withHandWeights(entry(row(11)), asked, have)).toEqual(entry(row(11, { weight: 0 })));
});

test("a weight that we want otherwise than before is ours again", () => {
  const have = entry(row(11, { weight: 7 }));
  expect(withHandWeights(entry(row(11, { weight: 3 })), entry(row(11)), have)).toEqual(entry(row(11, { weight: 3 })));
});

test("a server that is not in the table, or that we did not ask for before, comes as wanted", () => {
  const want = entry(row(11), row(12));
  expect(withHandWeights(want, entry(row(11)), entry(row(12, { weight: 0 })))).toEqual(want);
});
