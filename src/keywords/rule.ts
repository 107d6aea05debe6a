import { orElse } from "../syntax/options.ts";
import { choice, line, type Table } from "../syntax/table.ts";
import { flag, INT, integer, interfaceName, named, UINT } from "../syntax/types.ts";
import { tunnelId } from "./read-encap.ts";
import { interfaceGroup, realms, service, someTable } from "./read-names.ts";
import { actionFollows, ipProtocol, mark, numberRange, rulePreference, selector } from "./read-rule.ts";

/** An item of `virtual_rules`: selectors and an action, as ip-rule(8) has them. */
export const VIRTUAL_RULE = {
  inet: line(flag, { default: "deduced", meaning: "Force IPv4" }),
  inet6: line(flag, { default: "deduced", meaning: "Force IPv6" }),
  from: line(
    selector("from", {
      all: choice("Match every address"),
      any: choice("Match every address"),
      default: choice("Match every address"),
    }),
    { default: "all", meaning: "Source selector" },
  ),
  to: line(
    selector("to", {
      all: choice("Match every address"),
      any: choice("Match every address"),
      default: choice("Match every address"),
    }),
    { default: "all", meaning: "Destination selector" },
  ),
  table: line(
    someTable({
      main: choice("Well-known table main", { note: "further names from iproute2 rt_tables" }),
      local: choice("Well-known table local", { note: "further names from iproute2 rt_tables" }),
      default: choice("Well-known table default", { note: "further names from iproute2 rt_tables" }),
    }),
    {
      default: "none",
      meaning: "Table to look up",
      note: "alias lookup",
      refusal: "Routing table %w not found for rule",
    },
  ),
  lookup: line(someTable(), {
    refusal: "Routing table %w not found for rule",
    default: "none",
    meaning: "Table to look up",
    note: "alias of table",
  }),
  not: line(flag, { default: "off", meaning: "Invert the match" }),
  priority: line(rulePreference, {
    refusal: "Invalid rule preference priority specified",
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "aliases preference, order",
  }),
  preference: line(rulePreference, {
    refusal: "Invalid rule preference preference specified",
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "alias of priority",
  }),
  order: line(rulePreference, {
    refusal: "Invalid rule preference order specified",
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "alias of priority",
  }),
  tos: line(service("<dsfield>"), {
    default: "0",
    meaning: "TOS selector",
    note: "alias dsfield",
    refusal: "TOS value %w is invalid",
  }),
  dsfield: line(service("<dsfield>"), {
    default: "0",
    meaning: "TOS selector",
    note: "alias of tos",
    refusal: "TOS value %w is invalid",
  }),
  fwmark: line(mark, {
    default: "none",
    meaning: "Mark selector",
    note: "any C number base",
    refusal: "Invalid rule fwmark %w specified",
  }),
  realms: line(realms, {
    default: "none",
    meaning: "Realms",
    note: "IPv4 only; needs table",
    refusal: "invalid realms %w for rule",
  }),
  suppress_prefixlength: line(integer(0, INT, "strict"), {
    refusal: "Invalid suppress_prefixlength suppress_prefixlength specified",
    default: "none",
    meaning: "Ignore results with short prefixes",
    note: "alias sup_pl; needs table",
  }),
  sup_pl: line(integer(0, INT, "strict"), {
    refusal: "Invalid suppress_prefixlength sup_pl specified",
    default: "none",
    meaning: "Ignore results with short prefixes",
    note: "alias of suppress_prefixlength",
  }),
  suppress_ifgroup: line(interfaceGroup("<GROUP>"), {
    refusal: "suppress_group %w is invalid",
    default: "none",
    meaning: "Ignore results over this interface group",
    note: "alias sup_group; needs table",
  }),
  sup_group: line(interfaceGroup("<GROUP>"), {
    refusal: "suppress_group %w is invalid",
    default: "none",
    meaning: "Ignore results over this interface group",
    note: "alias of suppress_ifgroup",
  }),
  dev: line(interfaceName, { default: "none", meaning: "Input interface selector", note: "alias of iif" }),
  iif: line(interfaceName, { default: "none", meaning: "Input interface selector", note: "alias dev" }),
  oif: line(interfaceName, { default: "none", meaning: "Output interface selector" }),
  "tunnel-id": line(tunnelId("<integer 64 bit>"), {
    default: "none",
    meaning: "Tunnel id selector",
    refusal: "Invalid tunnel-id tunnel-id specified",
  }),
  uidrange: line(numberRange("user ids", UINT), {
    default: "none",
    meaning: "Socket owner range selector",
    refusal: "Invalid uidrange uidrange specified",
  }),
  l3mdev: line(flag, { default: "off", meaning: "Use the VRF table", note: "counts as an action" }),
  protocol: line(orElse(18, integer(0, 255, "strict")), {
    default: "18",
    meaning: "Rule originator",
    note: "forced to 18 unless no_track",
    refusal: "Invalid protocol %w",
  }),
  ipproto: line(ipProtocol, {
    refusal: "Invalid ipproto %w",
    default: "none",
    meaning: "IP protocol selector",
    note: "manual spells it ip_proto",
  }),
  sport: line(numberRange("ports", 65_535), {
    refusal: "invalid sport range %w",
    default: "none",
    meaning: "Source port range selector",
    note: "quirk: a single port is rejected",
  }),
  dport: line(numberRange("ports", 65_535), {
    refusal: "invalid dport range %w",
    default: "none",
    meaning: "Destination port range selector",
    note: "quirk: a single port is rejected",
  }),
  no_track: line(flag, { default: "off", meaning: "Removal of the rule does not affect the instance" }),
  type: line(actionFollows, {
    meaning: "Action follows",
    note: "optional noise word before an action",
    refusal: "Unknown rule option %w",
  }),
  goto: line(integer(0, UINT, "strict"), {
    refusal: "Invalid target goto specified",
    default: "none",
    meaning: "Jump to another rule",
    note: "must exceed the preference",
  }),
  nop: line(flag, { default: "none", meaning: "Do nothing" }),
  blackhole: line(flag, { default: "none", meaning: "Drop silently" }),
  unreachable: line(flag, { default: "none", meaning: "Reject as unreachable" }),
  prohibit: line(flag, { default: "none", meaning: "Reject as prohibited" }),
} satisfies Table;

/** An item of `static_rules`. */
export const STATIC_RULE = {
  ...VIRTUAL_RULE,
  track_group: line(named("<TRACK_GROUP NAME>"), {
    default: "none",
    meaning: "Instances that fail when this rule vanishes",
    note: "static items only; needs dev or iif",
  }),
} satisfies Table;
