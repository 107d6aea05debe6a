import type { AnnounceConfig, VirtualAddress, VrrpInstanceConfig, VrrpScriptConfig } from "../config/model.ts";
import type { CommandConfig } from "../config/model-command.ts";
import type { DaemonConfig, FifoConfig, GlobalConfig, ProcessConfig, TimedCommand } from "../config/model-global.ts";
import type { TrackedScript } from "../config/model-track.ts";
import { group, type ListRow, list, type Shape, value } from "./shape.ts";
import { always, seconds } from "./words.ts";

const AT_A_START = "counts at the next start only";
const AT_ALL = "every director needs the same";

const COMMAND: Shape<CommandConfig> = {
  argv: value("script", { show: (argv) => argv.join(" ") }),
  user: value("user"),
  group: value("group"),
};

const DAEMON_SCRIPT: Shape<TimedCommand> = { command: group("", COMMAND), timeout: seconds("timeout") };
const FIFO: Shape<FifoConfig> = { path: value("path"), script: group("reader", COMMAND) };

const PROCESS: Shape<ProcessConfig> = {
  cpus: value("cpu_affinity", { show: (cpus) => cpus.join(" ") }),
  realtimeLimit: value("rlimit_rttime"),
};
const DAEMON: Shape<DaemonConfig> = {
  vrrp: group("vrrp", PROCESS),
  checkers: group("checkers", PROCESS),
  bfd: group("bfd", PROCESS),
  childWait: seconds("child_wait_time"),
};

/** `global_defs`. Defaults of instances and scripts are compared there, where they count. */
export const GLOBAL: Shape<GlobalConfig> = {
  routerId: value("router_id"),
  notificationEmail: list({
    words: "notification_email",
    key: (address) => address,
    title: (address) => address,
    shape: {},
  }),
  notificationEmailFrom: value("notification_email_from"),
  smtpServer: value("smtp_server"),
  smtpConnectTimeout: seconds("smtp_connect_timeout"),
  garpInterval: seconds("vrrp_garp_interval"),
  gnaInterval: seconds("vrrp_gna_interval"),
  startupDelay: seconds("vrrp_startup_delay", { effect: always(AT_A_START) }),
  scriptUser: value("script_user"),
  enableScriptSecurity: value("enable_script_security"),
  startupScript: group("startup_script", DAEMON_SCRIPT),
  shutdownScript: group("shutdown_script", DAEMON_SCRIPT),
  fifos: group("", {
    all: group("notify_fifo", FIFO),
    vrrp: group("vrrp_notify_fifo", FIFO),
    checkers: group("lvs_notify_fifo", FIFO),
  }),
  firewall: group("", {
    table: value("nftables"),
    iptables: value("vrrp_iptables", { show: (chains) => chains.join(" ") }),
    ipsets: value("vrrp_ipsets", { show: (names) => names.join(" ") }),
  }),
  daemon: group("", DAEMON),
};

/** `vrrp_script`. A result is the result of a command line. */
export const SCRIPTS = list<VrrpScriptConfig>({
  words: "vrrp_script",
  plural: "scripts",
  key: ({ name }) => name,
  title: ({ name }) => `\`${name}\``,
  shape: {
    argv: value("script", { show: (argv) => argv.join(" ") }),
    interval: seconds("interval"),
    timeout: seconds("timeout"),
  },
  removed: always("runs no more"),
  changed: (fields) => (fields.has("argv") ? "its result is unknown until it has run" : "its result stays"),
});

/** A virtual router is the same as long as its interface and its VRID are. */
export function instanceKey({ interface: name, vrid }: Pick<VrrpInstanceConfig, "interface" | "vrid">): string {
  return `${name} ${vrid}`;
}

const TRACKED_SCRIPTS = list<TrackedScript>({
  words: "track_script",
  key: ({ script }) => script,
  title: ({ script }) => `\`${script}\``,
  shape: {},
});

const ANNOUNCE: Shape<AnnounceConfig> = {
  repeat: value("garp_master_repeat"),
  delay: seconds("garp_master_delay"),
  refresh: seconds("garp_master_refresh"),
  refreshRepeat: value("garp_master_refresh_repeat"),
  lowerPriorityRepeat: value("garp_lower_prio_repeat"),
  lowerPriorityDelay: seconds("garp_lower_prio_delay"),
};

/** `vrrp_instance`. */
export const INSTANCES = list<VrrpInstanceConfig>({
  words: "vrrp_instance",
  plural: "instances",
  key: instanceKey,
  successor: ({ name }) => name,
  title: ({ name, interface: carrier, vrid }) => `\`${name}\` (\`${carrier}\`, VRID ${vrid})`,
  shape: {
    name: value("name", { effect: always("the same virtual router goes on") }),
    interface: value("interface"),
    vrid: value("virtual_router_id"),
    priority: value("priority", { effect: always("mastership may move") }),
    wantedState: value("state", { effect: always(AT_A_START) }),
    advertInterval: seconds("advert_int", { effect: always(AT_ALL) }),
    downTimerAdverts: value("down_timer_adverts"),
    preemptDelay: seconds("preempt_delay"),
    // The password is not shown.
    authentication: value("authentication", { show: ({ type }) => type, effect: always(AT_ALL) }),
    strict: value("strict_mode"),
    skipCheckAdvertAddresses: value("skip_check_adv_addr"),
    sourceAddress: value("mcast_src_ip"),
    lowerPriorityAdvert: value("advertises at a lower priority"),
    higherPriorityAdvert: value("higher_prio_send_advert"),
    addresses: addresses("virtual_ipaddress"),
    excludedAddresses: addresses("virtual_ipaddress_excluded"),
    trackScripts: TRACKED_SCRIPTS,
    announce: group("", ANNOUNCE),
  },
  added: always("begins as at a start"),
  removed: always("a master resigns, and its addresses go that no other master here has"),
  replaced: always("another interface or VRID is another instance: this one begins as at a start, the old one ends"),
});

const SCOPES = new Map([
  [0, "global"],
  [200, "site"],
  [253, "link"],
  [254, "host"],
]);

/** What the kernel tells apart; the order is that of the advertisements, and of the announcements. */
function addresses(words: string): ListRow<VirtualAddress> {
  const name = ({ address, prefixLength }: VirtualAddress): string => `${address}/${prefixLength}`;
  return list<VirtualAddress>({
    words,
    ordered: true,
    key: (item) => `${name(item)} ${item.interface}`,
    title: (item) => `${name(item)} dev ${item.interface}`,
    shape: {
      broadcast: value("brd"),
      scope: value("scope", { show: (scope) => SCOPES.get(scope) ?? scope }),
    },
    added: always("a master sets and announces it"),
    removed: always("a master takes it down, unless another master here has it"),
  });
}
