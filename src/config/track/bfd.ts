import { family, type IpAddress } from "../../base/ip.ts";
import { milliseconds, seconds } from "../../base/time.ts";
import type { BFD_INSTANCE } from "../../keywords/tracked.ts";
import type { Report } from "../../syntax/report.ts";
import { type Body, last, type Setting } from "../../syntax/table.ts";
import type { BfdInstanceConfig } from "../model/track.ts";
import { firstAt } from "../reference.ts";
import type { Defined, Definitions } from "./definitions.ts";

type BfdBody = Setting<Body<string, typeof BFD_INSTANCE>>;

const LONGEST_NAME = 31;
const LONG = seconds(10); // intervals above it detect next to nothing
const UNCHECKED = 255; // `max_hops` that accepts any distance

/** Every `bfd_instance` that can run: names and neighbours are unique. */
export function resolveBfdInstances(bodies: readonly BfdBody[], report: Report): Definitions<BfdInstanceConfig> {
  const found = new Map<string, Defined<BfdInstanceConfig>>();
  const names = new Map<string, BfdBody>();
  const neighbors: Neighbors = new Map();
  for (const body of bodies) {
    const { header: name } = body.value;
    const twin = names.get(name);
    if (tooLong(body, report)) continue;
    if (twin !== undefined) {
      const second = `\n${body.at}Configuration error: BFD instance ${name} already configured - ignoring`;
      const keepalived = `${body.at}BFD ${name} already specified${found.has(name) ? second : ""}`;
      const message = `bfd_instance \`${name}\` is defined already; this one is left out`;
      report.error(["duplicate", message], body.span, { keepalived, ...firstAt(twin.span) });
      continue;
    }
    names.set(name, body);
    const config = bfdInstance(body, neighbors, report);
    if (config === undefined) continue;
    const same = neighbors.get(config.neighbor);
    if (same === undefined) neighbors.set(config.neighbor, [{ source: config.source, body }]);
    else same.push({ source: config.source, body });
    const { weight, reverse } = config;
    found.set(name, { config, weight, reverse, order: body.order, place: body.span });
  }
  return found;
}

/** Sessions by neighbour: several go to one only from addresses of their own. */
type Neighbors = Map<IpAddress, { readonly source: IpAddress | undefined; readonly body: BfdBody }[]>;

/** Keepalived measures bytes. */
function tooLong({ value: { header: name }, span, at }: BfdBody, report: Report): boolean {
  if (new TextEncoder().encode(name).length <= LONGEST_NAME) return false;
  const keepalived = `${at}BFD name ${name} too long\n${at}Configuration error: BFD instance ${name} name too long (maximum length is ${LONGEST_NAME} characters) - ignoring`;
  const message = `the name of a bfd_instance has at most ${LONGEST_NAME} characters; it is left out`;
  report.error(["bad-value", message], span, { keepalived });
  return true;
}

function bfdInstance({ value, span }: BfdBody, neighbors: Neighbors, report: Report): BfdInstanceConfig | undefined {
  const { header: name, settings, end } = value;
  const neighbor = last(settings.neighbor_ip, settings.neighbour_ip);
  if (neighbor === undefined) {
    const keepalived = `(${end.file}: Line ${end.line}) Configuration error: BFD instance ${name} has no neighbor address set, disabling instance`;
    const message = `bfd_instance \`${name}\` has no \`neighbor_ip\` and is left out`;
    report.error(["missing-keyword", message], span, { keepalived });
    return undefined;
  }
  const address = neighbor.value;
  const source = last(settings.source_ip);
  const twin = neighbors
    .get(address)
    ?.find((other) => source === undefined || other.source === undefined || other.source === source.value);
  if (twin !== undefined) {
    const pair =
      source === undefined ? `neighbor address ${address}` : `source/neighbor address ${source.value}/${address}`;
    const keepalived = `(${end.file}: Line ${end.line}) Configuration error: BFD instance ${name} has duplicate ${pair}, ignoring instance`;
    const message = `\`${address}\` is the neighbour of \`${twin.body.value.header}\` already; \`${name}\` is left out`;
    report.error(["duplicate", message], neighbor.span, { keepalived, ...firstAt(twin.body.span) });
    return undefined;
  }
  if (source !== undefined && family(source.value) !== family(address)) {
    // Keepalived 2.2.7 writes the source in both places.
    const logged = `Configuration error: BFD instance ${name} source address ${source.value} and neighbor address ${source.value} are not of the same family, disabling instance`;
    const message = `\`${source.value}\` is of another family than the neighbour; \`${name}\` is left out`;
    const keepalived = `(${end.file}: Line ${end.line}) ${logged}`;
    const related = [{ span: neighbor.span, message: "the neighbour" }];
    report.error(["bad-address", message], source.span, { keepalived, related });
    return undefined;
  }
  return { name, neighbor: address, source: source?.value, ...options(value, address, report) };
}

type Options = Omit<BfdInstanceConfig, "name" | "neighbor" | "source">;

function options(body: BfdBody["value"], neighbor: IpAddress, report: Report): Options {
  const { settings } = body;
  const [vrrp, checkers] = [settings.vrrp.length > 0, settings.checker.length > 0];
  for (const setting of [last(settings.min_rx), last(settings.min_tx)])
    if (setting !== undefined && setting.value > LONG)
      report.hint(["long-interval", "more than 10 seconds between packets detect a failure late"], setting.span);
  const ttl = last(settings.ttl, settings.hoplimit)?.value;
  const multihop = last(settings.multihop)?.value ?? false;
  const reach = ttl ?? (family(neighbor) === 4 ? 255 : 64);
  return {
    minReceive: last(settings.min_rx)?.value ?? milliseconds(10),
    minTransmit: last(settings.min_tx)?.value ?? milliseconds(10),
    idleTransmit: last(settings.idle_tx)?.value ?? seconds(1),
    multiplier: last(settings.multiplier)?.value ?? 5,
    active: settings.passive.length === 0,
    ttl,
    maxHops: settings.max_hops.length === 0 && multihop ? undefined : maxHops(body, reach, report),
    multihop,
    ...(last(settings.weight)?.value ?? { weight: 0, reverse: false }),
    vrrp: vrrp || !checkers,
    checkers: checkers || !vrrp,
  };
}

/**
 * A packet cannot have come further than its hop limit reaches. Not asked of a multihop session without `max_hops`: none of
 * its packets would have come less than one. RFC 5883 checks nothing there.
 */
function maxHops({ header: name, settings, end }: BfdBody["value"], ttl: number, report: Report): number | undefined {
  const setting = last(settings.max_hops);
  if (setting === undefined) return 0;
  const { value, span } = setting;
  if (value === -1 || value === UNCHECKED) {
    if (ttl === UNCHECKED) return undefined;
  } else if (value <= ttl) return value;
  const logged = `BFD instance ${name}: max_hops exceeds ttl/hoplimit - setting to ttl/hoplimit`;
  const keepalived = `(${end.file}: Line ${end.line}) ${logged}`;
  report.error(["bad-number", `\`max_hops\` is above the TTL; ${ttl} is used`], span, { keepalived });
  return ttl;
}
