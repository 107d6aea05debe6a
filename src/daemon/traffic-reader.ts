import {
  destinationName,
  type IpvsConnections,
  type IpvsService,
  type IpvsStatistics,
  serviceName,
} from "../base/ipvs.ts";
import type { IpvsKernel } from "../io/ipvs-kernel.ts";
import type { ServerTraffic, ServiceTraffic, TrafficWish } from "../observe/traffic.ts";

/** A virtual server with what it has in the kernel's table: several services, where a group leads to it. */
export interface CountedPool {
  readonly name: string;
  readonly services: readonly IpvsService[];
  /** The names of its servers, by what they are called at a service. */
  named(service: IpvsService): ReadonlyMap<string, string>;
}

/** What is asked of the kernel. */
export type CountingKernel = Pick<IpvsKernel, "serviceStatistics" | "destinationStatistics">;

/** Servers that are read in one turn; of services without servers as many. */
const PART = 500;

/**
 * Reads what was counted, in one dump of the services and one for the servers of each, in parts: between them others get
 * their turn. Throws KernelError.
 */
export function* readTraffic(
  kernel: CountingKernel,
  pools: readonly CountedPool[],
  wish: TrafficWish,
): Generator<readonly ServiceTraffic[]> {
  const counted = wish.services ? kernel.serviceStatistics() : [];
  const services = new Map(counted.map(({ service, statistics }) => [serviceName(service), statistics]));
  let part: ServiceTraffic[] = [];
  let size = 0;
  for (const pool of pools) {
    const own = pool.services.flatMap((service) => services.get(serviceName(service)) ?? []);
    const servers = wish.servers ? serversOf(kernel, pool) : [];
    part.push({ name: pool.name, statistics: own.length === 0 ? undefined : own.reduce(sum), servers });
    size += 1 + servers.length;
    if (size < PART) continue;
    yield part;
    [part, size] = [[], 0];
  }
  yield part;
}

function serversOf(kernel: CountingKernel, pool: CountedPool): readonly ServerTraffic[] {
  const servers = new Map<string, ServerTraffic>();
  for (const service of pool.services) {
    const names = pool.named(service);
    for (const { destination, statistics, connections } of kernel.destinationStatistics(service)) {
      const there = destinationName(destination);
      const name = names.get(there) ?? there;
      const before = servers.get(name);
      servers.set(
        name,
        before === undefined ? { name, statistics, connections } : added(before, statistics, connections),
      );
    }
  }
  return [...servers.values()];
}

function added(server: ServerTraffic, statistics: IpvsStatistics, connections: IpvsConnections): ServerTraffic {
  const { name, connections: before } = server;
  return {
    name,
    statistics: sum(server.statistics, statistics),
    connections: {
      active: before.active + connections.active,
      inactive: before.inactive + connections.inactive,
      persistent: before.persistent + connections.persistent,
    },
  };
}

function sum(a: IpvsStatistics, b: IpvsStatistics): IpvsStatistics {
  return {
    connections: a.connections + b.connections,
    inPackets: a.inPackets + b.inPackets,
    outPackets: a.outPackets + b.outPackets,
    inBytes: a.inBytes + b.inBytes,
    outBytes: a.outBytes + b.outBytes,
    connectionRate: a.connectionRate + b.connectionRate,
    inPacketRate: a.inPacketRate + b.inPacketRate,
    outPacketRate: a.outPacketRate + b.outPacketRate,
    inByteRate: a.inByteRate + b.inByteRate,
    outByteRate: a.outByteRate + b.outByteRate,
  };
}
