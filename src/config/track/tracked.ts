import type { TRACK_FILE, VRRP_TRACK_PROCESS } from "../../keywords/tracked.ts";
import type { Report } from "../../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../../syntax/table.ts";
import type { TrackFileConfig, TrackProcessConfig } from "../model/track.ts";
import { givenOnce } from "../reference.ts";
import { type Definitions, definitions } from "./definitions.ts";

type FileBody = Setting<Body<string, typeof TRACK_FILE>>;
type ProcessBody = Setting<Body<string, typeof VRRP_TRACK_PROCESS>>;

/** Every `track_file` that names a file; of one name the first counts. */
export function resolveTrackFiles(bodies: readonly FileBody[], report: Report): Definitions<TrackFileConfig> {
  return definitions("track_file", bodies, report, (body) => trackFile(body, report));
}

/** Every `vrrp_track_process` that names a process; of one name the first counts. */
export function resolveTrackProcesses(bodies: readonly ProcessBody[], report: Report): Definitions<TrackProcessConfig> {
  return definitions("vrrp_track_process", bodies, report, (body) => trackProcess(body, report));
}

function trackFile({ value, span }: FileBody, report: Report): TrackFileConfig | undefined {
  const { header: name, settings, end } = value;
  const path = givenOnce(
    "file",
    settings.file,
    (other) => `File already set for track file ${name} - ignoring ${other}`,
    report,
  );
  const weight = givenOnce(
    "weight",
    settings.weight,
    (other) => `Weight already set for track file ${name} - ignoring ${other.weight}`,
    report,
  );
  if (path === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) No file set for track_file ${name} - ignoring`;
    report.error(["missing-keyword", `track_file \`${name}\` has no \`file\` and is left out`], span, { keepalived });
    return undefined;
  }
  return { name, path: path.value, ...(weight?.value ?? { weight: 1, reverse: false }), initial: initial(settings) };
}

function initial({ init_file }: Settings<typeof TRACK_FILE>): TrackFileConfig["initial"] {
  const given = last(init_file)?.value;
  if (given === undefined) return undefined;
  return { value: last(given["<integer>"])?.value ?? 0, overwrite: given.overwrite.length > 0 };
}

function trackProcess({ value, span }: ProcessBody, report: Report): TrackProcessConfig | undefined {
  const { header: name, settings, end } = value;
  const command = givenOnce(
    "process",
    settings.process,
    ([other = ""]) => `Process already set for track process ${name} - ignoring ${other}`,
    report,
  );
  if (command === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) track process '${name}' process name not specified`;
    const message = `vrrp_track_process \`${name}\` has no \`process\` and is left out`;
    report.error(["missing-keyword", message], span, { keepalived });
    return undefined;
  }
  const [process = "", ...parameters] = command.value;
  const given = last(settings.param_match);
  return {
    name,
    process,
    parameters,
    match: parameterMatch(given?.value, given === undefined && parameters.length === 0),
    fullCommand: settings.full_command.length > 0 || parameters.length > 0 || given !== undefined,
    ...quorum(settings, report),
    ...delays(settings),
    ...(last(settings.weight)?.value ?? { weight: 0, reverse: false }),
  };
}

/** How parameters are compared; where nothing at all is said of them, any will do (measured with keepalived 2.2.7). */
function parameterMatch(given: string | boolean | undefined, any: boolean): TrackProcessConfig["match"] {
  if (given === "initial" || given === "partial") return given;
  return any ? "partial" : "exact";
}

/** Of two bounds that exclude each other the first one read counts. */
function quorum(
  settings: Settings<typeof VRRP_TRACK_PROCESS>,
  report: Report,
): Pick<TrackProcessConfig, "quorum" | "quorumMax"> {
  let least: number | undefined;
  let most: number | undefined;
  const given = [
    ...settings.quorum.map((setting) => ({ setting, bound: "quorum" as const })),
    ...settings.quorum_max.map((setting) => ({ setting, bound: "quorum_max" as const })),
  ].sort((a, b) => a.setting.order - b.setting.order);
  for (const { setting, bound } of given) {
    const { value, span, at } = setting;
    // `quorum 1` above `quorum_max 0` is what one writes who wants none of them.
    const none = value === 0 && least === 1;
    const below = least !== undefined && value < least && !none;
    const clash = bound === "quorum" ? most !== undefined && value > most : below;
    if (clash) {
      const message = bound === "quorum" ? "`quorum` is above `quorum_max`" : "`quorum_max` is below `quorum`";
      const logged =
        bound === "quorum"
          ? "Quorum is greater than quorum_max - ignoring"
          : "quorum_max is less than quorum - ignoring";
      report.error(["bad-number", `${message}; it is ignored`], span, { keepalived: at + logged });
    } else if (bound === "quorum") least = value;
    else most = value;
  }
  return { quorum: least ?? (most === 0 ? 0 : 1), quorumMax: most };
}

function delays(
  settings: Settings<typeof VRRP_TRACK_PROCESS>,
): Pick<TrackProcessConfig, "forkDelay" | "terminateDelay"> {
  return {
    forkDelay: last(settings.delay, settings.fork_delay)?.value ?? 0,
    terminateDelay: last(settings.delay, settings.terminate_delay)?.value ?? 0,
  };
}
