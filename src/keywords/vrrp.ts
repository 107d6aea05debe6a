import { host } from "../syntax/host-address.ts";
import type { ArgumentType } from "../syntax/table.ts";
import { block, choice, items, line, type Table } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  integer,
  interfaceName,
  oneOf,
  optional,
  optionalBoolean,
  shown,
} from "../syntax/types.ts";
import { VIRTUAL_ADDRESS } from "./address.ts";
import { IPVLAN, VMAC } from "./interface.ts";
import { UNICAST_PEER } from "./peer.ts";
import { addressItem } from "./read-address.ts";
import { multicast } from "./read-global.ts";
import { ipvlan, vmac } from "./read-interface.ts";
import { peerItem } from "./read-peer.ts";
import { tracked } from "./read-track.ts";
import { VIRTUAL_ROUTE } from "./route.ts";
import { routeItem } from "./route-item.ts";
import { VIRTUAL_RULE } from "./rule.ts";
import { ruleItem } from "./rule-item.ts";
import { TRACK_BFD, TRACK_FILE_ITEM, TRACK_INTERFACE, TRACK_PROCESS_ITEM, TRACK_SCRIPT } from "./track-items.ts";
import { ANNOUNCEMENTS } from "./vrrp-announce.ts";
import { AUTH_HMAC, AUTHENTICATION } from "./vrrp-auth.ts";
import { NOTIFICATIONS } from "./vrrp-notify.ts";

/** Keywords of `vrrp_instance NAME`. */
export const VRRP_INSTANCE = {
  ...ANNOUNCEMENTS,
  ...NOTIFICATIONS,
  state: line(
    oneOf({
      MASTER: choice("Start as master when possible"),
      BACKUP: choice("Start as backup", { note: "ignored after MASTER" }),
    }),
    {
      default: "BACKUP; MASTER when priority is 255",
      meaning: "Desired initial state",
      note: "unknown word becomes BACKUP",
      refusal: "(%b) unknown state '%w', defaulting to BACKUP",
    },
  ),
  interface: line(shown("<IFNAME, max 15 chars>", interfaceName), {
    default: "required unless unicast with unicast_src_ip",
    meaning: "Interface running the protocol",
  }),
  dont_track_primary: line(flag, { default: "off", meaning: "Ignore faults of the instance interface" }),
  track_script: items(tracked("script", TRACK_SCRIPT), {
    meaning: "Scripts to track",
    repeats: true,
  }),
  mcast_src_ip: line(host, {
    default: "primary interface address",
    meaning: "Source address of adverts",
    note: "same handler as unicast_src_ip",
    refusal: "Configuration error: VRRP instance[%b] malformed src address[%w]. Skipping...",
  }),
  virtual_router_id: line(integer(1, 255, "strict"), {
    default: "required",
    meaning: "VRID shared by the group of routers",
    refusal: "(%b): VRID '%w' not valid - must be between 1 & 255",
  }),
  version: line(shown("<2|3>", integer(2, 3)), {
    default: "vrrp_version; IPv6 uses 3",
    meaning: "Protocol version of this instance",
    refusal: "(%b): Version must be either 2 or 3",
  }),
  priority: line(priority(), {
    default: "100; 255 when state is MASTER",
    meaning: "Election priority",
    note: "255 means address owner",
    refusal: "(%b) Priority not valid! must be between 1 & 255. Using default 100",
  }),
  advert_int: line(decimalSeconds(0.01, 255, "strict"), {
    default: "1",
    unit: "s",
    meaning: "Interval between adverts",
    note: "v2 rounds to whole seconds; v3 rounds to 10 ms, max 40.95",
    refusal: "(%b) Advert interval (%w) not valid! Must be > 0 - ignoring",
  }),
  virtual_ipaddress: items(addressItem(VIRTUAL_ADDRESS), {
    meaning: "Addresses owned by the master",
    note: "all of one family; advertised; max 255",
    repeats: true,
  }),
  virtual_ipaddress_excluded: items(addressItem(VIRTUAL_ADDRESS), {
    meaning: "Addresses owned but not advertised",
    note: "families may mix",
    repeats: true,
  }),
  skip_check_adv_addr: line(optionalBoolean, {
    default: "vrrp_skip_check_adv_addr",
    meaning: "Skip VIP comparison for repeated adverts",
    note: "quirk: any valid BOOL, even off, enables it",
    refusal: "(%b) invalid skip_check_adv_addr %w specified",
  }),
  strict_mode: line(optionalBoolean, {
    default: "vrrp_strict",
    meaning: "Enforce RFC compliance here",
    refusal: "(%b) invalid strict_mode %w specified",
  }),
  preempt: line(flag, {
    default: "on",
    meaning: "Allow takeover from lower priority masters",
    note: "backward compatibility",
  }),
  nopreempt: line(flag, {
    default: "off",
    meaning: "Never take over from a live lower priority master",
    note: "needs state BACKUP and priority below 255",
  }),
  preempt_delay: line(decimalSeconds(0, 1000), {
    default: "0",
    unit: "s",
    meaning: "Extra wait before preempting",
    note: "needs state BACKUP; not with nopreempt",
    refusal: "(%b) Preempt_delay not valid! must be between 0-1000",
  }),
  authentication: block(flag, AUTHENTICATION, {
    default: "none",
    meaning: "Legacy VRRPv2 authentication block",
    note: "VRRPv2 only; dropped in strict mode",
    build: "VRRP_AUTH",
  }),
  v3_checksum_as_v2: line(optionalBoolean, {
    default: "global value",
    meaning: "Omit pseudo header in VRRPv3 IPv4 checksum",
    since: "2.2.8",
  }),
  native_ipv6: line(flag, { default: "off", meaning: "Force IPv6 and version 3", note: "deprecated" }),
  unicast_peer: items(peerItem("<IPADDR> [min_ttl <N>] [max_ttl <N>]", UNICAST_PEER), {
    default: "none",
    meaning: "Peers receiving unicast adverts",
    repeats: true,
  }),
  unicast_fault_no_peer: line(flag, { default: "off", meaning: "FAULT instead of multicast when no peers exist" }),
  check_unicast_src: line(flag, {
    default: "vrrp_check_unicast_src",
    meaning: "Accept adverts only from listed peers",
  }),
  old_unicast_checksum: line(
    shown("[never]", optional(oneOf({ never: choice("Disable detection of old checksums") }), true)),
    { default: "auto detect", meaning: "Use the pre-1.3.7 VRRPv3 unicast checksum", build: "OLD_CHKSUM_COMPAT" },
  ),
  unicast_src_ip: line(host, {
    default: "primary interface address",
    meaning: "Source address of unicast adverts",
  }),
  mcast_dst_ip: line(multicast("<multicast IPADDR>"), {
    default: "global multicast group",
    meaning: "Alternative multicast destination",
  }),
  track_src_ip: line(flag, { default: "off", meaning: "FAULT when the configured source address vanishes" }),
  unicast_ttl: line(integer(0, 255), {
    default: "255 for IPv4, kernel for IPv6",
    meaning: "TTL or hop limit of unicast adverts",
    note: "reset with error when no peers",
  }),
  no_virtual_ipaddress: line(flag, {
    default: "off",
    meaning: "Silence warnings about having no VIP",
    since: "2.2.8",
  }),
  vrf: line(interfaceName, {
    default: "none",
    meaning: "VRF used by an interface-less unicast instance",
    note: "unicast without interface only",
    build: "VRF",
  }),
  track_interface: items(tracked("interface", TRACK_INTERFACE), {
    meaning: "Further interfaces to track",
    repeats: true,
  }),
  track_file: items(tracked("file", TRACK_FILE_ITEM), { meaning: "Files to track", repeats: true }),
  track_process: items(tracked("process", TRACK_PROCESS_ITEM), {
    meaning: "Processes to track",
    build: "TRACK_PROCESS",
    repeats: true,
  }),
  track_bfd: items(tracked("bfd", TRACK_BFD), { meaning: "BFD sessions to track", repeats: true }),
  virtual_routes: items(routeItem(VIRTUAL_ROUTE), {
    meaning: "Routes present while master",
    repeats: true,
  }),
  virtual_rules: items(ruleItem(VIRTUAL_RULE), {
    meaning: "Policy rules present while master",
    repeats: true,
  }),
  auth_hmac: block(flag, AUTH_HMAC, {
    default: "none",
    meaning: "Keepalived-specific HMAC advert protection",
    note: "excludes authentication",
    since: "2.4.0",
    build: "VRRP_AUTH",
  }),
  use_vmac: line(vmac("[[name] <IFNAME>] [<MAC, 5|6 octets>] [netlink_notify_msg] [group <GROUP>]", VMAC), {
    default: "off; generated name",
    meaning: "Use a macvlan with the VRRP virtual MAC",
    build: "VMAC",
  }),
  use_vmac_addr: line(flag, {
    default: "off",
    meaning: "Create VMACs for VIPs on other interfaces too",
    build: "VMAC",
  }),
  vmac_xmit_base: line(flag, {
    default: "off; forced on for unicast with VMAC",
    meaning: "Send and receive adverts on the base interface",
    build: "VMAC",
  }),
  accept: line(flag, { default: "on unless strict", meaning: "Accept packets for VIPs when not owner" }),
  no_accept: line(flag, {
    default: "off",
    meaning: "Drop packets for VIPs when not owner",
    note: "firewall build only",
    build: "FIREWALL",
  }),
  promote_secondaries: line(flag, {
    default: "off",
    meaning: "Set promote_secondaries on the interface",
    note: "ignored for VMAC",
  }),
  debug: line(integer(0, 4), { default: "0", meaning: "Reserved debug level", note: "no effect" }),
  use_ipvlan: line(ipvlan("[[name] <IFNAME>] [<IPADDR>] [bridge|private|vepa] [group <GROUP>]", IPVLAN), {
    default: "off; bridge",
    meaning: "Use an L2 ipvlan interface",
    build: "IPVLAN",
  }),
  linkbeat_use_polling: line(flag, {
    default: "off",
    meaning: "Poll link state of the instance interface",
    note: "deprecated; use linkbeat_interfaces",
    build: "LINKBEAT",
  }),
  lvs_sync_daemon_interface: line(interfaceName, {
    default: "none",
    meaning: "Bind the IPVS sync daemon to this instance",
    note: "deprecated; use global lvs_sync_daemon",
    deprecated: "lvs_sync_daemon",
  }),
} satisfies Table;

/** A priority that is none counts as 100, whatever the state. */
function priority(): ArgumentType<number> {
  const type = integer(1, 255, "strict");
  return { ...type, read: (argument) => type.read(argument) ?? 100 };
}
