/** Commands of ipvsadm(8), named as its messages name them. */
export const COMMANDS = {
  "add-service": { short: "A", long: "add-service" },
  "edit-service": { short: "E", long: "edit-service" },
  "delete-service": { short: "D", long: "delete-service" },
  flush: { short: "C", long: "clear" },
  restore: { short: "R", long: "restore" },
  save: { short: "S", long: "save" },
  "add-server": { short: "a", long: "add-server" },
  "edit-server": { short: "e", long: "edit-server" },
  "delete-server": { short: "d", long: "delete-server" },
  list: { short: "Ll", long: "list" },
  zero: { short: "Z", long: "zero" },
  set: { short: "", long: "set" }, // its three values are operands
  "start-daemon": { short: "", long: "start-daemon", argument: "state" },
  "stop-daemon": { short: "", long: "stop-daemon", argument: "state" },
  help: { short: "h", long: "help" },
  version: { short: "v", long: "version" },
} as const;
export type CommandName = keyof typeof COMMANDS;

/**
 * Options of ipvsadm(8) by the name in its messages, in the order in which it finds fault with them. `json` and `watch` are
 * ours.
 */
export const OPTIONS = [
  "numeric",
  "connection",
  "service-address",
  "scheduler",
  "persistent",
  "netmask",
  "real-server",
  "forwarding-method",
  "weight",
  "u-threshold",
  "l-threshold",
  "mcast-interface",
  "timeout",
  "daemon",
  "stats",
  "rate",
  "thresholds",
  "persistent-conn",
  "nosort",
  "syncid",
  "exact",
  "ops",
  "pe",
  "sched-flags",
  "mcast-group",
  "mcast-port",
  "mcast-ttl",
  "sync-maxlen",
  "tun-info",
  "tun-type",
  "tun-port",
  "tun-nocsum",
  "tun-csum",
  "tun-remcsum",
  "json",
  "watch",
] as const;
export type OptionName = (typeof OPTIONS)[number];

/** How an option is written. Several may be one: `-t` and `-u` both give the service's address. */
export interface Spelling {
  readonly short: string;
  readonly long: string;
  readonly option: OptionName | "sort" | "ipv6"; // the two that are in no rule
  readonly argument: "none" | "needed" | "optional";
}

/** Every spelling of an option. */
export const SPELLINGS: readonly Spelling[] = [
  spelling("t", "tcp-service", "service-address", "needed"),
  spelling("u", "udp-service", "service-address", "needed"),
  spelling("", "sctp-service", "service-address", "needed"),
  spelling("f", "fwmark-service", "service-address", "needed"),
  spelling("6", "ipv6", "ipv6"),
  spelling("s", "scheduler", "scheduler", "needed"),
  spelling("", "pe", "pe", "needed"),
  spelling("p", "persistent", "persistent", "optional"),
  spelling("M", "netmask", "netmask", "needed"),
  spelling("b", "sched-flags", "sched-flags", "needed"),
  spelling("o", "ops", "ops"),
  spelling("r", "real-server", "real-server", "needed"),
  spelling("g", "gatewaying", "forwarding-method"),
  spelling("i", "ipip", "forwarding-method"),
  spelling("m", "masquerading", "forwarding-method"),
  spelling("w", "weight", "weight", "needed"),
  spelling("x", "u-threshold", "u-threshold", "needed"),
  spelling("y", "l-threshold", "l-threshold", "needed"),
  spelling("", "tun-type", "tun-type", "needed"),
  spelling("", "tun-port", "tun-port", "needed"),
  spelling("", "tun-nocsum", "tun-nocsum"),
  spelling("", "tun-csum", "tun-csum"),
  spelling("", "tun-remcsum", "tun-remcsum"),
  spelling("n", "numeric", "numeric"),
  spelling("c", "connection", "connection"),
  spelling("", "timeout", "timeout"),
  spelling("", "daemon", "daemon"),
  spelling("", "stats", "stats"),
  spelling("", "rate", "rate"),
  spelling("", "thresholds", "thresholds"),
  spelling("", "persistent-conn", "persistent-conn"),
  spelling("", "tun-info", "tun-info"),
  spelling("", "sort", "sort"),
  spelling("", "nosort", "nosort"),
  spelling("X", "exact", "exact"),
  spelling("", "syncid", "syncid", "needed"),
  spelling("", "sync-maxlen", "sync-maxlen", "needed"),
  spelling("", "mcast-interface", "mcast-interface", "needed"),
  spelling("", "mcast-group", "mcast-group", "needed"),
  spelling("", "mcast-port", "mcast-port", "needed"),
  spelling("", "mcast-ttl", "mcast-ttl", "needed"),
  spelling("", "json", "json"),
  spelling("", "watch", "watch", "optional"),
];

function spelling(
  short: string,
  long: string,
  option: Spelling["option"],
  argument: Spelling["argument"] = "none",
): Spelling {
  return { short, long, option, argument };
}

const PLACE = ["service-address"] as const;
const SERVICE = ["scheduler", "persistent", "netmask", "ops", "pe", "sched-flags"] as const;
const TUNNEL = ["tun-type", "tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"] as const;
const SERVER = ["forwarding-method", "weight", "u-threshold", "l-threshold", ...TUNNEL] as const;
const SYNC = ["mcast-interface", "mcast-group", "mcast-port", "mcast-ttl", "syncid", "sync-maxlen"] as const;
const LISTING = ["stats", "rate", "thresholds", "persistent-conn", "nosort", "exact", "tun-info"] as const;

/** Which options a command needs, and which it takes besides. */
export const RULES: Readonly<
  Record<CommandName, { readonly needs: readonly OptionName[]; readonly takes: readonly OptionName[] }>
> = {
  "add-service": { needs: PLACE, takes: SERVICE },
  "edit-service": { needs: PLACE, takes: SERVICE },
  "delete-service": { needs: PLACE, takes: [] },
  flush: { needs: [], takes: [] },
  restore: { needs: [], takes: [] },
  save: { needs: [], takes: ["numeric", "thresholds"] }, // ipvsadm refuses the second
  "add-server": { needs: ["service-address", "real-server"], takes: SERVER },
  "edit-server": { needs: ["service-address", "real-server"], takes: SERVER },
  "delete-server": { needs: ["service-address", "real-server"], takes: [] },
  list: {
    needs: [],
    takes: ["numeric", "connection", ...PLACE, "timeout", "daemon", "syncid", ...LISTING, "json", "watch"],
  },
  zero: { needs: [], takes: PLACE },
  set: { needs: [], takes: [] },
  "start-daemon": { needs: [], takes: SYNC },
  "stop-daemon": { needs: [], takes: ["syncid"] },
  help: { needs: [], takes: OPTIONS },
  version: { needs: [], takes: OPTIONS },
};
