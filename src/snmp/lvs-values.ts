import type { Forwarding, IpvsStatistics, Protocol, Scheduler } from "../base/ipvs.ts";
import { type Micros, toSeconds } from "../base/time.ts";
import type { TunnelConfig } from "../config/model/lvs.ts";
import type { Oid, SnmpValue } from "../wire/agentx-value.ts";
import { CHECK } from "./names.ts";
import { counter, counter64, gauge, integer, octets } from "./value.ts";

/** virtualServerType. */
export function typeOf(service: object): SnmpValue {
  return integer("fwmark" in service ? 1 : "address" in service ? 2 : 3);
}

/** virtualServerProtocol; Keepalived 2.2.7 shows none of a firewall mark's, which the MIB calls none(4). */
export function protocolValue(protocol: Protocol | undefined): SnmpValue {
  return integer(protocol === undefined ? 4 : PROTOCOLS[protocol]);
}

/** virtualServerLoadBalancingAlgo. */
export function schedulerValue(scheduler: Scheduler): SnmpValue {
  return integer(SCHEDULER_NUMBERS[scheduler]);
}

/** virtualServerLoadBalancingKind, realServerForwardingMethod. */
export function forwardingValue(forwarding: Forwarding): SnmpValue {
  return integer(FORWARDING[forwarding]);
}

/** Type, port and checksum of a tunnel, each where it has one. */
export const TUNNEL = {
  type: (tunnel: TunnelConfig | undefined) => tunnel && integer(TUNNELS[tunnel.type]),
  port: (tunnel: TunnelConfig | undefined) => (tunnel?.type === "gue" ? gauge(tunnel.port) : undefined),
  checksum: (tunnel: TunnelConfig | undefined) =>
    tunnel === undefined || tunnel.type === "ipip" ? undefined : integer(CHECKSUMS[tunnel.checksum]),
};

/** virtualServerPersistGranularity: four octets of ones, as many as the prefix has. */
export function netmask(prefixLength: number): SnmpValue {
  return octets(Uint8Array.from([0, 8, 16, 24], (bits) => 0xff00 >>> Math.max(0, Math.min(8, prefixLength - bits))));
}

/** Whole seconds of a time that may be unset: 0. */
export function wholeSeconds(span: Micros | undefined): SnmpValue {
  return gauge(toSeconds(span ?? 0));
}

/** The two halves of a number of 64 bits. */
export const HALVES = {
  low: (value: number) => gauge(value % 2 ** 32),
  high: (value: number) => gauge(value / 2 ** 32),
};

/** A statistic as the MIB has it, from the counters that a row has. */
type Statistic = (counted: IpvsStatistics) => SnmpValue;

/** The columns that services and servers have alike, in the order of the MIB. */
export const TOTALS: readonly Statistic[] = [
  ({ inPackets }) => counter(inPackets),
  ({ outPackets }) => counter(outPackets),
  ({ inBytes }) => counter64(inBytes),
  ({ outBytes }) => counter64(outBytes),
  ({ connectionRate }) => gauge(connectionRate),
  ({ inPacketRate }) => gauge(inPacketRate),
  ({ outPacketRate }) => gauge(outPacketRate),
  ({ inByteRate }) => gauge(inByteRate),
  ({ outByteRate }) => gauge(outByteRate),
];
/** The same in 64 bits. */
export const TOTALS64: readonly Statistic[] = [
  ({ connections }) => counter64(connections),
  ({ inPackets }) => counter64(inPackets),
  ({ outPackets }) => counter64(outPackets),
  ({ connectionRate }) => HALVES.low(connectionRate),
  ({ connectionRate }) => HALVES.high(connectionRate),
  ({ inPacketRate }) => HALVES.low(inPacketRate),
  ({ inPacketRate }) => HALVES.high(inPacketRate),
  ({ outPacketRate }) => HALVES.low(outPacketRate),
  ({ outPacketRate }) => HALVES.high(outPacketRate),
  ({ inByteRate }) => HALVES.low(inByteRate),
  ({ inByteRate }) => HALVES.high(inByteRate),
  ({ outByteRate }) => HALVES.low(outByteRate),
  ({ outByteRate }) => HALVES.high(outByteRate),
];

/** What the kernel has not counted yet. */
export const NOTHING: IpvsStatistics = {
  connections: 0,
  inPackets: 0,
  outPackets: 0,
  inBytes: 0,
  outBytes: 0,
  connectionRate: 0,
  inPacketRate: 0,
  outPacketRate: 0,
  inByteRate: 0,
  outByteRate: 0,
};

/** Statistics as columns that begin with this number. */
export function columnsFrom<R>(
  first: number,
  statistics: readonly Statistic[],
  of: (row: R) => IpvsStatistics | undefined,
): Readonly<Record<number, (row: R) => SnmpValue>> {
  return Object.fromEntries(statistics.map((show, i) => [first + i, (row: R) => show(of(row) ?? NOTHING)]));
}

/** The entry of a table of Keepalived's checkers part. */
export function checkTable(number: number): Oid {
  return [...CHECK, number, 1];
}

const PROTOCOLS = { tcp: 1, udp: 2, sctp: 3 } as const;
const FORWARDING = { nat: 1, dr: 2, tun: 3 } as const;
const TUNNELS = { ipip: 1, gue: 2, gre: 3 } as const;
const CHECKSUMS = { none: 1, full: 2, remote: 3 } as const;
const SCHEDULER_NUMBERS: Readonly<Record<Scheduler, number>> = {
  ...{ rr: 1, wrr: 2, lc: 3, wlc: 4, lblc: 5, lblcr: 6, dh: 7 },
  ...{ sh: 8, sed: 9, nq: 10, fo: 11, ovf: 12, mh: 13, twos: 14 },
};
