import type { TrackItem } from "../../keywords/read-track.ts";
import type { Report } from "../../syntax/report.ts";
import type { Setting } from "../../syntax/table.ts";
import type { BfdInstanceConfig, Tracked, Trackers } from "../model/track.ts";
import type { Definitions } from "./definitions.ts";
import { type Found, findInterfaces, findTracked, TRACK_KINDS, type Trackables } from "./track.ts";

/** What the file defines for instances and groups to track. */
export interface TrackSources {
  readonly scripts: Trackables;
  readonly files: Trackables;
  readonly processes: Trackables;
  readonly bfd: Trackables; // without those that tell the checkers alone
}

/** The part of the BFD sessions that tells the vrrp process. */
export function bfdForVrrp(all: Definitions<BfdInstanceConfig>): Trackables {
  return new Map([...all].filter(([, { config }]) => config.vrrp));
}

type Items = readonly Setting<readonly Setting<TrackItem>[]>[];

/** The lists of an instance or a group, as the tables read them. */
interface TrackLists {
  readonly track_script: Items;
  readonly track_interface: Items;
  readonly track_file: Items;
  readonly track_process: Items;
  readonly track_bfd: Items;
}

/** Everything an instance or a group tracks, with its places. */
export interface FoundTrackers {
  readonly scripts: readonly Found[];
  readonly interfaces: readonly Found[];
  readonly files: readonly Found[];
  readonly processes: readonly Found[];
  readonly bfd: readonly Found[];
}

/** Looks up everything that an instance or a group tracks. `owner`: its name. */
export function findTrackers(
  given: TrackLists,
  owner: string,
  { scripts, files, processes, bfd }: TrackSources,
  report: Report,
): FoundTrackers {
  const context = { owner, report };
  return {
    scripts: findTracked(flat(given.track_script), { ...TRACK_KINDS.scripts, known: scripts }, context),
    interfaces: findInterfaces(flat(given.track_interface), context),
    files: findTracked(flat(given.track_file), { ...TRACK_KINDS.files, known: files }, context),
    processes: findTracked(flat(given.track_process), { ...TRACK_KINDS.processes, known: processes }, context),
    bfd: findTracked(flat(given.track_bfd), { ...TRACK_KINDS.bfd, known: bfd }, context),
  };
}

function flat(blocks: Items): readonly Setting<TrackItem>[] {
  const [only] = blocks;
  return only !== undefined && blocks.length === 1 ? only.value : blocks.flatMap(({ value }) => value);
}

/** Why the weights of an instance's own trackers do not count, as Keepalived says it. */
type Weightless = "SYNC group" | "address_owner";

/**
 * The trackers of an instance whose weights do not count: what has one of its own is left out, a file with the weight of
 * its definition keeps watch without it, and so does an interface in a group. Weights of processes stay (vrrp.md §5.7,
 * and the dump of Keepalived 2.2.7).
 */
export function withoutWeights(found: FoundTrackers, why: Weightless, name: string, report: Report): FoundTrackers {
  const keep = (each: Found, rest: Found | undefined, logged: string): readonly Found[] => {
    if (each.weight === 0) return [each];
    const so = rest === undefined ? "is not tracked" : "is tracked without its weight";
    const message =
      why === "SYNC group"
        ? `\`${each.name}\` ${so}: a member of a sync group has no weights of its own`
        : `the priority of an address owner is 255, whatever \`${each.name}\` says`;
    const help = why === "SYNC group" ? HELP_GROUP : HELP_OWNER;
    const details = { status: 5, keepalived: `(${name}) ${logged}`, help } as const;
    report.warning([CODES[why], message], each.span, details);
    return rest === undefined ? [] : [rest];
  };
  const plain = (each: Found): Found => ({ ...each, weight: 0 });
  return {
    scripts: found.scripts.flatMap((s) =>
      keep(s, undefined, `ignoring tracked script ${s.name} with weights due to ${why}`),
    ),
    interfaces: found.interfaces.flatMap((i) =>
      why === "SYNC group"
        ? keep(i, plain(i), `ignoring ${i.name} tracked interface weight due to SYNC group`)
        : keep(i, undefined, `ignoring ${i.name} tracked interface due to address owner`),
    ),
    files: found.files.flatMap((f) =>
      f.inherits
        ? keep(f, plain(f), `ignoring weight from tracked file ${f.name} due to ${why}. specify weight 0`)
        : keep(f, undefined, `ignoring tracked file ${f.name} with weight ${f.weight} due to ${why}`),
    ),
    processes: found.processes,
    bfd: found.bfd.flatMap((b) =>
      keep(b, undefined, `ignoring tracked bfd ${b.name} with weight ${b.weight} due to ${why}`),
    ),
  };
}
const CODES = { "SYNC group": "weight-in-group", address_owner: "weak-weight" } as const;
const HELP_GROUP = "track it in the group, or write `sync_group_tracking_weight` there";
const HELP_OWNER = "write `weight 0`: then a failure is a fault; or a priority below 255";

/** What goes into the model. */
export function trackersOf({ scripts, interfaces, files, processes, bfd }: FoundTrackers): Trackers {
  return {
    trackScripts: scripts.map(({ name, weight, reverse }) => ({ script: name, weight, reverse })),
    trackInterfaces: interfaces.map(tracked),
    trackFiles: files.map(tracked),
    trackProcesses: processes.map(tracked),
    trackBfd: bfd.map(tracked),
  };
}

function tracked({ name, weight, reverse }: Found): Tracked {
  return { name, weight, reverse };
}
