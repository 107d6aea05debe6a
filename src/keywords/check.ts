import { host } from "../syntax/host-address.ts";
import { block, choice, line, type Table } from "../syntax/table.ts";
import {
  decimalSeconds,
  flag,
  integer,
  interfaceName,
  LONGEST_TIMER as LONGEST,
  named,
  oneOf,
  optional,
  optionalBoolean,
  shown,
  UINT,
} from "../syntax/types.ts";
import { PROXIED } from "./proxy-protocol.ts";
import { readRequestWord } from "./read-request.ts";
import { REQUEST } from "./request.ts";
import { VERIFYING } from "./tls.ts";
import { SSL_URL, URL } from "./url.ts";

/** What every checker that connects takes. */
export const CONNECTING = {
  connect_ip: line(host, {
    default: "real server address",
    meaning: "Address to connect to",
    refusal: "Invalid connect_ip address %w - ignoring",
  }),
  connect_port: line(integer(1, 65535), {
    default: "real server port",
    meaning: "Port to connect to",
    refusal: "Invalid checker connect_port '%w'",
  }),
  bindto: line(host, {
    default: "kernel choice",
    meaning: "Local source address",
    refusal: "Invalid bindto address %w - ignoring",
  }),
  bind_port: line(integer(1, 65535), {
    default: "kernel choice",
    meaning: "Local source port",
    refusal: "Invalid checker bind_port '%w'",
  }),
  bind_if: line(interfaceName, {
    default: "none; required for link-local targets",
    meaning: "Local interface",
    refusal: "Interface name %w is too long - ignoring",
  }),
  connect_timeout: line(decimalSeconds(0.000001, 4294.967295), {
    default: "real server value, else 5",
    unit: "s",
    meaning: "Connection timeout",
    refusal: "connect_timeout %w invalid - ignoring",
  }),
  fwmark: line(integer(0, UINT), {
    default: "0",
    meaning: "Mark set on check packets",
    build: "SO_MARK",
    refusal: "Invalid fwmark connection value '%w'",
  }),
  retry: line(integer(0, UINT), {
    default: "real server value, else 1",
    unit: "count",
    meaning: "Retries before declaring failure",
    refusal: "Invalid retry connection value '%w'",
  }),
  delay_before_retry: line(decimalSeconds(0, LONGEST), {
    default: "real server value, else 1",
    unit: "s",
    meaning: "Pause between retries",
    refusal: "Invalid delay_before_retry connection value '%w'",
  }),
  warmup: line(decimalSeconds(0, LONGEST), {
    default: "real server value, else delay_loop",
    unit: "s",
    meaning: "Upper bound of random first delay; 0 disables",
    refusal: "Invalid warmup connection value '%w'",
  }),
  delay_loop: line(decimalSeconds(0.000001, LONGEST), {
    default: "real server value, else 60",
    unit: "s",
    meaning: "Time between checks",
    refusal: "delay_loop '%w' is invalid - ignoring",
  }),
  alpha: line(optionalBoolean, {
    default: "real server value",
    meaning: "Down until first success",
    refusal: "Invalid alpha parameter %w",
  }),
  log_all_failures: line(optionalBoolean, {
    default: "off",
    meaning: "Log every failed attempt",
    refusal: "Invalid log_all_failures parameter %w",
  }),
} satisfies Table;

/** Keywords of `TCP_CHECK`. */
export const TCP_CHECK = { ...CONNECTING, ...PROXIED } satisfies Table;

/** Keywords of `HTTP_GET`. */
export const HTTP_GET = {
  ...CONNECTING,
  ...PROXIED,
  delay_before_retry: { ...CONNECTING.delay_before_retry, default: "real server value, else 3" },
  nb_get_retry: line(integer(0, UINT), {
    default: "1",
    unit: "count",
    meaning: "Old name of retry, frequent in tutorials",
    note: "deprecated alias of retry, reports an error",
    refusal: "Invalid nb_get_retry value '%w'",
    deprecated: "retry",
  }),
  virtualhost: line(readRequestWord, {
    default: "real server, then virtual server value",
    meaning: "Host header for this checker",
    missing: "HTTP_GET virtualhost name missing",
  }),
  http_protocol: line(
    shown(
      "1.0|1.0C|1.0c|1.1|2",
      oneOf({
        "1.0": choice("HTTP/1.0"),
        "1.0C": choice("HTTP/1.0 with Connection: close"),
        "1.0c": choice("Same as 1.0C"),
        "1.1": choice("HTTP/1.1"),
        "2": choice("HTTP/2", { note: "by ALPN in SSL_GET, else with prior knowledge", ours: true }),
      }),
    ),
    {
      default: "1.0",
      meaning: "HTTP version; 1.0C adds Connection: close",
      refusal: "Invalid http_protocol version %w",
      missing: "Missing http_protocol version",
    },
  ),
  ...REQUEST,
  url: block(flag, URL, { default: "at least one required", meaning: "One request to perform", repeats: true }),
  enable_sni: line(optionalBoolean, {
    default: "off",
    meaning: "Send the host name as TLS SNI",
    note: "meaningful for SSL_GET",
    refusal: "Invalid enable_sni parameter %w",
  }),
  sni_name: line(optional(named("<NAME>"), true), {
    default: "virtualhost",
    meaning: "Explicit TLS SNI name",
    note: "also turns enable_sni on; HEAD only, after 2.4.3",
  }),
  fast_recovery: line(optionalBoolean, {
    default: "off",
    meaning: "No delay between URLs during recovery",
    refusal: "Invalid fast_recovery parameter %w",
  }),
} satisfies Table;

/** Keywords of `SSL_GET`. */
export const SSL_GET = {
  ...HTTP_GET,
  ...VERIFYING,
  tls_compliant: line(optionalBoolean, { default: "off", meaning: "Send TLS close_notify", since: "2.2.8" }),
  url: block(flag, SSL_URL, { default: "at least one required", meaning: "One request to perform", repeats: true }),
} satisfies Table;
