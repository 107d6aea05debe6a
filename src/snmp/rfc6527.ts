import { type Family, ip, toBytes } from "../base/ip.ts";
import { macBytes } from "../base/mac.ts";
import { centiseconds, milliseconds } from "../base/time.ts";
import type { Oid, VarBind } from "../wire/agentx-value.ts";
import { MASTER_REASON, PROTOCOL_ERROR, RFC_STATE, VRRPV3_MIB } from "./names.ts";
import { receiveErrors } from "./received.ts";
import { routerIndex } from "./rfc2787.ts";
import {
  type Cells,
  counter,
  counter64,
  gauge,
  inetAddress,
  integer,
  octets,
  scalars,
  table,
  ticks,
  truth,
} from "./value.ts";
import { type ShownInstance, type SnmpView, shownInstances } from "./view.ts";

const OPERATIONS: Oid = [...VRRPV3_MIB, 1, 1];
const STATISTICS: Oid = [...VRRPV3_MIB, 1, 2];
const NOBODY = { 4: ip("0.0.0.0"), 6: ip("::") };
const ACTIVE = 1;

/** VRRPV3-MIB: all instances, those of VRRPv2 too (2.2.7). An address in an index has no length before it, as there. */
export function rfc6527Rows(view: SnmpView): VarBind[] {
  const shown = shownInstances(view);
  const errors = shown.map((one) => receiveErrors(one.view?.counters));
  const sum = (which: "checksum" | "version"): number => errors.reduce((total, each) => total + each[which], 0);
  return [
    ...table(
      [...OPERATIONS, 1, 1],
      shown.map((one) => ({ index: index(one), cells: operation(one, view) })),
    ),
    ...table(
      [...OPERATIONS, 2, 1],
      shown.flatMap((one) =>
        one.config.addresses.map(({ address }) => ({
          index: [...index(one), ...toBytes(address)],
          cells: { 2: integer(ACTIVE) },
        })),
      ),
    ),
    ...scalars(STATISTICS, {
      1: counter64(sum("checksum")),
      2: counter64(sum("version")),
      3: counter64(view.vrrp?.facts?.unknownVrids ?? 0),
      4: ticks(0),
    }),
    ...table(
      [...STATISTICS, 5, 1],
      shown.map((one) => ({ index: index(one), cells: statistics(one) })),
    ),
  ];
}

function index(one: ShownInstance): Oid {
  return [...routerIndex(one), addressType(one.config.family)];
}

/** InetAddressType as an index. */
export function addressType(family: Family): number {
  return family === 4 ? 1 : 2;
}

function operation({ config, facts, view: seen }: ShownInstance, { now }: SnmpView): Cells {
  const activeAt = seen?.history.activeAt;
  const nobody = NOBODY[config.family];
  return {
    3: inetAddress(facts?.master ?? nobody),
    4: inetAddress(facts?.source ?? nobody),
    5: facts?.mac && octets(macBytes(facts.mac)),
    6: integer(RFC_STATE[seen?.state.name ?? "init"]),
    7: gauge(config.priority),
    8: integer(config.addresses.length),
    9: integer(config.advertInterval / centiseconds(1)),
    10: truth(config.preempt),
    11: truth(config.accept),
    12: ticks(activeAt === undefined ? 0 : (now - activeAt) / centiseconds(1)),
    13: integer(ACTIVE),
  };
}

function statistics({ config, view }: ShownInstance): Cells {
  const { counters, history } = view ?? {};
  const errors = receiveErrors(counters);
  return {
    1: counter(counters?.becomeMaster ?? 0),
    2: integer(MASTER_REASON[history?.reason ?? "not-master"]),
    3: counter64(counters?.advertisementsReceived ?? 0),
    4: counter64(errors.interval),
    5: counter64(errors.ttl),
    6: integer(PROTOCOL_ERROR[history?.error ?? "none"]),
    7: counter64(counters?.priorityZeroReceived ?? 0),
    8: counter64(counters?.priorityZeroSent ?? 0),
    9: counter64(errors.type),
    10: counter64(errors.addressList),
    11: counter64(errors.length),
    12: ticks(0),
    13: gauge(config.advertInterval / milliseconds(1)),
  };
}
