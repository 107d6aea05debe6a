import type { Family, IpAddress } from "./ip.ts";
import type { Protocol } from "./ipvs.ts";

/** Why an instance became master, RFC 6527 vrrpv3StatisticsNewMasterReason: `priority` after the former one resigned. */
export type MasterReason = "not-master" | "priority" | "preempted" | "no-response";

/** The last thing wrong with a packet, RFC 6527 vrrpv3StatisticsProtoErrReason. */
export type ProtocolError = "none" | "ttl" | "version" | "checksum";

/** What an SNMP manager is told. Plain JSON data; which MIB has words for it, `snmp/traps.ts` knows. */
export type Trap =
  | { readonly type: "instance" | "group"; readonly name: string; readonly state: TrapState }
  | {
      readonly type: "new-master";
      readonly router: TrapRouter;
      readonly address: IpAddress; // its own
      readonly reason: MasterReason;
    }
  | {
      readonly type: "authentication";
      readonly router: TrapRouter;
      readonly from: IpAddress;
      readonly error: "type" | "mismatch" | "failure"; // no such type, another type than ours, a wrong proof
    }
  | { readonly type: "protocol"; readonly router: TrapRouter; readonly error: ProtocolError }
  | { readonly type: "server"; readonly pool: TrapPool; readonly server: TrapServer; readonly up: boolean }
  | { readonly type: "quorum"; readonly pool: TrapPool; readonly quorum: number; readonly status: QuorumStatus };

/** virtualServerQuorumStatus of KEEPALIVED-MIB: at the daemon's stop no quorum counts any more. */
export type QuorumStatus = "met" | "not-met" | "shutdown";

/** A virtual server, and how many of its real servers are up behind what happened. */
export interface TrapPool {
  readonly service: TrapService;
  readonly alive: number;
  readonly total: number;
}

/** How clients reach a service. Compatible with the services of the configuration. */
export type TrapService =
  | { readonly address: IpAddress; readonly port: number; readonly protocol: Protocol }
  | { readonly fwmark: number }
  | { readonly group: string; readonly protocol: Protocol | undefined }; // undefined: firewall marks alone

/** A real server. */
export interface TrapServer {
  readonly address: IpAddress;
  readonly port: number;
}

/** Where an instance or a group is now. */
export type TrapState = "master" | "backup" | "fault" | "stop" | "deleted";

/** A virtual router as the RFCs' tables have it. */
export interface TrapRouter {
  readonly ifindex: number; // 0: its interface is not there
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly family: Family;
}
