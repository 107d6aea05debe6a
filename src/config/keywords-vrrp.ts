import { readVirtualAddress } from "./read-address.ts";
import { readTrackedScript } from "./read-track.ts";
import { script } from "./scripts.ts";
import { type Argument, type ArgumentType, block, items, line, type RowText, type Table } from "./table.ts";
import {
  address,
  decimalSeconds,
  flag,
  integer,
  integerWord,
  interfaceName,
  oneOf,
  optionalBoolean,
  text,
  wholeSeconds,
  word,
} from "./types.ts";

const INT = 2_147_483_647;
const UINT = 4_294_967_295;

/** The weight of a track script: `N [reverse]`. Keepalived uses a weight outside its range all the same; it is clipped. */
export interface Weight {
  readonly weight: number; // -253..253
  readonly reverse: boolean;
}

function readWeight(argument: Argument): Weight | undefined {
  const given = word(argument);
  const weight = integerWord(argument, given, { min: -253, max: 253 });
  const reverse = argument.words[1]?.text === "reverse";
  if (weight !== undefined) return { weight, reverse };
  const number = Number(given.text);
  return Number.isInteger(number) ? { weight: Math.sign(number) * 253, reverse } : undefined;
}

/** Keywords of `vrrp_script NAME`. */
export const VRRP_SCRIPT = {
  script: line(script, { default: "required", meaning: "command to run", missing: "" }),
  interval: line(decimalSeconds(0, 4294), {
    default: "1",
    unit: "s",
    meaning: "time between runs",
    refusal: "(%b): vrrp script interval '%w' must be between 1 and 4294 - ignoring",
  }),
  timeout: line(decimalSeconds(0, 4294), {
    default: "interval",
    unit: "s",
    meaning: "run time after which a run counts as failed",
    refusal: "(%b): vrrp script timeout '%w' invalid - ignoring",
  }),
  weight: line(
    { describe: "integer -253..253 [reverse]", least: 1, most: 2, read: readWeight },
    {
      default: "0 (failure is a fault)",
      meaning: "priority change from the result",
      refusal: "vrrp_script %b weight %w must be in [-253, 253]",
    },
  ),
  rise: line(integer(1, INT), {
    default: "1",
    meaning: "successes needed to be good",
    refusal: "(%b): vrrp script rise value '%w' invalid, defaulting to 1",
  }),
  fall: line(integer(1, INT), {
    default: "1",
    meaning: "failures needed to be bad",
    refusal: "(%b): vrrp script fall value '%w' invalid, defaulting to 1",
  }),
  user: line(
    { ...text, describe: "user, group", most: 2, read: ({ words }) => words.map((w) => w.text) },
    { default: "script_user", meaning: "account running the script" },
  ),
  init_fail: line(flag, { default: "off", meaning: "start in failed state" }),
} satisfies Table;

const AUTHENTICATION = {
  auth_type: line(oneOf("PASS", "AH"), {
    default: "none",
    meaning: "authentication method",
    refusal: "(%b) unknown authentication type '%w'",
  }),
  auth_pass: line(text, { default: "none", meaning: "shared password; the first 8 characters count" }),
} satisfies Table;

/** Keywords of `vrrp_instance NAME`. */
export const VRRP_INSTANCE = {
  state: line(oneOf("MASTER", "BACKUP"), {
    default: "MASTER at priority 255, else BACKUP",
    meaning: "state to begin in; below priority 255 an election decides all the same",
    refusal: "(%b) unknown state '%w', defaulting to BACKUP",
  }),
  interface: line(interfaceName, { default: "required", meaning: "interface that carries the advertisements" }),
  virtual_router_id: line(integer(1, 255, "strict"), {
    default: "required",
    meaning: "number of the virtual router on its network",
    refusal: "(%b): VRID '%w' not valid - must be between 1 & 255",
  }),
  priority: line(priority(), {
    default: "100; 255 with state MASTER",
    meaning: "the highest becomes master; 255 owns the addresses",
    refusal: "(%b) Priority not valid! must be between 1 & 255. Using default 100",
  }),
  advert_int: line(decimalSeconds(0.01, 255), {
    default: "1",
    unit: "s",
    meaning: "time between advertisements; whole seconds in version 2",
    refusal: "(%b) Advert interval (%w) not valid! Must be > 0 - ignoring",
  }),
  version: line(integer(2, 3), {
    default: "vrrp_version",
    meaning: "protocol version",
    refusal: "(%b): Version must be either 2 or 3",
  }),
  preempt: line(flag, { default: "on", meaning: "take over from a master of lower priority" }),
  nopreempt: line(flag, { default: "off", meaning: "leave a master of lower priority in place" }),
  preempt_delay: line(decimalSeconds(0, 1000), {
    default: "0",
    unit: "s",
    meaning: "wait before taking over from a lower priority",
    refusal: "(%b) Preempt_delay not valid! must be between 0-1000",
  }),
  authentication: block(flag, AUTHENTICATION, { default: "none", meaning: "VRRPv2 authentication" }),
  virtual_ipaddress: items(readVirtualAddress, { default: "none", meaning: "addresses of the virtual router" }),
  virtual_ipaddress_excluded: items(readVirtualAddress, {
    default: "none",
    meaning: "addresses held by the master, but not advertised",
  }),
  track_script: items(readTrackedScript, { default: "none", meaning: "scripts that decide on priority or fault" }),
  dont_track_primary: line(flag, { default: "off", meaning: "ignore the state of the instance's interface" }),
  mcast_src_ip: line(address, {
    default: "primary address of the interface",
    meaning: "source of the advertisements",
    refusal: "Configuration error: VRRP instance[%b] malformed src address[%w]. Skipping...",
  }),
  skip_check_adv_addr: line(
    optionalBoolean,
    bool(
      "vrrp_skip_check_adv_addr",
      "skip_check_adv_addr",
      "compare the addresses of an advertisement only when its sender is new",
    ),
  ),
  strict_mode: line(optionalBoolean, bool("vrrp_strict", "strict_mode", "enforce RFC compliance")),
  down_timer_adverts: line(integer(1, 100), {
    default: "3",
    meaning: "missed advertisements before the master counts as down",
    refusal: "(%b): Invalid down_timer_adverts [1:100] '%w'",
  }),
  garp_master_delay: line(
    wholeSeconds(0, 4294),
    garp("garp_master_delay", "wait before the second gratuitous ARP burst"),
  ),
  garp_master_repeat: line(integer(0, UINT), garp("garp_master_repeat", "gratuitous ARPs per burst")),
  garp_master_refresh: line(
    wholeSeconds(0, UINT),
    garp("garp_master_refresh", "interval of gratuitous ARPs while master"),
  ),
  garp_master_refresh_repeat: line(integer(0, UINT), garp("garp_master_refresh_repeat", "gratuitous ARPs per refresh")),
  garp_lower_prio_delay: line(
    wholeSeconds(0, 4294),
    garp("garp_lower_prio_delay", "second burst delay after a lower priority advertisement"),
  ),
  garp_lower_prio_repeat: line(
    integer(0, INT),
    garp("garp_lower_prio_repeat", "gratuitous ARPs after a lower priority advertisement"),
  ),
  lower_prio_no_advert: line(
    optionalBoolean,
    bool(
      "vrrp_lower_prio_no_advert; on in strict mode",
      "lower_prio_no_advert",
      "do not answer advertisements of lower priority",
    ),
  ),
  higher_prio_send_advert: line(
    optionalBoolean,
    bool("vrrp_higher_prio_send_advert", "higher_prio_send_advert", "send one advertisement before yielding"),
  ),
} satisfies Table;

function bool(standard: string, keyword: string, meaning: string): RowText {
  return { default: standard, meaning, refusal: `(%b) invalid ${keyword} %w specified` };
}

function garp(keyword: string, meaning: string): RowText {
  return { default: `vrrp_${keyword}`, meaning, refusal: `(%b): ${keyword} '%w' invalid - ignoring` };
}

/** A priority that is none counts as 100, whatever the state. */
function priority(): ArgumentType<number> {
  const type = integer(1, 255, "strict");
  return { ...type, read: (argument) => type.read(argument) ?? 100 };
}
