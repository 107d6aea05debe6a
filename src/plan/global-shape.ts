import { toSeconds } from "../base/time.ts";
import type { FifoConfig, FirewallConfig, GlobalConfig, ReceiveBuffers, TimedCommand } from "../config/model/global.ts";
import { DAEMON, DBUS, IPVS, RELOAD, SNMP } from "./daemon-shape.ts";
import { group, list, type Shape, type ValueRow, value } from "./shape.ts";
import { AT_A_START, always, seconds, unless } from "./words.ts";

function timed(words: string, more: { readonly effect?: () => string } = {}): ValueRow<TimedCommand | undefined> {
  const show = ({ command: { argv }, timeout }: TimedCommand): string => `${argv.join(" ")} (${toSeconds(timeout)} s)`;
  return value<TimedCommand | undefined>(words, { show, ...more });
}

function fifo(words: string): ValueRow<FifoConfig | undefined> {
  const show = ({ path, script }: FifoConfig): string => [path, ...(script?.argv ?? [])].join(" ");
  return value<FifoConfig | undefined>(words, { show });
}

const RECEIVE_BUFFERS = group<ReceiveBuffers>("", {
  policy: value("vrrp_rx_bufs_policy"),
  multiplier: value("vrrp_rx_bufs_multiplier"),
});

/** No iptables is used. */
const filtersAnyway = (): string => "nothing changes: the nftables table filters";

const FIREWALL = group<FirewallConfig>("", {
  table: value("nftables"),
  iptables: value("vrrp_iptables", { show: (chains) => chains.join(" ") || "INPUT OUTPUT", effect: filtersAnyway }),
  ipsets: value("vrrp_ipsets", { show: (names) => names.join(" ") || "off", effect: filtersAnyway }),
  priority: value("nftables_priority"),
  byIndex: value("nftables_ifindex"),
  counters: value("nftables_counters"),
});

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
  smtpTls: value("smtp_tls"),
  smtpAuthorities: value("smtp_tls_ca"),
  // The password is not shown.
  smtpLogin: value("smtp_auth", { show: ({ user }) => user }),
  smtpHeloName: value("smtp_helo_name", { show: (name) => name || '""' }),
  emailFaults: unless("no_email_faults"),
  garpInterval: seconds("vrrp_garp_interval"),
  gnaInterval: seconds("vrrp_gna_interval"),
  startupDelay: seconds("vrrp_startup_delay", { effect: always(AT_A_START) }),
  delayAfterBoot: seconds("vrrp_delay_after_boot", { effect: always(AT_A_START) }),
  scriptUser: value("script_user"),
  enableScriptSecurity: value("enable_script_security"),
  supplementaryGroups: value("set_supplementary_groups"),
  resolveSymlinks: unless("use_symlink_paths"),
  startupScript: timed("startup_script", { effect: always(AT_A_START) }),
  shutdownScript: timed("shutdown_script"),
  fifos: group("", {
    all: fifo("notify_fifo"),
    vrrp: fifo("vrrp_notify_fifo"),
    checkers: fifo("lvs_notify_fifo"),
  }),
  statesOnReload: value("fifo_write_vrrp_states_on_reload"),
  dynamicInterfaces: value("dynamic_interfaces"),
  iprouteDirectories: group("", { distribution: value("iproute_usr_dir"), local: value("iproute_etc_dir") }),
  localIgmp: unless("disable_local_igmp", { effect: always(AT_A_START) }),
  logUnknownVrids: value("log_unknown_vrids"),
  receiveBuffers: RECEIVE_BUFFERS,
  vmacPrefix: value("vmac_prefix"),
  vmacAddressPrefix: value("vmac_addr_prefix"),
  firewall: FIREWALL,
  daemon: DAEMON,
  reload: RELOAD,
  snmp: SNMP,
  dbus: DBUS,
  ipvs: IPVS,
};
