import type { SnmpConfig } from "../config/model/global.ts";

/** Whether a configuration serves anything, so that there is an agent at all. */
export function isServed(snmp: SnmpConfig): boolean {
  return snmp.checkers || servesVrrp(snmp);
}

/** Whether it serves what the vrrp process has to tell. */
export function servesVrrp({ vrrp, rfc2787, rfc6527 }: SnmpConfig): boolean {
  return vrrp || rfc2787 || rfc6527;
}
