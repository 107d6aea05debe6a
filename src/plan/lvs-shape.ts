import { destinationName, serviceName } from "../base/ipvs.ts";
import type {
  FwmarkServerConfig,
  GroupEntryConfig,
  GroupServerConfig,
  RealServerConfig,
  ServiceConfig,
  SorryServerConfig,
  SslConfig,
  TunnelConfig,
  VirtualServerConfig,
  VirtualServerGroupConfig,
} from "../config/model/lvs.ts";
import { CHECKERS } from "./check-shape.ts";
import { group, list, type Shape, value } from "./shape.ts";
import { always, BY_NAME, command, seconds } from "./words.ts";

const tunnelOf = ({ type, port, checksum }: TunnelConfig): string =>
  [type, ...(type === "gue" ? [port] : []), ...(checksum === "none" ? [] : [checksum])].join(" ");

/** Shown in a MIB alone: what comes of it is said of the servers and their checkers. */
const UNSAID = value<unknown>("", { same: () => true });

/** `real_server`: one destination of the kernel's service. */
export const REAL_SERVERS = list<RealServerConfig>({
  words: "real_server",
  key: destinationName,
  title: destinationName,
  shape: {
    weight: value("weight", {
      effect: (_, to) => (to === 0 ? "no new clients; connections there go on" : "connections stay"),
    }),
    forwarding: value("lvs_method", { effect: always("counts for new connections") }),
    tunnel: value("tunnel", { show: tunnelOf, effect: always("counts for new connections") }),
    upperThreshold: value("uthreshold"),
    lowerThreshold: value("lthreshold"),
    inhibitOnFailure: value("inhibit_on_failure"),
    slowStart: seconds("slow_start", {
      effect: (_, to) =>
        to === undefined ? "its weight is there at once" : "counts when it returns, and where its weight rises",
    }),
    smtpAlert: value("smtp_alert"),
    snmpName: value("snmp_name"),
    notifyUp: command("notify_up"),
    notifyDown: command("notify_down"),
    checkers: CHECKERS,
    standard: UNSAID,
  },
  added: ({ checkers }) => {
    if (checkers.length === 0) return "up, since nothing checks it";
    return checkers.some((checker) => "alpha" in checker && checker.alpha)
      ? "down until its checks succeed"
      : "up until a check fails";
  },
  removed: always("its connections end"),
});

const SORRY = value<SorryServerConfig | undefined>("sorry_server", {
  show: ({ address, port, forwarding, tunnel, inhibitOnFailure }) =>
    [
      destinationName({ address, port }),
      forwarding,
      ...(tunnel === undefined ? [] : [tunnelOf(tunnel)]),
      ...(inhibitOnFailure ? ["inhibit"] : []),
    ].join(" "),
  effect: (_, to) =>
    to === undefined
      ? "servers that are alive get clients, with or without quorum"
      : "gets all clients while the quorum is lost",
});

const FLAGS = [
  [0x04, "ops"],
  [0x08, "flag-1"],
  [0x10, "flag-2"],
  [0x20, "flag-3"],
] as const;

const SERVICE: Shape<ServiceConfig> = {
  number: UNSAID,
  scheduler: value("lb_algo", { effect: always("connections stay") }),
  schedulerFlags: value("flags", {
    show: (flags) => FLAGS.flatMap(([flag, name]) => ((flags & flag) === 0 ? [] : [name])).join(" ") || "none",
  }),
  persistenceTimeout: value("persistence_timeout", { unit: "s" }),
  persistenceNetmask: value("persistence_granularity", { show: (length) => `/${length}` }),
  persistenceEngine: value("persistence_engine", { effect: always("counts for new connections") }),
  quorum: value("quorum", { effect: always("counted anew at once") }),
  hysteresis: value("hysteresis", { effect: always("counted anew at once") }),
  omega: value("omega"),
  haSuspend: value("ha_suspend", {
    effect: (_, to) => (to ? "checks rest while the address is elsewhere" : "checks run wherever the address is"),
  }),
  smtpAlert: value("smtp_alert"),
  snmpName: value("snmp_name"),
  quorumUp: command("quorum_up"),
  quorumDown: command("quorum_down"),
  realServers: REAL_SERVERS,
  sorryServer: SORRY,
  standard: UNSAID,
};

const SERVED = {
  shape: SERVICE,
  added: always("its servers are up until a check fails, with `alpha` down until all succeed"),
  removed: always("its connections end"),
} as const;

/** `virtual_server`: one service of the kernel. */
export const VIRTUAL_SERVERS = list<VirtualServerConfig>({
  words: "virtual_server",
  plural: "virtual servers",
  key: serviceName,
  title: serviceName,
  ...SERVED,
});

/** `virtual_server fwmark`: one service, too. */
export const FWMARK_SERVERS = list<FwmarkServerConfig>({
  words: "virtual_server fwmark",
  plural: "virtual servers by mark",
  key: serviceName,
  title: serviceName,
  ...SERVED,
});

/** `virtual_server group`: a service for each member. */
export const GROUP_SERVERS = list<GroupServerConfig>({
  words: "virtual_server group",
  plural: "virtual servers by group",
  key: ({ group, ordinal, protocol }) => `${group} ${ordinal} ${protocol}`,
  title: ({ group, ordinal }) => `[${group}]:${ordinal}`,
  ...SERVED,
});

const ENTRIES = list<GroupEntryConfig>({
  words: "member",
  key: (entry) => JSON.stringify(entry),
  title: (entry) =>
    entry.type === "fwmark"
      ? `fwmark ${entry.fwmark}`
      : `${destinationName({ address: entry.from, port: entry.port })}${entry.to === entry.from ? "" : ` to ${entry.to}`}`,
  shape: {},
  added: always("gets the servers that are alive"),
  removed: always("its connections end"),
});

/** `virtual_server_group`. */
export const SERVER_GROUPS = list<VirtualServerGroupConfig>({
  words: "virtual_server_group",
  plural: "virtual server groups",
  ...BY_NAME,
  shape: { entries: ENTRIES },
});

/** The `SSL` block. */
export const SSL = group<SslConfig>(
  "SSL",
  { ca: value("ca"), certificate: value("certificate"), key: value("key") },
  {
    whole: value("SSL", { show: ({ certificate, key, ca }) => [certificate, key, ca].join(" ").trim() || "given" }),
  },
);
