import { choice, line, type Table } from "../syntax/table.ts";
import { INT, integer, optional, optionalBoolean, shown, UINT, wholeSeconds } from "../syntax/types.ts";
import { extraInterval } from "./read-global.ts";

/** `vrrp_instance`: announcements, timers and how advertisements are answered. */
export const ANNOUNCEMENTS = {
  garp_master_delay: line(wholeSeconds(0, 4294), {
    default: "vrrp_garp_master_delay",
    unit: "s",
    meaning: "Wait before the second gratuitous ARP burst",
    refusal: "(%b): garp_master_delay '%w' invalid - ignoring",
  }),
  garp_master_refresh: line(wholeSeconds(0, UINT), {
    default: "vrrp_garp_master_refresh",
    unit: "s",
    meaning: "Gratuitous ARP refresh interval while master",
    refusal: "(%b): Invalid garp_master_refresh '%w' - ignoring",
  }),
  garp_master_repeat: line(shown("<integer 1..4294967295>", integer(0, UINT)), {
    default: "vrrp_garp_master_repeat",
    unit: "count",
    meaning: "Gratuitous ARPs per burst",
    note: "0 becomes 1 with error",
    refusal: "(%b): garp_master_repeat '%w' invalid - ignoring",
  }),
  garp_master_refresh_repeat: line(shown("<integer 1..4294967295>", integer(0, UINT)), {
    default: "vrrp_garp_master_refresh_repeat",
    unit: "count",
    meaning: "Gratuitous ARPs per refresh",
    note: "0 becomes 1 with error",
    refusal: "(%b): garp_master_refresh_repeat '%w' invalid - ignoring",
  }),
  garp_lower_prio_delay: line(wholeSeconds(0, 4294), {
    default: "vrrp_garp_lower_prio_delay",
    unit: "s",
    meaning: "Second burst delay after a lower priority advert",
    refusal: "(%b): garp_lower_prio_delay '%w' invalid - ignoring",
  }),
  garp_lower_prio_repeat: line(integer(0, INT), {
    default: "vrrp_garp_lower_prio_repeat",
    unit: "count",
    meaning: "Gratuitous ARPs after a lower priority advert",
    refusal: "(%b): Invalid garp_lower_prio_repeat '%w'",
  }),
  down_timer_adverts: line(integer(1, 100), {
    default: "vrrp_down_timer_adverts",
    unit: "count",
    meaning: "Missed adverts before the master is declared dead",
    refusal: "(%b): Invalid down_timer_adverts [1:100] '%w'",
  }),
  lower_prio_no_advert: line(optionalBoolean, {
    default: "vrrp_lower_prio_no_advert; on in strict mode",
    meaning: "Do not answer lower priority adverts",
    refusal: "(%b) invalid lower_prio_no_advert %w specified",
  }),
  higher_prio_send_advert: line(optionalBoolean, {
    default: "vrrp_higher_prio_send_advert",
    meaning: "Send one advert before yielding",
    refusal: "(%b) invalid higher_prio_send_advert %w specified",
  }),
  kernel_rx_buf_size: line(integer(0, UINT), {
    default: "vrrp_rx_bufs_policy",
    unit: "bytes",
    meaning: "Receive buffer of this instance's socket",
    missing: "(%b) invalid kernel_rx_buf_size specified",
  }),
  timer_expired_backup: line(optional(integer(1, 254), true), {
    default: "off; bare means 254",
    meaning: "Yield when timers ran so late another may be master",
    note: "needs nopreempt; alias thread_timer_expired",
    since: "2.2.8",
  }),
  thread_timer_expired: line(optional(integer(1, 254), true), {
    default: "off",
    meaning: "Old name of timer_expired_backup",
    note: "deprecated alias of timer_expired_backup, reports an error",
    since: "2.3.2",
    deprecated: "timer_expired_backup",
  }),
  owner_ignore_adverts: line(optionalBoolean, {
    default: "vrrp_owner_ignore_adverts; on in strict mode",
    meaning: "Owner disregards received adverts",
    note: "only with priority 255",
    since: "2.3.3",
  }),
  garp_extra_if: line(extraInterval(0, { all: choice("Cover every VIP interface", { default: "VMACs only" }) }), {
    refusal: "(%b): garp_extra_if '%w' invalid - ignoring",
    default: "vrrp_garp_extra_if",
    unit: "s",
    meaning: "Periodic GARP/NA on other VIP interfaces",
    note: "0 disables; alias vmac_garp_intvl",
    build: "VMAC",
  }),
  vmac_garp_intvl: line(
    extraInterval(0, {
      all: choice("Cover every VIP interface", { default: "VMACs only", note: "deprecated parent" }),
    }),
    {
      refusal: "(%b): vmac_garp_intvl '%w' invalid - ignoring",
      default: "vrrp_garp_extra_if",
      unit: "s",
      meaning: "Old name of garp_extra_if",
      note: "deprecated alias of garp_extra_if",
      build: "VMAC",
      deprecated: "garp_extra_if",
    },
  ),
} satisfies Table;
