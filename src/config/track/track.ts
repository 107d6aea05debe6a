import type { TrackItem } from "../../keywords/read-track.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import type { Setting } from "../../syntax/table.ts";
import type { Tracked } from "../model/track.ts";
import { firstAt, knownNames, usedAbove } from "../reference.ts";
import type { Definitions } from "./definitions.ts";

/** Trackable things of one kind, by name. */
export type Trackables = Definitions<unknown>;

/** A kind of trackable thing, in the words of the configuration and of Keepalived's messages. */
interface TrackKind {
  readonly keyword: "track_script" | "track_file" | "track_process" | "track_bfd";
  readonly noun: string; // `track script`
  readonly block: string; // the keyword that defines it
  readonly define: string; // help where there are none
}

/** An item that names something, with its place. `inherits`: its weight is that of what it names. */
export interface Found extends Tracked {
  readonly span: Span;
  readonly inherits: boolean;
}

const FILE: TrackKind = {
  keyword: "track_file",
  noun: "track file",
  block: "track_file",
  define: "define it with `track_file NAME { file PATH }` at the top level",
};
const PROCESS: TrackKind = {
  keyword: "track_process",
  noun: "track process",
  block: "vrrp_track_process",
  define: "define it with `vrrp_track_process NAME { process COMMAND }` at the top level",
};
const BFD: TrackKind = {
  keyword: "track_bfd",
  noun: "track bfd",
  block: "bfd_instance",
  define: "define it with `bfd_instance NAME { neighbor_ip ADDRESS }` at the top level",
};
const SCRIPT: TrackKind = {
  keyword: "track_script",
  noun: "track script",
  block: "vrrp_script",
  define: 'define it with `vrrp_script NAME { script "COMMAND" }` at the top level',
};

/** The kinds, by the name of their list in the model. */
export const TRACK_KINDS = { scripts: SCRIPT, files: FILE, processes: PROCESS, bfd: BFD } as const;

/** Whose items these are: the name of an instance or a group, as messages have it. */
interface TrackContext {
  readonly owner: string;
  readonly report: Report;
}

/** Items that name what is defined, wherever it stands, each once. In `-t` Keepalived 2.2.7 hangs on a file that is nowhere. */
export function findTracked(
  items: readonly Setting<TrackItem>[],
  { known, ...kind }: TrackKind & { readonly known: Trackables },
  { owner, report }: TrackContext,
): readonly Found[] {
  if (items.length === 0) return NONE;
  const found = new Map<string, Found>();
  for (const { value: item, span, at, order, keyword } of items) {
    const { name } = item;
    const defined = known.get(name);
    const twin = found.get(name);
    const keepalived = `${at}(${owner}) ${kind.noun} ${name} not found, ignoring...`;
    if (defined === undefined) {
      const message = `no ${kind.block} \`${name}\`; it is not tracked`;
      const help = knownNames(name, known, kind.define);
      report.error(["unknown-reference", message], keyword, { status: 5, keepalived, help });
      continue;
    }
    if (twin !== undefined) duplicate(kind.keyword, twin, { span, at }, { owner, report });
    else {
      const inherits = item.weight === undefined;
      const weight = item.weight ?? defined.weight;
      const reverse = item.reverse ?? (inherits ? defined.reverse : false);
      found.set(name, { name, weight, reverse, span, inherits });
      // Keepalived 2.2.7 finds a file below in `-t`, and not in the daemon.
      const status = kind.keyword === "track_file" ? 0 : 5;
      const { place } = defined;
      if (defined.order > order)
        usedAbove({ what: kind.block, name, span: keyword, place, status, keepalived }, report);
    }
  }
  return [...found.values()];
}

/** Interfaces to track, each once. They are the host's, so nothing is looked up. */
export function findInterfaces(items: readonly Setting<TrackItem>[], context: TrackContext): readonly Found[] {
  if (items.length === 0) return NONE;
  const found = new Map<string, Found>();
  for (const { value, span, at } of items) {
    const { name, weight = 0, reverse = false } = value;
    const twin = found.get(name);
    if (twin === undefined) found.set(name, { name, weight, reverse, span, inherits: false });
    else duplicate("track_interface", twin, { span, at }, context);
  }
  return [...found.values()];
}
const NONE: readonly Found[] = [];

function duplicate(
  keyword: string,
  { name, span: first }: Found,
  { span, at }: Pick<Setting<unknown>, "span" | "at">,
  { owner, report }: TrackContext,
): void {
  const keepalived = `${at}(${owner}) duplicate ${keyword} ${name} - ignoring`;
  report.error(["duplicate", `\`${name}\` is tracked already`], span, { keepalived, ...firstAt(first) });
}
