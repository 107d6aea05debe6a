import { seconds } from "../base/time.ts";
import type { TrackItem } from "../keywords/read-track.ts";
import type { VRRP_SCRIPT } from "../keywords/tracked.ts";
import type { Report } from "../syntax/report.ts";
import { type Body, last, type Setting } from "../syntax/table.ts";
import type { TrackedScript, VrrpScriptConfig } from "./model.ts";
import type { Defaults } from "./resolve-global.ts";

type ScriptBody = Setting<Body<string, typeof VRRP_SCRIPT>>;

const SHORTEST = 1000; // microseconds: the least interval and timeout

/** A script and the place it was defined at: Keepalived lets an instance track only what stands above it. */
export interface DefinedScript {
  readonly script: VrrpScriptConfig;
  readonly order: number;
}

/** Every `vrrp_script` that can be run, in the order of reading. */
export function resolveScripts(
  bodies: readonly ScriptBody[],
  defaults: Defaults,
  report: Report,
): readonly DefinedScript[] {
  const scripts = new Map<string, DefinedScript>();
  for (const body of bodies) {
    const script = resolveScript(body, defaults, report);
    if (script === undefined) continue;
    if (scripts.has(script.name))
      report.warning(["duplicate", `vrrp_script \`${script.name}\` is defined twice; the first counts`], body.span);
    else scripts.set(script.name, { script, order: body.order });
  }
  const [first] = bodies;
  if (first !== undefined && scripts.size > 0 && !defaults.scriptSecurity) security(first, report);
  return [...scripts.values()];
}

function resolveScript({ value, span }: ScriptBody, defaults: Defaults, report: Report): VrrpScriptConfig | undefined {
  const { header: name, settings, end } = value;
  const command = last(settings.script);
  if (command === undefined || command.value.argv.length === 0) {
    const keepalived = `(${end.file}: Line ${end.line}) No script set for vrrp_script ${name} - removing`;
    report.error(["missing-keyword", `vrrp_script \`${name}\` has no \`script\` and is left out`], span, {
      keepalived,
    });
    return undefined;
  }
  const [extra] = command.value.more;
  if (extra !== undefined)
    report.warning(["unused-words", `\`${extra}\` is not passed to the script`], command.span, {
      help: 'put the whole command in double quotes: `script "COMMAND ARGUMENT"`',
    });
  const [initFail] = settings.init_fail;
  if (initFail !== undefined)
    report.hint(["no-effect", "`init_fail` has no effect: the first run decides, as in Keepalived"], initFail.keyword);
  const [user = undefined, group = undefined] = last(settings.user)?.value ?? defaults.scriptUser;
  const interval = duration(last(settings.interval), name, "interval", report) ?? seconds(1);
  const weight = last(settings.weight)?.value ?? { weight: 0, reverse: false };
  return {
    name,
    argv: command.value.argv,
    user,
    group,
    interval,
    timeout: duration(last(settings.timeout), name, "timeout", report) ?? interval,
    ...weight,
    rise: last(settings.rise)?.value ?? 1,
    fall: last(settings.fall)?.value ?? 1,
  };
}

function duration(
  setting: Setting<number> | undefined,
  name: string,
  keyword: string,
  report: Report,
): number | undefined {
  if (setting === undefined || setting.value >= SHORTEST) return setting?.value;
  const keepalived = `${setting.at}(${name}): vrrp script ${keyword} must be greater than 0, setting to 1`;
  report.error(["bad-number", `\`${keyword}\` must be at least 0.001 seconds; 1 second is used`], setting.span, {
    keepalived,
  });
  return seconds(1);
}

function security({ value, span }: ScriptBody, report: Report): void {
  const place = last(value.settings.script)?.span ?? span;
  report.warning(["script-security", "scripts are run, but `enable_script_security` is not set"], place, {
    status: 6,
    help: "add `enable_script_security` and `script_user USER` to `global_defs`",
    keepalived: "SECURITY VIOLATION - scripts are being executed but script_security not enabled.",
  });
}

/** What an instance tracks, and under what priority that moves it. */
export interface Tracking {
  readonly name: string; // of the instance
  readonly priority: number;
}

/** The items of `track_script`, with the scripts' own weights where none was given. */
export function resolveTracks(
  items: readonly Setting<TrackItem>[],
  scripts: readonly DefinedScript[],
  { name, priority }: Tracking,
  report: Report,
): readonly TrackedScript[] {
  const found = new Map<string, TrackedScript>();
  for (const { value, span, at, order } of items) {
    const defined = scripts.find(({ script }) => script.name === value.script);
    if (defined === undefined || defined.order > order) {
      const keepalived = `${at}(${name}) track script ${value.script} not found, ignoring...`;
      const where = defined === undefined ? "" : " above this instance";
      const message = `no vrrp_script \`${value.script}\`${where}; it is not tracked`;
      const help = defined === undefined ? unknownHelp(scripts) : "move the vrrp_script up";
      report.error(["unknown-reference", message], span, { keepalived, help });
    } else if (found.has(value.script)) {
      const keepalived = `${at}(${name}) duplicate track_script ${value.script} - ignoring`;
      report.error(["duplicate", `\`${value.script}\` is tracked already`], span, { keepalived });
    } else {
      const weight = value.weight ?? defined.script.weight;
      const reverse = value.reverse ?? (value.weight === undefined ? defined.script.reverse : false);
      found.set(value.script, { script: value.script, weight, reverse });
      if (weight !== 0 && priority !== 255)
        electionHint({ script: value.script, weight, reverse }, priority, span, report);
    }
  }
  return [...found.values()];
}

function unknownHelp(scripts: readonly DefinedScript[]): string {
  if (scripts.length === 0) return 'define it with `vrrp_script NAME { script "COMMAND" }` at the top level';
  return `defined are ${scripts.map(({ script }) => `\`${script.name}\``).join(", ")}`;
}

const DECISIVE = 10; // a smaller weight is easily no more than the distance between two routers

function electionHint(
  { script, weight, reverse }: TrackedScript,
  priority: number,
  span: Setting<unknown>["span"],
  report: Report,
): void {
  if (Math.abs(weight) >= DECISIVE) return;
  const sign = reverse ? -1 : 1;
  const good = bounded(priority + sign * Math.max(weight, 0));
  const failed = bounded(priority + sign * Math.min(weight, 0));
  const [low, high] = [Math.min(good, failed), Math.max(good, failed)];
  if (low === high) return; // the lint `weak-weight` says more about it
  const message = `\`${script}\` moves the priority only between ${good} (success) and ${failed} (failure)`;
  report.hint(["weak-weight", message], span, {
    help: `a failure changes the master only where the other router's priority is from ${low} to ${high}; without \`weight\` it is a fault, which always does`,
  });
}

function bounded(priority: number): number {
  return Math.min(254, Math.max(1, priority));
}
