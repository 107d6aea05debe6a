import { readDigest, readStatusCodes } from "./read-http.ts";
import { block, line, type RowText, type Table } from "./table.ts";
import {
  address,
  decimalSeconds,
  flag,
  integer,
  interfaceName,
  LONGEST_TIMER as LONGEST,
  oneOf,
  optionalBoolean,
  text,
} from "./types.ts";

const UINT = 4_294_967_295;

/** Timing that a checker inherits from its real server, and that from its virtual server. */
export const TIMING = {
  delay_before_retry: line(decimalSeconds(0, LONGEST), {
    default: "TCP_CHECK 1, HTTP_GET 3",
    unit: "s",
    meaning: "pause between retries",
    refusal: "delay_before_retry invalid - %w",
  }),
  warmup: line(decimalSeconds(0, LONGEST), {
    default: "delay_loop",
    unit: "s",
    meaning: "upper bound of the random delay of the first check",
    refusal: "warmup invalid - %w",
  }),
  delay_loop: line(decimalSeconds(0.000001, LONGEST), {
    default: "60",
    unit: "s",
    meaning: "time between checks",
    refusal: "delay_loop '%w' is invalid - ignoring",
  }),
  connect_timeout: line(decimalSeconds(0.000001, 4294.967295), {
    default: "5",
    unit: "s",
    meaning: "connection timeout of checks",
    refusal: "connect_timeout %w invalid - ignoring",
  }),
} satisfies Table;

/** What every checker that connects takes. */
const CONNECTING = {
  ...TIMING,
  connect_ip: line(address, {
    default: "address of the real server",
    meaning: "address to connect to",
    refusal: "Invalid connect_ip address %w - ignoring",
  }),
  connect_port: line(integer(1, 65535), port("connect_port", "port of the real server", "port to connect to")),
  bindto: line(address, {
    default: "the kernel's choice",
    meaning: "local address",
    refusal: "Invalid bindto address %w - ignoring",
  }),
  bind_port: line(integer(1, 65535), port("bind_port", "the kernel's choice", "local port")),
  bind_if: line(interfaceName, {
    default: "none",
    meaning: "local interface; required for link-local targets",
    refusal: "Interface name %w is too long - ignoring",
  }),
  fwmark: line(integer(0, UINT), {
    default: "0",
    meaning: "mark on the packets of the check",
    refusal: "Invalid fwmark connection value '%w'",
  }),
  retry: line(integer(0, UINT), {
    default: "that of the real server, else 1",
    meaning: "failures forgiven before the verdict",
    refusal: "Invalid retry connection value '%w'",
  }),
  alpha: line(optionalBoolean, {
    default: "that of the real server",
    meaning: "down until the first success",
    refusal: "Invalid alpha parameter %w",
  }),
  log_all_failures: line(optionalBoolean, {
    default: "off",
    meaning: "log every failed attempt",
    refusal: "Invalid log_all_failures parameter %w",
  }),
} satisfies Table;

/** Keywords of `TCP_CHECK`. */
export const TCP_CHECK = CONNECTING;

const URL = {
  path: line(text, { default: "required", meaning: "what to ask for" }),
  status_code: line(readStatusCodes, {
    default: "200-299",
    meaning: "accepted response codes",
    refusal: "Invalid HTTP_GET status code '%w'",
  }),
  digest: line(readDigest, { default: "none", meaning: "expected MD5 of the body" }),
  virtualhost: line(text, { default: "that of the checker", meaning: "Host header of this request" }),
} satisfies Table;

/** Keywords of `HTTP_GET`. */
export const HTTP_GET = {
  ...CONNECTING,
  nb_get_retry: line(integer(0, UINT), {
    default: "1",
    meaning: "old name of `retry`",
    deprecated: "retry",
    refusal: "Invalid nb_get_retry value '%w'",
  }),
  virtualhost: line(text, { default: "that of the real server", meaning: "Host header of this checker" }),
  http_protocol: line(oneOf("1.0", "1.0C", "1.0c", "1.1"), {
    default: "1.0",
    meaning: "HTTP version; 1.0C adds `Connection: close`",
    refusal: "Invalid http_protocol version %w",
  }),
  url: block(flag, URL, { default: "at least one is needed", meaning: "one request to perform" }),
} satisfies Table;

/** Checkers that Keepalived has and we have not yet. */
export const LATER_CHECKERS: ReadonlySet<string> = new Set([
  "SSL_GET",
  "SMTP_CHECK",
  "MISC_CHECK",
  "DNS_CHECK",
  "PING_CHECK",
  "UDP_CHECK",
  "FILE_CHECK",
  "BFD_CHECK",
]);

function port(keyword: string, standard: string, meaning: string): RowText {
  return { default: standard, meaning, refusal: `Invalid checker ${keyword} '%w'` };
}
