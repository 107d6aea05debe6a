import type { VrrpScriptConfig } from "../config/model/model.ts";
import type {
  BfdInstanceConfig,
  Tracked,
  TrackedScript,
  Trackers,
  TrackFileConfig,
  TrackProcessConfig,
  TrackWeight,
} from "../config/model/track.ts";
import { type ListRow, list, type Shape, value } from "./shape.ts";
import { always, BY_NAME, seconds, unless } from "./words.ts";

/** `vrrp_script`. A result is the result of a command line. */
export const SCRIPTS = list<VrrpScriptConfig>({
  words: "vrrp_script",
  plural: "scripts",
  ...BY_NAME,
  shape: {
    argv: value("script", { show: (argv) => argv.join(" ") }),
    interval: seconds("interval"),
    timeout: seconds("timeout"),
  },
  removed: always("runs no more"),
  changed: (fields) => (fields.has("argv") ? "its result is unknown until it has run" : "its result stays"),
});

const MOVES = "mastership may move";
const GONE = "counts no more";

/** What an instance or a sync group tracks. */
export const TRACKERS: Shape<Trackers> = {
  trackScripts: list<TrackedScript>({
    words: "track_script",
    key: ({ script }) => script,
    title: ({ script }) => `\`${script}\``,
    shape: {},
    added: counts,
    removed: always(GONE),
    changed: (_, item) => counts(item),
  }),
  trackInterfaces: tracked("track_interface"),
  trackFiles: tracked("track_file"),
  trackProcesses: tracked("track_process"),
  trackBfd: tracked("track_bfd"),
};

function counts({ weight, reverse }: TrackWeight): string {
  if (weight !== 0) return MOVES;
  return reverse ? "its success is a fault" : "its failure is a fault";
}

function tracked(words: string): ListRow<Tracked> {
  return list<Tracked>({
    ...{ words, ...BY_NAME, shape: {} },
    added: counts,
    removed: always(GONE),
    changed: (_, item) => counts(item),
  });
}

/** `track_file`. */
export const TRACK_FILES = list<TrackFileConfig>({
  words: "track_file",
  plural: "track files",
  ...BY_NAME,
  shape: {
    path: value("file"),
    initial: value("init_file", { show: (it) => `${it.value}${it.overwrite ? " overwrite" : ""}` }),
  },
});

/** `vrrp_track_process`. */
export const TRACK_PROCESSES = list<TrackProcessConfig>({
  words: "vrrp_track_process",
  plural: "track processes",
  ...BY_NAME,
  shape: {
    parameters: value("parameters", { show: (words) => words.join(" ") || "none" }),
    match: value("param_match"),
    fullCommand: value("full_command"),
    quorumMax: value("quorum_max"),
    forkDelay: seconds("fork_delay"),
    terminateDelay: seconds("terminate_delay"),
  },
});

/** `bfd_instance`. Another path is another session; other timers are agreed upon while it stays up. */
export const BFD_INSTANCES = list<BfdInstanceConfig>({
  words: "bfd_instance",
  plural: "BFD sessions",
  ...BY_NAME,
  shape: {
    neighbor: value("neighbor_ip"),
    source: value("source_ip"),
    minReceive: seconds("min_rx"),
    minTransmit: seconds("min_tx"),
    idleTransmit: seconds("idle_tx"),
    active: unless("passive"),
    maxHops: value("max_hops"),
    checkers: value("checker"),
  },
  added: always("down until the neighbour has answered"),
  removed: always("the neighbour is told that it is administratively down"),
  changed: (fields) =>
    PATH.some((field) => fields.has(field)) ? "down until the new path is up" : "the session stays",
});

/** What makes it a session with somebody else, or by another way. */
const PATH = ["neighbor", "source", "multihop"];
