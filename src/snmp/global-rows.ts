import { family, parseIp } from "../base/ip.ts";
import { toSeconds } from "../base/time.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { GLOBAL } from "./names.ts";
import { gauge, inetAddress, inetType, integer, scalars, table, text, truth } from "./value.ts";
import type { SnmpView } from "./view.ts";

const MAIL = [...GLOBAL, 3];
const FLUSH_ON_STOP = { all: 1, no: 2, own: 3 } as const;

/** `global` of KEEPALIVED-MIB. */
export function globalRows({ version, routerId, config }: SnmpView): VarBind[] {
  const { global, vrrpInstances } = config;
  const { snmp, daemon, ipvs } = global;
  const polled = vrrpInstances.length > 0 && vrrpInstances.every(({ pollLink }) => pollLink);
  return [
    ...mailRows(config.global),
    ...scalars(GLOBAL, {
      1: text(version),
      2: text(routerId),
      4: truth(snmp.traps),
      5: integer(polled ? 2 : 1),
      6: truth(ipvs.flushAtStart),
      7: truth(true), // 64-bit statistics of IPVS: of every kernel that Node runs on
      8: text(daemon.namespace ?? ""),
      9: truth(global.dbus !== undefined),
      10: truth(global.dynamicInterfaces !== "refused"),
      11: integer(FLUSH_ON_STOP[ipvs.flushAtStop]),
    }),
  ];
}

function mailRows(global: SnmpView["config"]["global"]): VarBind[] {
  const { smtpServer, smtpConnectTimeout, notificationEmail, notificationEmailFrom, snmp } = global;
  const [host = "", port = "25"] = smtpServer?.split(/\s+/) ?? [];
  const address = parseIp(host);
  const { all, vrrp, checkers } = snmp.smtpAlerts ?? {};
  return [
    ...scalars(MAIL, {
      1: address && inetType(family(address)),
      2: address && inetAddress(address),
      3: gauge(toSeconds(smtpConnectTimeout)),
      4: notificationEmailFrom === undefined ? undefined : text(notificationEmailFrom),
      6: smtpServer === undefined || !/^\d+$/.test(port) ? undefined : gauge(Number(port)),
      7: truth(global.emailFaults),
      8: wanted(all),
      9: wanted(vrrp),
      10: wanted(checkers),
    }),
    ...table(
      [...MAIL, 5, 1],
      notificationEmail.map((to, i) => ({ index: [i + 1], cells: { 2: text(to) } })),
    ),
  ];
}

/** on(1), off(2), unset(3). */
function wanted(alert: boolean | undefined) {
  return alert === undefined ? integer(3) : truth(alert);
}
