import { family as familyOfAddress } from "../base/ip.ts";
import { familyOf, type IpvsManner, serviceName } from "../base/ipvs.ts";
import type { TrapService } from "../base/trap.ts";
import type { CheckerConfig } from "../config/model/check.ts";
import type {
  FwmarkServerConfig,
  GroupServerConfig,
  RealServerConfig,
  ServiceConfig,
  SorryServerConfig,
  VirtualServerConfig,
  VirtualServerGroupConfig,
} from "../config/model/lvs.ts";
import type { Config } from "../config/model/model.ts";
import type { Marks } from "../lvs/group-marks.ts";
import type { NotifyingServer, NotifyingService } from "../lvs/notification.ts";
import { type PlaceRange, placesOf, servicesAt } from "../lvs/places.ts";
import type { RealServer, SorryServer, VirtualServer } from "../lvs/pool.ts";
import { compare } from "../plan/compare.ts";
import type { ListDifference } from "../plan/difference.ts";
import { REAL_SERVERS } from "../plan/lvs-shape.ts";
import { type ListRow, list, type Shape, value } from "../plan/shape.ts";
import { command } from "../plan/words.ts";
import { markOf } from "./service-marks.ts";

/** A real server with its checkers. */
export interface RunnableServer extends RealServer, NotifyingServer {
  readonly checkers: readonly CheckerConfig[];
}

/** A service that runs. */
export interface RunnableService extends VirtualServer, NotifyingService {
  readonly label: string; // its name in reports: no other has it
  readonly subject: TrapService; // how clients reach it, for managers
  readonly places: readonly PlaceRange[]; // of its services in the kernel, in short
  readonly realServers: readonly RunnableServer[];
}

type Balanced = Pick<Config, "virtualServers" | "fwmarkServers" | "groupServers" | "virtualServerGroups">;

/** Whether there is anything for the checkers process to do. */
export function isBalancing({ virtualServers, fwmarkServers, groupServers }: Balanced): boolean {
  return virtualServers.length + fwmarkServers.length + groupServers.length > 0;
}

/**
 * What the checkers process runs of a configuration: services, groups by their `marks` where they have some, and their
 * real servers with the checkers.
 */
export function runnable(config: Balanced, marks: Marks = {}): readonly RunnableService[] {
  const groups = new Map(config.virtualServerGroups.map((group) => [group.name, group]));
  return [
    ...config.virtualServers.map(byAddress),
    ...config.fwmarkServers.map(byMark),
    ...config.groupServers.flatMap((server) => byGroup(server, groups, markOf(marks, server))),
  ];
}

/** What makes a service the same after a reload. */
export function identityOf({ label, protocol }: RunnableService): string {
  return `${label} ${protocol}`;
}

/** The names of the files that the FILE_CHECKs of these services follow. */
export function filesOf(services: readonly RunnableService[]): ReadonlySet<string> {
  const checkers = services.flatMap(({ realServers }) => realServers.flatMap((server) => server.checkers));
  return new Set(checkers.flatMap((checker) => (checker.type === "file" ? [checker.trackFile] : [])));
}

/** The names of the BFD sessions that the BFD_CHECKs of these services follow. */
export function sessionsOf(services: readonly RunnableService[]): ReadonlySet<string> {
  const checkers = services.flatMap(({ realServers }) => realServers.flatMap((server) => server.checkers));
  return new Set(checkers.flatMap((checker) => (checker.type === "bfd" ? [checker.instance] : [])));
}

/** What becomes of what runs at a reload, as `planReload` finds it; undefined: nothing changes. */
export function planServices(
  from: readonly RunnableService[],
  to: readonly RunnableService[],
): ListDifference<RunnableService> | undefined {
  return compare({ services: from }, { services: to }, SERVICES).lists.services;
}

const SERVICES: Shape<{ readonly services: readonly RunnableService[] }> = {
  services: list<RunnableService>({
    words: "virtual_server",
    key: identityOf,
    title: ({ name }) => name,
    shape: {
      services: value("services"),
      places: value("places"),
      subject: value("subject"),
      quorumUp: command("quorum_up"),
      quorumDown: command("quorum_down"),
      // The rows are those of the whole model; of a part of it they find less.
      realServers: REAL_SERVERS as unknown as ListRow<RunnableServer>,
    },
  }),
};

function byAddress(server: VirtualServerConfig): RunnableService {
  const { protocol, address, port } = server;
  const name = serviceName(server);
  const subject = { address, port, protocol };
  return { label: name, subject, name, protocol, ...pool(server, [{ protocol, from: address, to: address, port }]) };
}

function byMark(server: FwmarkServerConfig): RunnableService {
  const { fwmark, family } = server;
  const label = serviceName(server);
  return {
    label,
    subject: { fwmark },
    name: `FWM ${fwmark}`,
    protocol: undefined,
    ...pool(server, [{ fwmark, family }]),
  };
}

/** Nothing where the group is not defined, which the reader said. */
function byGroup(
  server: GroupServerConfig,
  groups: ReadonlyMap<string, VirtualServerGroupConfig>,
  mark: number | undefined,
): readonly RunnableService[] {
  const { group, ordinal, protocol, family } = server;
  const places = groups.get(group)?.entries.flatMap((entry): readonly PlaceRange[] => {
    if (entry.type === "fwmark") {
      const { fwmark } = entry;
      return [{ fwmark, family: entry.family ?? family ?? 4 }];
    }
    const { from, to, port } = entry;
    if (mark !== undefined) return [{ fwmark: mark, family: familyOfAddress(from) }];
    return protocol === undefined ? [] : [{ protocol, from, to, port }];
  });
  if (places === undefined || places.length === 0) return [];
  const name = `[${group}]:${ordinal}`;
  return [{ label: name, subject: { group, protocol }, name, protocol, ...pool(server, places) }];
}

function pool(
  server: ServiceConfig,
  places: readonly PlaceRange[],
): Omit<RunnableService, "label" | "subject" | "name" | "protocol"> {
  const { quorum, hysteresis, sorryServer } = server;
  const { quorumUp, quorumDown, smtpAlert, omega } = server;
  const all = placesOf(places);
  const mixed = new Set(all.map(familyOf)).size > 1;
  const services = servicesAt(all, { 4: manner(server, 4, mixed), 6: manner(server, 6, mixed) });
  const realServers = server.realServers.map(realServer);
  return {
    ...{ places, services, quorum, hysteresis, realServers, sorryServer: sorryServer && sorry(sorryServer) },
    ...{ quorumUp, quorumDown, smtpAlert, omega },
  };
}

/** IP_VS_SVC_F_PERSISTENT, linux/ip_vs.h. */
const PERSISTENT = 1;

/** The granularity is of one family, which its number says; the other one, in a group of both, counts single clients. */
function manner(server: ServiceConfig, family: 4 | 6, mixed: boolean): IpvsManner {
  const { scheduler, schedulerFlags, persistenceTimeout: timeout, persistenceEngine } = server;
  const { persistenceNetmask: given } = server;
  const netmask = !mixed || given <= 32 === (family === 4) ? given : family === 4 ? 32 : 128;
  return {
    scheduler,
    flags: timeout > 0 ? schedulerFlags | PERSISTENT : schedulerFlags,
    timeout,
    netmask,
    engine: timeout > 0 ? persistenceEngine : undefined,
  };
}

function realServer(server: RealServerConfig): RunnableServer {
  const { address, port, weight, forwarding, tunnel, upperThreshold, lowerThreshold, inhibitOnFailure } = server;
  const { checkers, notifyUp, notifyDown, smtpAlert, slowStart } = server;
  // One literal: a spread in each of many objects gives each a shape of its own, which takes more memory than its values.
  return {
    address,
    port,
    weight,
    forwarding,
    tunnel,
    upperThreshold,
    lowerThreshold,
    inhibitOnFailure,
    slowStart,
    checkers,
    notifyUp,
    notifyDown,
    smtpAlert,
  };
}

function sorry({ address, port, forwarding, tunnel, inhibitOnFailure }: SorryServerConfig): SorryServer {
  return { address, port, forwarding, tunnel, inhibitOnFailure };
}
