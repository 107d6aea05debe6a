import type { Network } from "../base/host.ts";
import { within } from "../base/host.ts";
import { type Family, family, type IpAddress } from "../base/ip.ts";
import type { Forwarding, Protocol } from "../base/ipvs.ts";
import type { RealServerConfig, ServiceConfig } from "../config/model/lvs.ts";
import type { Config } from "../config/model/model.ts";
import type { DoctorFacts } from "./facts.ts";

/** What this host is there for. */
export interface Duties {
  readonly config: Config;
  readonly director: boolean;
  readonly services: readonly Service[];
  /** The services that this host is a real server of, and as which. */
  readonly served: readonly Served[];
}

/** A service of a director. */
export interface Service {
  readonly name: string;
  readonly addresses: readonly ServiceAddress[]; // none: it goes by a firewall mark
  readonly scheduler: string;
  readonly persistenceEngine: string | undefined;
  readonly realServers: readonly Target[];
}

/** Where connections come to. */
export interface ServiceAddress {
  readonly address: IpAddress;
  readonly port: number; // 0: every port
  readonly protocol: Protocol;
}

/** Where they go. */
export type Target = Pick<RealServerConfig, "address" | "port" | "forwarding" | "tunnel">;

/** A service, and the way in which packets of it come to this host. */
export interface Served {
  readonly service: Service;
  readonly own: Target;
}

/** What a host is asked to be, where the configuration does not say. */
export type Role = "director" | "real-server";

/**
 * What a host with these addresses has to do. A host that is a real server in a file that was named is no director,
 * unless that is said: the file is its director's.
 */
export function dutiesOf(config: Config, facts: DoctorFacts, role: Role | undefined, named: boolean): Duties {
  const own = new Set(facts.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const services = servicesOf(config);
  const virtual = new Set(services.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const served = services.flatMap((service) =>
    service.realServers
      .filter(({ address }) => own.has(address) && !virtual.has(address))
      .map((one): Served => ({ service, own: one })),
  );
  const works = services.length + config.vrrpInstances.length > 0;
  const director = role === undefined ? works && (served.length === 0 || !named) : role === "director";
  return { config, director, services, served: role === "director" ? [] : served };
}

/** The services that come through one of these ways. */
export function forwarded(duties: Duties, ...ways: readonly Forwarding[]): readonly Service[] {
  return duties.services.filter(({ realServers }) => realServers.some(({ forwarding }) => ways.includes(forwarding)));
}

/** Of an interface's networks, that which has an address of this family. */
export function reaching(address: IpAddress): (network: Network) => boolean {
  return (network) => family(network.address) === family(address) && !isHost(network) && within([network])(address);
}

function isHost({ address, prefixLength }: Network): boolean {
  return prefixLength === (family(address) === 4 ? 32 : 128);
}

/** The families of the addresses. */
export function families(services: readonly Service[]): readonly Family[] {
  const found = services.flatMap(({ realServers }) => realServers.map(({ address }) => family(address)));
  return [...new Set(found)].sort();
}

function servicesOf({ virtualServers, fwmarkServers, groupServers, virtualServerGroups }: Config): readonly Service[] {
  const groups = new Map(virtualServerGroups.map((group) => [group.name, group.entries]));
  return [
    ...virtualServers.map((one) =>
      serviceOf(one, `${one.address}:${one.port}`, [{ address: one.address, port: one.port, protocol: one.protocol }]),
    ),
    ...fwmarkServers.map((one) => serviceOf(one, `fwmark ${one.fwmark}`, [])),
    ...groupServers.map((one) => {
      const entries = groups.get(one.group) ?? [];
      const ends = entries.flatMap((entry) =>
        entry.type === "fwmark" ? [] : [...new Set([entry.from, entry.to])].map((address) => ({ ...entry, address })),
      );
      const protocol = one.protocol ?? "tcp";
      const addresses = ends.map(({ address, port }) => ({ address, port, protocol }));
      return serviceOf(one, `group ${one.group}`, addresses);
    }),
  ];
}

function serviceOf(config: ServiceConfig, name: string, addresses: readonly ServiceAddress[]): Service {
  const { scheduler, persistenceEngine, realServers } = config;
  return { name, addresses, scheduler, persistenceEngine, realServers };
}
