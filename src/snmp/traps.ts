import { family } from "../base/ip.ts";
import type { Trap, TrapRouter } from "../base/trap.ts";
import type { Config } from "../config/model/model.ts";
import type { Oid, VarBind } from "../wire/agentx-value.ts";
import { type CheckTrap, checkTrapBindings } from "./check-traps.ts";
import {
  CHECK,
  GLOBAL,
  MASTER_REASON,
  PROTOCOL_ERROR,
  SNMP_TRAP_OID,
  STATE,
  VRRP,
  VRRP_MIB,
  VRRPV3_MIB,
  vrrpTable,
} from "./names.ts";
import { addressType } from "./rfc6527.ts";
import { inetAddress, integer, text } from "./value.ts";

const AUTHENTICATION_ERROR = { type: 1, mismatch: 2, failure: 3 } as const;

/**
 * The notifications of a trap, each as its bindings, in Keepalived's order: those of the MIBs that are served. The
 * objects of Keepalived's own have no index (2.2.7).
 */
export function trapBindings(trap: Trap, config: Config, routerId: string): readonly (readonly VarBind[])[] {
  const { vrrp, rfc2787, rfc6527 } = config.global.snmp;
  switch (trap.type) {
    case "instance": {
      const wanted = config.vrrpInstances.find(({ name }) => name === trap.name)?.wantedState ?? "backup";
      const bindings = [
        bind([...vrrpTable(3), 2], text(trap.name)),
        bind([...vrrpTable(3), 4], integer(STATE[trap.state])),
        bind([...vrrpTable(3), 5], integer(STATE[wanted])),
        bind([...GLOBAL, 2, 0], text(routerId)),
      ];
      return vrrp ? [notification([...VRRP, 10, 0, 2], bindings)] : [];
    }
    case "group": {
      const bindings = [
        bind([...vrrpTable(1), 2], text(trap.name)),
        bind([...vrrpTable(1), 3], integer(STATE[trap.state])),
        bind([...GLOBAL, 2, 0], text(routerId)),
      ];
      return vrrp ? [notification([...VRRP, 10, 0, 1], bindings)] : [];
    }
    case "new-master":
      return [...(rfc2787 ? newMasterV2(trap) : []), ...(rfc6527 ? newMasterV3(trap) : [])];
    case "authentication": {
      const { router, from, error } = trap;
      if (!rfc2787 || family(from) === 6) return [];
      const bindings = [
        bind([...VRRP_MIB, 1, 5, ...index(router)], { type: "address", value: from }),
        bind([...VRRP_MIB, 1, 6, ...index(router)], integer(AUTHENTICATION_ERROR[error])),
      ];
      return [notification([...VRRP_MIB, 0, 2], bindings)];
    }
    case "server":
    case "quorum":
      return config.global.snmp.checkers ? [checkTrap(trap, routerId)] : [];
    case "protocol": {
      if (!rfc6527) return [];
      const reason = integer(PROTOCOL_ERROR[trap.error]);
      const bindings = [bind([...VRRPV3_MIB, 1, 2, 5, 1, 6, ...indexV3(trap.router)], reason)];
      return [notification([...VRRPV3_MIB, 0, 2], bindings)];
    }
  }
}

type NewMaster = Extract<Trap, { type: "new-master" }>;

function newMasterV2({ router, address }: NewMaster): readonly (readonly VarBind[])[] {
  if (router.version !== 2 || router.family !== 4) return [];
  const master = bind([...VRRP_MIB, 1, 3, 1, 7, ...index(router)], { type: "address", value: address });
  return [notification([...VRRP_MIB, 0, 1], [master])];
}

function newMasterV3({ router, address, reason }: NewMaster): readonly (readonly VarBind[])[] {
  const bindings = [
    bind([...VRRPV3_MIB, 1, 1, 1, 1, 3, ...indexV3(router)], inetAddress(address)),
    bind([...VRRPV3_MIB, 1, 2, 5, 1, 2, ...indexV3(router)], integer(MASTER_REASON[reason])),
  ];
  return [notification([...VRRPV3_MIB, 0, 1], bindings)];
}

function checkTrap(trap: CheckTrap, routerId: string): readonly VarBind[] {
  const name = bind([...GLOBAL, 2, 0], text(routerId));
  return notification([...CHECK, 5, 0, trap.type === "server" ? 1 : 2], [...checkTrapBindings(trap), name]);
}

function notification(type: Oid, bindings: readonly VarBind[]): readonly VarBind[] {
  return [bind(SNMP_TRAP_OID, { type: "oid", value: type }), ...bindings];
}

function index({ ifindex, vrid }: TrapRouter): Oid {
  return [ifindex, vrid];
}

function indexV3(router: TrapRouter): Oid {
  return [...index(router), addressType(router.family)];
}

function bind(oid: Oid, value: VarBind["value"]): VarBind {
  return { oid, value };
}
