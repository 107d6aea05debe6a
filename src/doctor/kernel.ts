import { family } from "../base/ip.ts";
import type { Config } from "../config/model/model.ts";
import { TUNNELS } from "../real-server/preparation.ts";
import type { Duties, Service } from "./duties.ts";
import type { DoctorFacts, DoctorFinding } from "./facts.ts";

/** What the kernel lacks, or has too little of. */
export function kernelFindings(duties: Duties, facts: DoctorFacts): readonly DoctorFinding[] {
  return [
    ...(duties.director ? [...modules(duties.services, facts), ...timeouts(duties, facts)] : []),
    ...tunnelModules(duties, facts),
    ...conntrack(facts),
    ...(duties.director ? [...descriptors(duties.config, facts), ...capabilities(duties, facts)] : []),
  ];
}

function modules(services: readonly Service[], { module }: DoctorFacts): readonly DoctorFinding[] {
  const [first] = services;
  if (first === undefined) return [];
  if (module("ip_vs") === false) return [lacks("ip_vs", `\`${first.name}\` does not balance, and the daemon ends`)];
  const wanted = new Map<string, string>();
  for (const { name, scheduler, persistenceEngine } of services) {
    wanted.set(`ip_vs_${scheduler}`, `\`${name}\` is refused by the kernel: \`lb_algo ${scheduler}\``);
    if (persistenceEngine !== undefined)
      wanted.set(`ip_vs_pe_${persistenceEngine}`, `\`${name}\` is refused by the kernel: its persistence engine`);
  }
  return [...wanted].filter(([name]) => module(name) === false).map(([name, why]) => lacks(name, why));
}

const TUNNEL_MODULES = { ipip: "ipip", gre: "ip_gre", gue: "fou" } as const;

function tunnelModules({ served }: Duties, { module, interfaces }: DoctorFacts): readonly DoctorFinding[] {
  const found = new Map<string, string>();
  for (const { service, own } of served) {
    if (own.forwarding !== "tun") continue;
    const version = family(own.address);
    const type = own.tunnel?.type ?? "ipip";
    const name = type === "ipip" && version === 6 ? "ip6_tunnel" : TUNNEL_MODULES[type];
    const there = type === "ipip" && interfaces.some((link) => link.name === TUNNELS[version]);
    if (!there && module(name) === false) found.set(name, `packets of \`${service.name}\` cannot be unwrapped`);
  }
  return [...found].map(([name, why]) => lacks(name, why));
}

function lacks(name: string, why: string): DoctorFinding {
  return {
    code: "module-missing",
    severity: "error",
    seen: `this kernel has no module \`${name}\``,
    why,
    mend: `modprobe ${name}; where that fails, install the package of the kernel's further modules (linux-modules-extra)`,
  };
}

const FULL = 0.9;

function conntrack({ setting }: DoctorFacts): readonly DoctorFinding[] {
  const [count, most] = ["count", "max"].map((name) => Number(setting(`net/netfilter/nf_conntrack_${name}`) ?? 0));
  if (count === undefined || most === undefined || most === 0 || count < FULL * most) return [];
  return [
    {
      code: "conntrack-full",
      severity: count >= most ? "error" : "warning",
      seen: `conntrack knows ${count} connections of ${most} at most`,
      why: "what does not fit is dropped: new connections fail, also those of health checks",
      mend: `sysctl -w net.netfilter.nf_conntrack_max=${2 * most}`,
    },
  ];
}

const TCP_TIMEOUT = 900; // seconds; of IPVS where nothing is said

/** With vs/conntrack both have to know a connection. */
function timeouts({ config, services }: Duties, { setting }: DoctorFacts): readonly DoctorFinding[] {
  const tracked = Number(setting("net/netfilter/nf_conntrack_tcp_timeout_established") ?? 0);
  const ours = config.global.ipvs.timeouts.tcp === 0 ? TCP_TIMEOUT : config.global.ipvs.timeouts.tcp / 1_000_000;
  if (services.length === 0 || setting("net/ipv4/vs/conntrack") !== "1" || tracked === 0 || tracked >= ours) return [];
  return [
    {
      code: "conntrack-forgets",
      severity: "warning",
      seen: `conntrack forgets an idle TCP connection after ${tracked} s, IPVS after ${ours} s`,
      why: "with net.ipv4.vs.conntrack=1 what comes after that is no part of a known connection, and may be dropped",
      mend: `sysctl -w net.netfilter.nf_conntrack_tcp_timeout_established=${ours}`,
    },
  ];
}

const BESIDE = 64; // what the daemon has open beside its checks

function descriptors(config: Config, { descriptorLimit }: DoctorFacts): readonly DoctorFinding[] {
  const pools = [...config.virtualServers, ...config.fwmarkServers, ...config.groupServers];
  const checks = pools.flatMap(({ realServers }) => realServers.flatMap(({ checkers }) => checkers)).length;
  if (descriptorLimit === undefined || checks + BESIDE <= descriptorLimit) return [];
  return [
    {
      code: "descriptor-limit",
      severity: "warning",
      seen: `${checks} checks may be open at a time, and a process here may have ${descriptorLimit} files`,
      why: "checks that find no descriptor fail, and healthy servers go",
      mend: `LimitNOFILE=${2 * (checks + BESIDE)} in the unit of the daemon; ulimit -Hn elsewhere`,
    },
  ];
}

/** Bits of linux/capability.h, and what does not work without. */
const CAPABILITIES: readonly (readonly [
  name: string,
  bit: bigint,
  severity: DoctorFinding["severity"],
  why: string,
])[] = [
  ["CAP_NET_ADMIN", 12n, "error", "addresses, routes and the IPVS table cannot be changed"],
  ["CAP_NET_RAW", 13n, "error", "advertisements and ARP cannot be sent"],
  ["CAP_IPC_LOCK", 14n, "warning", "memory cannot be locked: a host that swaps delays advertisements"],
  ["CAP_SYS_NICE", 23n, "warning", "there is no real-time priority: a busy host delays advertisements"],
  ["CAP_SYS_RESOURCE", 24n, "warning", "limits cannot be raised for many checks"],
];

function capabilities({ config }: Duties, { capabilities: have }: DoctorFacts): readonly DoctorFinding[] {
  if (have === undefined) return [];
  return CAPABILITIES.filter(([name, bit]) => {
    const vrrp = name === "CAP_SYS_NICE" || name === "CAP_IPC_LOCK" || name === "CAP_NET_RAW";
    return (have & (1n << bit)) === 0n && (!vrrp || config.vrrpInstances.length > 0);
  }).map(([name, , severity, why]) => ({
    code: "capability-missing",
    severity,
    seen: `${name} is missing here`,
    why,
    mend: `run as root; in a container --cap-add ${name.slice(4)}, in a unit CapabilityBoundingSet=`,
  }));
}
