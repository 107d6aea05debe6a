import type { SnmpConfig } from "../config/model/global.ts";

/** Whether a configuration serves anything, so that there is an agent at all. */
export function isServed({ vrrp, rfc2787, rfc6527 }: SnmpConfig): boolean {
  return vrrp || rfc2787 || rfc6527;
}
