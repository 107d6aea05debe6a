import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { Weight } from "../../keywords/read-track.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { last, type Settings } from "../../syntax/table.ts";
import type { ScriptUser } from "../command.ts";

/** What services, real servers and checkers know of the rest of the file. */
export interface LvsContext {
  readonly report: Report;
  readonly smtpAlert: boolean | undefined; // what `global_defs` says for services and real servers
  readonly logAllFailures: boolean;
  readonly scriptUser: ScriptUser;
  readonly trackFiles: ReadonlyMap<string, DefinedFile>;
  readonly bfdInstances: ReadonlyMap<string, DefinedBfd>;
  /** Says once that scripts run without `enable_script_security`, if they do. */
  readonly runs: (place: Span) => void;
}

/** A `track_file`: Keepalived lets a checker use only what stands above it. */
interface DefinedFile {
  readonly order: number;
  readonly place: Span;
  readonly weight: Weight | undefined; // as given
}

/** A `bfd_instance`. */
interface DefinedBfd {
  readonly order: number;
  readonly place: Span;
  readonly forCheckers: boolean; // false: `vrrp` alone
}

/** Looks up what the load-balancing side refers to. `globals`: all `global_defs` in one. */
export function lvsContext(
  tree: Settings<typeof TOP>,
  globals: Settings<typeof GLOBAL_DEFS>,
  report: Report,
): LvsContext {
  const secure = globals.enable_script_security.length > 0;
  let said = secure;
  return {
    report,
    smtpAlert: last(globals.smtp_alert_checker)?.value ?? last(globals.smtp_alert)?.value,
    logAllFailures: last(globals.checker_log_all_failures)?.value ?? false,
    scriptUser: last(globals.script_user)?.value ?? [],
    trackFiles: trackFiles(tree),
    bfdInstances: bfdInstances(tree),
    runs(place) {
      if (said) return;
      said = true;
      report.warning(["script-security", "scripts are run, but `enable_script_security` is not set"], place, {
        status: 6,
        help: "add `enable_script_security` and `script_user USER` to `global_defs`",
        keepalived: "SECURITY VIOLATION - check scripts are being executed but script_security not enabled.",
      });
    },
  };
}

function trackFiles({ track_file, vrrp_track_file }: Settings<typeof TOP>): LvsContext["trackFiles"] {
  const found = new Map<string, DefinedFile>();
  for (const { value, span, order } of [...track_file, ...vrrp_track_file]) {
    const { header, settings } = value;
    const before = found.get(header);
    const [weight] = settings.weight;
    const usable = settings.file.length > 0;
    if (usable && (before === undefined || before.order > order))
      found.set(header, { order, place: span, weight: weight?.value });
  }
  return found;
}

function bfdInstances({ bfd_instance }: Settings<typeof TOP>): LvsContext["bfdInstances"] {
  const found = new Map<string, DefinedBfd>();
  for (const { value, span, order } of bfd_instance) {
    const { header, settings } = value;
    const forCheckers = settings.vrrp.length === 0 || settings.checker.length > 0;
    if (!found.has(header)) found.set(header, { order, place: span, forCheckers });
  }
  return found;
}
