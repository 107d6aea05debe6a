import { choice, line, type Table, wordItems } from "../syntax/table.ts";
import { decimalSeconds, flag, interfaceName, named, shown, text } from "../syntax/types.ts";
import { interfaceDelays, ipvlanAddress, linkbeatInterface, macAddress, newInterface } from "./read-interface.ts";
import { interfaceGroup } from "./read-names.ts";

const VMAC_NAME = "VMAC interface name '%w' too long or invalid characters - ignoring";
const IPVLAN_NAME = "(%b) IPVLAN interface name '%w' too long - ignoring";

/** Words of `use_vmac`. */
export const VMAC = {
  name: line(newInterface("<IFNAME>", VMAC_NAME), { meaning: "Interface name, when it equals an option word" }),
  "<IFNAME>": line(newInterface("<NAME>", VMAC_NAME), { meaning: "Interface name" }),
  "<MAC>": line(macAddress, { meaning: "MAC address; five octets append the VRID" }),
  netlink_notify_msg: line(flag, { meaning: "Force a netlink message for the base interface" }),
  group: line(interfaceGroup("<name|number>"), { meaning: "Link group of the interface" }),
} satisfies Table;

/** Words of `use_ipvlan`. */
export const IPVLAN = {
  name: line(newInterface("<IFNAME>", IPVLAN_NAME), { meaning: "Interface name, when it equals an option word" }),
  "<IFNAME>": line(newInterface("<NAME>", IPVLAN_NAME), { meaning: "Interface name" }),
  "<IPADDR>": line(ipvlanAddress, { meaning: "Address of the ipvlan, needed for IPv4" }),
  bridge: choice("Bridge mode flag, default"),
  private: choice("Private mode flag"),
  vepa: choice("VEPA mode flag"),
  group: line(interfaceGroup("<name|number>"), { meaning: "Link group of the interface" }),
} satisfies Table;

/** Words of an item of `linkbeat_interfaces`. */
export const LINKBEAT = {
  "<IFNAME>": line(shown("[MII|ETHTOOL|IOCTL]", text), {
    default: "MII then ETHTOOL then IOCTL",
    meaning: "Interface to poll",
    note: "linkbeat build only; unknown interface is fatal",
    repeats: true,
  }),
  MII: choice("Preferred polling method MII", { note: "linkbeat build only" }, "(word after interface)"),
  ETHTOOL: choice("Preferred polling method ETHTOOL", { note: "linkbeat build only" }, "(word after interface)"),
  IOCTL: choice("Preferred polling method IOCTL", { note: "linkbeat build only" }, "(word after interface)"),
} satisfies Table;

/** An item of `linkbeat_interfaces`: `IFNAME [MII|ETHTOOL|IOCTL]`. */
export const linkbeat = linkbeatInterface("<interface item>", LINKBEAT);

/** Words of an item of `interface_up_down_delays`. */
export const DELAYS = {
  "<IFNAME>": line(shown("<down 0..255> [<up 0..255>]", text), {
    default: "up 0; manual says up equals down",
    unit: "s",
    meaning: "Debounce times of one interface",
    repeats: true,
  }),
} satisfies Table;

/** An item of `interface_up_down_delays`: `IFNAME DOWN [UP]`. */
export const delays = interfaceDelays("<IFNAME> <down> [<up>]", DELAYS);

const MEMBER = {
  "<IFNAME>": line(named("<NAME>"), { meaning: "Member interface", note: "not a VMAC", repeats: true }),
} satisfies Table;

/** Keywords of `garp_group`. */
export const GARP_GROUP = {
  garp_interval: line(decimalSeconds(0, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "Gap between gratuitous ARPs",
    note: "maximum 2147.483647 before 2.3.2",
  }),
  gna_interval: line(decimalSeconds(0, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "Gap between unsolicited NAs",
    note: "maximum 2147.483647 before 2.3.2",
  }),
  interface: line(interfaceName, { meaning: "Single interface the limits apply to", repeats: true }),
  interfaces: wordItems(shown("<IFNAME>", text, MEMBER), {
    meaning: "Interfaces sharing one aggregate limit",
    repeats: true,
  }),
} satisfies Table;
