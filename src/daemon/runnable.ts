import type { RealServerConfig, VirtualServerConfig } from "../config/model/lvs.ts";
import type { Config } from "../config/model/model.ts";
import type { NotifyingServer, NotifyingService } from "../lvs/notification.ts";
import type { RealServer, VirtualServer } from "../lvs/pool.ts";
import { isRun, type RunnableChecker } from "../plan/check-shape.ts";
import { compare } from "../plan/compare.ts";
import type { ListDifference } from "../plan/difference.ts";
import { VIRTUAL_SERVERS } from "../plan/lvs-shape.ts";
import type { ListRow, Shape } from "../plan/shape.ts";

/** A real server with the checkers that run. */
export interface RunnableServer extends RealServer, NotifyingServer {
  readonly checkers: readonly RunnableChecker[];
}

/** A service that runs. */
export interface RunnableService extends VirtualServer, NotifyingService {
  readonly protocol: VirtualServerConfig["protocol"];
  readonly realServers: readonly RunnableServer[];
}

/**
 * What the checkers process runs of a configuration: services by address, their real servers with the checkers that
 * exist. The reader said of everything else that it is not implemented: services by mark or group do not run, a checker
 * does not check its server, a tunnel is plain IPIP.
 */
export function runnable({ virtualServers }: Pick<Config, "virtualServers">): readonly RunnableService[] {
  return virtualServers.map(service);
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

/** The rows are those of the whole model; of a part of it they find less. */
const SERVICES: Shape<{ readonly services: readonly RunnableService[] }> = {
  services: VIRTUAL_SERVERS as unknown as ListRow<RunnableService>,
};

function service(server: VirtualServerConfig): RunnableService {
  const { address, port, protocol, scheduler, schedulerFlags, persistenceTimeout, persistenceNetmask } = server;
  const { quorum, hysteresis, sorryServer } = server;
  const { quorumUp, quorumDown, smtpAlert, omega } = server;
  const realServers = server.realServers.map(realServer);
  return {
    ...{ address, port, protocol, scheduler, schedulerFlags, persistenceTimeout, persistenceNetmask },
    ...{ quorum, hysteresis, sorryServer, realServers, quorumUp, quorumDown, smtpAlert, omega },
  };
}

function realServer(server: RealServerConfig): RunnableServer {
  const { address, port, weight, forwarding, upperThreshold, lowerThreshold, inhibitOnFailure } = server;
  const { notifyUp, notifyDown, smtpAlert } = server;
  const checkers = server.checkers.filter(isRun);
  return {
    ...{ address, port, weight, forwarding, upperThreshold, lowerThreshold, inhibitOnFailure, checkers },
    ...{ notifyUp, notifyDown, smtpAlert },
  };
}
