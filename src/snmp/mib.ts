import type { SnmpConfig } from "../config/model/global.ts";
import type { Oid, VarBind } from "../wire/agentx-value.ts";
import { addressRows } from "./address-rows.ts";
import { globalRows } from "./global-rows.ts";
import { groupRows } from "./group-rows.ts";
import { instanceRows } from "./instance-rows.ts";
import { lvsGlobalRows } from "./lvs-global-rows.ts";
import { CHECK, GLOBAL, VRRP, VRRP_MIB, VRRPV3_MIB } from "./names.ts";
import { type Objects, objects } from "./objects.ts";
import { rfc2787Rows } from "./rfc2787.ts";
import { rfc6527Rows } from "./rfc6527.ts";
import { routeRows } from "./route-rows.ts";
import { ruleRows } from "./rule-rows.ts";
import { serverGroupRows } from "./server-group-rows.ts";
import { serverRows } from "./server-rows.ts";
import { serviceRows } from "./service-rows.ts";
import { trackerRows } from "./tracker-rows.ts";
import type { SnmpView } from "./view.ts";

/** A subtree that is registered with the master, and what makes which of it. */
interface Part {
  readonly subtree: Oid;
  readonly wanted: (snmp: SnmpConfig) => boolean;
  readonly blocks: readonly PartBlock[];
}

/** What one function makes: the tables below the part's subtree, or all of it where none is named. */
interface PartBlock {
  readonly tables: readonly number[];
  readonly rows: (view: SnmpView) => readonly VarBind[] | Objects;
}

/** The subtrees. */
const PARTS: readonly Part[] = [
  { subtree: VRRP_MIB, wanted: ({ rfc2787 }) => rfc2787, blocks: [{ tables: [], rows: rfc2787Rows }] },
  { subtree: VRRPV3_MIB, wanted: ({ rfc6527 }) => rfc6527, blocks: [{ tables: [], rows: rfc6527Rows }] },
  { subtree: GLOBAL, wanted: ({ vrrp, checkers }) => vrrp || checkers, blocks: [{ tables: [], rows: globalRows }] },
  {
    subtree: VRRP,
    wanted: ({ vrrp }) => vrrp,
    blocks: [
      { tables: [1, 2, 14, 15, 16, 19, 22], rows: groupRows },
      { tables: [3, 4, 5, 12, 17, 20], rows: instanceRows },
      { tables: [6], rows: addressRows },
      { tables: [7, 11], rows: routeRows },
      { tables: [8], rows: ruleRows },
      { tables: [9, 13, 18, 21], rows: trackerRows },
    ],
  },
  {
    subtree: CHECK,
    wanted: ({ checkers }) => checkers,
    blocks: [
      { tables: [1, 2], rows: serverGroupRows },
      { tables: [3], rows: serviceRows },
      { tables: [4], rows: serverRows },
      { tables: [6, 7], rows: lvsGlobalRows },
    ],
  },
];

/** The subtrees that a configuration serves. */
export function subtrees(snmp: SnmpConfig): readonly Oid[] {
  return served(snmp).map(({ subtree }) => subtree);
}

/** Every object that is served. */
export function mibObjects(view: SnmpView): Objects {
  return objects(
    served(view.config.global.snmp).flatMap(({ subtree, blocks }) =>
      blocks.map(({ tables, rows }) => ({
        subtrees: tables.length === 0 ? [subtree] : tables.map((number) => [...subtree, number]),
        rows: () => rows(view),
      })),
    ),
  );
}

function served(snmp: SnmpConfig): readonly Part[] {
  return PARTS.filter(({ wanted }) => wanted(snmp));
}
