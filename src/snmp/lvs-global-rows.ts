import { family } from "../base/ip.ts";
import { type Micros, toSeconds } from "../base/time.ts";
import type { SyncDaemonConfig } from "../config/model/global.ts";
import type { SnmpValue, VarBind } from "../wire/agentx-value.ts";
import { CHECK } from "./names.ts";
import { type Cells, inetAddress, inetType, integer, scalars, text, truth } from "./value.ts";
import type { SnmpView } from "./view.ts";

/** lvsSyncDaemon and lvsTimeouts of KEEPALIVED-MIB. */
export function lvsGlobalRows({ config }: Pick<SnmpView, "config">): VarBind[] {
  const { syncDaemon, timeouts } = config.global.ipvs;
  const owner = config.vrrpInstances.find(({ name }) => name === syncDaemon?.instance);
  return [
    ...scalars([...CHECK, 6], { 1: truth(syncDaemon !== undefined), ...daemon(syncDaemon, owner?.vrid) }),
    ...scalars([...CHECK, 7], { 1: timeout(timeouts.tcp), 2: timeout(timeouts.tcpFin), 3: timeout(timeouts.udp) }),
  ];
}

/** 0 is the kernel's choice. */
function daemon(config: SyncDaemonConfig | undefined, vrid: number | undefined): Cells {
  if (config === undefined) return {};
  const { interface: name, instance, id, maxLength, port, ttl, group } = config;
  return {
    2: text(name),
    3: instance === undefined ? undefined : text(instance),
    4: integer(id ?? vrid ?? 0),
    5: integer(maxLength ?? 0),
    6: integer(port),
    7: integer(ttl ?? 0),
    8: inetType(family(group)),
    9: inetAddress(group),
  };
}

/** One that is not configured is the kernel's, and no row. */
function timeout(span: Micros): SnmpValue | undefined {
  return span === 0 ? undefined : integer(toSeconds(span));
}
