import type { IpvsSyncDaemon } from "../../base/ipvs.ts";
import { type ListedServer, type ListedService, SERVICE_FLAGS } from "../../base/ipvs-row.ts";
import { flagWords } from "./flags.ts";
import { maskText } from "./labels.ts";
import { inOrder, serversInOrder } from "./list.ts";

/** `--json`: all that the table holds, in numbers, whatever columns are chosen. */
export function tableJson(services: readonly ListedService[], sorted: boolean): unknown {
  return (sorted ? inOrder(services) : services).map((service) => {
    const { family, fwmark, protocol, address, port, scheduler, flags, timeout, netmask, engine } = service;
    const words = flagWords(flags, scheduler);
    return {
      ...(fwmark === 0 ? { protocol, address, port } : { fwmark, family: family === 6 ? "inet6" : "inet" }),
      scheduler,
      flags: words === "" ? [] : words.split(","),
      onePacket: (flags & SERVICE_FLAGS.onePacket) !== 0,
      persistence:
        flags & SERVICE_FLAGS.persistent
          ? { timeout, netmask: maskText(family, netmask) ?? null, engine: engine === "" ? null : engine }
          : null,
      statistics: service.statistics,
      servers: (sorted ? serversInOrder(service.servers) : service.servers).map(serverJson),
    };
  });
}

function serverJson(server: ListedServer): unknown {
  const { address, port, forwarding, tunnel, weight, upperThreshold, lowerThreshold } = server;
  const { active, inactive, persistent, statistics } = server;
  return {
    ...{ address, port, forwarding },
    tunnel: forwarding === "tunnel" ? tunnel : null,
    ...{ weight, upperThreshold, lowerThreshold },
    connections: { active, inactive, persistent },
    statistics,
  };
}

/** `--json --daemon`. */
export function daemonsJson(daemons: readonly IpvsSyncDaemon[]): unknown {
  return daemons.map(({ state, interface: carrier, id, maxLength, group, port, ttl }) => ({
    ...{ state, interface: carrier, id, maxLength, group, port, ttl },
  }));
}
