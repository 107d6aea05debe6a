import { isMulticast } from "../../../src/base/ip.ts";
import type { ListedServer, ListedService, RowPlace, ServerRow } from "../../../src/base/ipvs-row.ts";
import type { Change } from "../../../src/command/ipvs/plan.ts";

const NOTHING_COUNTED = {
  ...{ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
  ...{ connectionRate: 0, inPacketRate: 0, outPacketRate: 0, inByteRate: 0, outByteRate: 0 },
};
const MODULES = ["rr", "wrr", "wlc", "sh", "mh"];
const [ENOENT, ESRCH, EEXIST, EINVAL, ERANGE] = [2, 3, 17, 22, 34];

/** The kernel's table, as far as command lines tell it apart from a list: it refuses what the kernel refuses. */
export class Kernel {
  services: ListedService[] = [];

  /** Undefined, or the number of the error. */
  apply(change: Change): number | undefined {
    switch (change.type) {
      case "add-service":
      case "edit-service": {
        const { service } = change;
        const found = this.find(service);
        if (change.type === "add-service" && found !== undefined) return EEXIST;
        if (change.type === "edit-service" && found === undefined) return ESRCH;
        if (!MODULES.includes(service.scheduler) || !["", "sip"].includes(service.engine)) return ENOENT;
        this.#put({ ...service, statistics: NOTHING_COUNTED, servers: found?.servers ?? [] });
        return undefined;
      }
      case "delete-service":
        return this.#without(change.place) ? undefined : ESRCH;
      case "add-server":
      case "edit-server":
      case "delete-server":
        return this.#server(change.type, change.place, change.server);
      case "clear":
        this.services = [];
        return undefined;
      case "zero":
        return change.place === undefined || this.find(change.place) !== undefined ? undefined : ESRCH;
      default:
        return undefined;
    }
  }

  find(place: RowPlace): ListedService | undefined {
    return this.services.find((service) => sameService(service, place));
  }

  #server(type: "add-server" | "edit-server" | "delete-server", place: RowPlace, row: ServerRow): number | undefined {
    const service = this.find(place);
    if (service === undefined) return ESRCH;
    const others = service.servers.filter(({ address, port }) => address !== row.address || port !== row.port);
    const there = others.length < service.servers.length;
    if (type !== "delete-server" && row.lowerThreshold > row.upperThreshold) return ERANGE;
    if (type === "add-server" && there) return EEXIST;
    if (type !== "add-server" && !there) return ENOENT;
    if (type !== "delete-server" && isMulticast(row.address)) return EINVAL;
    const server: ListedServer = { ...row, active: 0, inactive: 0, persistent: 0, statistics: NOTHING_COUNTED };
    this.#put({ ...service, servers: type === "delete-server" ? others : [...others, server] });
    return undefined;
  }

  #put(service: ListedService): void {
    this.#without(service);
    this.services.push(service);
  }

  #without(place: RowPlace): boolean {
    const before = this.services.length;
    this.services = this.services.filter((service) => !sameService(service, place));
    return this.services.length < before;
  }
}

function sameService(a: RowPlace, b: RowPlace): boolean {
  if (a.fwmark !== 0 || b.fwmark !== 0) return a.fwmark === b.fwmark && a.family === b.family;
  return a.protocol === b.protocol && a.address === b.address && a.port === b.port;
}
