import { choice, line, type Table } from "../syntax/table.ts";
import { flag, INT, integer, interfaceName, named, several, shown, text, UINT } from "../syntax/types.ts";

/** An item of `virtual_rules`: selectors and an action, as ip-rule(8) has them. */
export const VIRTUAL_RULE = {
  inet: line(flag, { default: "deduced", meaning: "Force IPv4" }),
  inet6: line(flag, { default: "deduced", meaning: "Force IPv6" }),
  from: line(
    shown("<ADDR>[/<PREFIX>]|all", text, {
      all: choice("Match every address"),
      any: choice("Match every address"),
      default: choice("Match every address"),
    }),
    { default: "all", meaning: "Source selector" },
  ),
  to: line(
    shown("<ADDR>[/<PREFIX>]|all", text, {
      all: choice("Match every address"),
      any: choice("Match every address"),
      default: choice("Match every address"),
    }),
    { default: "all", meaning: "Destination selector" },
  ),
  table: line(
    shown("<name|number, not 0>", text, {
      main: choice("Well-known table main", { note: "further names from iproute2 rt_tables" }),
      local: choice("Well-known table local", { note: "further names from iproute2 rt_tables" }),
      default: choice("Well-known table default", { note: "further names from iproute2 rt_tables" }),
    }),
    { default: "none", meaning: "Table to look up", note: "alias lookup" },
  ),
  lookup: line(shown("<name|number, not 0>", text), {
    default: "none",
    meaning: "Table to look up",
    note: "alias of table",
  }),
  not: line(flag, { default: "off", meaning: "Invert the match" }),
  priority: line(several("<integer 0..4294967295> (0x and 0 prefixes allowed)"), {
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "aliases preference, order",
  }),
  preference: line(several("<integer 0..4294967295> (0x and 0 prefixes allowed)"), {
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "alias of priority",
  }),
  order: line(several("<integer 0..4294967295> (0x and 0 prefixes allowed)"), {
    default: "assigned downwards with an error",
    meaning: "Rule preference",
    note: "alias of priority",
  }),
  tos: line(named("<dsfield>"), { default: "0", meaning: "TOS selector", note: "alias dsfield" }),
  dsfield: line(named("<dsfield>"), { default: "0", meaning: "TOS selector", note: "alias of tos" }),
  fwmark: line(several("<N>[/<MASK>]"), { default: "none", meaning: "Mark selector", note: "any C number base" }),
  realms: line(several("[<SRC>/]<DST>"), { default: "none", meaning: "Realms", note: "IPv4 only; needs table" }),
  suppress_prefixlength: line(integer(0, INT), {
    default: "none",
    meaning: "Ignore results with short prefixes",
    note: "alias sup_pl; needs table",
  }),
  sup_pl: line(integer(0, INT), {
    default: "none",
    meaning: "Ignore results with short prefixes",
    note: "alias of suppress_prefixlength",
  }),
  suppress_ifgroup: line(named("<GROUP>"), {
    default: "none",
    meaning: "Ignore results over this interface group",
    note: "alias sup_group; needs table",
  }),
  sup_group: line(named("<GROUP>"), {
    default: "none",
    meaning: "Ignore results over this interface group",
    note: "alias of suppress_ifgroup",
  }),
  dev: line(interfaceName, { default: "none", meaning: "Input interface selector", note: "alias of iif" }),
  iif: line(interfaceName, { default: "none", meaning: "Input interface selector", note: "alias dev" }),
  oif: line(interfaceName, { default: "none", meaning: "Output interface selector" }),
  "tunnel-id": line(named("<integer 64 bit>"), { default: "none", meaning: "Tunnel id selector" }),
  uidrange: line(several("<N>-<M>"), { default: "none", meaning: "Socket owner range selector" }),
  l3mdev: line(flag, { default: "off", meaning: "Use the VRF table", note: "counts as an action" }),
  protocol: line(integer(0, 255), { default: "18", meaning: "Rule originator", note: "forced to 18 unless no_track" }),
  ipproto: line(named("<name|number>"), {
    default: "none",
    meaning: "IP protocol selector",
    note: "manual spells it ip_proto",
  }),
  sport: line(several("<N>-<M>"), {
    default: "none",
    meaning: "Source port range selector",
    note: "quirk: a single port is rejected",
  }),
  dport: line(several("<N>-<M>"), {
    default: "none",
    meaning: "Destination port range selector",
    note: "quirk: a single port is rejected",
  }),
  no_track: line(flag, { default: "off", meaning: "Removal of the rule does not affect the instance" }),
  type: line(named("<action>"), { meaning: "Action follows", note: "optional noise word before an action" }),
  goto: line(integer(0, UINT), {
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
