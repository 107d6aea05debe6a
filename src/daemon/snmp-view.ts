import { hostname } from "node:os";
import type { Micros } from "../base/time.ts";
import type { Config } from "../config/model/model.ts";
import type { NumberNames } from "../io/number-names.ts";
import type { CheckersReport } from "../observe/report.ts";
import type { ItemsView, SnmpView } from "../snmp/view.ts";
import { itemsOf } from "./instance.ts";
import type { Place, Placed } from "./item-options.ts";
import type { BfdReport, VrrpReport } from "./messages.ts";
import type { NetworkItems } from "./placement.ts";
import { placeRoute } from "./route-item.ts";
import { placeRule } from "./rule-item.ts";
import { staticItems } from "./static-network.ts";
import type { KnownTraffic, TrafficAges } from "./traffic.ts";
import { KEEPALIVED_VERSION, VERSION } from "./version.ts";

/** What the other processes have said last. */
export interface SnmpReports {
  readonly vrrp: VrrpReport | undefined;
  readonly checkers: CheckersReport | undefined;
  readonly bfd: BfdReport | undefined;
  readonly traffic: KnownTraffic;
}

/** Where what is shown comes from. */
export interface SnmpSource {
  readonly reports: () => SnmpReports;
  /** Reads what the kernel counted, where it is older than that; undefined: it is not. */
  readonly refresh: (ages: TrafficAges) => Promise<void> | undefined;
}

/** The host's name, where `router_id` gives no other. */
export function routerIdOf({ global }: Config): string {
  return global.routerId ?? hostname();
}

/** What the MIBs show, of what the supervisor knows. */
export function snmpView(
  config: Config,
  { vrrp, checkers, bfd, traffic }: SnmpReports,
  names: NumberNames,
  times: Pick<SnmpView, "now" | "masterStartedAt">,
): SnmpView {
  const links = new Map(vrrp?.facts?.links.map((link) => [link.name, link]));
  const place: Place = {
    ifindex: (name) => links.get(name)?.ifindex,
    vrfTable: (name) => links.get(name)?.vrfTable,
    number: (register, name) => names.number(register, name),
  };
  return {
    ...times,
    version: `Keepalived v${KEEPALIVED_VERSION} (keepalived-ts v${VERSION})`,
    routerId: routerIdOf(config),
    config,
    vrrp,
    checkers,
    traffic,
    sessions: new Map(bfd?.sessions.map(({ name, session }) => [name, session.state === "up"])),
    items: [staticItems(config), ...config.vrrpInstances.map(itemsOf)].map((items) => itemsView(items, place)),
  };
}

function itemsView({ routes, rules }: NetworkItems, place: Place): ItemsView {
  return {
    routes: routes.map((config) => ({ config, route: entry(placeRoute(config, place)) })),
    rules: rules.map((config) => ({ config, rule: entry(placeRule(config, place)) })),
  };
}

function entry<T>(placed: Placed<T>): T | undefined {
  return placed.ok ? placed.entry : undefined;
}

/** CLOCK_MONOTONIC, as in the reports. */
export function monotonicNow(): Micros {
  return Number(process.hrtime.bigint() / 1000n);
}
