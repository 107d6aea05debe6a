import { type Family, family } from "../../base/ip.ts";
import type { VIRTUAL_SERVER } from "../../keywords/lvs.ts";
import type { Method } from "../../keywords/read-forwarding.ts";
import type { Granularity } from "../../keywords/read-server.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import { fits } from "./server.ts";

type Given = Settings<typeof VIRTUAL_SERVER>;
type ServerBody = Given["real_server"][number];

/** The real servers of a service, and the family that they and it have. */
export interface Familiar {
  readonly servers: readonly ServerBody[]; // those that fit
  readonly family: Family | undefined; // undefined: no server and no keyword names one
  readonly decided: boolean; // something said so that is not a tunnelled server
  readonly granularity: Granularity | undefined;
}

/** Of a service by address: its family is that of the address. */
export function ofAddress(given: Given, wanted: Family, report: Report): Familiar {
  for (const setting of given.ip_family) conflicts(setting, wanted, report);
  const granularity = last(given.persistence_granularity);
  return {
    servers: given.real_server.filter((server) => isOf(server, wanted, given, report)),
    family: wanted,
    decided: true,
    granularity: granularity === undefined ? undefined : fitting(granularity, wanted, report),
  };
}

/**
 * Of a service by mark or group: the first that names a family decides, in the order of reading: `ip_family`,
 * `persistence_granularity`, a real server that is not reached through a tunnel. At the end the sorry server, or all
 * tunnelled servers where they agree.
 */
export function ofServers(given: Given, report: Report): Familiar {
  let wanted: Family | undefined;
  let granularity: Granularity | undefined;
  const servers: ServerBody[] = [];
  const steps = [
    ...given.ip_family.map((setting) => ({
      order: setting.order,
      take: () => {
        wanted ??= setting.value === "inet" ? 4 : 6;
        conflicts(setting, wanted, report);
      },
    })),
    ...given.persistence_granularity.map((setting) => ({
      order: setting.order,
      take: () => {
        wanted ??= setting.value.family;
        granularity = fitting(setting, wanted, report) ?? granularity;
      },
    })),
    ...given.real_server.map((server) => ({
      order: server.order,
      take: () => {
        if (!isOf(server, wanted, given, report)) return;
        servers.push(server);
        if (methodOf(server, given)?.forwarding !== "tun") wanted ??= family(server.value.header.address);
      },
    })),
  ];
  for (const { take } of steps.sort((a, b) => a.order - b.order)) take();
  const own = wanted ?? ofSorry(given);
  return { servers, family: own ?? ofTunnelled(servers), decided: own !== undefined, granularity };
}

function ofSorry(given: Given): Family | undefined {
  const sorry = last(given.sorry_server);
  const method = last(given.sorry_server_lvs_method) ?? last(given.lb_kind, given.lvs_method);
  return sorry === undefined || method?.value.forwarding === "tun" ? undefined : family(sorry.value.address);
}

function ofTunnelled(servers: readonly ServerBody[]): Family | undefined {
  const [first, ...others] = servers.map(({ value }) => family(value.header.address));
  return others.every((other) => other === first) ? first : undefined;
}

/** The method of a real server where its block ends: what its service says below does not count yet. */
function methodOf({ order, value }: ServerBody, { lb_kind, lvs_method }: Given): Method | undefined {
  const isAbove = (setting: Setting<Method>): boolean => setting.order < order;
  return (last(value.settings.lvs_method) ?? last(lb_kind.filter(isAbove), lvs_method.filter(isAbove)))?.value;
}

/** Whether a real server is of the service's family; tunnelled ones may be of the other. */
function isOf(server: ServerBody, wanted: Family | undefined, given: Given, report: Report): boolean {
  const { header, end } = server.value;
  if (wanted === undefined || family(header.address) === wanted) return true;
  const method = methodOf(server, given);
  if (method !== undefined && fits(header.address, wanted, method)) return true;
  const keepalived = `(${end.file}: Line ${end.line}) Address family of virtual server and real server ${header.address} don't match - skipping real server.`;
  const message = `real_server \`${header.address}\` is of another family than the service and is left out`;
  const below = last(given.lb_kind, given.lvs_method)?.value.forwarding === "tun";
  const help = below ? "move the method `TUN` above it" : "only a tunnel, `lvs_method TUN`, leads to the other family";
  report.error(["bad-address", message], server.span, { keepalived, help });
  return false;
}

function conflicts({ value, span, at }: Given["ip_family"][number], wanted: Family, report: Report): void {
  if ((value === "inet") === (wanted === 4)) return;
  const keepalived = `${at}Virtual server specified family ${value} conflicts with server family`;
  report.error(["conflict", `\`${value}\` is not the family of the service, IPv${wanted}`], span, { keepalived });
}

/** Of a netmask or a prefix length the one of the service's family. Keepalived reads `64` as the netmask 0.0.0.64. */
function fitting({ value, span, at }: Setting<Granularity>, wanted: Family, report: Report): Granularity | undefined {
  if (value.family === wanted) return value;
  if (wanted === 4) {
    const message = "an IPv4 service takes a netmask; this line has no effect";
    report.error(["bad-value", message], span, { status: 0, help: "write a netmask such as `255.255.255.0`" });
    return undefined;
  }
  const keepalived = `${at}Invalid IPv6 persistence_granularity specified`;
  const message = "an IPv6 service takes a prefix length; this line has no effect";
  report.error(["bad-value", message], span, { keepalived, help: "write a prefix length from 1 to 128" });
  return undefined;
}
