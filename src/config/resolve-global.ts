import { type Micros, seconds } from "../base/time.ts";
import { GLOBAL_DEFS } from "../keywords/global.ts";
import type { Report } from "../syntax/report.ts";
import { last, type Setting, type Settings } from "../syntax/table.ts";
import type { AnnounceConfig, GlobalConfig } from "./model.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

/** What `global_defs` says about every instance and script. */
export interface Defaults {
  readonly strict: Setting<boolean> | undefined;
  readonly skipCheckAdvertAddresses: boolean;
  readonly version: Setting<number> | undefined;
  readonly lowerPriorityNoAdvert: boolean | undefined;
  readonly higherPriorityAdvert: boolean;
  readonly announce: AnnounceConfig;
  readonly scriptUser: readonly string[];
  readonly scriptSecurity: boolean;
}

/** `global_defs` may be given several times; what comes later counts. */
export function mergeGlobals(bodies: readonly Globals[]): Globals {
  const entries = Object.keys(GLOBAL_DEFS).map((keyword) => {
    return [keyword, bodies.flatMap((body) => [...body[keyword as keyof Globals]])];
  });
  return Object.fromEntries(entries) as Globals;
}

/** The daemon's own settings. */
export function resolveGlobal(globals: Globals, report: Report): GlobalConfig {
  return {
    routerId: last(globals.router_id)?.value,
    notificationEmail: globals.notification_email.flatMap(({ value }) => value.map((item) => item.value)),
    notificationEmailFrom: last(globals.notification_email_from)?.value,
    smtpServer: last(globals.smtp_server)?.value,
    smtpConnectTimeout: connectTimeout(globals, report),
    garpInterval: last(globals.vrrp_garp_interval)?.value ?? 0,
    gnaInterval: last(globals.vrrp_gna_interval)?.value ?? 0,
    startupDelay: last(globals.vrrp_startup_delay)?.value ?? 0,
    scriptUser: last(globals.script_user)?.value[0],
    enableScriptSecurity: globals.enable_script_security.length > 0,
  };
}

function connectTimeout(globals: Globals, report: Report): Micros {
  const setting = last(globals.smtp_connect_timeout);
  if (setting === undefined) return seconds(30);
  if (setting.value > 0) return setting.value;
  const keepalived = `(Line ${setting.span.line}) smtp_conect_timeout must be greater than 0, setting to 1`;
  report.error(["bad-number", "a timeout of 0 cannot be kept; 1 second is used"], setting.span, { keepalived });
  return seconds(1);
}

/** What instances and scripts inherit. */
export function resolveDefaults(globals: Globals, report: Report): Defaults {
  const repeat = atLeastOnce(last(globals.vrrp_garp_master_repeat), "vrrp_garp_master_repeat", report) ?? 5;
  const delay = last(globals.vrrp_garp_master_delay)?.value ?? seconds(5);
  const refreshRepeat = last(globals.vrrp_garp_master_refresh_repeat);
  return {
    strict: last(globals.vrrp_strict),
    skipCheckAdvertAddresses: last(globals.vrrp_skip_check_adv_addr)?.value ?? false,
    version: last(globals.vrrp_version),
    lowerPriorityNoAdvert: last(globals.vrrp_lower_prio_no_advert)?.value,
    higherPriorityAdvert: last(globals.vrrp_higher_prio_send_advert)?.value ?? false,
    announce: {
      repeat,
      delay,
      refresh: last(globals.vrrp_garp_master_refresh)?.value ?? 0,
      refreshRepeat: atLeastOnce(refreshRepeat, "vrrp_garp_master_refresh_repeat", report) ?? 1,
      lowerPriorityRepeat: last(globals.vrrp_garp_lower_prio_repeat)?.value ?? repeat,
      lowerPriorityDelay: last(globals.vrrp_garp_lower_prio_delay)?.value ?? delay,
    },
    scriptUser: last(globals.script_user)?.value ?? [],
    scriptSecurity: globals.enable_script_security.length > 0,
  };
}

/** A repetition of 0 counts as 1, and is an error. `owner`: how Keepalived names the instance in its message. */
export function atLeastOnce(
  setting: Setting<number> | undefined,
  keyword: string,
  report: Report,
  owner = "",
): number | undefined {
  if (setting === undefined || setting.value > 0) return setting?.value;
  const keepalived = `${setting.at}${owner}${keyword} must be greater than 0, setting to 1`;
  report.error(["silent-announcements", `\`${keyword} 0\` would announce nothing; 1 is used`], setting.span, {
    keepalived,
  });
  return 1;
}
