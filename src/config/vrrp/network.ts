import type { GARP_GROUP } from "../../keywords/interface.ts";
import type { LinkbeatInterface as Polled } from "../../keywords/read-interface.ts";
import type { Report } from "../../syntax/report.ts";
import type { Span } from "../../syntax/span.ts";
import { type Body, last, type Setting } from "../../syntax/table.ts";
import type { GarpGroupConfig, InterfaceDelays, LinkbeatInterface } from "../model/network.ts";
import { firstAt } from "../reference.ts";

type GarpBody = Setting<Body<true, typeof GARP_GROUP>>;
type Blocks<T> = readonly Setting<readonly Setting<T>[]>[];

/** Every `garp_group` with a gap; an interface is in one of them. */
export function resolveGarpGroups(bodies: readonly GarpBody[], report: Report): readonly GarpGroupConfig[] {
  const places = new Map<string, Span>();
  return bodies.flatMap((body, i) => garpGroup(body, i, places, report) ?? []);
}

function garpGroup(
  { value, keyword }: GarpBody,
  index: number,
  places: Map<string, Span>,
  report: Report,
): GarpGroupConfig | undefined {
  const { settings, end } = value;
  const lists = settings.interfaces.flatMap((list) => {
    if (list.value.length > 0) return list.value;
    // Keepalived says it at the end of the list, which nothing else needs to know the place of.
    report.error(["empty", "`interfaces` names no interface"], list.keyword, {
      keepalived: `${list.at}Warning - empty garp_group interfaces block`,
    });
    return [];
  });
  const interfaces = [...settings.interface, ...lists]
    .sort((a, b) => a.order - b.order)
    .flatMap((setting) => (takes(setting, places, report) ? [setting.value] : []));
  const garpInterval = last(settings.garp_interval)?.value;
  const gnaInterval = last(settings.gna_interval)?.value;
  if (garpInterval === undefined && gnaInterval === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) garp group ${index} does not have any delay set - removing`;
    const help = "add `garp_interval SECONDS` or `gna_interval SECONDS`";
    report.error(["missing-keyword", "a garp_group without an interval is left out"], keyword, { keepalived, help });
    return undefined;
  }
  if (interfaces.length === 0)
    report.warning(["no-effect", "a garp_group without an interface has no effect"], keyword, {
      help: "add `interface NAME` or `interfaces { NAMES }`",
    });
  return { garpInterval, gnaInterval, interfaces, shared: settings.interfaces.length > 0 };
}

function takes({ value, span, at }: Setting<string>, places: Map<string, Span>, report: Report): boolean {
  const there = places.get(value);
  if (there === undefined) {
    places.set(value, span);
    return true;
  }
  const keepalived = `${at}garp_group already specified for ${value} - ignoring`;
  const message = `\`${value}\` is in a garp_group already; here it is ignored`;
  report.error(["duplicate", message], span, { keepalived, ...firstAt(there) });
  return false;
}

/** `interface_up_down_delays`; of one interface the last counts. */
export function resolveInterfaceDelays(blocks: Blocks<InterfaceDelays>, report: Report): readonly InterfaceDelays[] {
  const found = new Map<string, InterfaceDelays>();
  const places = new Map<string, Span>();
  for (const { value, span } of blocks.flatMap((block) => block.value)) {
    const { interface: name } = value;
    const first = places.get(name);
    if (first !== undefined)
      report.warning(["duplicate", `\`${name}\` has delays already; these count`], span, firstAt(first));
    places.set(name, span);
    found.set(name, value);
  }
  return [...found.values()];
}

const METHODS = { MII: "mii", ETHTOOL: "ethtool", IOCTL: "ioctl" } as const;

/** `linkbeat_interfaces`; of one interface the first counts. */
export function resolveLinkbeat(blocks: Blocks<Polled>, report: Report): readonly LinkbeatInterface[] {
  const found = new Map<string, LinkbeatInterface>();
  const places = new Map<string, Span>();
  for (const { value, span } of blocks.flatMap((block) => block.value)) {
    const { interface: name, method } = value;
    const first = places.get(name);
    if (first !== undefined) {
      report.warning(["duplicate", `\`${name}\` is polled already`], span, firstAt(first));
      continue;
    }
    places.set(name, span);
    found.set(name, { interface: name, method: method === undefined ? undefined : METHODS[method] });
  }
  return [...found.values()];
}
