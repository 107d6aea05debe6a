import type { BfdReportOf, BfdSessionReportOf, BfdStanding } from "./bfd-report.ts";
import type {
  CheckerReport,
  CheckersReport,
  ExpiryReport,
  NamedState,
  RealServerReport,
  RestoredCounters,
  ServiceReport,
  VrrpInstanceReportOf,
  VrrpReportOf,
} from "./report.ts";
import type { ServiceTraffic } from "./traffic.ts";

/** Everything the metrics page shows, as the supervisor knows it at the moment of a scrape. */
export interface Observed {
  readonly version: string;
  readonly vrrp: VrrpReportOf<NamedState> | undefined;
  readonly checkers: CheckersReport | undefined;
  readonly bfd: BfdReportOf<BfdStanding> | undefined;
  readonly children: readonly ObservedChild[];
  readonly traffic: ReadonlyMap<string, ServiceTraffic>; // by the name of the service
  readonly reloads: Readonly<Record<"applied" | "refused", number>>;
}

/** A process that the configuration asks for. */
export interface ObservedChild {
  readonly process: string;
  readonly up: boolean; // its configuration is in force
  readonly restarts: number;
}

/** The things a metric has one sample for each of, and the labels that tell them apart. */
export interface Scope<T> {
  readonly labels: readonly string[];
  readonly each: (now: Observed) => readonly Labelled<T>[];
}

/** A thing with its labels. */
export type Labelled<T> = readonly [labels: Labels, thing: T];
/** The labels of a sample. */
export type Labels = Readonly<Record<string, string>>;
type Instance = VrrpInstanceReportOf<NamedState>;

const INSTANCE = ["iname", "intf", "vrid"];
const REAL_SERVER = ["virtual_server", "real_server"];
const CHECKER = [...REAL_SERVER, "checker"];

export const daemon: Scope<Observed> = { labels: [], each: (now) => [[{}, now]] };

export const build: Scope<Observed> = { labels: ["version"], each: (now) => [[{ version: now.version }, now]] };

export const child: Scope<ObservedChild> = {
  labels: ["process"],
  each: ({ children }) => children.map((it) => [{ process: it.process }, it]),
};

export const reload: Scope<number> = {
  labels: ["result"],
  each: ({ reloads }) => Object.entries(reloads).map(([result, count]) => [{ result }, count]),
};

export const instance: Scope<Instance> = {
  labels: INSTANCE,
  each: ({ vrrp }) => (vrrp?.instances ?? []).map((it) => [instanceLabels(it), it]),
};

/** An instance with its first virtual address: the labels that dashboards for Keepalived expect of its state. */
export const addressed: Scope<Instance> = {
  labels: [...INSTANCE, "ip_address"],
  each: ({ vrrp }) =>
    (vrrp?.instances ?? []).map((it) => [{ ...instanceLabels(it), ip_address: it.address ?? "" }, it]),
};

export const dropped: Scope<number> = {
  labels: [...INSTANCE, "reason"],
  each: ({ vrrp }) =>
    (vrrp?.instances ?? []).flatMap((it) =>
      Object.entries(it.counters.dropped).map(
        ([reason, count]): Labelled<number> => [{ ...instanceLabels(it), reason }, count],
      ),
    ),
};

export const splitBrain: Scope<number> = {
  labels: [...INSTANCE, "seen"],
  each: ({ vrrp }) =>
    (vrrp?.instances ?? []).flatMap((it) =>
      SEEN.map((seen): Labelled<number> => [{ ...instanceLabels(it), seen }, it.counters.splitBrains[seen] ?? 0]),
    ),
};

/** All of them are shown from the start: an alert on an increase needs the 0 before it. */
const SEEN = ["advertisement", "refused", "arp"];
export const bfdSession: Scope<BfdSessionReportOf<BfdStanding>> = {
  labels: ["bfd", "neighbor"],
  each: ({ bfd }) => (bfd?.sessions ?? []).map((it) => [{ bfd: it.name, neighbor: it.neighbor }, it]),
};

export const bfdDropped: Scope<number> = {
  labels: ["reason"],
  each: ({ bfd }) => Object.entries(bfd?.dropped ?? {}).map(([reason, count]) => [{ reason }, count]),
};

/** Static items have no instance: the label is empty. */
export const restored: Scope<number> = {
  labels: [...INSTANCE, "type"],
  each: ({ vrrp }) => [
    ...(vrrp?.instances ?? []).flatMap((it) => byType(instanceLabels(it), it.counters.restored)),
    ...(vrrp === undefined ? [] : byType({ iname: "", intf: "", vrid: "" }, vrrp.restored)),
  ],
};

export const service: Scope<ServiceReport> = {
  labels: ["virtual_server"],
  each: ({ checkers }) => (checkers?.services ?? []).map((it) => [{ virtual_server: it.name }, it]),
};

export const realServer: Scope<RealServerReport> = {
  labels: REAL_SERVER,
  each: (now) =>
    service
      .each(now)
      .flatMap(([labels, { realServers }]) =>
        realServers.map((it): Labelled<RealServerReport> => [{ ...labels, real_server: it.name }, it]),
      ),
};

export const checker: Scope<CheckerReport> = {
  labels: CHECKER,
  each: (now) => realServer.each(now).flatMap(([labels, { checkers }]) => numbered(labels, checkers)),
};

export const certificates: Scope<ExpiryReport> = {
  labels: CHECKER,
  each: (now) =>
    checker
      .each(now)
      .flatMap(([labels, { expiry }]): Labelled<ExpiryReport>[] => (expiry === undefined ? [] : [[labels, expiry]])),
};

export const result: Scope<number> = {
  labels: [...CHECKER, "result"],
  each: (now) =>
    checker.each(now).flatMap(([labels, { succeeded, failed }]): Labelled<number>[] => [
      [{ ...labels, result: "success" }, succeeded],
      [{ ...labels, result: "failure" }, failed],
    ]),
};

function instanceLabels(it: Instance): Labels {
  return { iname: it.name, intf: it.interface, vrid: String(it.vrid) };
}

function byType(labels: Labels, counts: RestoredCounters): Labelled<number>[] {
  const { addresses, routes, rules } = counts;
  return Object.entries({ address: addresses, route: routes, rule: rules }).map(([type, count]) => [
    { ...labels, type },
    count,
  ]);
}

/** A second checker of one type on one real server is `http-2`, so that no two samples have the same labels. */
function numbered(labels: Labels, checkers: readonly CheckerReport[]): Labelled<CheckerReport>[] {
  const seen = new Map<string, number>();
  return checkers.map((it) => {
    const nth = (seen.get(it.type) ?? 0) + 1;
    seen.set(it.type, nth);
    return [{ ...labels, checker: nth === 1 ? it.type : `${it.type}-${nth}` }, it];
  });
}
