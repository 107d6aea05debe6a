import type { Reading } from "../config/read.ts";
import type { Options } from "./options.ts";

/** A reading with what the command line asks of SNMP: `-x` turns all of it on, `-A` counts before `snmp_socket` (2.2.7). */
export function withSnmpOptions(reading: Reading, { snmp: all, snmpSocket }: Options): Reading {
  if (!all && snmpSocket === undefined) return reading;
  const { global } = reading.config;
  const snmp = {
    ...global.snmp,
    ...(all ? { vrrp: true, checkers: true, rfc2787: true, rfc6527: true } : {}),
    socket: snmpSocket ?? global.snmp.socket,
  };
  return { ...reading, config: { ...reading.config, global: { ...global, snmp } } };
}
