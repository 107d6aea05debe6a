import { type Micros, seconds } from "../../base/time.ts";
import { GLOBAL_DEFS } from "../../keywords/global.ts";
import type { TOP } from "../../keywords/language.ts";
import type { Script } from "../../keywords/script.ts";
import type { Report } from "../../syntax/report.ts";
import { last, type Setting, type Settings } from "../../syntax/table.ts";
import { commandOf } from "../command.ts";
import type { FifoConfig, GlobalConfig, SnmpConfig } from "../model/global.ts";
import { givenOnce } from "../reference.ts";
import { daemonConfig, reloadConfig } from "./daemon.ts";
import { firewallConfig } from "./firewall.ts";
import { ipvsConfig } from "./ipvs.ts";

type Globals = Settings<typeof GLOBAL_DEFS>;

/** `global_defs` may be given several times; what comes later counts. */
export function mergeGlobals(bodies: readonly Globals[]): Globals {
  const entries = Object.keys(GLOBAL_DEFS).map((keyword) => {
    return [keyword, bodies.flatMap((body) => [...body[keyword as keyof Globals]])];
  });
  return Object.fromEntries(entries) as Globals;
}

/** The daemon's own settings. */
export function resolveGlobal(tree: Settings<typeof TOP>, globals: Globals, report: Report): GlobalConfig {
  const standard = givenOnce(
    "vmac_prefix",
    globals.vmac_prefix,
    again("vmac prefix has already been specified"),
    report,
  );
  const prefix = standard?.value ?? "vrrp";
  const addressPrefix = givenOnce(
    "vmac_addr_prefix",
    globals.vmac_addr_prefix,
    again("vmac_addr prefix has already been specified"),
    report,
  );
  const nftables = givenOnce("nftables", globals.nftables, () => "nftables already specified - ignoring", report);
  const scriptUser = last(globals.script_user)?.value ?? [];
  return {
    routerId: last(globals.router_id)?.value,
    notificationEmail: globals.notification_email.flatMap(({ value }) => value.map((item) => item.value)),
    notificationEmailFrom: last(globals.notification_email_from)?.value,
    smtpServer: last(globals.smtp_server)?.value,
    smtpConnectTimeout: connectTimeout(globals, report),
    smtpTls: globals.smtp_tls.length + globals.smtp_auth.length > 0,
    smtpAuthorities: last(globals.smtp_tls_ca)?.value,
    smtpLogin: last(globals.smtp_auth)?.value,
    smtpHeloName: last(globals.smtp_helo_name)?.value,
    emailFaults: globals.no_email_faults.length === 0,
    garpInterval: last(globals.vrrp_garp_interval)?.value ?? 0,
    gnaInterval: last(globals.vrrp_gna_interval)?.value ?? 0,
    startupDelay: last(globals.vrrp_startup_delay)?.value ?? 0,
    delayAfterBoot: last(globals.vrrp_delay_after_boot)?.value ?? 0,
    scriptUser: scriptUser[0],
    enableScriptSecurity: globals.enable_script_security.length > 0,
    supplementaryGroups: last(globals.set_supplementary_groups)?.value ?? false,
    resolveSymlinks: !(last(globals.use_symlink_paths)?.value ?? false),
    startupScript: daemonScript("startup", globals.startup_script, globals.startup_script_timeout, scriptUser, report),
    shutdownScript: daemonScript(
      "shutdown",
      globals.shutdown_script,
      globals.shutdown_script_timeout,
      scriptUser,
      report,
    ),
    fifos: {
      all: fifo("notify_fifo", globals.notify_fifo, globals.notify_fifo_script, scriptUser, report),
      vrrp: fifo("vrrp_notify_fifo", globals.vrrp_notify_fifo, globals.vrrp_notify_fifo_script, scriptUser, report),
      checkers: fifo("lvs_notify_fifo", globals.lvs_notify_fifo, globals.lvs_notify_fifo_script, scriptUser, report),
    },
    statesOnReload: globals.fifo_write_vrrp_states_on_reload.length > 0,
    dynamicInterfaces: dynamicInterfaces(globals),
    iprouteDirectories: {
      distribution: last(globals.iproute_usr_dir)?.value,
      local: last(globals.iproute_etc_dir)?.value,
    },
    localIgmp: globals.disable_local_igmp.length === 0,
    logUnknownVrids: globals.log_unknown_vrids.length > 0,
    receiveBuffers: {
      policy: bufferPolicy(globals),
      multiplier: last(globals.vrrp_rx_bufs_multiplier)?.value ?? 3,
    },
    vmacPrefix: prefix,
    vmacAddressPrefix: addressPrefix?.value ?? prefix,
    firewall: firewallConfig(globals, tableName(nftables) ?? "keepalived", report),
    daemon: daemonConfig(tree, globals, report),
    reload: reloadConfig(globals),
    snmp: snmpConfig(globals, report),
    dbus: dbusConfig(globals),
    ipvs: ipvsConfig(globals, report),
  };
}

/** How Keepalived refuses a second value. */
function again(what: string): (value: string) => string {
  return (value) => `${what} - ignoring ${value}`;
}

type Scripts = readonly Setting<Script>[];

function daemonScript(
  which: "startup" | "shutdown",
  scripts: Scripts,
  timeouts: readonly Setting<Micros>[],
  scriptUser: readonly string[],
  report: Report,
): GlobalConfig["startupScript"] {
  const given = givenOnce(`${which}_script`, scripts, () => `${which} script already specified`, report);
  const command = given === undefined ? undefined : commandOf(given.value, scriptUser);
  return command === undefined ? undefined : { command, timeout: last(timeouts)?.value ?? seconds(10) };
}

function fifo(
  keyword: string,
  paths: readonly Setting<readonly string[]>[],
  scripts: Scripts,
  scriptUser: readonly string[],
  report: Report,
): FifoConfig | undefined {
  const words = givenOnce(keyword, paths, ([path = ""]) => `${keyword} already specified - ignoring ${path}`, report);
  const reader = givenOnce(
    `${keyword}_script`,
    scripts,
    ({ argv }) => `${keyword}_script already specified - ignoring ${argv.join(" ")}`,
    report,
  );
  const script = reader === undefined ? undefined : commandOf(reader.value, scriptUser);
  if (words === undefined) {
    if (reader !== undefined) {
      const message = `\`${keyword}_script\` is not run without \`${keyword}\``;
      report.warning(["no-effect", message], reader.keyword, { help: `add \`${keyword} PATH\`` });
    }
    return undefined;
  }
  const [path = "", user, group] = words.value;
  return { path, user, group, script };
}

function dynamicInterfaces({ dynamic_interfaces }: Globals): GlobalConfig["dynamicInterfaces"] {
  const given = last(dynamic_interfaces);
  return given === undefined ? "refused" : given.value === "allow_if_changes" ? "may-change" : "accepted";
}

/** A number overrides the words, and of these MTU counts. */
function bufferPolicy({ vrrp_rx_bufs_policy }: Globals): GlobalConfig["receiveBuffers"]["policy"] {
  const values = vrrp_rx_bufs_policy.map(({ value }) => value);
  const bytes = values.findLast((value) => typeof value === "number");
  if (typeof bytes === "number") return bytes;
  return values.includes("MTU") ? "mtu" : values.includes("ADVERT") ? "advert" : "system";
}

function tableName(setting: Setting<string | boolean> | undefined): string | undefined {
  return typeof setting?.value === "string" ? setting.value : undefined;
}

function snmpConfig(globals: Globals, report: Report): SnmpConfig {
  const all = globals.enable_snmp_rfc.length > 0;
  const [standard] = globals.snmp_socket;
  const socket = givenOnce(
    "snmp_socket",
    globals.snmp_socket,
    () => `SNMP socket already set to ${standard?.value} - ignoring`,
    report,
  );
  return {
    socket: socket?.value ?? "unix:/var/agentx/master",
    traps: globals.enable_traps.length > 0,
    vrrp: globals.enable_snmp_vrrp.length + globals.enable_snmp_keepalived.length > 0,
    checkers: globals.enable_snmp_checker.length > 0,
    rfc2787: all || globals.enable_snmp_rfcv2.length > 0,
    rfc6527: all || globals.enable_snmp_rfcv3.length > 0,
    smtpAlerts: smtpAlerts(globals),
    virtualServerAge: last(globals.snmp_vs_stats_update_interval)?.value ?? seconds(5),
    realServerAge: last(globals.snmp_rs_stats_update_interval)?.value ?? 0,
  };
}

function smtpAlerts({ smtp_alert, smtp_alert_vrrp, smtp_alert_checker }: Globals): SnmpConfig["smtpAlerts"] {
  const written = [smtp_alert, smtp_alert_vrrp, smtp_alert_checker].map((settings) => last(settings)?.value);
  const [all, vrrp, checkers] = written;
  return written.every((value) => value === undefined) ? undefined : { all, vrrp, checkers };
}

function dbusConfig(globals: Globals): GlobalConfig["dbus"] {
  if (globals.enable_dbus.length === 0) return undefined;
  return {
    service: last(globals.dbus_service_name)?.value ?? "org.keepalived.Vrrp1",
    noInterfaceName: last(globals.dbus_no_interface_name)?.value,
  };
}

function connectTimeout(globals: Globals, report: Report): Micros {
  const setting = last(globals.smtp_connect_timeout);
  if (setting === undefined) return seconds(30);
  if (setting.value > 0) return setting.value;
  const keepalived = `(Line ${setting.span.line}) smtp_conect_timeout must be greater than 0, setting to 1`;
  report.error(["bad-number", "a timeout of 0 cannot be kept; 1 second is used"], setting.span, { keepalived });
  return seconds(1);
}
