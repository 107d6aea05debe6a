import { existsSync, readFileSync } from "node:fs";
import { destinationName, type IpvsDestination, type IpvsService, serviceName } from "../../src/base/ipvs.ts";
import { type Attributes, readNested } from "../../src/netlink/attributes.ts";
import * as nl from "../../src/netlink/constants.ts";
import { decodeGeneric } from "../../src/netlink/genetlink.ts";
import { decodeDestination } from "../../src/netlink/ipvs-destination.ts";
import { decodeService } from "../../src/netlink/ipvs-service.ts";
import { decodeMessages } from "../../src/netlink/message.ts";

/** What was asked of the stand-in for IPVS, and whether it was of IPVS: of another message type it is not. */
export interface IpvsAsked {
  readonly type: number; //    of netlink
  readonly command: number; // IPVS_CMD_*, where the type is the family's
  readonly body: Uint8Array;
  readonly service: IpvsService | undefined; //         where it is whole
  readonly destination: IpvsDestination | undefined; // so too
}

/** The number that the stand-in gives to IPVS. */
export const STAND_IN_FAMILY = 0x23;

/** The file of `IPVS_STAND_IN_TABLE`: what all processes have asked, in order. */
export class IpvsJournal {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get asked(): readonly IpvsAsked[] {
    if (!existsSync(this.path)) return [];
    return decodeMessages(readFileSync(this.path)).map(({ type, body }) => {
      const [service, destination] = [decodeService(body), decodeDestination(body)];
      return {
        ...{ type, body, command: body[0] ?? 0 },
        service: service.ok ? service.value : undefined,
        destination: destination.ok ? destination.value : undefined,
      };
    });
  }

  /** How many requests there are. */
  get mark(): number {
    return this.asked.length;
  }

  /** The requests that change something, from one on: `new [10.78.1.1]:tcp:80 -> [10.88.0.11]:80 weight 1`. */
  changes(from = 0): readonly string[] {
    return this.asked.slice(from).flatMap(({ type, command, service, destination }) => {
      const verb = type === STAND_IN_FAMILY ? VERBS.get(command) : undefined;
      if (verb === undefined) return [];
      const to = destination === undefined ? "" : ` -> ${destinationName(destination)} weight ${destination.weight}`;
      return [`${verb} ${service === undefined ? "" : serviceName(service)}${to}`];
    });
  }

  /** The table that all of it made, a line each. */
  table(): readonly string[] {
    const services = new Map<string, { service: IpvsService | undefined; rows: Map<string, IpvsDestination> }>();
    for (const { type, command, body, service, destination } of this.asked) {
      if (type !== STAND_IN_FAMILY) continue;
      if (command === nl.IPVS_CMD_FLUSH) services.clear();
      const name = nameOf(body, nl.IPVS_CMD_ATTR_SERVICE, SERVICE_NAME);
      const known = services.get(name);
      if (command === nl.IPVS_CMD_NEW_SERVICE && known === undefined) services.set(name, { service, rows: new Map() });
      if (known === undefined) continue;
      const row = nameOf(body, nl.IPVS_CMD_ATTR_DEST, DESTINATION_NAME);
      if (command === nl.IPVS_CMD_SET_SERVICE) known.service = service;
      if (command === nl.IPVS_CMD_DEL_SERVICE) services.delete(name);
      if (command === nl.IPVS_CMD_DEL_DEST) known.rows.delete(row);
      const makes = command === nl.IPVS_CMD_NEW_DEST || command === nl.IPVS_CMD_SET_DEST;
      if (makes && destination !== undefined && (command === nl.IPVS_CMD_SET_DEST) === known.rows.has(row))
        known.rows.set(row, destination);
    }
    return [...services.values()].flatMap(({ service, rows }) => [
      JSON.stringify(service),
      ...[...rows.values()].map((row) => JSON.stringify(row)).sort(),
    ]);
  }
}

const VERBS: ReadonlyMap<number, string> = new Map([
  [nl.IPVS_CMD_NEW_SERVICE, "new"],
  [nl.IPVS_CMD_SET_SERVICE, "set"],
  [nl.IPVS_CMD_DEL_SERVICE, "delete"],
  [nl.IPVS_CMD_NEW_DEST, "new"],
  [nl.IPVS_CMD_SET_DEST, "set"],
  [nl.IPVS_CMD_DEL_DEST, "delete"],
  [nl.IPVS_CMD_FLUSH, "flush"],
]);
const SERVICE_NAME = [
  ...[nl.IPVS_SVC_ATTR_AF, nl.IPVS_SVC_ATTR_PROTOCOL, nl.IPVS_SVC_ATTR_ADDR],
  ...[nl.IPVS_SVC_ATTR_PORT, nl.IPVS_SVC_ATTR_FWMARK],
];
const DESTINATION_NAME = [nl.IPVS_DEST_ATTR_ADDR, nl.IPVS_DEST_ATTR_PORT];

/** What names a row in a nest, byte by byte. */
function nameOf(body: Uint8Array, nest: number, named: readonly number[]): string {
  const generic = decodeGeneric(body);
  const attributes: Attributes = generic.ok ? readNested(generic.value.attributes, nest) : new Map();
  return named.map((attribute) => Buffer.from(attributes.get(attribute) ?? []).toString("hex")).join(" ");
}
