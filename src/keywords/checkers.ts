import { block, choice, line, type Table } from "../syntax/table.ts";
import { decimalSeconds, flag, integer, named, optionalBoolean, several, text, wholeSeconds } from "../syntax/types.ts";
import { CONNECTING } from "./check.ts";
import { PROXIED } from "./proxy-protocol.ts";
import { readDomain, readFileWeight, readPayload, readQueryType, readReply } from "./read-check.ts";
import { account, script } from "./script.ts";

const { delay_before_retry, warmup, delay_loop, alpha, log_all_failures } = CONNECTING;
const TIMING = {
  retry: { ...CONNECTING.retry, default: "real server value, else 0" },
  delay_before_retry,
  warmup,
  delay_loop,
  alpha,
  log_all_failures,
};

const HOST = {
  ...CONNECTING,
  connect_ip: { ...CONNECTING.connect_ip, note: "deprecated host block" },
  connect_port: { ...CONNECTING.connect_port, note: "deprecated host block" },
  bindto: { ...CONNECTING.bindto, note: "deprecated host block" },
  bind_port: { ...CONNECTING.bind_port, note: "deprecated host block" },
  bind_if: { ...CONNECTING.bind_if, note: "deprecated host block" },
  connect_timeout: { ...CONNECTING.connect_timeout, note: "deprecated host block" },
  fwmark: { ...CONNECTING.fwmark, note: "deprecated host block" },
  retry: { ...CONNECTING.retry, note: "deprecated host block" },
  delay_before_retry: { ...CONNECTING.delay_before_retry, note: "deprecated host block" },
  warmup: { ...CONNECTING.warmup, note: "deprecated host block" },
  delay_loop: { ...CONNECTING.delay_loop, note: "deprecated host block" },
  alpha: { ...CONNECTING.alpha, note: "deprecated host block" },
  log_all_failures: { ...CONNECTING.log_all_failures, note: "deprecated host block" },
} satisfies Table;

/** Keywords of `SMTP_CHECK`. */
export const SMTP_CHECK = {
  ...CONNECTING,
  ...PROXIED,
  helo_name: line(text, {
    default: "smtpchecker.keepalived.org",
    meaning: "Name sent in HELO",
    missing: "SMTP_CHECK helo name missing",
  }),
  host: block(flag, HOST, {
    meaning: "Extra target of the same check",
    note: "deprecated; use several checkers",
    repeats: true,
  }),
} satisfies Table;

/** Keywords of `DNS_CHECK`. */
export const DNS_CHECK = {
  ...CONNECTING,
  retry: { ...CONNECTING.retry, default: "real server value, else 3" },
  delay_before_retry: { ...CONNECTING.delay_before_retry, default: "real server value, else delay_loop" },
  type: line(
    readQueryType({
      A: choice("Query for A records", {}, "(word, case-insensitive)"),
      NS: choice("Query for NS records", {}, "(word, case-insensitive)"),
      CNAME: choice("Query for CNAME records", {}, "(word, case-insensitive)"),
      SOA: choice("Query for SOA records", {}, "(word, case-insensitive)"),
      MX: choice("Query for MX records", {}, "(word, case-insensitive)"),
      TXT: choice("Query for TXT records", {}, "(word, case-insensitive)"),
      AAAA: choice("Query for AAAA records", {}, "(word, case-insensitive)"),
      RRSIG: choice(
        "Query for RRSIG records",
        { note: "RRSIG and DNSKEY absent from the manual" },
        "(word, case-insensitive)",
      ),
      DNSKEY: choice(
        "Query for DNSKEY records",
        { note: "RRSIG and DNSKEY absent from the manual" },
        "(word, case-insensitive)",
      ),
    }),
    { default: "SOA", meaning: "Query type", refusal: "Unknown DNS check type %w - ignoring" },
  ),
  name: line(readDomain, {
    default: ". (root)",
    meaning: "Query name",
    note: "second ignored with error",
    refusal: "DNS_CHECK name '%w' has empty label - ignoring",
  }),
} satisfies Table;

/** Keywords of `MISC_CHECK`. */
export const MISC_CHECK = {
  ...TIMING,
  misc_path: line(script, { default: "required", meaning: "Command to run", missing: "" }),
  misc_timeout: line(wholeSeconds(0, 4294), {
    default: "delay_loop of the virtual server",
    unit: "s",
    meaning: "Run time limit",
    refusal: "Invalid misc_timeout value '%w'",
  }),
  misc_dynamic: line(flag, { default: "off", meaning: "Exit codes 2..255 set the weight" }),
  user: line(account, { default: "script_user", meaning: "Account running the command" }),
} satisfies Table;

/** Keywords of `JS_CHECK`, which Keepalived does not have. */
export const JS_CHECK = {
  retry: { ...TIMING.retry, ours: true },
  delay_before_retry: { ...delay_before_retry, ours: true },
  warmup: { ...warmup, ours: true },
  delay_loop: { ...delay_loop, ours: true },
  alpha: { ...alpha, ours: true },
  log_all_failures: { ...log_all_failures, ours: true },
  module: line(several("<PATH> [<ARGUMENT>...]"), {
    default: "required",
    meaning: "JavaScript module with the check, and words for it",
    note: "from the folder of the file that names it",
    ours: true,
    missing: "",
  }),
  timeout: line(decimalSeconds(0.001, 3600), {
    default: "real server's connect_timeout, else 5",
    unit: "s",
    meaning: "Time limit of a call",
    ours: true,
    missing: "",
  }),
  js_dynamic: line(flag, {
    default: "off",
    meaning: "A weight in what the module returns is the server's",
    ours: true,
  }),
} satisfies Table;

/** Keywords of `PING_CHECK`. */
export const PING_CHECK = {
  ...CONNECTING,
} satisfies Table;

/** Keywords of `UDP_CHECK`. */
export const UDP_CHECK = {
  ...CONNECTING,
  payload: line(readPayload, {
    default: "random data",
    meaning: "Data to send",
    note: "spaces allowed between digits",
    refusal: "Invalid hex string for UDP_CHECK payload",
    missing: "UDP_CHECK payload requires a payload",
  }),
  require_reply: line(readReply, {
    default: "off",
    meaning: "Demand a reply, optionally matching",
    refusal: "Invalid hex string for UDP_CHECK reply",
  }),
  min_reply_length: line(integer(0, 65535, "strict"), {
    default: "0",
    unit: "bytes",
    meaning: "Shortest acceptable reply",
    refusal: "UDP_CHECK min length %w not valid - must be between 0 & 65535",
  }),
  max_reply_length: line(integer(0, 65535, "strict"), {
    default: "255",
    unit: "bytes",
    meaning: "Longest acceptable reply",
    refusal: "UDP_CHECK max length %w not valid - must be between 0 & 65535",
  }),
} satisfies Table;

/** Keywords of `FILE_CHECK`. */
export const FILE_CHECK = {
  track_file: line(named("<TRACK_FILE NAME>"), { default: "required", meaning: "Watched file definition" }),
  weight: line(
    readFileWeight({
      reverse: choice("Invert the direction of the weight", { default: "off" }, "(word after weight)"),
      noreverse: choice("Keep the direction of the weight", { default: "off" }, "(word after weight)"),
    }),
    {
      default: "weight of the track_file",
      meaning: "Multiplier of the file value",
      refusal: "weight for track file must be in [-2147483647..2147483647] inclusive. Ignoring...",
      missing: "track file weight missing",
    },
  ),
} satisfies Table;

/** Keywords of `BFD_CHECK`. */
export const BFD_CHECK = {
  name: line(named("<BFD_INSTANCE NAME>"), { default: "required", meaning: "BFD session to follow" }),
  alpha: line(optionalBoolean, { default: "real server value", meaning: "Down until the session is up" }),
} satisfies Table;
