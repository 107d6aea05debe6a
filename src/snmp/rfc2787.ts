import { ip, toBytes } from "../base/ip.ts";
import { macBytes } from "../base/mac.ts";
import { centiseconds, toSeconds } from "../base/time.ts";
import type { Oid, VarBind } from "../wire/agentx-value.ts";
import { RFC_STATE, VRRP_MIB } from "./names.ts";
import { receiveErrors } from "./received.ts";
import { type Cells, counter, integer, octets, scalars, table, ticks, truth } from "./value.ts";
import { type ShownInstance, type SnmpView, shownInstances } from "./view.ts";

const OPERATIONS: Oid = [...VRRP_MIB, 1];
const STATISTICS: Oid = [...VRRP_MIB, 2];
const VERSION_2 = 2;
const NOBODY = ip("0.0.0.0");
const AUTHENTICATION = { none: 1, pass: 2, ah: 3 } as const;
const UP = 1;
const PROTOCOL_IP = 1;
const ACTIVE = 1;

/**
 * VRRP-MIB: the instances that speak VRRPv2 over IPv4. Keepalived differs (2.2.7): it has a row for the first of them
 * alone, 0.0.0.0 as the master, and seconds as vrrpOperVirtualRouterUpTime.
 */
export function rfc2787Rows(view: SnmpView): VarBind[] {
  const shown = shownInstances(view).filter(({ config }) => config.version === 2 && config.family === 4);
  const errors = shownInstances(view).map((one) => receiveErrors(one.view?.counters));
  const sum = (which: "checksum" | "version"): number => errors.reduce((total, each) => total + each[which], 0);
  return [
    ...scalars(OPERATIONS, { 1: integer(VERSION_2), 2: truth(view.config.global.snmp.traps) }),
    ...table(
      [...OPERATIONS, 3, 1],
      shown.map((one) => ({ index: routerIndex(one), cells: operation(one, view) })),
    ),
    ...table(
      [...OPERATIONS, 4, 1],
      shown.flatMap((one) =>
        one.config.addresses.map(({ address }) => ({
          index: [...routerIndex(one), ...toBytes(address)],
          cells: { 2: integer(ACTIVE) },
        })),
      ),
    ),
    ...scalars(STATISTICS, {
      1: counter(sum("checksum")),
      2: counter(sum("version")),
      3: counter(view.vrrp?.facts?.unknownVrids ?? 0),
    }),
    ...table(
      [...STATISTICS, 4, 1],
      shown.map((one) => ({ index: routerIndex(one), cells: statistics(one) })),
    ),
  ];
}

/** ifIndex and VRID. */
export function routerIndex({ config, facts }: Pick<ShownInstance, "config" | "facts">): Oid {
  return [facts?.ifindex ?? 0, config.vrid];
}

/** sysUpTime when it came out of initialize, centiseconds; 0: it has not. */
function outOfInitialize({ view: seen }: ShownInstance, { masterStartedAt }: SnmpView): number {
  const at = seen?.history.activeAt;
  return at === undefined ? 0 : (at - masterStartedAt) / centiseconds(1);
}

function operation(one: ShownInstance, view: SnmpView): Cells {
  const { config, facts, view: seen } = one;
  return {
    2: facts?.mac && octets(macBytes(facts.mac)),
    3: integer(RFC_STATE[seen?.state.name ?? "init"]),
    4: integer(UP),
    5: integer(config.priority),
    6: integer(config.addresses.length),
    7: { type: "address", value: facts?.master ?? NOBODY },
    8: { type: "address", value: facts?.source ?? NOBODY },
    9: integer(AUTHENTICATION[config.authentication.type]),
    11: integer(toSeconds(config.advertInterval)),
    12: truth(config.preempt),
    13: ticks(outOfInitialize(one, view)),
    14: integer(PROTOCOL_IP),
    15: integer(ACTIVE),
  };
}

function statistics({ view }: ShownInstance): Cells {
  const counters = view?.counters;
  const errors = receiveErrors(counters);
  return {
    1: counter(counters?.becomeMaster ?? 0),
    2: counter(counters?.advertisementsReceived ?? 0),
    3: counter(errors.interval),
    4: counter(errors.authentication),
    5: counter(errors.ttl),
    6: counter(counters?.priorityZeroReceived ?? 0),
    7: counter(counters?.priorityZeroSent ?? 0),
    8: counter(errors.type),
    9: counter(errors.addressList),
    10: counter(errors.authenticationType),
    11: counter(errors.authenticationMismatch),
    12: counter(errors.length),
  };
}
