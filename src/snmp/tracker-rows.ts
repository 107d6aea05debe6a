import { toSeconds } from "../base/time.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { vrrpTable } from "./names.ts";
import { words } from "./script-words.ts";
import { gauge, integer, table, text, truth } from "./value.ts";
import type { SnmpView } from "./view.ts";

const MATCH = { exact: 1, partial: 2, initial: 3 } as const;

/** What can be tracked, in the tables of KEEPALIVED-MIB: scripts, files, BFD sessions, processes. */
export function trackerRows(view: SnmpView): VarBind[] {
  return [...scriptRows(view), ...fileRows(view), ...bfdRows(view), ...processRows(view)];
}

function scriptRows({ config, vrrp }: SnmpView): VarBind[] {
  const verdicts = new Map(vrrp?.scripts.map(({ name, verdict }) => [name, verdict]));
  return table(
    vrrpTable(9),
    config.vrrpScripts.map(({ name, argv, interval, weight, reverse, rise, fall, initFail }, i) => {
      const verdict = verdicts.get(name) ?? "pending";
      const result = verdict === "up" ? 3 : verdict === "down" ? 2 : initFail ? 5 : 1;
      return {
        index: [i + 1],
        cells: {
          2: text(name),
          3: words(argv),
          4: integer(toSeconds(interval)),
          5: integer(weight),
          6: integer(result),
          7: gauge(rise),
          8: gauge(fall),
          9: truth(reverse),
        },
      };
    }),
  );
}

function fileRows({ config, vrrp }: SnmpView): VarBind[] {
  const values = new Map(vrrp?.facts?.files.map(({ name, value }) => [name, value]));
  return table(
    vrrpTable(13),
    config.trackFiles.map(({ name, path, weight, reverse }, i) => ({
      index: [i + 1],
      cells: {
        2: text(name),
        3: text(path),
        4: integer(values.get(name) ?? 0),
        5: integer(weight),
        6: truth(reverse),
      },
    })),
  );
}

function bfdRows({ config, sessions }: SnmpView): VarBind[] {
  return table(
    vrrpTable(18),
    config.bfdInstances
      .filter(({ vrrp }) => vrrp)
      .map(({ name, weight, reverse }, i) => ({
        index: [i + 1],
        cells: {
          2: text(name),
          3: integer(sessions.get(name) === true ? 1 : 0),
          4: integer(weight),
          5: truth(reverse),
        },
      })),
  );
}

function processRows({ config, vrrp }: SnmpView): VarBind[] {
  const counts = new Map(vrrp?.facts?.processes.map((one) => [one.name, one]));
  return table(
    vrrpTable(21),
    config.trackProcesses.map((kind, i) => {
      const { name, process, parameters, match, weight, reverse, quorum, quorumMax, fullCommand } = kind;
      const counted = counts.get(name);
      const plain = parameters.length === 0 && match === "exact";
      return {
        index: [i + 1],
        cells: {
          2: text(name),
          3: text(process),
          4: text(parameters.join(" ")),
          5: integer(plain ? 0 : MATCH[match]),
          6: integer(weight),
          7: truth(reverse),
          8: gauge(quorum),
          9: integer(quorumMax ?? -1),
          10: gauge(kind.forkDelay), // microseconds, as the MIB has it
          11: gauge(kind.terminateDelay),
          12: truth(fullCommand || !plain),
          13: integer(counted?.count ?? 0),
          14: truth(counted?.enough ?? false),
        },
      };
    }),
  );
}
