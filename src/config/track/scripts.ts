import { seconds } from "../../base/time.ts";
import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { VRRP_SCRIPT } from "../../keywords/tracked.ts";
import type { Report } from "../../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../../syntax/table.ts";
import type { Defaults } from "../global/defaults.ts";
import type { VrrpScriptConfig } from "../model/model.ts";
import { type Definitions, definitions } from "./definitions.ts";
import type { Found } from "./track.ts";

type ScriptBody = Setting<Body<string, typeof VRRP_SCRIPT>>;

const SHORTEST = 1000; // microseconds: the least interval and timeout

/** Every `vrrp_script` that can be run, in the order of reading. */
export function resolveScripts(
  bodies: readonly ScriptBody[],
  defaults: Defaults,
  report: Report,
): Definitions<VrrpScriptConfig> {
  return definitions("vrrp_script", bodies, report, (body) => resolveScript(body, defaults, report));
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
    initFail: settings.init_fail.length > 0,
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

/** The keywords of instances and groups that run a script. */
const NOTIFY = ["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"] as const;

/** Says, at the first script of the VRRP side or of the daemon, that scripts run without `enable_script_security`. */
export function scriptSecurity(
  tree: Pick<Settings<typeof TOP>, "vrrp_script" | "vrrp_instance" | "vrrp_sync_group">,
  globals: Settings<typeof GLOBAL_DEFS>,
  scripts: Definitions<unknown>,
  defaults: Defaults,
  report: Report,
): void {
  if (defaults.scriptSecurity) return;
  const daemon = first([...globals.startup_script, ...globals.shutdown_script]);
  const vrrp = first([
    ...tree.vrrp_script
      .filter(({ value }) => scripts.has(value.header))
      .map(({ value, order, span }) => ({ order, span: last(value.settings.script)?.span ?? span })),
    ...[...tree.vrrp_instance, ...tree.vrrp_sync_group].flatMap(({ value }) =>
      NOTIFY.flatMap((keyword) => value.settings[keyword].slice(0, 1)),
    ),
    ...tree.vrrp_instance.flatMap(({ value }) => [
      ...value.settings.notify_deleted.filter((setting) => setting.value !== true),
      ...value.settings.notify_master_rx_lower_pri,
    ]),
    ...globals.notify_fifo_script,
    ...globals.vrrp_notify_fifo_script,
  ]);
  const place = first([daemon, vrrp].filter((each) => each !== undefined));
  if (place === undefined) return;
  const logged = (which: string): string =>
    `SECURITY VIOLATION - ${which}scripts are being executed but script_security not enabled.`;
  const lines = [daemon === undefined ? [] : logged("start/shutdown "), vrrp === undefined ? [] : logged("")].flat();
  report.warning(["script-security", "scripts are run, but `enable_script_security` is not set"], place.span, {
    status: 6,
    help: "add `enable_script_security` and `script_user USER` to `global_defs`",
    keepalived: lines.join("\n"),
  });
}

/** Where a script is named. */
type Place = Pick<Setting<unknown>, "order" | "span">;

function first(settings: readonly Place[]): Place | undefined {
  return settings.reduce<Place | undefined>((a, b) => (a === undefined || b.order < a.order ? b : a), undefined);
}

const DECISIVE = 10; // a smaller weight is easily no more than the distance between two routers

/** Says between which priorities a script with a small weight decides. */
export function electionHint({ name: script, weight, reverse, span }: Found, priority: number, report: Report): void {
  if (weight === 0 || Math.abs(weight) >= DECISIVE) return;
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
