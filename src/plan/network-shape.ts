import type { VirtualAddress } from "../config/model/model.ts";
import type {
  GarpGroupConfig,
  InterfaceDelays,
  ItemOption,
  ItemValue,
  LinkbeatInterface,
  NetworkConfig,
  RouteConfig,
  RuleConfig,
  StaticAddress,
} from "../config/model/network.ts";
import { type ListRow, list, type Shape, value } from "./shape.ts";
import { always, names, seconds, unless } from "./words.ts";

/** Option words that tell routes to one destination apart, under one name each; ip-route(8). */
const APART = new Map([
  ["table", "table"],
  ["vrf", "table"],
  ["tos", "tos"],
  ["dsfield", "tos"],
  ["metric", "metric"],
  ["priority", "metric"],
  ["preference", "metric"],
]);

/** What it means that an item comes, goes, or is another. */
type Effects = Required<Pick<ListRow<unknown>, "added" | "removed" | "changed" | "replaced">>;

function effects(who: string, [sets, removes]: readonly [string, string]): Effects {
  const anew = always(`${who}${sets} anew`);
  return {
    added: always(`${who}${sets}`),
    removed: always(`${who}${removes}`),
    changed: (fields) => (fields.has("options") ? anew() : undefined),
    replaced: anew,
  };
}
const BY_MASTER = effects("a master ", ["sets it", "takes it away"]);
const AT_ONCE = effects("", ["set at once", "taken away"]);

/** `static_routes` or `virtual_routes`: what the kernel takes for one route. */
export function routes(words: string, effects: Effects = BY_MASTER): ListRow<RouteConfig> {
  return list<RouteConfig>({
    words,
    ...effects,
    key: ({ destination = "", options }) => [destination, ...options.flatMap(apart).sort()].join(" "),
    title: routeTitle,
    shape: ITEM,
  });
}

function apart([word, value]: ItemOption): readonly string[] {
  const name = APART.get(word);
  return name === undefined ? [] : [wordsOf(name, value)];
}

/** `static_rules` or `virtual_rules`: one that asks something else at the same priority comes for the other. */
export function rules(words: string, effects: Effects = BY_MASTER): ListRow<RuleConfig> {
  const successor = ({ priority }: RuleConfig): string => `${priority}`;
  return list<RuleConfig>({ words, ...effects, key: ruleTitle, successor, title: ruleTitle, shape: ITEM });
}

/** A route in the words of the file: `198.51.100.0/24 via 192.0.2.1 dev eth0`. */
export function routeTitle({ destination = "", options }: RouteConfig): string {
  return `${destination} ${inWords(options)}`.trim();
}

/** A rule in the words of the file: `priority 100 from 192.0.2.0/24`. */
export function ruleTitle({ priority, options }: RuleConfig): string {
  return `priority ${priority} ${inWords(options)}`.trim();
}

/** The name of RT_SCOPE_*, or the number. */
export function scopeName(scope: number): string {
  return SCOPES.get(scope) ?? String(scope);
}

function inWords(options: readonly ItemOption[]): string {
  return options.map(([word, value]) => wordsOf(word, value)).join(" ");
}

/** A value behind its word. A prefix as it is written, what else has parts with their names. */
function wordsOf(word: string, value: ItemValue | false | undefined): string {
  if (value === undefined || value === false) return "";
  if (value === true) return word;
  if (typeof value !== "object") return `${word} ${value}`;
  if (isList(value)) return [word, ...value.map((part) => wordsOf("", part).trim())].join(" ");
  const { address, prefixLength } = value;
  if (prefixLength !== undefined) return `${word} ${address}/${prefixLength}`;
  const parts = Object.entries(value).map(([name, part]) => wordsOf(name, part));
  return [word, ...parts.filter((part) => part !== "")].join(" ");
}

function isList(value: ItemValue): value is readonly ItemValue[] {
  return Array.isArray(value);
}

const ITEM: Shape<RouteConfig | RuleConfig> = {
  tracked: unless("no_track"),
  trackGroup: value("track_group"),
  options: value("options", { show: (options) => inWords(options) || "none" }),
};

const SCOPES = new Map([
  [0, "global"],
  [200, "site"],
  [253, "link"],
  [254, "host"],
]);

/** What an address has. */
export const ADDRESS: Shape<VirtualAddress> = {
  broadcast: value("brd"),
  scope: value("scope", { show: scopeName }),
  peer: value("peer"),
  preferredLifetime: value("preferred_lft"),
  flags: value("flags", { show: (flags) => flags.join(" ") || "none" }),
  tracked: unless("no_track"),
  ownVmac: value("use_vmac"),
};

/** What the kernel tells apart; also how it is called. */
export function addressKey({ address, prefixLength, interface: name }: VirtualAddress): string {
  return `${address}/${prefixLength} dev ${name}`;
}

const STATIC_ADDRESSES = list<StaticAddress>({
  words: "static_ipaddress",
  plural: "static addresses",
  ...AT_ONCE,
  key: addressKey,
  title: addressKey,
  shape: {
    ...ADDRESS,
    trackGroup: value("track_group"),
  },
});

/** A group has no name; an interface is in one group alone. */
const GARP_GROUPS = list<GarpGroupConfig>({
  words: "garp_group",
  plural: "garp groups",
  key: ({ interfaces }) => [...interfaces].sort()[0] ?? "",
  title: ({ interfaces }) => interfaces.join(" ") || "without interfaces",
  shape: {
    garpInterval: seconds("garp_interval"),
    gnaInterval: seconds("gna_interval"),
    interfaces: names("interface"),
    shared: value("one gap for all"),
  },
});

const INTERFACE_DELAYS = list<InterfaceDelays>({
  words: "interface_up_down_delays",
  plural: "interface delays",
  key: ({ interface: name }) => name,
  title: ({ interface: name }) => `\`${name}\``,
  shape: { down: seconds("down"), up: seconds("up") },
});

const LINKBEAT_INTERFACES = list<LinkbeatInterface>({
  words: "linkbeat_interfaces",
  plural: "linkbeat interfaces",
  key: ({ interface: name }) => name,
  title: ({ interface: name }) => `\`${name}\``,
  shape: { method: value("method") },
});

/** What is said of the host's network, whatever the instances do. */
export const NETWORK: Shape<NetworkConfig> = {
  staticAddresses: STATIC_ADDRESSES,
  staticRoutes: routes("static_routes", AT_ONCE),
  staticRules: rules("static_rules", AT_ONCE),
  garpGroups: GARP_GROUPS,
  interfaceDelays: INTERFACE_DELAYS,
  linkbeatInterfaces: LINKBEAT_INTERFACES,
  pollLinks: value("linkbeat_use_polling"),
};
