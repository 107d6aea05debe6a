import type { IpvsConnections, IpvsStatistics } from "../base/ipvs.ts";

/**
 * What the kernel counted of the services, read when somebody asks: it is no part of the report, which leaves whenever a
 * verdict turns.
 */
export interface TrafficReport {
  readonly services: readonly ServiceTraffic[];
}

/** What was counted of a service. */
export interface ServiceTraffic {
  readonly name: string; // as in the report
  readonly statistics: IpvsStatistics | undefined; // undefined: not asked for, or the kernel has it not
  readonly servers: readonly ServerTraffic[]; // those that the kernel has; none where they were not asked for
}

/** What was counted of a server of a service, the sorry server among them. */
export interface ServerTraffic {
  readonly name: string; // `[10.9.0.11]:80`, as configured
  readonly statistics: IpvsStatistics;
  readonly connections: IpvsConnections;
}

/** Which of it is asked for. */
export interface TrafficWish {
  readonly services: boolean;
  readonly servers: boolean;
}
