import { orElse } from "../syntax/options.ts";
import { choice, line, type Table } from "../syntax/table.ts";
import { flag, interfaceName, named, shown } from "../syntax/types.ts";
import { addressLabel, broadcastAddress, peerAddress, preferredLifetime } from "./read-address.ts";
import { scope } from "./read-names.ts";

/** An item of `virtual_ipaddress`: `ADDR[/PREFIX]` and options. */
export const VIRTUAL_ADDRESS = {
  "<ADDR>[/<PREFIX>]": line(named("first word of the line"), {
    default: "32 IPv4; 128 IPv6",
    meaning: "Address to configure; must come first",
  }),
  dev: line(interfaceName, { default: "instance interface or VMAC", meaning: "Interface to put it on" }),
  scope: line(
    orElse(
      0,
      scope("global|site|link|host|nowhere|<number>", {
        global: choice("Valid everywhere", { note: "further names from iproute2 rt_scopes" }),
        site: choice("Site scope", { note: "further names from iproute2 rt_scopes" }),
        link: choice("Link scope", { note: "further names from iproute2 rt_scopes" }),
        host: choice("Host scope", { note: "further names from iproute2 rt_scopes" }),
        nowhere: choice("No scope", { note: "further names from iproute2 rt_scopes" }),
      }),
    ),
    {
      default: "global",
      meaning: "Address scope",
      note: "IPv4 only; names from iproute2 tables",
      refusal: "Invalid scope '%w' specified for %f - ignoring",
    },
  ),
  broadcast: line(
    shown("<IPv4>|+|-", broadcastAddress, { "+": choice("Set all host bits"), "-": choice("Clear all host bits") }),
    {
      default: "none",
      meaning: "Broadcast address; + sets, - clears host bits",
      note: "same as brd",
    },
  ),
  brd: line(
    shown("<IPv4>|+|-", broadcastAddress, { "+": choice("Set all host bits"), "-": choice("Clear all host bits") }),
    {
      default: "none",
      meaning: "Broadcast address; + sets, - clears host bits",
      note: "short form of broadcast",
    },
  ),
  label: line(addressLabel, {
    default: "none",
    meaning: "Address label such as eth0:1",
    note: "IPv4 only",
  }),
  peer: line(peerAddress, {
    default: "none",
    meaning: "Point-to-point peer address",
    note: "excludes broadcast",
  }),
  home: line(flag, { default: "off", meaning: "Mark as Mobile IPv6 home address" }),
  "-nodad": line(flag, {
    default: "off",
    meaning: "Touch the no-DAD flag for IPv6",
    note: "leading dash is part of the word",
  }),
  mngtmpaddr: line(flag, { default: "off", meaning: "Let the kernel manage temporary addresses" }),
  noprefixroute: line(flag, { default: "off", meaning: "Do not add the prefix route" }),
  autojoin: line(flag, { default: "off", meaning: "Join the multicast group automatically" }),
  no_track: line(flag, { default: "off", meaning: "Removal of the address does not affect the instance" }),
  preferred_lft: line(preferredLifetime, {
    default: "forever; 0 for IPv6 /128",
    unit: "s",
    meaning: "Preferred lifetime",
    refusal: "preferred_lft %w is invalid",
  }),
  use_vmac: line(flag, {
    default: "off",
    meaning: "Put this address on a VMAC of its dev",
    note: "virtual items only",
  }),
} satisfies Table;

const { use_vmac: _, ...COMMON } = VIRTUAL_ADDRESS;

/** An item of `static_ipaddress`. */
export const STATIC_ADDRESS = {
  ...COMMON,
  dev: { ...COMMON.dev, default: "default_interface" },
  track_group: line(named("<TRACK_GROUP NAME>"), {
    default: "none",
    meaning: "Instances that fail when this address vanishes",
    note: "static items only; needs dev",
  }),
} satisfies Table;
