import { family } from "../base/ip.ts";
import type { QuorumStatus, Trap, TrapPool, TrapService } from "../base/trap.ts";
import type { SnmpValue, VarBind } from "../wire/agentx-value.ts";
import { checkTable, protocolValue, typeOf } from "./lvs-values.ts";
import { gauge, inetAddress, inetType, integer, text, truth } from "./value.ts";

/** A trap of the checkers. */
export type CheckTrap = Extract<Trap, { readonly type: "server" | "quorum" }>;

const QUORUM: Readonly<Record<QuorumStatus, number>> = { met: 1, "not-met": 2, shutdown: 3 };

/**
 * What realServerStateChange and virtualServerQuorumStateChange tell before the router's name, in Keepalived's order. The
 * objects have no index (2.2.7).
 */
export function checkTrapBindings(trap: CheckTrap): readonly VarBind[] {
  if (trap.type === "quorum") {
    const { pool, status, quorum } = trap;
    const own = [ofService(23, integer(QUORUM[status])), ofService(22, gauge(quorum))];
    return [...reached(pool.service), ...own, ...counts(pool)];
  }
  const { pool, server, up } = trap;
  return [
    ofServer(3, inetType(family(server.address))),
    ofServer(4, inetAddress(server.address)),
    ofServer(5, gauge(server.port)),
    ofServer(6, truth(up)),
    ...reached(pool.service),
    ...counts(pool),
  ];
}

/** Which service, of which kind, with which protocol. */
function reached(service: TrapService): readonly VarBind[] {
  const protocol = "fwmark" in service ? undefined : service.protocol;
  return [ofService(2, typeOf(service)), ...named(service), ofService(8, protocolValue(protocol))];
}

function named(service: TrapService): readonly VarBind[] {
  if ("fwmark" in service) return [ofService(4, gauge(service.fwmark))];
  if ("group" in service) return [ofService(3, text(service.group))];
  const { address, port } = service;
  return [ofService(5, inetType(family(address))), ofService(6, inetAddress(address)), ofService(7, gauge(port))];
}

function counts({ alive, total }: TrapPool): readonly VarBind[] {
  return [ofService(21, gauge(alive)), ofService(20, gauge(total))];
}

function ofService(column: number, value: SnmpValue): VarBind {
  return { oid: [...checkTable(3), column], value };
}

function ofServer(column: number, value: SnmpValue): VarBind {
  return { oid: [...checkTable(4), column], value };
}
