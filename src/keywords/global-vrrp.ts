import { choice, line, type Table } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  INT,
  integer,
  interfaceName,
  named,
  oneOf,
  optional,
  optionalBoolean,
  several,
  shown,
  text,
  UINT,
  wholeSeconds,
} from "../syntax/types.ts";
import { bufferPolicy, extraInterval, multicast } from "./read-global.ts";
import { scriptWithUser } from "./script.ts";

const BUFFERS = {
  MTU: choice("Size buffers from the interface MTU", { note: "MTU wins over ADVERT" }, "(word, case-insensitive)"),
  ADVERT: choice("Size buffers from the advert length", {}, "(word, case-insensitive)"),
  "<bytes>": choice(
    "Fixed buffer size",
    { note: "a number overrides the words", unit: "bytes" },
    "<integer 0..4294967295>",
  ),
} satisfies Table;

/** `global_defs`: what instances inherit, and the VRRP process. */
export const GLOBAL_VRRP = {
  vrrp_garp_master_delay: line(wholeSeconds(0, 4294), {
    default: "5",
    unit: "s",
    meaning: "Wait before the second gratuitous ARP burst",
    note: "0 means no second set",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_master_repeat: line(shown("<integer 1..4294967295>", integer(0, UINT)), {
    default: "5",
    unit: "count",
    meaning: "Gratuitous ARPs per burst after becoming master",
    note: "0 accepted, becomes 1 with error",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_master_refresh: line(wholeSeconds(0, UINT), {
    default: "0",
    unit: "s",
    meaning: "Interval of gratuitous ARP refreshes while master",
    note: "0 disables",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_master_refresh_repeat: line(shown("<integer 1..4294967295>", integer(0, UINT)), {
    default: "1",
    unit: "count",
    meaning: "Gratuitous ARPs per refresh",
    note: "0 accepted, becomes 1 with error",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_lower_prio_delay: line(wholeSeconds(0, 4294), {
    default: "value of vrrp_garp_master_delay",
    unit: "s",
    meaning: "Second burst delay after hearing a lower priority master",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_lower_prio_repeat: line(integer(0, INT), {
    default: "value of vrrp_garp_master_repeat",
    unit: "count",
    meaning: "Gratuitous ARPs after hearing a lower priority master",
    refusal: "invalid value '%w' - ignoring",
  }),
  vrrp_garp_interval: line(decimalSeconds(0.000001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "Gap between gratuitous ARPs on one interface",
    refusal: "vrrp_garp_interval '%w' is invalid",
  }),
  vrrp_lower_prio_no_advert: line(optionalBoolean, {
    default: "off; on in strict mode",
    meaning: "Do not answer adverts of lower priority",
    refusal: "Invalid value '%w' for global vrrp_lower_prio_no_advert specified",
  }),
  vrrp_higher_prio_send_advert: line(optionalBoolean, {
    default: "off",
    meaning: "Send one advert before yielding to a higher priority master",
    refusal: "Invalid value '%w' for global vrrp_higher_prio_send_advert specified",
  }),
  vrrp_version: line(shown("<2|3>", integer(2, 3)), {
    default: "2",
    meaning: "Default protocol version",
    note: "IPv6 instances use 3",
    refusal: "VRRP Error: Version must be either 2 or 3",
  }),
  vrrp_skip_check_adv_addr: line(optionalBoolean, {
    default: "off",
    meaning: "Skip VIP comparison for repeated adverts of one master",
    note: "2.2.7 ignores the argument",
    refusal: "Invalid value '%w' for global vrrp_skip_check_adv_addr specified",
  }),
  vrrp_strict: line(optionalBoolean, {
    default: "off",
    meaning: "Enforce RFC compliance on all instances",
    note: "2.2.7 ignores the argument",
    refusal: "Invalid value '%w' for global vrrp_strict specified",
  }),
  vrrp_startup_delay: line(decimalSeconds(0.001, 4294.967295, "strict"), {
    default: "0",
    unit: "s",
    meaning: "Hold VRRP back after daemon start",
    note: "longer of it and vrrp_delay_after_boot wins",
    refusal: "vrrp_startup_delay '%w' is invalid",
  }),
  vrrp_down_timer_adverts: line(integer(1, 100), {
    default: "3",
    unit: "count",
    meaning: "Missed adverts before a master is declared dead",
  }),
  vrrp_min_garp: line(optionalBoolean, {
    default: "off",
    meaning: "Send one gratuitous ARP/NA without repeat",
    note: "changes only values still at default",
  }),
  v3_checksum_as_v2: line(flag, {
    default: "off",
    meaning: "Omit pseudo header in VRRPv3 IPv4 checksums by default",
    note: "manual documents a BOOL but code ignores arguments",
    since: "2.2.8",
  }),
  vrrp_mcast_group4: line(multicast("<IPv4 multicast>", 4), {
    default: "224.0.0.18",
    meaning: "Multicast group for IPv4 adverts",
  }),
  vrrp_mcast_group6: line(multicast("<IPv6 multicast>", 6), {
    default: "ff02::12",
    meaning: "Multicast group for IPv6 adverts",
  }),
  vrrp_check_unicast_src: line(flag, {
    default: "off",
    meaning: "Accept unicast adverts only from configured peers",
  }),
  vrrp_rx_bufs_policy: line(bufferPolicy(BUFFERS), {
    refusal: "Invalid vrrp_rx_bufs_policy %w",
    missing: "vrrp_rx_bufs_policy missing",
    default: "system default",
    meaning: "How VRRP socket receive buffers are sized",
  }),
  vrrp_rx_bufs_multiplier: line(integer(1, UINT), {
    default: "3",
    unit: "count",
    meaning: "Multiplier for the MTU and ADVERT policies",
    missing: "Invalid vrrp_rx_bufs_multiplier",
  }),
  log_unknown_vrids: line(flag, { default: "off", meaning: "Log adverts with an unconfigured VRID" }),
  vrrp_delay_after_boot: line(decimalSeconds(0.001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "Hold VRRP back until this uptime",
    note: "measured against system uptime",
    since: "2.4.0",
  }),
  vrrp_owner_ignore_adverts: line(optionalBoolean, {
    default: "off; on in strict mode",
    meaning: "Address owners disregard received adverts",
    since: "2.3.3",
  }),
  vrrp_garp_extra_if: line(extraInterval(1, { all: choice("Cover every VIP interface", { default: "VMACs only" }) }), {
    refusal: "vrrp_garp_extra_if '%w' invalid - ignoring",
    default: "off",
    unit: "s",
    meaning: "Periodic GARP/NA on other VIP interfaces; all includes non-VMAC",
    note: "alias vrrp_vmac_garp_intvl",
    build: "VMAC",
  }),
  vrrp_vmac_garp_intvl: line(
    extraInterval(1, {
      all: choice("Cover every VIP interface", { default: "VMACs only", note: "deprecated parent" }),
    }),
    {
      refusal: "vrrp_vmac_garp_intvl '%w' invalid - ignoring",
      default: "off",
      unit: "s",
      meaning: "Old name of vrrp_garp_extra_if",
      note: "deprecated alias of vrrp_garp_extra_if",
      build: "VMAC",
      deprecated: "vrrp_garp_extra_if",
    },
  ),
  smtp_alert_vrrp: line(optionalBoolean, {
    default: "unset",
    meaning: "Default smtp_alert for VRRP instances and groups",
  }),
  no_email_faults: line(flag, { default: "off", meaning: "Suppress mails for FAULT transitions" }),
  default_interface: line(interfaceName, {
    default: "eth0",
    meaning: "Interface for static addresses without dev",
    missing: "default_interface requires interface name",
  }),
  vrrp_notify_fifo: line(several("<PATH> [<USER> [<GROUP>]]"), {
    default: "none",
    meaning: "FIFO receiving VRRP state events",
    missing: "No vrrp_notify_fifo name specified",
  }),
  vrrp_notify_fifo_script: line(scriptWithUser, {
    default: "none",
    meaning: "Reader command for vrrp_notify_fifo",
    note: "FIFO path appended as last argument",
    missing: "No vrrp_notify_fifo_script specified",
  }),
  vrrp_notify_priority_changes: line(optionalBoolean, {
    default: "off",
    meaning: "Write priority changes to the FIFOs",
  }),
  fifo_write_vrrp_states_on_reload: line(flag, {
    default: "off",
    meaning: "Repeat current states on the FIFOs after reload",
  }),
  disable_local_igmp: line(flag, {
    default: "off",
    meaning: "Turn off IGMP reports for link-local multicast groups",
    note: "needs kernel sysctl; fixed across reloads",
  }),
  nftables: line(optional(named("<TABLE>"), true), {
    default: "keepalived when bare",
    meaning: "nftables table for VRRP filtering",
    note: "fixed across reloads",
    build: "NFTABLES",
  }),
  nftables_priority: line(integer(-INT - 1, INT), {
    default: "-1",
    meaning: "Priority of the VRRP nftables base chains",
    build: "NFTABLES",
  }),
  vmac_prefix: line(text, {
    default: "vrrp",
    meaning: "Name prefix for generated VMAC interfaces",
    note: "second ignored with error",
    build: "VMAC",
  }),
  vmac_addr_prefix: line(text, {
    default: "value of vmac_prefix",
    meaning: "Name prefix for per-address VMAC interfaces",
    note: "second ignored with error",
    build: "VMAC",
  }),
  vrrp_gna_interval: line(decimalSeconds(0.000001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "Gap between unsolicited NAs on one interface",
    refusal: "vrrp_gna_interval '%w' is invalid",
  }),
  dynamic_interfaces: line(
    shown(
      "[allow_if_changes]",
      optional(
        oneOf({ allow_if_changes: choice("Interfaces may return with another type or parent", { default: "off" }) }),
        true,
      ),
    ),
    { default: "off", meaning: "Accept interfaces that do not exist yet" },
  ),
  iproute_usr_dir: line(named("<PATH>"), {
    default: "build default",
    meaning: "Distribution directory of iproute2 name tables",
    since: "2.3.2",
  }),
  iproute_etc_dir: line(named("<PATH>"), {
    default: "build default",
    meaning: "Local directory of iproute2 name tables",
    since: "2.3.2",
  }),
  nftables_ifindex: line(flag, {
    default: "off",
    meaning: "Use ifindex rather than names in nftables sets",
    build: "NFTABLES",
  }),
  vrrp_iptables: line(several("[<IN CHAIN> [<OUT CHAIN>]]", 0), {
    default: "INPUT OUTPUT when bare",
    meaning: "Chains for no_accept and VMAC filtering",
    note: "without iptables build it selects nftables, with error",
    build: "IPTABLES or NFTABLES",
  }),
  vrrp_ipsets: line(several("[<set> [<set6> [<if6> [<igmp> [<mld> [<nd>]]]]]]", 0), {
    default: "keepalived and derived names",
    meaning: "ipset names used with iptables",
    note: "no argument disables ipsets",
    build: "IPTABLES or NFTABLES+LIBIPSET",
  }),
} satisfies Table;
