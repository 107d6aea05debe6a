import type { Family } from "../../base/ip.ts";
import { destinationName } from "../../base/ipvs.ts";
import type { Report } from "../../syntax/report.ts";
import { last } from "../../syntax/table.ts";
import type { RealServerConfig, ServiceConfig } from "../model/lvs.ts";
import type { Familiar } from "./family.ts";
import type { LvsContext } from "./lvs-context.ts";
import { checkedPort, notify, type Reached, resolveRealServer, type Service, serverStandard } from "./server.ts";
import {
  engineOf,
  methodOf,
  persistenceOf,
  quorumOf,
  type ServiceBody,
  schedulerFlags,
  schedulerOf,
  titleOf,
} from "./service.ts";
import { checkSlowStart } from "./slow-start.ts";
import { resolveSorryServer } from "./sorry.ts";

/** A service whose name and servers are known. */
export interface Named {
  readonly name: string; // `[10.9.0.100]:tcp:80`, `FWM 9`, `[G]:0`
  readonly protocol: Service["protocol"];
  readonly reached: Reached;
  readonly familiar: Familiar;
  readonly family: Family | undefined; // undefined: both
}

/** A service before it is known whether it is the only one of its name. */
export type Unnumbered<S extends ServiceConfig> = Omit<S, "number">;

/** What a service has however connections reach it: the checks and corrections, in Keepalived's order. */
export function resolvePool(body: ServiceBody, named: Named, context: LvsContext): Unnumbered<ServiceConfig> {
  const { name, protocol, reached, familiar, family } = named;
  const { report } = context;
  const { settings: given, end } = body.value;
  const haSuspend = given.ha_suspend.length > 0 && mayRest(body, named, report);
  const scheduler = schedulerOf(body, name, report);
  const method = methodOf(body, name, report);
  const standard = serverStandard(given, method);
  const service: Service = { name, protocol, method, given, standard, reached, checkedPort: checkedPort(reached) };
  const portless = isPortless(reached);
  const { granularity } = familiar;
  const persistence = persistenceOf(body, { scheduler, name, portless, family: family ?? 4, granularity }, report);
  const realServers = withoutDuplicates(familiar, service, context);
  let weights = 0;
  for (const { weight } of realServers) weights += weight;
  checkSlowStart(body, { scheduler, realServers }, report);
  const { quorum, hysteresis } = quorumOf(body, weights, name, report);
  return {
    scheduler,
    schedulerFlags: schedulerFlags(given, protocol, name, report),
    persistenceTimeout: persistence.persistenceTimeout,
    persistenceNetmask: persistence.persistenceNetmask,
    persistenceEngine: engineOf(given, persistence.persistenceTimeout, report),
    quorum,
    hysteresis,
    haSuspend,
    omega: given.omega.length > 0,
    smtpAlert: last(given.smtp_alert)?.value ?? context.smtpAlert ?? false,
    snmpName: last(given.snmp_name)?.value,
    quorumUp: notify(given.quorum_up, "quorum_up", context),
    quorumDown: notify(given.quorum_down, "quorum_down", context),
    realServers,
    sorryServer: resolveSorryServer({ service, family, realServers, end }, report),
    standard,
  };
}

/** Whether a service has a real server that fits; else it is said. */
export function hasServers(body: ServiceBody, { servers }: Familiar, name: string, report: Report): boolean {
  if (servers.length > 0) return true;
  const message = `${titleOf(body.value.header)} has no real server and is left out`;
  const keepalived = `Virtual server ${name} has no real servers - ignoring`;
  // Of a group Keepalived says it only where no server is written.
  const { header, settings } = body.value;
  const silent = "group" in header && settings.real_server.length > 0;
  const help = "add `real_server ADDRESS PORT { }`";
  report.error(["missing-keyword", message], body.span, { help, ...(silent ? { status: 0 } : { keepalived }) });
  return false;
}

function isPortless(reached: Reached): boolean {
  if (reached.type === "address") return reached.port === 0;
  return reached.type === "group" && reached.group.ranges.some(({ port }) => port === 0);
}

/** `ha_suspend` waits for an address; a firewall mark has none. */
function mayRest({ value }: ServiceBody, { name, reached }: Named, report: Report): boolean {
  if (reached.type === "address" || (reached.type === "group" && !reached.group.marked)) return true;
  const [place] = value.settings.ha_suspend;
  if (place === undefined) return false;
  const keepalived = `Virtual server ${name}: cannot use ha_suspend with fwmarks - clearing ha_suspend`;
  const message = "`ha_suspend` has no effect: a firewall mark is no address that could leave";
  report.warning(["conflict", message], place.keyword, { status: 5, keepalived });
  return false;
}

/** Keepalived compares what is written; where ports are given or taken away two may be the same all the same. */
function withoutDuplicates({ servers }: Familiar, service: Service, context: LvsContext): readonly RealServerConfig[] {
  const names = new Map<string, (typeof servers)[number]>();
  const found: RealServerConfig[] = [];
  for (const server of servers) {
    const { header } = server.value;
    const real = resolveRealServer(server, service, context);
    const name = destinationName(real);
    const written = real.port === header.port ? name : destinationName(header);
    const before = names.get(name) ?? names.get(written);
    if (before === undefined) {
      names.set(name, server);
      if (written !== name) names.set(written, server);
      found.push(real);
      continue;
    }
    const keepalived = `VS ${service.name}: real server [${header.address}]:${service.protocol ?? "none"}:${header.port} is duplicated - removing second rs`;
    const message = `real_server \`${header.address} ${real.port}\` is listed already; this one is left out`;
    const related = [{ span: before.span, message: "this one counts" }];
    const logged = before.value.header.port === header.port ? { keepalived } : { status: 0 as const };
    context.report.error(["duplicate", message], server.span, { ...logged, related });
  }
  return found;
}
