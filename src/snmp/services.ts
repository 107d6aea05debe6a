import { family, type IpAddress } from "../base/ip.ts";
import {
  destinationName,
  type IpvsConnections,
  type IpvsStatistics,
  type Protocol,
  serviceName,
} from "../base/ipvs.ts";
import type {
  CheckStandard,
  FwmarkServerConfig,
  GroupServerConfig,
  LvsConfig,
  RealServerConfig,
  SorryServerConfig,
  VirtualServerConfig,
} from "../config/model/lvs.ts";

/** What is shown of the checkers process. */
export interface CheckersView {
  readonly services: readonly ServiceView[];
}

/** What it reports of a service. */
export interface ServiceView {
  readonly name: string; // as of `reportName`
  readonly quorumUp: boolean;
  readonly realServers: readonly ServerView[];
}

/** The same of a real server. */
export interface ServerView {
  readonly name: string; // `[10.9.0.11]:80`
  readonly up: boolean;
  readonly weight: number; // in the kernel's table; 0 while absent
  readonly checkers: readonly { readonly up: boolean }[];
}

/** What the kernel counted of a service. */
export interface ServiceTrafficView {
  readonly statistics: IpvsStatistics | undefined;
  readonly servers: readonly ServerTrafficView[];
}

/** The same of one of its servers. */
export interface ServerTrafficView {
  readonly name: string;
  readonly statistics: IpvsStatistics;
  readonly connections: IpvsConnections;
}

/** How clients reach a service: what tells it from others. */
export type ServiceIdentity =
  | Pick<VirtualServerConfig, "address" | "port" | "protocol">
  | Pick<FwmarkServerConfig, "fwmark" | "family">
  | Pick<GroupServerConfig, "group" | "ordinal" | "protocol">;

/** A service of any kind. */
export type AnyServerConfig = VirtualServerConfig | FwmarkServerConfig | GroupServerConfig;

/** A service of the configuration with all that is known of it. */
export interface ShownService {
  readonly config: AnyServerConfig;
  readonly view: ServiceView | undefined; // undefined: nothing was reported of it
  readonly statistics: IpvsStatistics | undefined;
}

/** A server of a service, or its sorry server. */
export interface ShownServer {
  readonly service: ShownService;
  readonly config: RealServerConfig | SorryServerConfig;
  readonly real: RealServerConfig | undefined; // undefined: it is the sorry server
  readonly standard: CheckStandard | undefined; // the same
  readonly view: ServerView | undefined;
  readonly traffic: ServerTrafficView | undefined;
}

/** What is needed to show services. */
export interface ServicesSource {
  readonly config: Pick<LvsConfig, "virtualServers" | "fwmarkServers" | "groupServers">;
  readonly checkers: CheckersView | undefined;
  readonly traffic: ReadonlyMap<string, ServiceTrafficView>; // by the name of the service
}

/** How a service is called in reports. */
export function reportName(service: ServiceIdentity): string {
  if ("address" in service) return serviceName(service);
  return "fwmark" in service ? `FWM ${service.fwmark}` : `[${service.group}]:${service.ordinal}`;
}

/** All services in the order of the configuration; their numbers are `config.number`. */
export function shownServices({ config, checkers, traffic }: ServicesSource): readonly ShownService[] {
  const { virtualServers, fwmarkServers, groupServers } = config;
  const views = new Map(checkers?.services.map((view) => [view.name, view]));
  return [...virtualServers, ...fwmarkServers, ...groupServers]
    .sort((a, b) => a.number - b.number)
    .map((server) => {
      const name = reportName(server);
      return { config: server, view: views.get(name), statistics: traffic.get(name)?.statistics };
    });
}

/** The servers of a service, its sorry server first, as Keepalived numbers them. */
export function shownServers(
  service: ShownService,
  { traffic }: Pick<ServicesSource, "traffic">,
): readonly ShownServer[] {
  const { config, view } = service;
  const views = new Map(view?.realServers.map((server) => [server.name, server]));
  const counted = traffic.get(reportName(config))?.servers ?? [];
  const byName = new Map(counted.map((server) => [server.name, server]));
  const found = (server: { readonly address: IpAddress; readonly port: number }) => {
    const name = destinationName(server);
    return { service, view: views.get(name), traffic: byName.get(name) };
  };
  const real = config.realServers.map((server): ShownServer => {
    return { ...found(server), config: server, real: server, standard: server.standard ?? config.standard };
  });
  const { sorryServer: sorry } = config;
  if (sorry === undefined) return real;
  return [{ ...found(sorry), config: sorry, real: undefined, standard: undefined, view: undefined }, ...real];
}

/** The family of the addresses that lead to a service; undefined where both do. */
export function familyOf(service: AnyServerConfig): 4 | 6 | undefined {
  return "address" in service ? family(service.address) : service.family;
}

/** Its protocol; undefined where firewall marks alone lead to it. */
export function protocolOf(service: ServiceIdentity): Protocol | undefined {
  return "fwmark" in service ? undefined : service.protocol;
}
