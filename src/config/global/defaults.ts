import { type Family, type IpAddress, ip } from "../../base/ip.ts";
import { seconds } from "../../base/time.ts";
import type { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import type { AnnounceConfig } from "../model/model.ts";
import { atLeastOnce, extraOf } from "../vrrp/announce.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

/** What `global_defs` says about every instance, group and script. */
export interface Defaults {
  readonly strict: Setting<boolean> | undefined;
  readonly skipCheckAdvertAddresses: boolean;
  readonly version: Setting<number> | undefined;
  readonly downTimerAdverts: number;
  readonly lowerPriorityNoAdvert: boolean | undefined;
  readonly higherPriorityAdvert: boolean;
  readonly ownerIgnoresAdverts: boolean | undefined; // undefined: in strict mode
  readonly checkUnicastSource: boolean;
  readonly checksumAsV2: boolean;
  readonly multicastGroups: Readonly<Record<Family, IpAddress>>;
  readonly announce: AnnounceConfig;
  readonly interface: string; // of static addresses without `dev`
  readonly smtpAlert: boolean;
  readonly notifyPriorityChanges: boolean;
  readonly scriptUser: readonly string[];
  readonly scriptSecurity: boolean;
}

/** What instances, groups and scripts inherit. */
export function resolveDefaults(globals: Globals, report: Report): Defaults {
  return {
    strict: last(globals.vrrp_strict),
    skipCheckAdvertAddresses: last(globals.vrrp_skip_check_adv_addr)?.value ?? false,
    version: last(globals.vrrp_version),
    downTimerAdverts: last(globals.vrrp_down_timer_adverts)?.value ?? 3,
    lowerPriorityNoAdvert: last(globals.vrrp_lower_prio_no_advert)?.value,
    higherPriorityAdvert: last(globals.vrrp_higher_prio_send_advert)?.value ?? false,
    ownerIgnoresAdverts: last(globals.vrrp_owner_ignore_adverts)?.value,
    checkUnicastSource: globals.vrrp_check_unicast_src.length > 0,
    checksumAsV2: globals.v3_checksum_as_v2.length > 0,
    multicastGroups: {
      4: last(globals.vrrp_mcast_group4)?.value ?? ip("224.0.0.18"),
      6: last(globals.vrrp_mcast_group6)?.value ?? ip("ff02::12"),
    },
    announce: standardAnnouncements(globals, report),
    interface: last(globals.default_interface)?.value ?? "eth0",
    smtpAlert: (last(globals.smtp_alert_vrrp) ?? last(globals.smtp_alert))?.value ?? false,
    notifyPriorityChanges: last(globals.vrrp_notify_priority_changes)?.value ?? false,
    scriptUser: last(globals.script_user)?.value ?? [],
    scriptSecurity: globals.enable_script_security.length > 0,
  };
}

/** `vrrp_min_garp` changes what is not given: one message, and none later. */
function standardAnnouncements(globals: Globals, report: Report): AnnounceConfig {
  const fewest = last(globals.vrrp_min_garp)?.value ?? false;
  const given = last(globals.vrrp_garp_master_repeat);
  const repeat = atLeastOnce(given, "vrrp_garp_master_repeat", report) ?? (fewest ? 1 : 5);
  const delay = last(globals.vrrp_garp_master_delay)?.value ?? (fewest ? 0 : seconds(5));
  const refreshRepeat = last(globals.vrrp_garp_master_refresh_repeat);
  const extra = last(globals.vrrp_garp_extra_if, globals.vrrp_vmac_garp_intvl);
  return {
    repeat,
    delay,
    refresh: last(globals.vrrp_garp_master_refresh)?.value ?? 0,
    refreshRepeat: atLeastOnce(refreshRepeat, "vrrp_garp_master_refresh_repeat", report) ?? 1,
    lowerPriorityRepeat: last(globals.vrrp_garp_lower_prio_repeat)?.value ?? repeat,
    lowerPriorityDelay: last(globals.vrrp_garp_lower_prio_delay)?.value ?? delay,
    extra: extra === undefined ? undefined : extraOf(extra),
  };
}
