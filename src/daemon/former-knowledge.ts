import { destinationName } from "../base/ipvs.ts";
import type { CheckerConfig } from "../config/model/check.ts";
import { adopted, unchecked } from "../lvs/health.ts";
import type { PoolState } from "../lvs/pool.ts";
import type { CheckerReport, ServiceReport } from "../observe/report.ts";
import { question } from "../plan/check-shape.ts";
import { healthParameters } from "./checker-runner.ts";
import { fileCheckIdentity } from "./file-check-runner.ts";
import type { RunnableServer, RunnableService } from "./runnable.ts";
import { type Known, NOTHING } from "./server-checkers.ts";

/** As the process before this one left it, which told of it. */
export function adoptedState({ quorumUp, realServers }: ServiceReport, config: RunnableService): PoolState {
  const known = new Map(realServers.map(({ name, up }) => [name, up]));
  return { quorumUp, alive: config.realServers.map((server) => known.get(destinationName(server)) ?? true) };
}

/** What is known of the checkers of each server when its service begins to run. */
export function formerKnowledge(origin: "start" | "reload" | ServiceReport): (server: RunnableServer) => Known {
  if (origin === "reload") return () => NOTHING;
  if (origin === "start") return () => AT_START;
  const reports = new Map(origin.realServers.map(({ name, checkers }) => [name, checkers]));
  return (server) => reported(reports.get(destinationName(server)) ?? []);
}

const AT_START: Known = { health: (checker) => unchecked(healthParameters(checker)), up: () => undefined };

/** As the process before this one reported it: a checker has the first report of the same question that nobody has taken. */
function reported(checkers: readonly CheckerReport[]): Known {
  const reports = [...checkers];
  const taken = new Map<CheckerConfig, CheckerReport | undefined>();
  const reportOf = (checker: CheckerConfig): CheckerReport | undefined => {
    if (taken.has(checker)) return taken.get(checker);
    const name = checker.type === "file" ? fileCheckIdentity(checker) : question(checker);
    const i = reports.findIndex(({ identity }) => identity === name);
    const [report] = reports.splice(i, i < 0 ? 0 : 1);
    taken.set(checker, report);
    return report;
  };
  return {
    health: (checker) => {
      const report = reportOf(checker);
      const parameters = healthParameters(checker);
      return report === undefined ? unchecked(parameters) : adopted(parameters, report);
    },
    up: (checker) => {
      const report = reportOf(checker);
      return report?.hasRun ? report.up : undefined;
    },
    expiry: (checker) => reportOf(checker)?.expiry,
  };
}
