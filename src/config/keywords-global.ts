import { line, type RowText, type Table, wordItems } from "./table.ts";
import { decimalSeconds, flag, integer, optionalBoolean, text, wholeSeconds } from "./types.ts";

const UINT = 4_294_967_295;

/** Keywords of `global_defs`. */
export const GLOBAL_DEFS = {
  router_id: line(text, {
    default: "local host name",
    meaning: "name of this machine in mails and logs",
    missing: "routerid name missing - ignoring",
  }),
  notification_email: wordItems(text, { default: "none", meaning: "recipients of alert mails" }),
  notification_email_from: line(text, { default: "<daemon user>@<host name>", meaning: "sender of alert mails" }),
  smtp_server: line(
    {
      ...text,
      describe: "IP address or host name, port",
      most: 2,
      read: ({ words }) => words.map((w) => w.text).join(" "),
    },
    { default: "none; port 25", meaning: "mail relay for alerts" },
  ),
  smtp_connect_timeout: line(wholeSeconds(0, 4294), {
    default: "30",
    unit: "s",
    meaning: "mail relay connection timeout",
    refusal: "smtp_connect_timeout '%w' must be in [0, 4294] - ignoring",
  }),
  vrrp_skip_check_adv_addr: line(optionalBoolean, {
    default: "off",
    meaning: "compare the addresses of an advertisement only when its sender is new",
    refusal: "Invalid value '%w' for global vrrp_skip_check_adv_addr specified",
  }),
  vrrp_strict: line(optionalBoolean, {
    default: "off",
    meaning: "enforce RFC compliance on all instances",
    refusal: "Invalid value '%w' for global vrrp_strict specified",
  }),
  vrrp_garp_interval: line(decimalSeconds(0.000001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "least gap between gratuitous ARPs on one interface",
    refusal: "vrrp_garp_interval '%w' is invalid",
  }),
  vrrp_gna_interval: line(decimalSeconds(0.000001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "least gap between unsolicited neighbour advertisements on one interface",
    refusal: "vrrp_gna_interval '%w' is invalid",
  }),
  vrrp_garp_master_delay: line(wholeSeconds(0, 4294), delay("5", "wait before the second gratuitous ARP burst")),
  vrrp_garp_master_repeat: line(integer(0, UINT), count("5", "gratuitous ARPs per burst after becoming master")),
  vrrp_garp_master_refresh: line(wholeSeconds(0, UINT), delay("0 (off)", "interval of gratuitous ARPs while master")),
  vrrp_garp_master_refresh_repeat: line(integer(0, UINT), count("1", "gratuitous ARPs per refresh")),
  vrrp_garp_lower_prio_delay: line(
    wholeSeconds(0, 4294),
    delay("vrrp_garp_master_delay", "second burst delay after a lower priority advertisement"),
  ),
  vrrp_garp_lower_prio_repeat: line(
    integer(0, 2_147_483_647),
    count("vrrp_garp_master_repeat", "gratuitous ARPs after a lower priority advertisement"),
  ),
  vrrp_lower_prio_no_advert: line(optionalBoolean, {
    default: "off; on in strict mode",
    meaning: "do not answer advertisements of lower priority",
    refusal: "Invalid value '%w' for global vrrp_lower_prio_no_advert specified",
  }),
  vrrp_higher_prio_send_advert: line(optionalBoolean, {
    default: "off",
    meaning: "send one advertisement before yielding to a higher priority master",
    refusal: "Invalid value '%w' for global vrrp_higher_prio_send_advert specified",
  }),
  vrrp_startup_delay: line(decimalSeconds(0.001, 4294.967295), {
    default: "0",
    unit: "s",
    meaning: "wait before VRRP begins",
    refusal: "vrrp_startup_delay '%w' is invalid",
  }),
  vrrp_version: line(integer(2, 3), {
    default: "2",
    meaning: "protocol version of instances that do not say",
    refusal: "VRRP Error: Version must be either 2 or 3",
  }),
  script_user: line(
    { ...text, describe: "user, group", most: 2, read: ({ words }) => words.map((w) => w.text) },
    { default: "keepalived_script if it exists, else the daemon's user", meaning: "account that scripts run as" },
  ),
  enable_script_security: line(flag, {
    default: "off",
    meaning: "do not run scripts as root whose path others than root may write to",
  }),
} satisfies Table;

function delay(standard: string, meaning: string): RowText {
  return { default: standard, unit: "s", meaning, refusal: "invalid value '%w' - ignoring" };
}

function count(standard: string, meaning: string): RowText {
  return { default: standard, meaning, refusal: "invalid value '%w' - ignoring" };
}
