import { type Family, family, type IpAddress, ip } from "./ip.ts";

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

/** How packets are wrapped on their way through a tunnel. */
export interface Tunnel {
  readonly type: "ipip" | "gue" | "gre";
  readonly port: number; // of GUE; 0 with the others
  readonly checksum: "none" | "full" | "remote"; // `nocsum`, `csum`, `remcsum`
}

/** IP in IP: the tunnel where no other is named. */
export const PLAIN_TUNNEL: Tunnel = { type: "ipip", port: 0, checksum: "none" };

/** Packets to an address. */
export interface AddressPlace {
  readonly protocol: Protocol;
  readonly address: IpAddress;
  readonly port: number; // 0 = every port
}

/** Packets that the firewall marked. */
export interface MarkPlace {
  readonly fwmark: number; // 1..4294967295
  readonly family: Family;
}

/** What makes packets belong to a service: its name in the kernel's table. */
export type IpvsPlace = AddressPlace | MarkPlace;

/** How a service deals out connections. */
export interface IpvsManner {
  readonly scheduler: string; // kernel name, at most 15 characters
  readonly flags: number; // IP_VS_SVC_F_*; PERSISTENT (1) is set exactly when timeout > 0, HASHED (2) is masked out
  readonly timeout: number; // persistence, seconds; 0 = off
  readonly netmask: number; // persistence granularity as prefix length: 0..32 (IPv4), 1..128 (IPv6)
  readonly engine: string | undefined; // of persistence; at most 15 characters
}

/**
 * A row of the kernel's IPVS table, as `lvs/` wants it and as `netlink/ipvs.ts` reads and writes it (linux/ip_vs.h). A
 * destination is named by address and port within its service.
 */
export type IpvsService = (AddressPlace & IpvsManner) | (MarkPlace & IpvsManner);

export interface IpvsDestination {
  readonly address: IpAddress;
  readonly port: number; // 0 = the one that the connection came to
  readonly forwarding: Forwarding | "local" | "bypass";
  readonly tunnel: Tunnel | undefined; // where forwarding is `tun`
  readonly weight: number; // 0..2147483647
  readonly upperThreshold: number; // 0 = none
  readonly lowerThreshold: number;
}

/** A service with its destinations: what `ipvsadm -Sn` prints as one group of lines. */
export interface IpvsEntry {
  readonly service: IpvsService;
  readonly destinations: readonly IpvsDestination[];
}

/** How long the kernel remembers a connection that is silent, seconds. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number; // after a FIN
  readonly udp: number;
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

/** Names a service within a table, as Keepalived writes it in logs: `[10.9.0.100]:tcp:80`, `FWM 9`; of IPv6 `FWM 9 inet6`. */
export function serviceName(place: IpvsPlace): string {
  if ("fwmark" in place) return `FWM ${place.fwmark}${place.family === 6 ? " inet6" : ""}`;
  return `[${place.address}]:${place.protocol}:${place.port}`;
}

/** The family of the packets of a service. */
export function familyOf(place: IpvsPlace): Family {
  return "fwmark" in place ? place.family : family(place.address);
}

/** Names a destination within its service: `[10.9.0.11]:80`. */
export function destinationName({ address, port }: Pick<IpvsDestination, "address" | "port">): string {
  return `[${address}]:${port}`;
}
