import type { Trackers } from "../config/model/track.ts";
import type { VarBind } from "../wire/agentx-value.ts";
import { vrrpTable } from "./names.ts";
import { integer, table, text, truth } from "./value.ts";

/** The tables of what one kind of owner tracks, by their numbers. */
interface TrackedTables {
  readonly interfaces: number;
  readonly scripts: number;
  readonly files: number;
  readonly bfd: number;
  readonly processes: number;
}

interface Item {
  readonly name: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/**
 * What an instance or a group tracks. Interfaces have no column for their number, so theirs come one earlier; the index
 * counts from 1, though the MIB says ifIndex (2.2.7).
 */
export function trackedRows(tables: TrackedTables, owner: number, tracks: Trackers): VarBind[] {
  const scripts = tracks.trackScripts.map(({ script: name, weight, reverse }) => ({ name, weight, reverse }));
  const rows = (number: number, items: readonly Item[], first = 2): VarBind[] =>
    table(
      vrrpTable(number),
      items.map(({ name, weight, reverse }, i) => ({
        index: [owner, i + 1],
        cells: { [first]: text(name), [first + 1]: integer(weight), [first + 2]: truth(reverse) },
      })),
    );
  return [
    ...rows(tables.interfaces, tracks.trackInterfaces, 1),
    ...rows(tables.scripts, scripts),
    ...rows(tables.files, tracks.trackFiles),
    ...rows(tables.bfd, tracks.trackBfd),
    ...rows(tables.processes, tracks.trackProcesses),
  ];
}
