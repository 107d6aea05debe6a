import { family, type IpAddress, parseIp } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { type Given, logged, type Manner, orElse, readOptions } from "../syntax/options.ts";
import type { Span } from "../syntax/span.ts";
import { type ArgumentType, choice, last, type Setting } from "../syntax/table.ts";
import { integer, shown, UINT, word } from "../syntax/types.ts";
import type { STATIC_ADDRESS, VIRTUAL_ADDRESS } from "./address.ts";
import { lengthOf, type Prefix, plainAddress, type Refusal, readPrefix } from "./read-prefix.ts";

/** An item of `virtual_ipaddress` or `static_ipaddress`, before the instance's own interface fills its gaps. */
export interface AddressItem {
  readonly address: IpAddress;
  readonly text: string; // with its prefix length, as it was written
  readonly prefixLength: number;
  readonly interface: string | undefined;
  readonly interfaceSpan: Span | undefined; // where it is written
  readonly label: string | undefined; // IPv4 only
  readonly broadcast: IpAddress | "+" | "-" | undefined; // IPv4 only
  readonly scope: number; // RT_SCOPE_*: 0 global, where nothing is said
  readonly peer: IpAddress | undefined; // excludes a broadcast address, and a prefix length
  readonly preferredLifetime: number | "forever" | undefined; // seconds
  readonly flags: readonly AddressFlag[];
  readonly tracked: boolean; // `no_track` is false
  readonly ownVmac: boolean; // `use_vmac`
  readonly trackGroup: string | undefined;
}

const FLAGS = ["home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin"] as const;
/** IFA_F_* of linux/if_addr.h by the words of ip-address(8); `-nodad` takes a flag away. */
type AddressFlag = (typeof FLAGS)[number];

const MANNER: Manner = {
  unknown: "Unknown configuration entry '%w' for ip address - ignoring",
  missing: "No %w parameter specified for %f",
  bare: () => undefined, // the address comes first, and was read before
};

type Options = typeof VIRTUAL_ADDRESS | typeof STATIC_ADDRESS;

/** `ADDR[/PREFIX]` and these options behind it. */
export function addressItem(options: Options): ArgumentType<AddressItem> {
  return {
    usage: "<ip item>",
    options,
    least: 1,
    most: Number.POSITIVE_INFINITY,
    read(argument) {
      const first = word(argument);
      const prefix = readPrefix(argument, first, refusal);
      if (prefix === undefined) return undefined;
      const plain = plainItem(prefix, first.text);
      if (argument.words.length === 1) return plain;
      return withOptions(argument, { plain, prefix }, readOptions(argument, options, MANNER, argument.words.slice(1)));
    },
  };
}

function refusal(text: string): Refusal {
  const message = `\`${text}\` is no IP address`;
  return text.includes(",") ? { message, help: "one address stands on one line, without commas" } : { message };
}

/** An address without options. */
function plainItem({ address, prefixLength }: Prefix, text: string): AddressItem {
  return {
    address,
    text,
    prefixLength,
    interface: undefined,
    interfaceSpan: undefined,
    label: undefined,
    broadcast: undefined,
    scope: 0,
    peer: undefined,
    preferredLifetime: undefined,
    flags: NO_FLAGS,
    tracked: true,
    ownVmac: false,
    trackGroup: undefined,
  };
}
const NO_FLAGS: readonly AddressFlag[] = [];

interface Start {
  readonly plain: AddressItem;
  readonly prefix: Prefix;
}

function withOptions(argument: Argument, { plain, prefix }: Start, read: Given<Options>): AddressItem | undefined {
  const { given, sound } = read;
  const twice = given.dev[1];
  if (twice !== undefined) {
    say(argument, twice, "`dev` is given twice; the address is left out", `${TWICE} %f`);
    return undefined;
  }
  const peer = peerOf(argument, prefix, last(given.peer));
  const broadcast = broadcastOf(argument, prefix, last(given.brd, given.broadcast), peer !== undefined);
  if (!sound || broadcast === false) return undefined;
  return {
    ...plain,
    prefixLength: peer === undefined ? plain.prefixLength : lengthOf(plain.address),
    interface: last(given.dev)?.value,
    interfaceSpan: last(given.dev)?.span,
    label: onlyOfFour(argument, prefix, "label", last(given.label)),
    broadcast,
    scope: onlyOfFour(argument, prefix, "scope", last(given.scope)) ?? 0,
    peer,
    preferredLifetime: lifetimeOf(last(given.preferred_lft)?.value),
    flags: FLAGS.filter((flag) => given[flag].length > 0),
    tracked: given.no_track.length === 0,
    ownVmac: "use_vmac" in given && given.use_vmac.length > 0,
    trackGroup: "track_group" in given ? last(given.track_group)?.value : undefined,
  };
}

/** A word that is no number was reported: the item stays without it. 0 is one. */
function lifetimeOf(given: number | "forever" | false | undefined): AddressItem["preferredLifetime"] {
  return given === false ? undefined : given;
}

const TWICE = "Cannot specify ipaddress device more than once for";

function onlyOfFour<T>(argument: Argument, { address }: Prefix, what: string, setting: Setting<T> | undefined) {
  if (setting === undefined || family(address) === 4) return setting?.value;
  const message = `IPv6 addresses have no ${what}`;
  say(argument, setting, message, `Cannot specify ${what} for IPv6 addresses (%f) - ignoring ${what}`);
  return undefined;
}

function peerOf(
  argument: Argument,
  { address, prefixLength, written }: Prefix,
  setting: Setting<IpAddress | false> | undefined,
): IpAddress | undefined {
  if (setting === undefined || setting.value === false) return undefined;
  const { value: peer } = setting;
  if (family(peer) !== family(address)) {
    say(argument, setting, `\`${peer}\` is of another family than \`${address}\``, MISMATCH.replace("%p", peer));
    return undefined;
  }
  const logged = "Cannot specify address prefix when specifying peer address - ignoring";
  if (written && prefixLength < (family(address) === 4 ? 32 : 128))
    say(argument, setting, "an address with `peer` has no prefix length; it is not used", logged);
  return peer;
}
const MISMATCH = "Peer address %p does not match address family";

/** The broadcast address; false where the item is left out because of it. */
function broadcastOf(
  argument: Argument,
  { address, prefixLength }: Prefix,
  setting: Setting<IpAddress | "+" | "-"> | undefined,
  hasPeer: boolean,
): AddressItem["broadcast"] | false {
  if (setting === undefined) return undefined;
  const { value } = setting;
  if (family(address) === 6) {
    const logged = `VRRP is trying to assign a broadcast brd to the IPv6 address %f !!?? WTF... skipping VIP...`;
    say(argument, setting, "IPv6 has no broadcast; the address is left out", logged);
    return false;
  }
  if (value !== "+" && value !== "-" && family(value) === 6) {
    const message = `\`${value}\` is no IPv4 broadcast address; the address is left out`;
    say(argument, setting, message, `VRRP is trying to assign invalid broadcast ${value}. skipping VIP...`);
    return false;
  }
  if (hasPeer) {
    const logged = "Cannot specify broadcast and peer addresses - ignoring broadcast address";
    say(argument, setting, "an address with `peer` has no broadcast address; it is not used", logged);
    return undefined;
  }
  if (prefixLength <= 30 || (value !== "+" && value !== "-")) return value;
  const logged = `Address prefix length ${prefixLength} too long for broadcast`;
  say(argument, setting, `a network of \`/${prefixLength}\` has no broadcast address`, logged);
  return undefined;
}

function say(argument: Argument, { keyword, span }: Setting<unknown>, message: string, template: string): void {
  const keepalived = logged(template, argument, { text: "", span });
  argument.report.error(["bad-address", message], keyword, { keepalived });
}

/** `brd`: `+` sets all bits of the host, `-` none. */
export const broadcastAddress: ArgumentType<IpAddress | "+" | "-"> = {
  usage: "<IPv4>|+|-",
  least: 1,
  most: 1,
  read(argument) {
    const { text, span } = word(argument);
    if (text === "+" || text === "-") return text;
    const found = parseIp(text);
    if (found !== undefined) return found;
    const keepalived = `${argument.at}VRRP is trying to assign invalid broadcast ${text}. skipping VIP...`;
    const message = `\`${text}\` is no IPv4 broadcast address; the address is left out`;
    argument.report.error(["bad-address", message], span, { keepalived });
    return undefined;
  },
};

/** `label`, as the kernel keeps it. */
export const addressLabel: ArgumentType<string> = {
  usage: "<STRING, max 15 chars>",
  least: 1,
  most: 1,
  read(argument) {
    const { text, span } = word(argument);
    if (text.length <= 15) return text;
    const keepalived = `${argument.at}Address label ${text} is longer than maximum length 15 - removing address`;
    const message = `label \`${text}\` is longer than 15 characters; the address is left out`;
    argument.report.error(["bad-address", message], span, { keepalived });
    return undefined;
  },
};

/** `peer`; false where the word is no address: the item stays without it. */
export const peerAddress = orElse(false, plainAddress("<IPADDR without mask>", "Invalid peer address %w"));

const seconds = integer(0, UINT, "strict");

/** `preferred_lft` in seconds; false where the word is no number: the item stays without it. */
export const preferredLifetime: ArgumentType<number | "forever" | false> = shown<number | "forever" | false>(
  "<integer 0..4294967295>|forever",
  {
    ...seconds,
    read: (argument) => (word(argument).text === "forever" ? "forever" : (seconds.read(argument) ?? false)),
  },
  { forever: choice("Never deprecate the address") },
);
