import type { IpAddress } from "../../base/ip.ts";
import type { Micros } from "../../base/time.ts";
import type { CommandConfig } from "./command.ts";

/** `global_defs`, and the keywords of the top level that are about the daemon. */
export interface GlobalConfig {
  readonly routerId: string | undefined; // undefined: the host name
  readonly notificationEmail: readonly string[];
  readonly notificationEmailFrom: string | undefined;
  readonly smtpServer: string | undefined; // as written: address or name, optional port
  readonly smtpConnectTimeout: Micros;
  readonly smtpTls: boolean; // smtp_tls, or smtp_auth, which needs it
  readonly smtpAuthorities: string | undefined; // path of certificates; undefined: Node's own
  readonly smtpLogin: { readonly user: string; readonly password: string } | undefined;
  readonly smtpHeloName: string | undefined; // undefined: the host name
  readonly emailFaults: boolean; // `no_email_faults` is false
  readonly garpInterval: Micros; // least gap between gratuitous ARPs on one interface; 0 = none
  readonly gnaInterval: Micros;
  readonly startupDelay: Micros; // vrrp_startup_delay
  readonly delayAfterBoot: Micros; // vrrp_delay_after_boot
  readonly scriptUser: string | undefined;
  readonly enableScriptSecurity: boolean;
  readonly supplementaryGroups: boolean; // scripts have those of their user
  readonly resolveSymlinks: boolean; // `use_symlink_paths` is false
  readonly startupScript: TimedCommand | undefined;
  readonly shutdownScript: TimedCommand | undefined;
  readonly fifos: Readonly<Record<"all" | "vrrp" | "checkers", FifoConfig | undefined>>;
  readonly statesOnReload: boolean; // fifo_write_vrrp_states_on_reload
  readonly dynamicInterfaces: "refused" | "accepted" | "may-change"; // interfaces that do not exist yet
  readonly iprouteDirectories: { readonly distribution: string | undefined; readonly local: string | undefined }; // of its name tables
  readonly localIgmp: boolean; // `disable_local_igmp` is false
  readonly logUnknownVrids: boolean;
  readonly receiveBuffers: ReceiveBuffers;
  readonly vmacPrefix: string; // of generated interface names
  readonly vmacAddressPrefix: string;
  readonly firewall: FirewallConfig;
  readonly daemon: DaemonConfig;
  readonly reload: ReloadConfig;
  readonly snmp: SnmpConfig;
  readonly dbus: DbusConfig | undefined; // undefined: off
  readonly ipvs: IpvsConfig;
}

/** A script of the daemon, with the time it may take. */
export interface TimedCommand {
  readonly command: CommandConfig;
  readonly timeout: Micros;
}

/** `notify_fifo` and its kin. */
export interface FifoConfig {
  readonly path: string;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly script: CommandConfig | undefined; // reads it; gets the path as its last argument
}

/** How large the receive buffers of VRRP sockets are. */
export interface ReceiveBuffers {
  readonly policy: "system" | "mtu" | "advert" | number; // number: bytes
  readonly multiplier: number; // of the sizes that `mtu` and `advert` mean
}

/** nftables of the VRRP process. */
export interface FirewallConfig {
  readonly table: string; // keepalived
  readonly iptables: readonly string[] | undefined; // vrrp_iptables: chains for input and output; empty: INPUT and OUTPUT
  readonly ipsets: readonly string[] | undefined; // vrrp_ipsets: their names; empty: none
  readonly priority: number; // of the base chains
  readonly byIndex: boolean; // interfaces by index instead of by name
  readonly counters: boolean;
}

/** The processes and their files. */
export interface DaemonConfig {
  readonly instance: string | undefined;
  readonly namespace: string | undefined; // net_namespace
  readonly ipvsNamespace: string | true | undefined; // net_namespace_ipvs; true: the host's own; undefined: the daemon's
  readonly pidDirectory: boolean; // pid files stand in a directory of their own
  readonly childWait: Micros; // for children to end
  readonly name: string; // of the parent
  readonly vrrp: ProcessConfig;
  readonly checkers: ProcessConfig;
  readonly bfd: ProcessConfig;
  readonly processMonitorBuffer: NetlinkBuffer; // of the events about tracked processes
  readonly maxAutoPriority: number; // 0 = off
  readonly minAutoPriorityDelay: Micros; // from here on lateness is said, and counts
  readonly umask: number; // 0 to 0o777
  readonly randomSeed: number | undefined;
  readonly configSaveDirectory: string | undefined;
  readonly temporaryConfigDirectory: string | undefined;
  readonly dumpByInstance: boolean; // data_use_instance
  readonly stateDump: string | undefined;
  readonly statsDump: string | undefined;
  readonly jsonDump: string | undefined;
  readonly jsonVersion: number;
}

/** One of the children. */
export interface ProcessConfig {
  readonly name: string; // at most 15 characters
  readonly nice: number;
  readonly realtimePriority: number; // 0 = not realtime
  readonly realtimeLimit: Micros; // of processor time without a pause; Keepalived's: base/scheduling.ts
  readonly locked: boolean; // its memory is never swapped
  readonly cpus: readonly number[]; // none: all
  readonly netlinkCommandBuffer: NetlinkBuffer;
  readonly netlinkMonitorBuffer: NetlinkBuffer;
}

/** The receive buffer of a netlink socket. */
export interface NetlinkBuffer {
  readonly bytes: number; // 0 = the kernel's choice
  readonly force: boolean; // beyond rmem_max
}

/** How the configuration is read again. */
export interface ReloadConfig {
  readonly check: boolean; // reload_check_config
  readonly checkLog: string | undefined;
  readonly timeFile: string | undefined;
  readonly repeat: boolean;
  readonly markerFile: string | boolean; // true: in the pid directory
}

/** SNMP; everything off means no agent. */
export interface SnmpConfig {
  readonly socket: string;
  readonly traps: boolean;
  readonly vrrp: boolean;
  readonly checkers: boolean;
  readonly rfc2787: boolean; // VRRPv2 MIB
  readonly rfc6527: boolean; // VRRPv3 MIB
  readonly smtpAlerts: SmtpAlerts | undefined; // as written, since a MIB shows that; undefined: none is
  readonly virtualServerAge: Micros; // least, before counters are read again
  readonly realServerAge: Micros;
}

/** `smtp_alert`, `smtp_alert_vrrp`, `smtp_alert_checker`; undefined: not written. */
export interface SmtpAlerts {
  readonly all: boolean | undefined;
  readonly vrrp: boolean | undefined;
  readonly checkers: boolean | undefined;
}

/** D-Bus. */
export interface DbusConfig {
  readonly service: string;
  readonly noInterfaceName: string | undefined; // path word of instances without interface
}

/** What `global_defs` says about IPVS and the checkers. */
export interface IpvsConfig {
  readonly flushAtStart: boolean;
  readonly flushAtStop: "no" | "own" | "all";
  readonly timeouts: { readonly tcp: Micros; readonly tcpFin: Micros; readonly udp: Micros }; // 0: the kernel's
  readonly comparison: { readonly mode: "off" | "report" | "repair"; readonly interval: Micros }; // lvs_compare
  readonly checkOnce: boolean; // equal checks of several real servers run once
  readonly syncDaemon: SyncDaemonConfig | undefined;
  readonly table: string | undefined; // nftables_ipvs; undefined: firewall marks are not set
  readonly tablePriority: number;
  readonly firstMark: number;
  readonly initialNotifies: boolean; // rs_init_notifies
  readonly checkerEmails: boolean; // `no_checker_emails` is false
}

/** `lvs_sync_daemon`: the kernel copies connections to the other director. */
export interface SyncDaemonConfig {
  readonly interface: string;
  readonly instance: string | undefined; // whose state it follows
  readonly id: number | undefined; // undefined: the VRID
  readonly maxLength: number | undefined;
  readonly port: number;
  readonly ttl: number | undefined;
  readonly group: IpAddress;
}
