import { type Micros, seconds } from "../../base/time.ts";
import type { ExtraInterval } from "../../keywords/read-global.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting } from "../../syntax/table.ts";
import type { AnnounceConfig, ExtraAnnouncements } from "../model/model.ts";
import type { Instance } from "./instance-context.ts";

/** When and how often an instance announces its addresses: its own keywords, else those of `global_defs`. */
export function announcements({ given, name, report }: Instance, standard: AnnounceConfig): AnnounceConfig {
  const owner = `(${name}): `;
  const extra = last(given.garp_extra_if, given.vmac_garp_intvl);
  return {
    repeat: atLeastOnce(last(given.garp_master_repeat), "garp_master_repeat", report, owner) ?? standard.repeat,
    delay: last(given.garp_master_delay)?.value ?? standard.delay,
    refresh: last(given.garp_master_refresh)?.value ?? standard.refresh,
    refreshRepeat:
      atLeastOnce(last(given.garp_master_refresh_repeat), "garp_master_refresh_repeat", report, owner) ??
      standard.refreshRepeat,
    lowerPriorityRepeat: last(given.garp_lower_prio_repeat)?.value ?? standard.lowerPriorityRepeat,
    lowerPriorityDelay: last(given.garp_lower_prio_delay)?.value ?? standard.lowerPriorityDelay,
    extra: extra === undefined ? standard.extra : extraOf(extra),
  };
}

/** `garp_extra_if` and its old name; 0 turns it off. */
export function extraOf({ value }: Setting<ExtraInterval>): ExtraAnnouncements | undefined {
  const interval: Micros = seconds(value.seconds);
  return interval === 0 ? undefined : { interval, everyInterface: value.all };
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
