import { expect, test } from "vitest";
import { DEFAULTS } from "../../src/daemon/options.ts";
import { withSnmpOptions } from "../../src/daemon/snmp-options.ts";
import { reading } from "../config/reading.ts";

const file = reading("global_defs {\nsnmp_socket unix:/run/file\nenable_snmp_rfcv2\n}\n");
const snmp = (options: object) => withSnmpOptions(file, { ...DEFAULTS, ...options }).config.global.snmp;

test("without options the file counts", () => {
  expect(withSnmpOptions(file, DEFAULTS)).toBe(file);
});

test("-x serves everything, and sends no traps that the file does not ask for", () => {
  const all = { vrrp: true, checkers: true, rfc2787: true, rfc6527: true };
  expect(snmp({ snmp: true })).toMatchObject({ ...all, traps: false, socket: "unix:/run/file" });
});

test("-A counts before the file, and turns nothing on", () => {
  const only = { vrrp: false, rfc2787: true, rfc6527: false };
  expect(snmp({ snmpSocket: "unix:/run/option" })).toMatchObject({ ...only, socket: "unix:/run/option" });
});
