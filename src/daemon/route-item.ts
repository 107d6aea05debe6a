import type { Network } from "../base/host.ts";
import { type Family, family, type IpAddress, parseIp } from "../base/ip.ts";
import type { RouteConfig } from "../config/model/network.ts";
import {
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_MAIN,
  RTN_ANYCAST,
  RTN_BLACKHOLE,
  RTN_BROADCAST,
  RTN_LOCAL,
  RTN_MULTICAST,
  RTN_NAT,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNICAST,
  RTN_UNREACHABLE,
  RTN_XRESOLVE,
  RTPROT_KEEPALIVED,
} from "../netlink/constants.ts";
import type { Encapsulation } from "../netlink/encapsulation.ts";
import { everything, type Insertion, type Route } from "../netlink/route.ts";
import { type Hop, NO_HOP } from "../netlink/route-hop.ts";
import { ItemOptions, type Place, type Placed } from "./item-options.ts";
import { metricsOf } from "./route-item-metrics.ts";

const TYPES = {
  unicast: RTN_UNICAST,
  local: RTN_LOCAL,
  nat: RTN_NAT,
  broadcast: RTN_BROADCAST,
  brd: RTN_BROADCAST,
  anycast: RTN_ANYCAST,
  multicast: RTN_MULTICAST,
  prohibit: RTN_PROHIBIT,
  unreachable: RTN_UNREACHABLE,
  blackhole: RTN_BLACKHOLE,
  xresolve: RTN_XRESOLVE,
  throw: RTN_THROW,
} as const;
const TYPE_WORDS = Object.keys(TYPES) as readonly (keyof typeof TYPES)[];
const INSERTIONS: readonly Insertion[] = ["add", "prepend", "append"];

/**
 * Scopes of types that the kernel refuses in a wider one; ip-route(8). Keepalived differs (2.2.7): it asks for `global`,
 * and the kernel refuses a `local` route without `scope host`.
 */
const NARROW: ReadonlyMap<number, number> = new Map([
  [RTN_LOCAL, RT_SCOPE_HOST],
  [RTN_NAT, RT_SCOPE_HOST],
  [RTN_BROADCAST, RT_SCOPE_LINK],
  [RTN_ANYCAST, RT_SCOPE_LINK],
]);

/** A route of the configuration as the kernel takes it, as its interfaces are now. */
export function placeRoute({ destination, options: written }: RouteConfig, place: Place): Placed<Route> {
  const options = new ItemOptions(written, place);
  const of = familyOf(destination, options);
  const type = TYPES[options.word(TYPE_WORDS) ?? "unicast"];
  const ways = hopsOf(options, of);
  const [only] = ways.length === 1 ? ways : []; // the kernel makes a plain route of it
  const propagate = options.value<string>("ttl-propagate");
  const entry: Route = {
    family: of,
    destination: networkOf(destination, of),
    source: selected(options.value<Network>("from")),
    preferredSource: options.value<IpAddress>("src"),
    table: options.table() ?? RT_TABLE_MAIN,
    type,
    protocol: options.number("rt_protos", "protocol") ?? RTPROT_KEEPALIVED,
    scope: options.value<number>("scope") ?? NARROW.get(type) ?? RT_SCOPE_UNIVERSE,
    tos: options.number("rt_dsfield", "tos", "dsfield") ?? 0,
    metric: options.value<number>("metric", "priority", "preference") ?? 0,
    hop: only === undefined ? hopOf(options) : { ...only, weight: 1 },
    hops: only === undefined ? ways : [],
    metrics: metricsOf(options),
    expires: options.value<number>("expires"),
    preference: options.value<number>("pref"),
    ttlPropagate: propagate === undefined ? undefined : propagate === "enabled",
    insertion: options.word(INSERTIONS) ?? "prepend",
  };
  return options.placed(entry);
}

/** That of the destination, or of what else is said; IPv4 where nothing says. */
function familyOf(destination: string | undefined, options: ItemOptions): Family {
  const asked = options.word(["inet", "inet6"]);
  if (asked !== undefined) return asked === "inet" ? 4 : 6;
  if (destination === "default6") return 6;
  const own = parseIp(destination?.split("/")[0] ?? "");
  const address = own ?? options.value<IpAddress>("src") ?? options.value<IpAddress>("via", "gw", "or");
  return address === undefined ? 4 : family(address);
}

/** Without what else the reader knows of it; every address is no selection. */
function selected(prefix: Network | undefined): Network | undefined {
  return prefix?.prefixLength ? { address: prefix.address, prefixLength: prefix.prefixLength } : undefined;
}

function networkOf(destination: string | undefined, of: Family): Network {
  const [text = "", length] = destination?.split("/") ?? [];
  const address = parseIp(text);
  if (address === undefined) return everything(of);
  const most = of === 4 ? 32 : 128;
  const given = /^\d+$/.test(length ?? "") ? Number(length) : most;
  return { address, prefixLength: given <= most ? given : most };
}

function hopOf(options: ItemOptions): Hop {
  return {
    ...NO_HOP,
    gateway: options.value<IpAddress>("via", "gw"),
    ifindex: options.interface("dev", "oif"),
    onlink: options.has("onlink"),
    realms: options.realms(),
    encapsulation: encapsulationOf(options),
  };
}

/** `nexthop`s, or the two of the old form `via A or B`. A way without `dev` has that of the route. */
function hopsOf(route: ItemOptions, of: Family): readonly Hop[] {
  const whole = hopOf(route);
  const second = route.value<IpAddress>("or");
  if (second !== undefined) return [whole, { ...whole, gateway: second }];
  return route.each("nexthop").flatMap((options) => {
    const hop = hopOf(options);
    route.inherit(options);
    if (hop.gateway !== undefined && family(hop.gateway) !== of) return []; // the reader said so
    const weight = options.value<number>("weight") ?? 1;
    return [{ ...hop, ifindex: hop.ifindex ?? whole.ifindex, weight }];
  });
}

/** `encap`, as its reader leaves it. */
type Wrapped =
  | { readonly type: "ip" | "ip6"; readonly tunnel: TunnelWords }
  | { readonly type: "mpls"; readonly labels: readonly number[] }
  | { readonly type: "ila"; readonly locator: readonly number[] }
  | { readonly type: "none" };
interface TunnelWords {
  readonly id?: string;
  readonly destination?: IpAddress;
  readonly source?: IpAddress;
  readonly service?: number | string;
  readonly ttl?: number;
  readonly flags?: number;
}

function encapsulationOf(options: ItemOptions): Encapsulation | undefined {
  const wrapped = options.value<Wrapped>("encap");
  switch (wrapped?.type) {
    case undefined:
    case "none":
      return undefined;
    case "mpls":
      return { type: "mpls", labels: wrapped.labels };
    case "ila":
      return { type: "ila", locator: wrapped.locator };
    case "ip":
    case "ip6": {
      const { id, destination, source, service, ttl, flags } = wrapped.tunnel;
      const tunnel = { destination, source, service: options.named("rt_dsfield", service), ttl, flags };
      return { type: wrapped.type, tunnel: { ...tunnel, id: id === undefined ? undefined : BigInt(id) } };
    }
  }
}
