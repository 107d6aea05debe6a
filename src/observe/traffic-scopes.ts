import type { IpvsStatistics } from "../base/ipvs.ts";
import { type Labelled, type Labels, type Observed, realServer, type Scope, service } from "./metric-scopes.ts";
import type { ServerTraffic } from "./traffic.ts";

/** Services that the kernel has. */
export const serviceTraffic: Scope<IpvsStatistics> = {
  labels: service.labels,
  each: (now) =>
    service.each(now).flatMap(([labels, { name }]) => {
      const statistics = now.traffic.get(name)?.statistics;
      return statistics === undefined ? [] : [[labels, statistics]];
    }),
};

/** Packets of services by their direction. */
export const servicePackets = byDirection(serviceTraffic, packets);
/** The same of bytes. */
export const serviceBytes = byDirection(serviceTraffic, bytes);

/** Real servers that the kernel has; what a sorry server takes is seen of its service. */
export const serverTraffic: Scope<ServerTraffic> = { labels: realServer.labels, each: counted };

/** Packets of real servers by their direction. */
export const serverPackets = byDirection(serverTraffic, ({ statistics }) => packets(statistics));
/** The same of bytes. */
export const serverBytes = byDirection(serverTraffic, ({ statistics }) => bytes(statistics));

/** Connections that real servers have now. */
export const serverConnections: Scope<number> = {
  labels: [...realServer.labels, "kind"],
  each: (now) =>
    serverTraffic.each(now).flatMap(
      ([
        labels,
        {
          connections: { active, inactive, persistent },
        },
      ]): Labelled<number>[] => [
        [{ ...labels, kind: "active" }, active],
        [{ ...labels, kind: "inactive" }, inactive],
        [{ ...labels, kind: "persistent" }, persistent],
      ],
    ),
};

function counted(now: Observed): readonly Labelled<ServerTraffic>[] {
  return service.each(now).flatMap(([labels, { name, realServers }]) => {
    const servers = new Map(now.traffic.get(name)?.servers.map((server) => [server.name, server]));
    return realServers.flatMap((server): Labelled<ServerTraffic>[] => {
      const found = servers.get(server.name);
      return found === undefined ? [] : [[{ ...labels, real_server: server.name }, found]];
    });
  });
}

function packets({ inPackets, outPackets }: IpvsStatistics): InAndOut {
  return [inPackets, outPackets];
}

function bytes({ inBytes, outBytes }: IpvsStatistics): InAndOut {
  return [inBytes, outBytes];
}

type InAndOut = readonly [into: number, out: number];

function byDirection<T>(scope: Scope<T>, count: (thing: T) => InAndOut): Scope<number> {
  const labelled = (labels: Labels, [into, out]: InAndOut): Labelled<number>[] => [
    [{ ...labels, direction: "in" }, into],
    [{ ...labels, direction: "out" }, out],
  ];
  return {
    labels: [...scope.labels, "direction"],
    each: (now) => scope.each(now).flatMap(([labels, thing]) => labelled(labels, count(thing))),
  };
}
