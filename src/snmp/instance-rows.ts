import { family } from "../base/ip.ts";
import { centiseconds, seconds, toSeconds } from "../base/time.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { STATE, vrrpTable } from "./names.ts";
import { script } from "./script-words.ts";
import { trackedRows } from "./tracked-rows.ts";
import { type Cells, gauge, inetAddress, inetType, integer, table, text, truth } from "./value.ts";
import { type ShownInstance, type SnmpView, shownInstances } from "./view.ts";

const AUTHENTICATION = { none: 0, pass: 1, ah: 2 } as const;
const TABLES = { interfaces: 4, scripts: 5, files: 12, bfd: 17, processes: 20 };

/** vrrpInstanceTable of KEEPALIVED-MIB, and what each instance tracks. */
export function instanceRows(view: SnmpView): VarBind[] {
  const groups = new Map(view.config.syncGroups.flatMap(({ name, members }) => members.map((one) => [one, name])));
  const shown = shownInstances(view);
  return [
    ...table(
      vrrpTable(3),
      shown.map((one) => ({
        index: [one.number],
        cells: { ...standing(one), ...protocol(one), ...telling(one), 18: inGroup(groups.get(one.config.name)) },
      })),
    ),
    ...shown.flatMap(({ number, config }) => trackedRows(TABLES, number, config)),
  ];
}

function inGroup(name: string | undefined) {
  return name === undefined ? undefined : text(name);
}

function standing({ config, view, facts }: ShownInstance): Cells {
  const state = view?.state.name ?? "init";
  return {
    2: text(config.name),
    3: gauge(config.vrid),
    4: integer(STATE[state]),
    5: integer(STATE[config.wantedState]),
    6: integer(STATE[state]),
    7: integer(config.priority),
    8: integer(view?.priority ?? config.priority),
    9: truth(state === "master"), // a master that cannot hold one of them is in fault
    10: text(facts?.device ?? config.interface),
  };
}

function protocol({ config }: ShownInstance): Cells {
  const { version, advertInterval, multicastGroup: group, unicast, syncInterface } = config;
  return {
    11: truth(config.trackPrimary),
    12: gauge(advertInterval / (version === 2 ? seconds(1) : centiseconds(1))),
    13: truth(config.preempt),
    14: gauge(toSeconds(config.preemptDelay)),
    15: integer(AUTHENTICATION[config.authentication.type]),
    16: truth(syncInterface !== undefined),
    17: syncInterface === undefined ? undefined : text(syncInterface),
    19: gauge(toSeconds(config.announce.delay)),
    27: truth(config.accept),
    28: truth(config.promoteSecondaries),
    29: truth(config.pollLink),
    30: integer(version),
    34: unicast === undefined ? inetType(family(group)) : undefined,
    35: unicast === undefined ? inetAddress(group) : undefined,
  };
}

function telling({ config: { smtpAlert, notify } }: ShownInstance): Cells {
  const { reportsDeleted, ...scripts } = notify;
  return {
    20: truth(smtpAlert),
    21: truth(Object.values(scripts).some((command) => command !== undefined)),
    22: script(notify.master),
    23: script(notify.backup),
    24: script(notify.fault),
    25: script(notify.stop),
    26: script(notify.every),
    31: script(notify.lowerPriority),
    32: script(notify.deleted),
    33: truth(reportsDeleted),
  };
}
