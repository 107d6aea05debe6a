import type { VarBind } from "../wire/agentx-value.ts";
import { STATE, vrrpTable } from "./names.ts";
import { script } from "./script-words.ts";
import { trackedRows } from "./tracked-rows.ts";
import { integer, table, text, truth } from "./value.ts";
import { type SnmpView, shownInstances } from "./view.ts";

/** The tables of sync groups of KEEPALIVED-MIB: themselves, their members, what they track. */
export function groupRows(view: SnmpView): VarBind[] {
  const { syncGroups } = view.config;
  const states = new Map(shownInstances(view).map(({ config, view: seen }) => [config.name, seen?.state.name]));
  return [
    ...table(
      vrrpTable(1),
      syncGroups.map(({ name, members, notify, smtpAlert, trackingWeight }, i) => ({
        index: [i + 1],
        cells: {
          2: text(name),
          3: integer(STATE[groupState(members.map((member) => states.get(member) ?? "init"))]),
          4: truth(smtpAlert),
          5: truth(Object.values(notify).some((command) => command !== undefined)),
          6: script(notify.master),
          7: script(notify.backup),
          8: script(notify.fault),
          9: script(notify.every),
          10: truth(trackingWeight),
          11: script(notify.stop),
        },
      })),
    ),
    ...table(
      vrrpTable(2),
      syncGroups.flatMap(({ members }, i) =>
        members.map((member, j) => ({ index: [i + 1, j + 1], cells: { 2: text(member) } })),
      ),
    ),
    ...syncGroups.flatMap((group, i) => trackedRows(GROUP_TABLES, i + 1, group)),
  ];
}

const GROUP_TABLES = { interfaces: 14, scripts: 15, files: 16, bfd: 19, processes: 22 };

type State = "init" | "backup" | "master" | "fault";

/** One in fault keeps all of them there; until all are alike the group is what the least of them is. */
function groupState(members: readonly State[]): State {
  const order: readonly State[] = ["fault", "init", "backup", "master"];
  return order.find((state) => members.includes(state)) ?? "init";
}
