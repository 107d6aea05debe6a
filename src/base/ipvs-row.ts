import type { Family, IpAddress } from "./ip.ts";
import type { IpvsStatistics } from "./ipvs.ts";

/** Which packets a service is for: those to an address, or those that the firewall marked. */
export interface RowPlace {
  readonly family: Family;
  readonly fwmark: number; //             0: by address; else 1..4294967295, and the three below say nothing
  readonly protocol: RowProtocol;
  readonly address: IpAddress;
  readonly port: number; //               0 = every port
}

/** Protocols of IPVS; `ip` stands beside a mark. */
export type RowProtocol = "tcp" | "udp" | "sctp" | "ip";

/** A service as the kernel has it, whoever made it; whatever ipvsadm(8) can say of one. linux/ip_vs.h. */
export interface ServiceRow extends RowPlace {
  readonly scheduler: string; //          kernel name, at most 15 characters
  readonly flags: number; //              IP_VS_SVC_F_*, without HASHED
  readonly timeout: number; //            of persistence, seconds; counts where PERSISTENT is set
  readonly netmask: number; //            IPv4: the mask itself, not always contiguous; IPv6: prefix length 1..128
  readonly engine: string; //             of persistence; "" = none
}

/** How packets are wrapped on their way to a server. IP_VS_CONN_F_TUNNEL_TYPE_*, IP_VS_TUNNEL_ENCAP_FLAG_*. */
export interface RowTunnel {
  readonly type: "ipip" | "gue" | "gre";
  readonly port: number; //               of GUE
  readonly checksum: "none" | "full" | "remote";
}

/** A server of a service, likewise. */
export interface ServerRow {
  readonly family: Family;
  readonly address: IpAddress;
  readonly port: number;
  readonly forwarding: RowForwarding;
  readonly weight: number;
  readonly upperThreshold: number; //     0 = none
  readonly lowerThreshold: number;
  readonly tunnel: RowTunnel; //          says something where forwarding is `tunnel`
}

/** How a connection is handed to a server; `unknown`: by a number that linux/ip_vs.h does not name. */
export type RowForwarding = "masquerade" | "local" | "tunnel" | "route" | "bypass" | "unknown";

/** A server with what the kernel counted. */
export interface ListedServer extends ServerRow {
  readonly active: number; //             connections
  readonly inactive: number;
  readonly persistent: number;
  readonly statistics: IpvsStatistics;
}

/** A service with what the kernel counted, and its servers in the kernel's order. */
export interface ListedService extends ServiceRow {
  readonly statistics: IpvsStatistics;
  readonly servers: readonly ListedServer[];
}

/** IP_VS_SVC_F_*, linux/ip_vs.h. The schedulers say what the three SCHED mean. */
export const SERVICE_FLAGS = { persistent: 1, onePacket: 4, first: 8, second: 16, third: 32 } as const;

/** How long the kernel remembers silent connections, seconds; 0 in a request: as it is. */
export interface RowTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}
