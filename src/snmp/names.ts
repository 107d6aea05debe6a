import type { Oid } from "../wire/agentx-value.ts";

/** Keepalived's MIB, under the enterprise of Debian. KEEPALIVED-MIB, 202109230001Z. */
export const KEEPALIVED: Oid = [1, 3, 6, 1, 4, 1, 9586, 100, 5];
/** Its part about the daemon. */
export const GLOBAL: Oid = [...KEEPALIVED, 1];
/** Its part about VRRP. */
export const VRRP: Oid = [...KEEPALIVED, 2];
/** Its part about the checkers. */
export const CHECK: Oid = [...KEEPALIVED, 3];
/** VRRP-MIB, RFC 2787. */
export const VRRP_MIB: Oid = [1, 3, 6, 1, 2, 1, 68];
/** VRRPV3-MIB, RFC 6527. */
export const VRRPV3_MIB: Oid = [1, 3, 6, 1, 2, 1, 207];
/** snmpTrapOID.0, RFC 3418. */
export const SNMP_TRAP_OID: Oid = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

/** The entry of a table of Keepalived's VRRP part. */
export function vrrpTable(number: number): Oid {
  return [...VRRP, number, 1];
}

/** VrrpState of KEEPALIVED-MIB. */
export const STATE = { init: 0, backup: 1, master: 2, fault: 3, stop: 5, deleted: 6 } as const;

/** vrrpOperState and vrrpv3OperationsStatus; a fault is an initialize to them. */
export const RFC_STATE = { init: 1, fault: 1, backup: 2, master: 3 } as const;

/** vrrpv3StatisticsNewMasterReason. */
export const MASTER_REASON = { "not-master": 0, priority: 1, preempted: 2, "no-response": 3 } as const;

/** vrrpv3StatisticsProtoErrReason. */
export const PROTOCOL_ERROR = { none: 0, ttl: 1, version: 2, checksum: 3 } as const;
