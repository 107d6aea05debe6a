import { accept, type Decoded, drop } from "../base/decoded.ts";
import type { IpvsConnections, IpvsStatistics } from "../base/ipvs.ts";
import { type Attributes, readNested, readU32, readUint } from "./attributes.ts";
import {
  IPVS_CMD_ATTR_DEST,
  IPVS_CMD_ATTR_SERVICE,
  IPVS_DEST_ATTR_ACTIVE_CONNS,
  IPVS_DEST_ATTR_INACT_CONNS,
  IPVS_DEST_ATTR_PERSIST_CONNS,
  IPVS_DEST_ATTR_STATS,
  IPVS_DEST_ATTR_STATS64,
  IPVS_STATS_ATTR_CONNS,
  IPVS_STATS_ATTR_CPS,
  IPVS_STATS_ATTR_INBPS,
  IPVS_STATS_ATTR_INBYTES,
  IPVS_STATS_ATTR_INPKTS,
  IPVS_STATS_ATTR_INPPS,
  IPVS_STATS_ATTR_OUTBPS,
  IPVS_STATS_ATTR_OUTBYTES,
  IPVS_STATS_ATTR_OUTPKTS,
  IPVS_STATS_ATTR_OUTPPS,
  IPVS_SVC_ATTR_STATS,
  IPVS_SVC_ATTR_STATS64,
} from "./constants.ts";
import { decodeGeneric } from "./genetlink.ts";

/** Why a message of the table has no statistics. */
export type StatisticsDrop = "truncated" | "statistics";

/** What was counted of the service of one message of the answer to `dumpServices`. Never throws. */
export function decodeServiceStatistics(body: Uint8Array): Decoded<IpvsStatistics, StatisticsDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_SERVICE);
  const statistics = readStatistics(attributes, IPVS_SVC_ATTR_STATS64, IPVS_SVC_ATTR_STATS);
  return statistics === undefined ? drop("statistics") : accept(statistics);
}

/** What was counted of a destination, and what it has now. */
export interface DestinationStatistics {
  readonly statistics: IpvsStatistics;
  readonly connections: IpvsConnections;
}

/** The same of the destination of one message of the answer to `dumpDestinations`. Never throws. */
export function decodeDestinationStatistics(body: Uint8Array): Decoded<DestinationStatistics, StatisticsDrop> {
  const generic = decodeGeneric(body);
  if (!generic.ok) return generic;
  const attributes = readNested(generic.value.attributes, IPVS_CMD_ATTR_DEST);
  const statistics = readStatistics(attributes, IPVS_DEST_ATTR_STATS64, IPVS_DEST_ATTR_STATS);
  if (statistics === undefined) return drop("statistics");
  const connections = {
    active: readU32(attributes, IPVS_DEST_ATTR_ACTIVE_CONNS) ?? 0,
    inactive: readU32(attributes, IPVS_DEST_ATTR_INACT_CONNS) ?? 0,
    persistent: readU32(attributes, IPVS_DEST_ATTR_PERSIST_CONNS) ?? 0,
  };
  return accept({ statistics, connections });
}

/** Of 64 bits where the kernel has them (Linux 4.1 and later), else of 32. Both nests number their attributes alike. */
function readStatistics(attributes: Attributes, wide: number, narrow: number): IpvsStatistics | undefined {
  const type = attributes.has(wide) ? wide : narrow;
  if (!attributes.has(type)) return undefined;
  const counted = readNested(attributes, type);
  const count = (attribute: number): number => readUint(counted, attribute) ?? 0;
  return {
    connections: count(IPVS_STATS_ATTR_CONNS),
    inPackets: count(IPVS_STATS_ATTR_INPKTS),
    outPackets: count(IPVS_STATS_ATTR_OUTPKTS),
    inBytes: count(IPVS_STATS_ATTR_INBYTES),
    outBytes: count(IPVS_STATS_ATTR_OUTBYTES),
    connectionRate: count(IPVS_STATS_ATTR_CPS),
    inPacketRate: count(IPVS_STATS_ATTR_INPPS),
    outPacketRate: count(IPVS_STATS_ATTR_OUTPPS),
    inByteRate: count(IPVS_STATS_ATTR_INBPS),
    outByteRate: count(IPVS_STATS_ATTR_OUTBPS),
  };
}
