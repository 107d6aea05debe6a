import { type Family, family } from "../base/ip.ts";
import type { Argument } from "../syntax/argument.ts";
import { cutShort, type Manner, optionItem } from "../syntax/options.ts";
import { type ArgumentType, last, type Setting, type Settings } from "../syntax/table.ts";
import { askedFamily } from "./read-prefix.ts";
import { type Destination, mixed } from "./read-route.ts";
import type { STATIC_ROUTE, VIRTUAL_ROUTE } from "./route.ts";

const MANNER: Manner = {
  unknown: "VRRP parsed invalid IP %w. skipping IP...\n%aunknown route keyword %w",
  deprecated: '"%w" for routes is deprecated.',
};

type Options = typeof VIRTUAL_ROUTE | typeof STATIC_ROUTE;
type Route = Settings<typeof VIRTUAL_ROUTE>;

/** An item of `virtual_routes` or `static_routes`. Where Keepalived leaves the route out, so is it here. */
export function routeItem<C extends Options>(options: C): ArgumentType<Settings<C>> {
  return optionItem("<route item>", options, MANNER, (argument, { given, sound, known }) => {
    const route = given as unknown as Route; // both have all of its options
    const to = last(route["<DEST>[/<PREFIX>]"], route.to)?.value;
    if (to === undefined) return withoutDestination(argument, sound && known);
    const fits = ofOneFamily(argument, route, to);
    if (!fits || !sound || !known) return undefined;
    canBeTracked(argument, route);
    return given;
  });
}

function withoutDestination(argument: Argument, sound: boolean): undefined {
  const { words, keyword, at, report } = argument;
  const [first = keyword] = words;
  const finding = ["missing-value", "a route needs a destination"] as const;
  if (!sound) return undefined; // something else was said
  if (words.length === 1) cutShort(argument, finding, first);
  else report.error(finding, first.span, { keepalived: `${at}Route must have a destination` });
  return undefined;
}

/** Whether the addresses are of one family, and the options belong to it. */
function ofOneFamily(argument: Argument, route: Route, to: Destination): boolean {
  const asked = askedFamily(route);
  const addresses = [...route.src, ...route.via, ...route.gw, ...route.or];
  const [first] = addresses;
  const of = asked ?? to.family ?? (first === undefined ? undefined : family(first.value));
  if (of === undefined) return true;
  const wrong = addresses.find(({ value }) => family(value) !== of);
  if (wrong !== undefined) mixed(argument, { text: wrong.value, span: wrong.span });
  const [head = argument.keyword] = argument.words;
  const misplaced = to.family !== undefined && to.family !== of;
  if (misplaced) mixed(argument, { text: to.text, span: head.span });
  for (const { value } of route.nexthop) hopsOf(argument, value.via, of);
  const foreign = [
    ...(of === 4 ? [] : route.realms).map(only("`realms` are for IPv4 only", "realms are only valid for IPv4")),
    ...(of === 6 ? [] : route.expires).map(only("`expires` is for IPv6 only", "expires is only valid for IPv6")),
    ...(of === 6 ? [] : route.pref).map(only("`pref` is for IPv6 only", "pref is only valid for IPv6")),
    ...route.from
      .filter(({ value }) => of === 4 || family(value.address) === 4)
      .map((from) =>
        only("`from` is for IPv6 only", `route from address only supported with IPv6 (${from.value.address})`)(from),
      ),
  ];
  for (const { span, message, logged } of foreign)
    argument.report.error(["conflict", message], span, { keepalived: argument.at + logged });
  return wrong === undefined && !misplaced && foreign.length === 0;
}

function only(message: string, logged: string) {
  return ({ keyword }: Setting<unknown>) => ({ span: keyword, message, logged });
}

/** Gateways of several ways: Keepalived leaves out a wrong one, and not the route. */
function hopsOf({ at, report }: Argument, via: Route["via"], of: Family): void {
  for (const { value, span } of via) {
    if (family(value) === of) continue;
    const finding = ["bad-address", `\`${value}\` is of another family than the route`] as const;
    report.error(finding, span, { keepalived: `${at}Address family mismatch for next hop` });
  }
}

/** Keepalived tracks a route by its own protocol number. */
function canBeTracked({ at, report }: Argument, route: Route): void {
  if (route.no_track.length > 0) return;
  const protocol = last(route.protocol);
  if (protocol !== undefined && protocol.value !== KEEPALIVED && protocol.value !== "keepalived") {
    const keepalived = `${at}Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol`;
    const finding = ["no-effect", "a route of another protocol cannot be tracked; `keepalived` is used"] as const;
    report.warning(finding, protocol.span, { status: 5, keepalived, help: HELP });
  }
}

const KEEPALIVED = 18; // RTPROT_KEEPALIVED of linux/rtnetlink.h
const HELP = "delete `protocol`, or add `no_track`";
