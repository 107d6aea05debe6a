import { parseIp } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";
import type { Argument } from "../syntax/argument.ts";
import { logged, type Manner, optionItem } from "../syntax/options.ts";
import { type ArgumentType, last, type Setting } from "../syntax/table.ts";
import { decimalSeconds, word } from "../syntax/types.ts";
import type { DELAYS, IPVLAN, LINKBEAT, VMAC } from "./interface.ts";
import type { Named } from "./read-names.ts";
import { type Prefix, readPrefix } from "./read-prefix.ts";

/** What `use_vmac` says. */
export interface Vmac {
  readonly name: string | undefined; // undefined: generated
  readonly mac: string | undefined; // 5 octets (the VRID follows) or 6, in lower case; undefined: that of RFC 9568 §7.3
  readonly notifyBase: boolean; // netlink_notify_msg
  readonly group: Named | undefined;
}

const VMAC_MANNER: Manner = {
  unknown: "VMAC interface name already specified",
  missing: "VMAC interface name already specified", // of `name` and `group`, which 2.2.7 takes for names
  bare: (text) => (text.includes(":") ? "<MAC>" : "<IFNAME>"),
};

/** `[[name] IFNAME] [MAC] [netlink_notify_msg] [group GROUP]`. */
export function vmac(usage: string, options: typeof VMAC): ArgumentType<Vmac> {
  return optionItem(usage, options, { ...VMAC_MANNER, least: 0 }, (argument, { given }) => {
    const names = [...given.name, ...given["<IFNAME>"]];
    const macs = given["<MAC>"];
    again(argument, names[1], "an interface has one name", "VMAC interface name already specified");
    again(argument, macs[1], "an interface has one MAC address");
    return {
      name: names[0]?.value,
      mac: macs[0]?.value,
      notifyBase: given.netlink_notify_msg.length > 0,
      group: last(given.group)?.value,
    };
  });
}

/** The name of an interface to make: the kernel keeps 15 bytes, and takes no blank and no `/`. */
export function newInterface(usage: string, refusal: string): ArgumentType<string> {
  return {
    usage,
    least: 1,
    most: 1,
    read(argument) {
      const given = word(argument);
      const { text } = given;
      if (text.length <= 15 && !/[\s/]/.test(text)) return text;
      const keepalived = logged(refusal, argument, given);
      const finding = ["bad-value", `\`${text}\` is no name for an interface`] as const;
      const help = "at most 15 characters, without `/`";
      argument.report.error(finding, given.span, { keepalived, help });
      return undefined;
    },
  };
}

/** Octets that are kept for VRRP itself. */
const RESERVED = /^00:00:5e:00:0[12](:|$)/;

/** Five octets, to which the VRID is appended, or six. */
export const macAddress: ArgumentType<string> = {
  usage: "5|6 colon-separated octets",
  least: 1,
  most: 1,
  read(argument) {
    const given = word(argument);
    const say = (message: string, template: string): undefined => {
      const keepalived = logged(template, argument, given);
      argument.report.error(["bad-value", message], given.span, { keepalived });
    };
    const { text } = given;
    if (!/^[\da-f]{1,2}(:[\da-f]{1,2}){4,5}$/i.test(text))
      return say(`\`${text}\` is no MAC address of five or six octets`, "VMAC invalid MAC address %w");
    const octets = text.toLowerCase().split(":");
    const mac = octets.map((octet) => octet.padStart(2, "0")).join(":");
    if (Number.parseInt(octets[0] ?? "", 16) % 2 === 1)
      return say(`\`${text}\` is a multicast address`, "VMAC MAC address is multicast %w - ignoring");
    const reserved = "VMAC MAC address not allowed to be RFC5798 address (%w) - ignoring";
    return RESERVED.test(mac) ? say(`\`${text}\` is what is used without it; leave it away`, reserved) : mac;
  },
};

/** What `use_ipvlan` says. */
export interface Ipvlan {
  readonly name: string | undefined; // undefined: generated
  readonly address: Prefix | undefined;
  readonly mode: "bridge" | "private" | "vepa";
  readonly group: Named | undefined;
}

const IPVLAN_MANNER: Manner = {
  unknown: "(%b) IPVLAN interface already specified - ignoring '%w'",
  missing: "(%b) IPVLAN interface already specified - ignoring '%w'",
  bare: (text) => (parseIp(text.split("/")[0] ?? "") === undefined ? "<IFNAME>" : "<IPADDR>"),
};

/** `[[name] IFNAME] [ADDR[/PREFIX]] [bridge|private|vepa] [group GROUP]`. */
export function ipvlan(usage: string, options: typeof IPVLAN): ArgumentType<Ipvlan> {
  return optionItem(usage, options, { ...IPVLAN_MANNER, least: 0 }, (argument, { given }) => {
    const names = [...given.name, ...given["<IFNAME>"]];
    const addresses = given["<IPADDR>"];
    const modes = [
      ...given.bridge.map((setting) => ({ ...setting, value: "bridge" as const })),
      ...given.private.map((setting) => ({ ...setting, value: "private" as const })),
      ...given.vepa.map((setting) => ({ ...setting, value: "vepa" as const })),
    ].sort((one, other) => one.order - other.order);
    const [name, more] = names;
    again(
      argument,
      more,
      "an interface has one name",
      `(%b) IPVLAN interface already specified - ignoring '${more?.value}'`,
    );
    const [, second] = addresses;
    const also = `(%b) ipvlan address already specified - ignoring '${second?.value.address}'`;
    again(argument, second, "an ipvlan has one address", also);
    again(
      argument,
      modes[1],
      "an ipvlan has one mode",
      `(%b) ipvlan type already specified - ignoring '${modes[1]?.value}'`,
    );
    return {
      name: name?.value,
      address: addresses[0]?.value,
      mode: modes[0]?.value ?? "bridge",
      group: last(given.group)?.value,
    };
  });
}

/** The address of an ipvlan. */
export const ipvlanAddress: ArgumentType<Prefix> = {
  usage: "<ADDR>[/<PREFIX>]",
  least: 1,
  most: 1,
  read: (argument) => readPrefix(argument, word(argument), (text) => ({ message: `\`${text}\` is no IP address` })),
};

/** Says of something given twice that the first one counts. */
function again(argument: Argument, second: Setting<unknown> | undefined, message: string, template?: string): void {
  if (second === undefined) return;
  const details = template === undefined ? {} : { keepalived: logged(template, argument, argument.keyword) };
  argument.report.error(["duplicate", `${message}; the first counts`], second.span, details);
}

/** An item of `interface_up_down_delays`: how long a change must last to count. */
export interface InterfaceDelays {
  readonly interface: string;
  readonly down: Micros;
  readonly up: Micros; // 0 where it is not given
}

const delay = decimalSeconds(0, 255);

/** `IFNAME [DOWN [UP]]`; a delay that is none is 0. */
export function interfaceDelays(usage: string, options: typeof DELAYS): ArgumentType<InterfaceDelays> {
  const read = (argument: Argument): InterfaceDelays => {
    const [, down, up] = argument.words;
    const time = (given: typeof down): Micros =>
      given === undefined ? 0 : (delay.read(argument.within([given], argument.keyword, argument.row)) ?? 0);
    if (down === undefined) {
      const finding = ["missing-value", "no delay is given: this line has no effect"] as const;
      argument.report.warning(finding, word(argument).span, { help: "write `INTERFACE DOWN [UP]`, in seconds" });
    }
    return { interface: word(argument).text, down: time(down), up: time(up) };
  };
  return { usage, options, least: 1, most: 3, read };
}

/** An item of `linkbeat_interfaces`. */
export interface LinkbeatInterface {
  readonly interface: string;
  readonly method: "MII" | "ETHTOOL" | "IOCTL" | undefined; // undefined: the first that answers
}

/** `IFNAME [MII|ETHTOOL|IOCTL]`. */
export function linkbeatInterface(usage: string, options: typeof LINKBEAT): ArgumentType<LinkbeatInterface> {
  const methods = ["MII", "ETHTOOL", "IOCTL"] as const;
  const read = (argument: Argument): LinkbeatInterface => {
    const [first = argument.keyword, given, more] = argument.words;
    const method = methods.find((name) => name === given?.text);
    const extra = method === undefined ? given : more;
    if (extra !== undefined) {
      const finding = ["bad-value", `\`${extra.text}\` is no way to poll a link`] as const;
      const keepalived = `${argument.at}extra characters ${given?.text} in linkbeat interface`;
      argument.report.error(finding, extra.span, { keepalived, help: `one of \`${methods.join("`, `")}\`` });
    }
    return { interface: first.text, method };
  };
  return { usage, options, least: 1, most: 3, read };
}

/** The name of a BFD session: at most 31 characters; Keepalived leaves out one with a longer name. */
export const bfdName: ArgumentType<string> = {
  usage: "<NAME, max 31 chars>",
  least: 1,
  most: 1,
  read(argument) {
    const { text, span } = word(argument);
    if (text.length <= 31) return text;
    const { at, report } = argument;
    const logged = `Configuration error: BFD instance ${text} name too long (maximum length is 31 characters) - ignoring`;
    const message = `\`${text}\` is longer than 31 characters; the session is left out`;
    report.error(["bad-value", message], span, { keepalived: `${at}BFD name ${text} too long\n${at}${logged}` });
    return undefined;
  },
};
