import type { Family } from "../../base/ip.ts";
import type { Protocol, Scheduler } from "../../base/ipvs.ts";
import type { VIRTUAL_SERVER } from "../../keywords/lvs.ts";
import type { Method } from "../../keywords/read-forwarding.ts";
import type { Granularity } from "../../keywords/read-server.ts";
import type { ServiceHeader } from "../../keywords/read-service.ts";
import type { Report } from "../../syntax/report.ts";
import { type Body, last, type Setting } from "../../syntax/table.ts";
import type { CheckerConfig } from "../model/check.ts";
import type { ServiceConfig } from "../model/lvs.ts";
import type { Service } from "./server.ts";

/** A `virtual_server` as it is written. */
export type ServiceBody = Setting<Body<ServiceHeader, typeof VIRTUAL_SERVER>>;

/** The service as it could be written: `virtual_server fwmark 5`. */
export function titleOf(header: ServiceHeader): string {
  if ("address" in header) return `virtual_server \`${header.address} ${header.port}\``;
  return "group" in header ? `virtual_server \`group ${header.group}\`` : `virtual_server \`fwmark ${header.fwmark}\``;
}

/** UDP, which is hardly ever meant. `name`: the service without its protocol. */
export function defaultProtocol({ value, span }: ServiceBody, name: string, report: Report): Protocol {
  const tcp = value.settings.real_server.some(
    ({ value: { settings } }) => settings.TCP_CHECK.length + settings.HTTP_GET.length + settings.SSL_GET.length > 0,
  );
  report.warning(["default-protocol", "no `protocol` is given: this is a UDP service"], span, {
    status: 5,
    help: tcp ? "its servers are checked over TCP: `protocol TCP` is meant?" : "write `protocol UDP` or `protocol TCP`",
    keepalived: `Virtual server ${name}: no protocol set - defaulting to UDP`,
  });
  return "udp";
}

const TRANSPORT: Readonly<Partial<Record<CheckerConfig["type"], Protocol>>> = {
  tcp: "tcp",
  http: "tcp",
  ssl: "tcp",
  smtp: "tcp",
  grpc: "tcp",
  udp: "udp",
  dns: "udp",
};

/** Says where every check of a service asks over another protocol than its clients do. */
export function checkProtocol(
  { value: { settings } }: ServiceBody,
  protocol: Protocol,
  { realServers }: Pick<ServiceConfig, "realServers">,
  report: Report,
): void {
  const place = last(settings.protocol);
  let asked: Protocol | undefined;
  for (const { checkers } of realServers) {
    for (const { type } of checkers) {
      asked = TRANSPORT[type];
      if (asked === undefined || asked === protocol) return;
    }
  }
  if (asked === undefined || place === undefined) return;
  const [theirs, own] = [asked.toUpperCase(), protocol.toUpperCase()];
  report.hint(["check-protocol", `the servers are checked over ${theirs} only, the service is ${own}`], place.span, {
    help: `a server that answers over ${theirs} may be dead to those who use it over ${own}`,
  });
}

/** `lb_algo`, or wlc. */
export function schedulerOf({ value, span }: ServiceBody, name: string, report: Report): Scheduler {
  const given = last(value.settings.lb_algo, value.settings.lvs_sched);
  if (given !== undefined) return given.value;
  const keepalived = `Virtual server ${name}: no scheduler set, setting default 'wlc'`;
  report.warning(["default-scheduler", "no `lb_algo` is given: `wlc` is used"], span, { status: 5, keepalived });
  return "wlc";
}

const NAT: Method = { forwarding: "nat", tunnel: undefined };

/** `lb_kind`, or NAT. */
export function methodOf({ value, span }: ServiceBody, name: string, report: Report): Method {
  const given = last(value.settings.lb_kind, value.settings.lvs_method);
  if (given !== undefined) return given.value;
  const keepalived = `Virtual server ${name}: no forwarding method set, setting default NAT`;
  report.warning(["default-forwarding", "no `lb_kind` is given: `NAT` is used"], span, { status: 5, keepalived });
  return NAT;
}

const PERSISTENCE = 360; // seconds, where persistence is on and no time is given

/** How long, and how many addresses at once, clients stay with a server. `portless`: connections to any port count. */
export function persistenceOf(
  { value: { settings }, span }: ServiceBody,
  {
    scheduler,
    name,
    portless,
    family,
    granularity,
  }: {
    readonly scheduler: Scheduler;
    readonly name: string;
    readonly portless: boolean;
    readonly family: Family;
    readonly granularity: Granularity | undefined;
  },
  report: Report,
): Pick<ServiceConfig, "persistenceTimeout" | "persistenceNetmask"> {
  const setting = last(settings.persistence_timeout);
  let persistenceTimeout = setting?.value ?? (granularity === undefined ? 0 : PERSISTENCE);
  if (portless && persistenceTimeout === 0) {
    persistenceTimeout = PERSISTENCE;
    report.warning(["default-persistence", "a service without a port is persistent: 360 seconds are used"], span, {
      status: 5,
      keepalived: `Virtual server ${name}: zero port only valid for persistent services - setting`,
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
  return { persistenceTimeout, persistenceNetmask: granularity?.prefixLength ?? (family === 4 ? 32 : 128) };
}

/** The name that the kernel's table keeps: 16 characters. It has no effect without a timeout. */
export function engineOf(given: Service["given"], timeout: number, report: Report): string | undefined {
  const engine = last(given.persistence_engine);
  if (engine === undefined) return undefined;
  const { value, span, at } = engine;
  if (value.length > 16) {
    const keepalived = `${at}persistence_name too long, truncating - ${value}`;
    const message = `\`${value}\` is cut to \`${value.slice(0, 16)}\``;
    report.error(["bad-value", message], span, { keepalived, help: "the kernel has `sip`" });
  }
  if (timeout === 0) {
    const message = "`persistence_engine` has no effect without `persistence_timeout`";
    report.error(["no-effect", message], engine.keyword, { status: 0, help: "write `persistence_timeout`" });
  }
  return value.slice(0, 16);
}

/** Quorum and hysteresis, brought to what the weights allow. `weights`: their sum. */
export function quorumOf(
  { value, span }: ServiceBody,
  weights: number,
  name: string,
  report: Report,
): Pick<ServiceConfig, "quorum" | "hysteresis"> {
  const asked = last(value.settings.quorum);
  const wanted = asked?.value ?? 1;
  const margin = last(value.settings.hysteresis);
  // Keepalived differs: at a sum of 0 its quorum becomes 0 and its hysteresis 4294967295; here the quorum is just never gained.
  const quorum = Math.max(1, Math.min(wanted, weights));
  if (wanted > weights) {
    const logged = `Warning - quorum ${wanted} for ${name} exceeds total weight of real servers ${weights}, reducing quorum to ${weights}`;
    const wrapped = `\nVirtual server ${name}: hysteresis ${margin?.value ?? 0} >= quorum 0; setting hysteresis to 4294967295`;
    report.warning(
      ["quorum-reduced", `quorum ${wanted} exceeds the sum of the weights, ${weights}: ${quorum} is used`],
      asked?.span ?? span,
      { status: 5, keepalived: weights === 0 ? logged + wrapped : logged },
    );
  }
  if (margin === undefined || margin.value < quorum) return { quorum, hysteresis: margin?.value ?? 0 };
  const hysteresis = quorum - 1;
  const message = `hysteresis ${margin.value} must be below the quorum, ${quorum}: ${hysteresis} is used`;
  const logged = `Virtual server ${name}: hysteresis ${margin.value} >= quorum ${quorum}; setting hysteresis to ${hysteresis}`;
  const details = { status: 5 as const, ...(weights === 0 ? {} : { keepalived: logged }) };
  report.warning(["hysteresis-reduced", message], margin.span, details);
  return { quorum, hysteresis };
}

/** IP_VS_SVC_F_* of linux/ip_vs.h, by keyword. */
const FLAGS = [
  ["flag-1", 0x08],
  ["flag-2", 0x10],
  ["flag-3", 0x20],
] as const;
const HASH_FLAGS = [
  ["sh-port", "sh", 0x10],
  ["sh-fallback", "sh", 0x08],
  ["mh-port", "mh", 0x10],
  ["mh-fallback", "mh", 0x08],
] as const;
const ONE_PACKET = 0x04;

/** `protocol`: undefined where firewall marks alone decide, and every packet may be one of UDP. */
export function schedulerFlags(
  settings: Service["given"],
  protocol: Protocol | undefined,
  name: string,
  report: Report,
): number {
  let flags = 0;
  for (const [keyword, flag] of FLAGS) if (settings[keyword].length > 0) flags |= flag;
  for (const [keyword, needed, flag] of HASH_FLAGS) {
    for (const { order, keyword: span, at } of settings[keyword]) {
      const before = last(...[settings.lb_algo, settings.lvs_sched].map((list) => list.filter((s) => s.order < order)));
      if (before?.value === needed) flags |= flag;
      else {
        // 2.2.7 takes the words of `sh` and `mh` for each other.
        const hashes = before?.value === "sh" || before?.value === "mh";
        const logged = { keepalived: `${at}${keyword} only applies to sh scheduler - ignoring` };
        const help = `write it below \`lb_algo ${needed}\``;
        const finding = ["bad-place", `\`${keyword}\` belongs to scheduler \`${needed}\``] as const;
        report.error(finding, span, { help, ...(hashes ? { status: 0 } : logged) });
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
  if (protocol === "udp" || protocol === undefined) return flags | ONE_PACKET;
  report.warning(["conflict", "`ops` is for UDP only and has no effect"], onePacket.keyword, {
    status: 5,
    keepalived: `Virtual server ${name}: one packet scheduling requires UDP - resetting`,
  });
  return flags;
}
