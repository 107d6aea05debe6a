import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { IpvsDestination, IpvsService } from "../../src/base/ipvs.ts";
import { type CountedPool, type CountingKernel, readTraffic } from "../../src/daemon/traffic-reader.ts";

import type { TrafficWish } from "../../src/observe/traffic.ts";

const service = (host: number): IpvsService => ({
  ...{ protocol: "tcp", address: ip(`10.9.0.${host}`), port: 80, scheduler: "rr" },
  ...{ flags: 0, timeout: 0, netmask: 32, engine: undefined },
});
const destination = (host: number): IpvsDestination => ({
  ...{
    address: ip(`10.9.0.${host}`),
    port: 80,
    forwarding: "nat",
    tunnel: undefined,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  },
});
const counted = (count: number) => ({
  ...{ connections: count, inPackets: 10 * count, outPackets: 0, inBytes: 0, outBytes: 0 },
  ...{ connectionRate: 0, inPacketRate: 0, outPacketRate: 0, inByteRate: 0, outByteRate: count },
});
const asked: string[] = [];
const kernel: CountingKernel = {
  serviceStatistics: () => {
    asked.push("services");
    return [100, 101, 102].map((host) => ({ service: service(host), statistics: counted(host) }));
  },
  destinationStatistics: (at) => {
    asked.push("address" in at ? at.address : `${at.fwmark}`);
    return [11, 12].map((host) => ({
      ...{ destination: destination(host), statistics: counted(host) },
      connections: { active: 1, inactive: 2, persistent: 3 },
    }));
  },
};
const named = (): ReadonlyMap<string, string> => new Map([["[10.9.0.12]:80", "[10.9.0.12]:0"]]);
const read = (...[pools, wish]: [readonly CountedPool[], TrafficWish]) => [...readTraffic(kernel, pools, wish)].flat();
const both = { services: true, servers: true };

test("all services are read at once, the servers of ours alone", () => {
  asked.length = 0;
  const pools = [100, 101].map((host) => ({ name: `v${host}`, services: [service(host)], named }));
  const services = read(pools, both);
  expect(asked).toEqual(["services", "10.9.0.100", "10.9.0.101"]);
  expect(services.map(({ name, statistics }) => [name, statistics?.connections])).toEqual([
    ["v100", 100],
    ["v101", 101],
  ]);
  expect(services[0]?.servers.map(({ name, statistics }) => [name, statistics.connections])).toEqual([
    ["[10.9.0.11]:80", 11],
    ["[10.9.0.12]:0", 12], // as it is configured
  ]);
});

test("of a virtual server that is several services the counts are summed, its servers' too", () => {
  const pools = [{ name: "[G]:0", services: [service(100), service(101)], named }];
  const [group] = read(pools, both);
  expect(group?.statistics).toMatchObject({ connections: 201, inPackets: 2010, outByteRate: 201 });
  expect(group?.servers.map(({ statistics, connections }) => [statistics.connections, connections.persistent])).toEqual(
    [
      [22, 6],
      [24, 6],
    ],
  );
});

test("a service that the kernel has not is undefined, and nothing is read that was not asked for", () => {
  const pools = [{ name: "v", services: [service(9)], named }];
  expect(read(pools, { services: true, servers: false })).toEqual([{ name: "v", statistics: undefined, servers: [] }]);
  asked.length = 0;
  read(pools, { services: false, servers: true });
  expect(asked).toEqual(["10.9.0.9"]);
});

test("many servers come in parts, so that checks between them are on time", () => {
  const pools = Array.from({ length: 400 }, (_, i) => ({ name: `v${i}`, services: [service(i % 250)], named }));
  const parts = [...readTraffic(kernel, pools, both)];
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.flat().map(({ name }) => name)).toEqual(pools.map(({ name }) => name));
});
