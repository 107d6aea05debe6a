import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import { type IpvsDestination, type IpvsEntry, serviceName } from "../../src/base/ipvs.ts";
import { IpvsTable } from "../../src/daemon/ipvs-table.ts";
import { changeWords } from "../../src/lvs/change-words.ts";
import type { IpvsChange } from "../../src/lvs/plan.ts";
import { createLog } from "../../src/observe/log.ts";
import { FakeIpvsKernel } from "./fake-ipvs-kernel.ts";

const [ENOENT, EAGAIN, ENOMEM, EINVAL, ERANGE, EAFNOSUPPORT, ENOBUFS] = [2, 11, 12, 22, 34, 97, 105] as const;

const row = (last: number, weight = 1): IpvsDestination => ({
  ...{ address: ip(`192.0.2.${last}`), port: 80, forwarding: "nat", tunnel: undefined, weight },
  ...{ upperThreshold: 0, lowerThreshold: 0 },
});
const entry = (port: number, ...destinations: IpvsDestination[]): IpvsEntry => ({
  service: {
    ...{ protocol: "tcp", address: ip("192.0.2.100"), port, scheduler: "rr" },
    ...{ flags: 0, timeout: 0, netmask: 32, engine: undefined },
  },
  destinations,
});
const FOREIGN = entry(9999, row(66));

let kernel: FakeIpvsKernel;
let said: string[];

beforeEach(() => {
  kernel = new FakeIpvsKernel();
  kernel.table = [FOREIGN];
  said = [];
});

function open(...owned: string[]): IpvsTable {
  const log = createLog([({ text }) => said.push(text)], false);
  return new IpvsTable(log, owned, undefined, () => kernel);
}

function asked(): string[] {
  return kernel.asked.splice(0).map((change) => (change.type === "flush" ? "flush" : changeWords(change)));
}

const shown = (table: readonly IpvsEntry[]): string[] =>
  table
    .flatMap(({ service, destinations }) => [
      serviceName(service),
      ...destinations.map(({ address, weight }) => `${serviceName(service)} ${address} ${weight}`),
    ])
    .sort();

/** The look to its end. */
function looked(table: IpvsTable): readonly string[] | undefined {
  const looking = table.look();
  for (;;) {
    const { done, value } = looking.next();
    if (done === true) return value;
  }
}

test("what is as wanted is asked for once; what a process before us left goes, the table of others stays", () => {
  kernel.table = [FOREIGN, entry(81, row(11))];
  const table = open("[192.0.2.100]:tcp:81");
  const want = [entry(80, row(11), row(12))];
  expect(table.applyAll(want)).toBe(true);
  expect(shown(kernel.table)).toEqual(shown([FOREIGN, ...want]));
  asked();
  expect(table.applyAll(want) && table.apply(want)).toBe(true);
  expect(asked()).toEqual([]);
  expect([table.weight("[192.0.2.100]:tcp:80", "[192.0.2.11]:80"), table.weight("x", "y")]).toEqual([1, 0]);
});

test("at the end ours goes, also where somebody has taken some of it, and nothing is read for it", () => {
  const table = open("[192.0.2.100]:tcp:82");
  kernel.table = [FOREIGN, entry(82, row(11))];
  table.applyAll([entry(80, row(11)), entry(81, row(11))]);
  kernel.table = kernel.table.filter(({ service }) => !("port" in service && service.port === 81));
  kernel.looked.length = 0;
  table.release();
  expect([kernel.table, kernel.looked, said]).toEqual([[FOREIGN], [], []]);
});

test("lvs_flush takes what others have, too", () => {
  expect(open().flush()).toBe(true);
  expect(asked()).toEqual(["flush"]);
  expect(kernel.table).toEqual([]);
});

describe("spec §4.6: each refusal of the kernel", () => {
  const want = entry(80, row(11), row(12));

  test.each<[string, IpvsChange["type"], IpvsEntry]>([
    ["NEW_SERVICE EEXIST: taken over", "new-service", entry(80, row(99))],
    ["NEW_DEST EEXIST: set to its weight", "new-destination", entry(80, row(11, 9), row(12))],
  ])("%s", (_, type, others) => {
    const table = open();
    let first = true;
    kernel.refuse = (change) => {
      if (first && change.type === type) {
        first = false; // somebody was faster
        kernel.table = [FOREIGN, others];
      }
      return 0;
    };
    expect(table.applyAll([want])).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, want]));
    expect(said).toEqual([]);
  });

  test("ESRCH is as ENOENT: a service that somebody took away is made again with all its servers", () => {
    const table = open();
    table.applyAll([want]);
    kernel.table = [FOREIGN];
    expect(table.apply([entry(80, row(11), row(12), row(13))])).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, entry(80, row(11), row(12), row(13))]));
    expect(said).toEqual([]);
  });

  test("SET_DEST ENOENT: the server is added again; but none that is down", () => {
    const table = open();
    table.applyAll([want]);
    kernel.table = [FOREIGN, entry(80)];
    expect(table.apply([entry(80, row(11, 5))])).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, entry(80, row(11, 5))]));
    expect(said).toEqual([]);
  });

  test("DEL_DEST and DEL_SERVICE of what is gone: a success", () => {
    const table = open();
    table.applyAll([want]);
    kernel.table = [FOREIGN, entry(80, row(12))];
    expect(table.apply([entry(80, row(12))])).toBe(true);
    kernel.table = [FOREIGN];
    expect(table.applyAll([])).toBe(true);
    expect([said, kernel.table]).toEqual([[], [FOREIGN]]);
  });

  test.each<[string, IpvsChange["type"], number, RegExp]>([
    ["a scheduler without its module", "new-service", ENOENT, /ENOENT .*: no scheduler rr\?$/],
    ["a prefix that it cannot have", "new-service", EINVAL, /^new service .*EINVAL/],
    ["IPv6 that the kernel lacks", "new-service", EAFNOSUPPORT, /no IPv6 in this kernel's IPVS\?$/],
    ["no memory", "new-service", ENOMEM, /ENOMEM/],
    ["a threshold", "new-destination", ERANGE, /ERANGE .*: lthreshold above uthreshold/],
    ["an address that is none", "new-destination", EINVAL, /EINVAL .*: address not unicast\?$/],
  ])("%s: is said once, the others go on, and it is tried again", (_, type, errno, words) => {
    const table = open();
    kernel.refuse = (change) =>
      change.type === type && "port" in change.service && change.service.port === 80 ? errno : 0;
    const all = [entry(80, row(11)), entry(81, row(11))];
    expect(table.applyAll(all)).toBe(false);
    expect(table.applyAll(all)).toBe(false);
    expect(said).toEqual([expect.stringMatching(words)]);
    expect(shown(kernel.table)).toEqual(expect.arrayContaining(shown([FOREIGN, entry(81, row(11))])));
    kernel.refuse = () => 0;
    expect(table.applyAll(all)).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, ...all]));
  });

  test.each<[string, IpvsChange["type"], number]>([
    ["a service", "new-service", 81],
    ["a server of the same service", "new-destination", 80],
  ])("beside %s that is refused a weight goes there and back: what was granted was asked for", (_, type, port) => {
    const table = open();
    const [one, refused] = [(weight: number) => entry(80, row(11, weight), row(12)), entry(81, row(11))];
    table.applyAll([entry(80, row(11))]);
    kernel.refuse = (change) => {
      const isIt = change.type === type && "port" in change.service && change.service.port === port;
      return isIt && (!("destination" in change) || change.destination.address === "192.0.2.12") ? EINVAL : 0;
    };
    for (const weight of [37, 1, 37]) {
      expect(table.applyAll([one(weight), refused])).toBe(false);
      expect(shown(kernel.table)).toContain(`[192.0.2.100]:tcp:80 192.0.2.11 ${weight}`);
    }
    expect(looked(table)).toEqual([]);
  });

  test.each([EAGAIN, ENOBUFS])("a conversation that ends with %i is tried again", (errno) => {
    const table = open();
    kernel.broken = errno;
    expect(table.applyAll([want]) || table.apply([want])).toBe(false);
    expect(said).toHaveLength(1);
    kernel.broken = undefined;
    expect(table.applyAll([want])).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, want]));
  });

  test("without permission there is nothing to try again", () => {
    const table = open();
    kernel.broken = 1;
    expect(() => table.applyAll([want])).toThrow(/EPERM/);
  });
});

describe("a look at the kernel's table", () => {
  test("finds what others have changed in our services, and nothing else", () => {
    const table = open();
    table.applyAll([entry(80, row(11), row(12)), entry(81, row(11)), entry(82, row(11))]);
    expect(looked(table)).toEqual([]);
    const [first] = kernel.table.filter(({ service }) => "port" in service && service.port === 80);
    kernel.table = [
      FOREIGN,
      entry(90, row(11)),
      { ...entry(80, row(12), row(13)), service: { ...(first ?? FOREIGN).service, scheduler: "lc" } },
      entry(81, { ...row(11), upperThreshold: 5 }),
    ];
    expect(looked(table)).toEqual([
      "service [192.0.2.100]:tcp:80 has other settings than ours",
      "server [192.0.2.11]:80 of [192.0.2.100]:tcp:80 is gone",
      "server [192.0.2.13]:80 of [192.0.2.100]:tcp:80 is not ours",
      "server [192.0.2.11]:80 of [192.0.2.100]:tcp:81 has other settings than ours",
      "service [192.0.2.100]:tcp:82 is gone",
    ]);
  });

  test("weights set by hand are no deviation, and stay when the table is made as wanted", () => {
    const table = open();
    table.applyAll([entry(80, row(11), row(12))]);
    kernel.table = [FOREIGN, entry(80, row(11, 0), row(13))];
    expect(looked(table)).toHaveLength(2);
    expect(table.applyAll([entry(80, row(11), row(12))])).toBe(true);
    expect(shown(kernel.table)).toEqual(shown([FOREIGN, entry(80, row(11, 0), row(12))]));
  });

  test("goes in slices, and ends without a finding where the table is written meanwhile", () => {
    const table = open();
    const many = Array.from({ length: 200 }, (_, i) => entry(1000 + i, row(11)));
    table.applyAll(many);
    const looking = table.look();
    kernel.looked.length = 0;
    expect([looking.next().done, kernel.looked.length]).toEqual([false, 64]);
    table.apply([entry(1000, row(11), row(12))]);
    expect(looking.next()).toEqual({ done: true, value: undefined });
    expect(looked(table)).toEqual([]);
  });
});

test("of a virtual server with hundreds of services only what changes is asked for, and nothing is read before", () => {
  const table = open();
  const group = (...servers: IpvsDestination[]) => Array.from({ length: 200 }, (_, i) => entry(1 + i, ...servers));
  table.applyAll(group(row(11), row(12)));
  asked();
  kernel.looked.length = 0;
  expect(table.apply(group(row(11), row(12, 2)))).toBe(true);
  expect(kernel.looked).toEqual([]);
  expect(asked()).toHaveLength(200);
});

const hands = fc.array(
  fc.record({
    port: fc.constantFrom(80, 81, 90),
    last: fc.integer({ min: 11, max: 13 }),
    weight: fc.nat(2),
    what: fc.nat(3),
  }),
  { maxLength: 6 },
);
const wanted = fc.uniqueArray(
  fc.record({ port: fc.constantFrom(80, 81, 82), rows: fc.uniqueArray(fc.integer({ min: 11, max: 13 })) }),
  { selector: ({ port }) => port },
);

test("whatever others do in it, the table is as wanted after the next writing, and the one after that asks for nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(wanted, hands), { minLength: 1, maxLength: 4 }), (rounds) => {
      kernel = new FakeIpvsKernel();
      const table = open();
      for (const [services, others] of rounds) {
        for (const { port, last, weight, what } of others) {
          const there = kernel.table.find(({ service }) => "port" in service && service.port === port);
          const rest = kernel.table.filter((one) => one !== there);
          const rows = (there?.destinations ?? []).filter(({ address }) => address !== row(last).address);
          if (what === 0) kernel.table = rest;
          else
            kernel.table = [
              ...rest,
              { ...(there ?? entry(port)), destinations: what === 1 ? rows : [...rows, row(last, weight)] },
            ];
        }
        const foreign = kernel.table.filter(({ service }) => "port" in service && service.port === 90);
        const want = services.map(({ port, rows }) => entry(port, ...rows.map((last) => row(last))));
        expect(table.applyAll(want)).toBe(true);
        const places = (entries: readonly IpvsEntry[]) => shown(entries).map((line) => line.replace(/ \d+$/, ""));
        expect(places(kernel.table.filter((one) => !foreign.includes(one)))).toEqual(
          expect.arrayContaining(places(want)),
        );
        for (const one of foreign) expect(kernel.table).toContain(one);
        kernel.asked.length = 0;
        expect(table.applyAll(want) && looked(table)?.length === 0).toBe(true);
        expect(kernel.asked).toEqual([]);
      }
    }),
  );
});
