import { line, type Table, wordItems } from "../syntax/table.ts";
import { decimalSeconds, flag, interfaceName, named, several, shown, text } from "../syntax/types.ts";

/** Words of `use_vmac`. */
export const VMAC = {
  name: line(interfaceName, { meaning: "Interface name, when it equals an option word" }),
  "<IFNAME>": line(named("<NAME>"), { meaning: "Interface name" }),
  "<MAC>": line(several("5|6 colon-separated octets"), { meaning: "MAC address; five octets append the VRID" }),
  netlink_notify_msg: line(flag, { meaning: "Force a netlink message for the base interface" }),
  group: line(named("<name|number>"), { meaning: "Link group of the interface" }),
} satisfies Table;

/** Words of `use_ipvlan`. */
export const IPVLAN = {
  name: line(interfaceName, { meaning: "Interface name, when it equals an option word" }),
  "<IFNAME>": line(named("<NAME>"), { meaning: "Interface name" }),
  "<IPADDR>": line(several("<ADDR>[/<PREFIX>]"), { meaning: "Address of the ipvlan, needed for IPv4" }),
  bridge: line(several("(word)"), { meaning: "Bridge mode flag, default" }),
  private: line(several("(word)"), { meaning: "Private mode flag" }),
  vepa: line(several("(word)"), { meaning: "VEPA mode flag" }),
  group: line(named("<name|number>"), { meaning: "Link group of the interface" }),
} satisfies Table;

const LINKBEAT = {
  "<IFNAME>": line(shown("[MII|ETHTOOL|IOCTL]", several("")), {
    default: "MII then ETHTOOL then IOCTL",
    meaning: "Interface to poll",
    note: "linkbeat build only; unknown interface is fatal",
    repeats: true,
  }),
  MII: line(several("(word after interface)"), {
    meaning: "Preferred polling method MII",
    note: "linkbeat build only",
  }),
  ETHTOOL: line(several("(word after interface)"), {
    meaning: "Preferred polling method ETHTOOL",
    note: "linkbeat build only",
  }),
  IOCTL: line(several("(word after interface)"), {
    meaning: "Preferred polling method IOCTL",
    note: "linkbeat build only",
  }),
} satisfies Table;

/** An item of `linkbeat_interfaces`: `IFNAME [MII|ETHTOOL|IOCTL]`. */
export const linkbeat = shown("<interface item>", several(""), LINKBEAT);

const DELAYS = {
  "<IFNAME>": line(several("<down 0..255> [<up 0..255>]"), {
    default: "up 0; manual says up equals down",
    unit: "s",
    meaning: "Debounce times of one interface",
    repeats: true,
  }),
} satisfies Table;

/** An item of `interface_up_down_delays`: `IFNAME DOWN [UP]`. */
export const delays = shown("<IFNAME> <down> [<up>]", several("", 2), DELAYS);

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
