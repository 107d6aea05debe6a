import { host } from "../syntax/host-address.ts";
import { optionWords } from "../syntax/options.ts";
import { choice, line, type Table } from "../syntax/table.ts";
import {
  decimalMilliseconds,
  decimalSeconds,
  flag,
  INT,
  integer,
  named,
  oneOf,
  optional,
  optionalBoolean,
  several,
  shown,
} from "../syntax/types.ts";
import { readWeight, reverseWeight } from "./read-track.ts";
import { account, script } from "./script.ts";

/** Keywords of `vrrp_script NAME`. */
export const VRRP_SCRIPT = {
  script: line(script, { default: "required", meaning: "Command to run", missing: "" }),
  interval: line(shown("<decimal 0.001..4294>", decimalSeconds(0, 4294)), {
    default: "1",
    unit: "s",
    meaning: "Time between runs",
    note: "0 becomes 1 with error; whole seconds only before 2.3.2",
    refusal: "(%b): vrrp script interval '%w' must be between 1 and 4294 - ignoring",
  }),
  timeout: line(shown("<decimal 0.001..4294>", decimalSeconds(0, 4294)), {
    default: "interval",
    unit: "s",
    meaning: "Run time after which it counts as failed",
    note: "0 becomes 1 with error; whole seconds only before 2.3.2",
    refusal: "(%b): vrrp script timeout '%w' invalid - ignoring",
  }),
  weight: line(
    shown("<integer -253..253> [reverse]", readWeight, {
      reverse: choice("Invert the direction of the weight", { default: "off" }, "(word after weight)"),
    }),
    {
      default: "0 (FAULT on failure)",
      meaning: "Priority change from the result",
      refusal: "vrrp_script %b weight %w must be in [-253, 253]",
    },
  ),
  rise: line(integer(1, INT), {
    default: "1",
    unit: "count",
    meaning: "Successes needed to be good",
    refusal: "(%b): vrrp script rise value '%w' invalid, defaulting to 1",
  }),
  fall: line(integer(1, INT), {
    default: "1",
    unit: "count",
    meaning: "Failures needed to be bad",
    refusal: "(%b): vrrp script fall value '%w' invalid, defaulting to 1",
  }),
  user: line(account, { default: "script_user", meaning: "Account running the script" }),
  init_fail: line(flag, { default: "off", meaning: "Start in failed state" }),
} satisfies Table;

/** Keywords of `vrrp_track_process NAME`. */
export const VRRP_TRACK_PROCESS = {
  process: line(several("<COMMAND> [<PARAM>...]"), {
    default: "required",
    meaning: "Process name, optionally with parameters",
    note: "second ignored with error",
    build: "TRACK_PROCESS",
  }),
  param_match: line(
    shown(
      "[initial|partial]",
      optional(
        oneOf({ initial: choice("Last parameter may be longer"), partial: choice("Further parameters may follow") }),
        true,
      ),
    ),
    { default: "exact when parameters given", meaning: "How parameters are compared", build: "TRACK_PROCESS" },
  ),
  weight: line(
    reverseWeight(-254, 254, {
      reverse: choice("Invert the direction of the weight", { default: "off" }, "(word after weight)"),
    }),
    {
      default: "0",
      meaning: "Priority change from the result",
      missing: "No weight specified for track process %b - ignoring",
      build: "TRACK_PROCESS",
    },
  ),
  quorum: line(integer(1, 65535), {
    default: "1",
    unit: "count",
    meaning: "Minimum matching processes",
    build: "TRACK_PROCESS",
  }),
  quorum_max: line(integer(0, 65535), {
    default: "unlimited",
    unit: "count",
    meaning: "Maximum matching processes",
    note: "0 means must not run",
    build: "TRACK_PROCESS",
  }),
  delay: line(decimalSeconds(0.000001, 3600), {
    default: "0",
    unit: "s",
    meaning: "Sets fork_delay and terminate_delay",
    build: "TRACK_PROCESS",
  }),
  terminate_delay: line(decimalSeconds(0.000001, 3600), {
    default: "0",
    unit: "s",
    meaning: "Wait before considering processes gone",
    build: "TRACK_PROCESS",
  }),
  fork_delay: line(decimalSeconds(0.000001, 3600), {
    default: "0",
    unit: "s",
    meaning: "Wait before considering processes present",
    build: "TRACK_PROCESS",
  }),
  full_command: line(flag, { default: "off", meaning: "Match the complete command line", build: "TRACK_PROCESS" }),
} satisfies Table;

/** Keywords of `track_file NAME`. */
export const TRACK_FILE = {
  file: line(named("<PATH>"), {
    default: "required",
    meaning: "File to watch",
    note: "second ignored with error",
    missing: "track file file name missing",
  }),
  weight: line(
    reverseWeight(-254, 254, {
      reverse: choice("Invert the direction of the weight", { default: "off" }, "(word after weight)"),
    }),
    {
      default: "1",
      meaning: "Default multiplier of the value",
      note: "manual claims a 32-bit range; second ignored",
      missing: "No weight specified for track file %b - ignoring",
    },
  ),
  init_file: line(
    optionWords(
      "[<integer>] [overwrite]",
      {
        overwrite: choice("Replace existing content", { default: "off" }),
        "<integer>": line(shown("<integer>", integer(-INT, INT)), {
          default: "0",
          meaning: "Value to write",
          note: "warning outside -254..254",
        }),
      },
      { least: 0, unknown: "Unknown option %w for track_file init_file" },
    ),
    { default: "off; value 0", meaning: "Create or reset the file at startup", note: "words in any order" },
  ),
} satisfies Table;

const SEE = { note: "see track_file" };

/** Keywords of `vrrp_track_file NAME`, the old name of `track_file`. */
export const VRRP_TRACK_FILE = {
  file: { ...TRACK_FILE.file, ...SEE },
  weight: { ...TRACK_FILE.weight, ...SEE },
  init_file: { ...TRACK_FILE.init_file, ...SEE },
} satisfies Table;

/** Keywords of `bfd_instance NAME`. */
export const BFD_INSTANCE = {
  source_ip: line(host, { default: "none", meaning: "Local address" }),
  neighbor_ip: line(host, { default: "required", meaning: "Remote address", note: "alias neighbour_ip" }),
  neighbour_ip: line(host, {
    default: "required",
    meaning: "Remote address",
    note: "British spelling of neighbor_ip",
  }),
  min_rx: line(decimalMilliseconds(1, 4294967), {
    default: "10",
    unit: "ms",
    meaning: "Required minimum receive interval",
    note: "over 10000 logs a warning",
  }),
  min_tx: line(decimalMilliseconds(1, 4294967), {
    default: "10",
    unit: "ms",
    meaning: "Desired minimum transmit interval",
    note: "over 10000 logs a warning",
  }),
  idle_tx: line(decimalMilliseconds(1000, 4294967), {
    default: "1000",
    unit: "ms",
    meaning: "Transmit interval while down",
  }),
  multiplier: line(integer(1, 255), { default: "5", unit: "count", meaning: "Missed packets before down" }),
  passive: line(flag, { default: "off", meaning: "Wait for the peer to start" }),
  ttl: line(integer(1, 255), {
    default: "255 IPv4; 64 IPv6",
    meaning: "Outgoing TTL",
    note: "same handler as hoplimit",
  }),
  hoplimit: line(integer(1, 255), {
    default: "255 IPv4; 64 IPv6",
    meaning: "Outgoing IPv6 hop limit",
    note: "same handler as ttl",
  }),
  max_hops: line(integer(-1, 255), {
    default: "0",
    meaning: "Permitted hop count of received packets",
    note: "limited to the TTL; 255 or -1 disables checking",
  }),
  multihop: line(optionalBoolean, { default: "off", meaning: "Use the multihop port 4784", since: "2.2.8" }),
  weight: line(
    reverseWeight(-253, 253, {
      reverse: choice("Invert the direction of the weight", { default: "off" }, "(word after weight)"),
    }),
    { default: "0", meaning: "Default priority change for tracking instances" },
  ),
  vrrp: line(flag, { default: "both processes", meaning: "Send events to the VRRP process only" }),
  checker: line(flag, { default: "both processes", meaning: "Send events to the checker process only" }),
} satisfies Table;
