import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import {
  destinationName,
  type IpvsDestination,
  type IpvsEntry,
  type IpvsManner,
  type IpvsService,
  type Tunnel,
} from "../../src/base/ipvs.ts";
import { granted, type IpvsChange, plan, withHandWeights } from "../../src/lvs/plan.ts";

const service = {
  ...({ protocol: "tcp", address: ip("192.0.2.100"), port: 80, scheduler: "rr" } as const),
  ...{ flags: 0, timeout: 0, netmask: 32, engine: undefined },
} as const satisfies IpvsService;
const foreign: IpvsService = { ...service, port: 8080 };
const row = (last: number, change: Partial<IpvsDestination> = {}): IpvsDestination => ({
  ...{ address: ip(`192.0.2.${last}`), port: 80, forwarding: "nat", tunnel: undefined, weight: 1 },
  ...{ upperThreshold: 0, lowerThreshold: 0, ...change },
});
const entry = (...destinations: IpvsDestination[]): IpvsEntry => ({ service, destinations });

const short = (changes: readonly IpvsChange[]): string[] =>
  changes.map((change) =>
    "destination" in change
      ? `${change.type} ${destinationName(change.destination)} ${change.destination.weight}`
      : `${change.type} ${"port" in change.service ? change.service.port : change.service.fwmark}`,
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
  { forwarding: "tun", tunnel: { type: "gre", port: 0, checksum: "none" } },
])("a destination with another %j is set in place", (change) => {
  expect(plan([entry(row(11))], [entry(row(11, change))], NONE)).toEqual([
    { type: "set-destination", service, destination: row(11, change) },
  ]);
});

test.each<Partial<IpvsManner>>([
  { scheduler: "wrr" },
  { flags: 1 },
  { timeout: 50 },
  { netmask: 24 },
  { engine: "sip" },
])("a service of the same key with another %j is taken over", (change) => {
  const want: IpvsEntry = { service: { ...service, ...change }, destinations: [row(11)] };
  expect(plan([entry(row(11))], [want], NONE)).toEqual([{ type: "set-service", service: want.service }]);
});

const GUE: Tunnel = { type: "gue", port: 6080, checksum: "full" };

test.each<Tunnel>([
  { type: "gre", port: 0, checksum: "full" },
  { ...GUE, port: 6081 },
  { ...GUE, checksum: "remote" },
])("a tunnel that becomes %j is set in place, one that is the same is left alone", (tunnel) => {
  const to = row(11, { forwarding: "tun", tunnel });
  const from = row(11, { forwarding: "tun", tunnel: GUE });
  expect(plan([entry(from)], [entry(to)], NONE)).toEqual([{ type: "set-destination", service, destination: to }]);
  expect(plan([entry(from)], [entry({ ...from, tunnel: { ...GUE } })], NONE)).toEqual([]);
});

test("services by mark are told apart by mark and family", () => {
  const { protocol, address, port, ...manner } = service;
  const marks = ([9, 10] as const).flatMap((fwmark) =>
    ([4, 6] as const).map((family) => ({ service: { fwmark, family, ...manner }, destinations: [] })),
  );
  expect(plan(marks, marks.slice(1), new Set(["FWM 9", "FWM 10"]))).toMatchObject([
    { type: "delete-service", service: { fwmark: 9, family: 4 } },
  ]);
});

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

test("what the kernel granted was asked for, and of what it refused what was asked before", () => {
  const want = {
    service: { ...service, scheduler: "wrr" },
    destinations: [row(11, { weight: 3 }), row(12), row(13)],
  } as const;
  const asked = entry(row(11), row(12, { weight: 9 }));
  const refused = [12, 13].map((last) => ({ type: "set-destination", service, destination: row(last) }) as const);
  const servers = [row(11, { weight: 3 }), row(12, { weight: 9 })];
  expect(granted(want, asked, refused)).toEqual({ ...want, destinations: servers });
  expect(granted(want, undefined, refused)).toEqual({ ...want, destinations: [row(11, { weight: 3 })] });
  const change = { type: "set-service", service: want.service } as const;
  expect(granted(want, asked, [change])).toEqual({ ...want, service });
  expect(granted(want, undefined, [change])).toEqual(want);
});
