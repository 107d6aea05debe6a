import { type IpAddress, ip } from "./ip.ts";

/** IPVS schedulers by their kernel names. */
export const SCHEDULERS = [
  "rr",
  "wrr",
  "lc",
  "wlc",
  "lblc",
  "lblcr",
  "dh",
  "sh",
  "mh",
  "sed",
  "nq",
  "fo",
  "ovf",
  "twos",
] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

export type Protocol = "tcp" | "udp" | "sctp";

/** How the director hands a connection to a real server. */
export type Forwarding = "nat" | "dr" | "tun";

/**
 * A row of the kernel's IPVS table, as `lvs/` wants it and as `netlink/ipvs.ts` reads and writes it (linux/ip_vs.h).
 * A service is named by protocol, address and port; a destination by address and port within its service.
 */
export interface IpvsService {
  readonly protocol: Protocol;
  readonly address: IpAddress;
  readonly port: number; // 0 = every port
  readonly scheduler: string; // kernel name, at most 15 characters
  readonly flags: number; // IP_VS_SVC_F_*; PERSISTENT (1) is set exactly when timeout > 0, HASHED (2) is masked out
  readonly timeout: number; // persistence, seconds; 0 = off
  readonly netmask: number; // persistence granularity as prefix length: 0..32 (IPv4), 1..128 (IPv6)
}

export interface IpvsDestination {
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: Forwarding | "local" | "bypass";
  readonly weight: number; // 0..2147483647
  readonly upperThreshold: number; // 0 = none
  readonly lowerThreshold: number;
}

/** A service with its destinations: what `ipvsadm -Sn` prints as one group of lines. */
export interface IpvsEntry {
  readonly service: IpvsService;
  readonly destinations: readonly IpvsDestination[];
}

/**
 * What the kernel has counted of a service or a destination since it was made or zeroed; linux/ip_vs.h `IPVS_STATS_ATTR_*`.
 * Its 64 bits are exact up to 2^53, which is 9 PB.
 */
export interface IpvsStatistics {
  readonly connections: number; // scheduled
  readonly inPackets: number;
  readonly outPackets: number; // seen with NAT alone
  readonly inBytes: number;
  readonly outBytes: number;
  readonly connectionRate: number; // each second, as the kernel estimates it every two
  readonly inPacketRate: number;
  readonly outPacketRate: number;
  readonly inByteRate: number; // bytes, though the kernel calls it BPS
  readonly outByteRate: number;
}

/** Connections that a destination has now. */
export interface IpvsConnections {
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number; // templates: clients that stay with it
}

/**
 * The kernel's daemon that sends our connections to the other director (master), or takes theirs (backup); it has one of
 * each at most. linux/ip_vs.h.
 */
export interface IpvsSyncDaemon {
  readonly state: "master" | "backup";
  readonly interface: string; // at most 15 bytes
  readonly id: number; //        0..255
  readonly maxLength: number | undefined; // bytes of a packet; undefined: the kernel's choice, by the interface
  readonly port: number; //      UDP
  readonly ttl: number; //       of multicast packets
  readonly group: IpAddress; //  multicast
}

/** What the kernel takes where nothing is said: IP_VS_SYNC_PORT, IP_VS_SYNC_GROUP. */
export const SYNC_PORT = 8848;
export const SYNC_GROUP = ip("224.0.0.81");
/** The same of the TTL, and of the id. */
export const SYNC_TTL = 1;

/** Names a service within a table, as Keepalived writes it in logs: `[10.9.0.100]:tcp:80`. */
export function serviceName({ address, protocol, port }: Pick<IpvsService, "address" | "protocol" | "port">): string {
  return `[${address}]:${protocol}:${port}`;
}

/** Names a destination within its service: `[10.9.0.11]:80`. */
export function destinationName({ address, port }: Pick<IpvsDestination, "address" | "port">): string {
  return `[${address}]:${port}`;
}
