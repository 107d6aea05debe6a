import { family } from "../base/ip.ts";
import { destinationName, type Forwarding, type Protocol, type Scheduler, serviceName } from "../base/ipvs.ts";
import type { VIRTUAL_SERVER } from "../keywords/lvs.ts";
import type { Endpoint } from "../keywords/read-server.ts";
import type { Report } from "../syntax/report.ts";
import { type Body, last, type Setting, type Settings } from "../syntax/table.ts";
import type { RealServerConfig, VirtualServerConfig } from "./model.ts";
import { resolveRealServer, resolveSorryServer, type Service } from "./resolve-server.ts";

type ServiceBody = Setting<Body<Endpoint, typeof VIRTUAL_SERVER>>;
type Given = Settings<typeof VIRTUAL_SERVER>;

const PERSISTENCE = 360; // seconds, where persistence is on and no time is given

/** Every `virtual_server` that has a real server, in the order of reading. */
export function resolveVirtualServers(bodies: readonly ServiceBody[], report: Report): readonly VirtualServerConfig[] {
  const found = new Map<string, VirtualServerConfig>();
  for (const body of bodies) {
    const server = resolveVirtualServer(body, report);
    if (server === undefined) continue;
    const name = serviceName(server);
    if (found.has(name)) {
      const message = `virtual_server ${name} is defined already; this one is left out`;
      report.error(["duplicate", message], body.span, { help: "the kernel has one service of that name" });
    } else found.set(name, server);
  }
  return [...found.values()];
}

/** The checks and corrections, in Keepalived's order. */
function resolveVirtualServer(body: ServiceBody, report: Report): VirtualServerConfig | undefined {
  const { header, settings: given } = body.value;
  const chosen = last(given.protocol)?.value;
  const shown = `[${header.address}]:${chosen ?? "none"}:${header.port}`;
  const servers = ofFamily(given, header, report);
  if (servers.length === 0) {
    const keepalived = `Virtual server ${shown} has no real servers - ignoring`;
    const message = `virtual_server \`${header.address} ${header.port}\` has no real server and is left out`;
    report.error(["missing-keyword", message], body.span, { keepalived });
    return undefined;
  }
  const protocol = chosen ?? defaultProtocol(body, shown, report);
  const scheduler = last(given.lb_algo, given.lvs_sched)?.value ?? defaultScheduler(body, protocol, report);
  const service: Service = {
    ...header,
    protocol,
    name: serviceName({ ...header, protocol }),
    forwarding: last(given.lb_kind, given.lvs_method)?.value ?? defaultForwarding(body, protocol, report),
    given,
  };
  for (const { value, span, at } of given.ip_family) {
    if ((value === "inet") === (family(header.address) === 4)) continue;
    const keepalived = `${at}Virtual server specified family ${value} conflicts with server family`;
    report.error(["conflict", `\`${value}\` is not the family of \`${header.address}\``], span, { keepalived });
  }
  const persistence = persistenceOf(body, scheduler, service, report);
  const realServers = withoutDuplicates(servers, service, report);
  const weights = realServers.reduce((sum, { weight }) => sum + weight, 0);
  const quorum = quorumOf(body, weights, service, report);
  return {
    address: header.address,
    port: header.port,
    protocol,
    scheduler,
    schedulerFlags: schedulerFlags(body, protocol, report),
    ...persistence,
    ...quorum,
    realServers,
    sorryServer: resolveSorryServer(service, realServers, report),
  };
}

type ServerBody = Given["real_server"][number];

/** Real servers of the service's family; tunnelled ones may be of the other. */
function ofFamily(
  { real_server, lb_kind, lvs_method }: Given,
  { address }: Endpoint,
  report: Report,
): readonly ServerBody[] {
  return real_server.filter((server) => {
    const before = (setting: Setting<Forwarding>): boolean => setting.order < server.order;
    const method = last(server.value.settings.lvs_method) ?? last(lb_kind.filter(before), lvs_method.filter(before));
    const other = server.value.header.address;
    if (family(other) === family(address) || method?.value === "tun") return true;
    const { end } = server.value;
    const keepalived = `(${end.file}: Line ${end.line}) Address family of virtual server and real server ${other} don't match - skipping real server.`;
    const message = `real_server \`${other}\` is of another family than \`${address}\` and is left out`;
    report.error(["bad-address", message], server.span, { keepalived });
    return false;
  });
}

function withoutDuplicates(
  servers: readonly ServerBody[],
  service: Service,
  report: Report,
): readonly RealServerConfig[] {
  const written = new Set<string>();
  const found = new Map<string, RealServerConfig>();
  for (const server of servers) {
    const { header } = server.value;
    const real = resolveRealServer(server, service, report);
    const name = destinationName(real);
    if (found.has(name) || written.has(destinationName(header))) {
      const same = `[${header.address}]:${service.protocol}:${header.port}`;
      const keepalived = `VS ${service.name}: real server ${same} is duplicated - removing second rs`;
      const message = `real_server \`${header.address} ${real.port}\` is listed already; this one is left out`;
      report.error(["duplicate", message], server.span, { keepalived });
      continue;
    }
    written.add(destinationName(header));
    found.set(name, real);
  }
  return [...found.values()];
}

function defaultProtocol({ value, span }: ServiceBody, shown: string, report: Report): Protocol {
  const tcp = value.settings.real_server.some(
    ({ value: { settings } }) => settings.TCP_CHECK.length + settings.HTTP_GET.length > 0,
  );
  report.warning(["default-protocol", "no `protocol` is given: this is a UDP service"], span, {
    status: 5,
    help: tcp ? "its servers are checked over TCP: `protocol TCP` is meant?" : "write `protocol UDP` or `protocol TCP`",
    keepalived: `Virtual server ${shown}: no protocol set - defaulting to UDP`,
  });
  return "udp";
}

function defaultScheduler({ value, span }: ServiceBody, protocol: Protocol, report: Report): Scheduler {
  const keepalived = `Virtual server ${serviceName({ ...value.header, protocol })}: no scheduler set, setting default 'wlc'`;
  report.warning(["default-scheduler", "no `lb_algo` is given: `wlc` is used"], span, { status: 5, keepalived });
  return "wlc";
}

function defaultForwarding({ value, span }: ServiceBody, protocol: Protocol, report: Report): Forwarding {
  const keepalived = `Virtual server ${serviceName({ ...value.header, protocol })}: no forwarding method set, setting default NAT`;
  report.warning(["default-forwarding", "no `lb_kind` is given: `NAT` is used"], span, { status: 5, keepalived });
  return "nat";
}

function persistenceOf(
  { value, span }: ServiceBody,
  scheduler: Scheduler,
  service: Service,
  report: Report,
): Pick<VirtualServerConfig, "persistenceTimeout" | "persistenceNetmask"> {
  const { settings } = value;
  const version = family(service.address);
  const granularity = last(settings.persistence_granularity);
  const fits = granularity?.value.family === version ? granularity.value : undefined;
  if (granularity !== undefined && fits === undefined) {
    const message = version === 4 ? "an IPv4 service takes a netmask" : "an IPv6 service takes a prefix length";
    report.error(["bad-value", `${message}; this line has no effect`], granularity.span);
  }
  const setting = last(settings.persistence_timeout);
  let persistenceTimeout = setting?.value ?? (fits === undefined ? 0 : PERSISTENCE);
  if (service.port === 0 && persistenceTimeout === 0) {
    persistenceTimeout = PERSISTENCE;
    report.warning(["default-persistence", "a service without a port is persistent: 360 seconds are used"], span, {
      status: 5,
      keepalived: `Virtual server ${service.name}: zero port only valid for persistent services - setting`,
    });
  }
  if (setting !== undefined && (scheduler === "rr" || scheduler === "wrr"))
    report.hint(
      [
        "persistence-hides-scheduler",
        `for ${setting.value} seconds all connections of a client go to one real server, whatever \`${scheduler}\` says`,
      ],
      setting.keyword,
      { help: "to see requests alternate, delete `persistence_timeout`" },
    );
  return { persistenceTimeout, persistenceNetmask: fits?.prefixLength ?? (version === 4 ? 32 : 128) };
}

function quorumOf(
  { value, span }: ServiceBody,
  weights: number,
  service: Service,
  report: Report,
): Pick<VirtualServerConfig, "quorum" | "hysteresis"> {
  const asked = last(value.settings.quorum);
  const wanted = asked?.value ?? 1;
  // Keepalived differs: at a sum of 0 its quorum becomes 0 and its hysteresis 4294967295; here the quorum is just never gained.
  const quorum = Math.max(1, Math.min(wanted, weights));
  if (wanted > weights)
    report.warning(
      ["quorum-reduced", `quorum ${wanted} exceeds the sum of the weights, ${weights}: ${quorum} is used`],
      asked?.span ?? span,
      {
        status: 5,
        keepalived: `Warning - quorum ${wanted} for ${service.name} exceeds total weight of real servers ${weights}, reducing quorum to ${weights}`,
      },
    );
  const margin = last(value.settings.hysteresis);
  if (margin === undefined || margin.value < quorum) return { quorum, hysteresis: margin?.value ?? 0 };
  const hysteresis = quorum - 1;
  const message = `hysteresis ${margin.value} must be below the quorum, ${quorum}: ${hysteresis} is used`;
  report.warning(["hysteresis-reduced", message], margin.span, {
    status: 5,
    keepalived: `Virtual server ${service.name}: hysteresis ${margin.value} >= quorum ${quorum}; setting hysteresis to ${hysteresis}`,
  });
  return { quorum, hysteresis };
}

/** IP_VS_SVC_F_* of linux/ip_vs.h, by keyword. */
const FLAGS = { "flag-1": 0x08, "flag-2": 0x10, "flag-3": 0x20 } as const;
const HASH_FLAGS = { "sh-port": 0x10, "sh-fallback": 0x08, "mh-port": 0x10, "mh-fallback": 0x08 } as const;
const ONE_PACKET = 0x04;

function schedulerFlags({ value: { header, settings } }: ServiceBody, protocol: Protocol, report: Report): number {
  let flags = 0;
  for (const [keyword, flag] of Object.entries(FLAGS) as [keyof typeof FLAGS, number][])
    if (settings[keyword].length > 0) flags |= flag;
  for (const [keyword, flag] of Object.entries(HASH_FLAGS) as [keyof typeof HASH_FLAGS, number][]) {
    const needed = keyword.slice(0, 2);
    for (const { order, keyword: span, at } of settings[keyword]) {
      const before = last(...[settings.lb_algo, settings.lvs_sched].map((list) => list.filter((s) => s.order < order)));
      if (before?.value === needed) flags |= flag;
      else {
        const keepalived = `${at}${keyword} only applies to sh scheduler - ignoring`;
        const help = `write it below \`lb_algo ${needed}\``;
        report.error(["bad-place", `\`${keyword}\` belongs to scheduler \`${needed}\``], span, { keepalived, help });
      }
    }
  }
  for (const { keyword, at } of settings.hashed)
    report.warning(["no-effect", "`hashed` has no effect"], keyword, {
      status: 5,
      keepalived: `${at}hashed only applies to sh scheduler - ignoring`,
    });
  const [onePacket] = settings.ops;
  if (onePacket === undefined) return flags;
  if (protocol === "udp") return flags | ONE_PACKET;
  report.warning(["conflict", "`ops` is for UDP only and has no effect"], onePacket.keyword, {
    status: 5,
    keepalived: `Virtual server ${serviceName({ ...header, protocol })}: one packet scheduling requires UDP - resetting`,
  });
  return flags;
}
