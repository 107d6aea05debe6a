import { family } from "../base/ip.ts";
import type { RealServerConfig } from "../config/model/lvs.ts";
import type { SnmpValue } from "../wire/agentx-value.ts";
import { type Columns, grid } from "./grid.ts";
import { checkTable, columnsFrom, forwardingValue, TOTALS, TOTALS64, TUNNEL, wholeSeconds } from "./lvs-values.ts";
import { type Objects, once } from "./objects.ts";
import { script } from "./script-words.ts";
import { type ServicesSource, type ShownServer, type ShownService, shownServers, shownServices } from "./services.ts";
import { gauge, inetAddress, inetType, integer, text, truth } from "./value.ts";

/** realServerTable of KEEPALIVED-MIB. A sorry server has what a server is, and what was counted of it. */
export function serverRows(source: ServicesSource): Objects {
  const places = shownServices(source).flatMap((service) => {
    const made = once(() => shownServers(service, source)); // not before one of them is asked for
    return Array.from({ length: serverCount(service) }, (_, i) => ({ index: [service.config.number, i + 1], made, i }));
  });
  const row = (at: number): ShownServer | undefined => {
    const place = places[at];
    return place?.made()[place.i];
  };
  return grid(checkTable(4), { indexes: places.map(({ index }) => index), row }, COLUMNS);
}

function serverCount({ config: { sorryServer, realServers } }: ShownService): number {
  return realServers.length + (sorryServer === undefined ? 0 : 1);
}

const COLUMNS: Columns<ShownServer> = {
  2: ({ real }) => integer(real === undefined ? 2 : 1),
  3: ({ config }) => inetType(family(config.address)),
  4: ({ config }) => inetAddress(config.address),
  5: ({ config }) => gauge(config.port),
  6: (server) => ofReal(server, () => truth(server.view?.up ?? false)),
  7: (server) => ofReal(server, ({ weight }) => integer(weightOf(server, weight))),
  8: (server) => ofReal(server, ({ upperThreshold }) => limit(upperThreshold)),
  9: (server) => ofReal(server, ({ lowerThreshold }) => limit(lowerThreshold)),
  10: (server) => ofReal(server, ({ inhibitOnFailure }) => integer(inhibitOnFailure ? 2 : 1)),
  11: (server) => ofReal(server, ({ notifyUp }) => script(notifyUp)),
  12: (server) => ofReal(server, ({ notifyDown }) => script(notifyDown)),
  13: (server) => ofReal(server, () => gauge(server.view?.checkers.filter(({ up }) => !up).length ?? 0)),
  14: ({ traffic }) => gauge(traffic?.statistics.connections ?? 0),
  15: ({ traffic }) => gauge(traffic?.connections.active ?? 0),
  16: ({ traffic }) => gauge(traffic?.connections.inactive ?? 0),
  17: ({ traffic }) => gauge(traffic?.connections.persistent ?? 0),
  ...columnsFrom<ShownServer>(18, TOTALS, ({ traffic }) => traffic?.statistics),
  ...columnsFrom<ShownServer>(27, TOTALS64, ({ traffic }) => traffic?.statistics),
  40: ({ config }) => forwardingValue(config.forwarding),
  41: ({ standard, service }) => virtualHost(standard?.virtualHost, service.config.standard.virtualHost),
  42: ({ standard }) => truth(standard?.alpha ?? false),
  43: ({ standard }) => gauge(standard?.retry ?? 0),
  44: ({ standard }) => wholeSeconds(standard?.delayBeforeRetry),
  45: ({ standard }) => wholeSeconds(standard?.warmup),
  46: ({ standard }) => wholeSeconds(standard?.delayLoop),
  47: ({ real }) => truth(real?.smtpAlert ?? false),
  48: ({ standard }) => gauge(standard?.delayBeforeRetry ?? 0),
  49: ({ standard }) => gauge(standard?.warmup ?? 0),
  50: ({ standard }) => gauge(standard?.delayLoop ?? 0),
  51: ({ standard }) => gauge(standard?.connectTimeout ?? 0),
  52: ({ config }) => TUNNEL.type(config.tunnel),
  53: ({ config }) => TUNNEL.port(config.tunnel),
  54: ({ config }) => TUNNEL.checksum(config.tunnel),
  55: ({ real }) => (real?.snmpName === undefined ? undefined : text(real.snmpName)),
};

function ofReal(
  { real }: ShownServer,
  show: (server: RealServerConfig) => SnmpValue | undefined,
): SnmpValue | undefined {
  return real === undefined ? undefined : show(real);
}

/** That of the kernel's table while it gets clients; else what it will have there. */
function weightOf({ view, service }: ShownServer, configured: number): number {
  const isOpen = service.view?.quorumUp === true || service.config.sorryServer === undefined;
  return view?.up === true && isOpen ? view.weight : configured;
}

function limit(connections: number): SnmpValue | undefined {
  return connections === 0 ? undefined : gauge(connections);
}

/** Its own: what it has from its service is shown there. */
function virtualHost(of: string | undefined, inherited: string | undefined): SnmpValue | undefined {
  return of === undefined || of === inherited ? undefined : text(of);
}
