import type { ArgumentType } from "../syntax/table.ts";
import { choice, line, type Table, wordItems } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  integer,
  integerWord,
  named,
  optionalBoolean,
  several,
  shown,
  text,
  wholeSeconds,
} from "../syntax/types.ts";
import { GLOBAL_DAEMON } from "./global-daemon.ts";
import { GLOBAL_LVS } from "./global-lvs.ts";
import { GLOBAL_VRRP } from "./global-vrrp.ts";
import { scriptWithUser } from "./script.ts";

/** `smtp_server HOST [PORT]`: both words. */
const server: ArgumentType<string> = {
  ...shown("<IPADDR|HOSTNAME> [<PORT>]", text),
  most: 2,
  read(argument) {
    const port = argument.words[1];
    const number = port === undefined ? 25 : integerWord(argument, port, { min: 1, max: 65_535 }, "strict");
    return number === undefined ? undefined : argument.words.map((each) => each.text).join(" ");
  },
};

const EMAIL = {
  "<EMAIL>": choice(
    "Recipient address",
    { note: "several per line allowed", repeats: true },
    "<ADDR>|quoted display form",
  ),
} satisfies Table;

/** `smtp_auth USER PASSWORD`. */
const login: ArgumentType<SmtpLogin> = {
  usage: "<USER> <PASSWORD>",
  least: 2,
  most: 2,
  read: ({ words: [user, password] }) => ({ user: user?.text ?? "", password: password?.text ?? "" }),
};

/** Who we are to a mail relay. */
export interface SmtpLogin {
  readonly user: string;
  readonly password: string;
}

/** Keywords of `global_defs`. */
export const GLOBAL_DEFS = {
  ...GLOBAL_DAEMON,
  ...GLOBAL_VRRP,
  ...GLOBAL_LVS,

  router_id: line(text, {
    default: "local host name",
    meaning: "Name identifying this machine in mails and logs",
    missing: "routerid name missing - ignoring",
  }),
  notification_email_from: line(named("<EMAIL>"), {
    default: "<daemon user>@<host name>",
    meaning: "Sender address of alert mails",
    note: "manual claims keepalived@host",
    missing: "emailfrom missing - ignoring",
  }),
  smtp_server: line(server, { default: "none; port 25", meaning: "Mail relay for alerts" }),
  smtp_helo_name: line(text, { default: "local host name", meaning: "Name sent in HELO", missing: "" }),
  smtp_connect_timeout: line(shown("<integer 1..4294>", wholeSeconds(0, 4294)), {
    default: "30",
    unit: "s",
    meaning: "Mail relay connection timeout",
    note: "0 accepted, becomes 1 with error",
    refusal: "smtp_connect_timeout '%w' must be in [0, 4294] - ignoring",
  }),
  notification_email: wordItems(shown("<EMAIL>", text, EMAIL), {
    default: "none",
    meaning: "Recipients of alert mails",
    repeats: true,
  }),
  smtp_tls: line(flag, {
    default: "off",
    meaning: "Mail over TLS only",
    note: "from the first byte on port 465, else by STARTTLS",
    ours: true,
  }),
  smtp_tls_ca: line(named("<PATH>"), {
    default: "the authorities that Node knows",
    meaning: "Certificates of the authorities that the mail relay is trusted by",
    ours: true,
    missing: "",
  }),
  smtp_auth: line(login, {
    default: "none",
    meaning: "Log in to the mail relay",
    note: "never without TLS",
    ours: true,
    missing: "",
  }),
  smtp_alert: line(optionalBoolean, { default: "unset", meaning: "Default for every smtp_alert option" }),
  notify_fifo: line(several("<PATH> [<USER> [<GROUP>]]"), {
    default: "none",
    meaning: "FIFO receiving all state events",
    note: "second ignored with error",
    missing: "No notify_fifo name specified",
  }),
  notify_fifo_script: line(scriptWithUser, {
    default: "none",
    meaning: "Reader command for notify_fifo",
    note: "FIFO path appended as last argument",
    missing: "No notify_fifo_script specified",
  }),
  nftables_counters: line(flag, {
    default: "off",
    meaning: "Add packet counters to nftables rules",
    build: "NFTABLES",
  }),
  snmp_socket: line(named("<TRANSPORT ADDRESS>"), {
    default: "unix:/var/agentx/master",
    meaning: "AgentX master socket",
    note: "second ignored with error",
    build: "SNMP",
    missing: "SNMP error : snmp socket name missing",
  }),
  enable_traps: line(flag, { default: "off", meaning: "Send SNMP traps", build: "SNMP" }),
  enable_snmp_vrrp: line(flag, {
    default: "off",
    meaning: "Serve the VRRP part of the keepalived MIB",
    note: "alias enable_snmp_keepalived",
    build: "SNMP_VRRP",
  }),
  enable_snmp_keepalived: line(flag, {
    default: "off",
    meaning: "Old name of enable_snmp_vrrp",
    note: "deprecated alias of enable_snmp_vrrp",
    build: "SNMP_VRRP",
  }),
  enable_snmp_rfc: line(flag, { default: "off", meaning: "Serve both RFC VRRP MIBs", build: "SNMP_RFC" }),
  enable_snmp_rfcv2: line(flag, { default: "off", meaning: "Serve the VRRPv2 RFC2787 MIB", build: "SNMP_RFCV2" }),
  enable_snmp_rfcv3: line(flag, { default: "off", meaning: "Serve the VRRPv3 RFC6527 MIB", build: "SNMP_RFCV3" }),
  enable_dbus: line(flag, { default: "off", meaning: "Publish state over D-Bus", build: "DBUS" }),
  dbus_service_name: line(named("<NAME>"), {
    default: "org.keepalived.Vrrp1",
    meaning: "D-Bus service name",
    build: "DBUS",
    missing: "dbus_service_name missing - ignoring",
  }),
  dbus_no_interface_name: line(named("<NAME>"), {
    default: "none",
    meaning: "D-Bus path word for instances without interface",
    since: "2.3.0",
    build: "DBUS",
  }),
  enable_snmp_checker: line(flag, {
    default: "off",
    meaning: "Serve the checker part of the keepalived MIB",
    build: "SNMP_CHECKER",
  }),
  snmp_vs_stats_update_interval: line(decimalSeconds(0.001, 30), {
    default: "5",
    unit: "s",
    meaning: "Minimum age before SNMP rereads virtual server counters",
    since: "2.3.0",
    build: "SNMP_CHECKER",
  }),
  snmp_rs_stats_update_interval: line(decimalSeconds(0.001, 30), {
    default: "0",
    unit: "s",
    meaning: "Minimum age before SNMP rereads real server counters",
    since: "2.3.0",
    build: "SNMP_CHECKER",
  }),
  json_version: line(shown("<1|2>", integer(1, 2)), {
    default: "1",
    meaning: "Layout version of the JSON dump",
    since: "2.2.8",
    build: "JSON",
  }),
} satisfies Table;
