import { choice, line, type Table } from "../syntax/table.ts";
import { flag, INT, integer, optionalBoolean, shown } from "../syntax/types.ts";
import { readDigest, readStatusCodes } from "./read-http.ts";
import { readPattern, readRegexOptions, readStack } from "./read-regex.ts";
import { readRequestWord } from "./read-request.ts";
import { REQUEST } from "./request.ts";

const REGEX_OPTIONS = {
  allow_empty_class: choice("PCRE2 option of the same name", { build: "REGEX" }),
  alt_bsux: choice("PCRE2 option of the same name", { build: "REGEX" }),
  auto_callout: choice("PCRE2 option of the same name", { build: "REGEX" }),
  caseless: choice("PCRE2 option of the same name", { build: "REGEX" }),
  dollar_endonly: choice("PCRE2 option of the same name", { build: "REGEX" }),
  dotall: choice("PCRE2 option of the same name", { build: "REGEX" }),
  dupnames: choice("PCRE2 option of the same name", { build: "REGEX" }),
  extended: choice("PCRE2 option of the same name", { build: "REGEX" }),
  firstline: choice("PCRE2 option of the same name", { build: "REGEX" }),
  match_unset_backref: choice("PCRE2 option of the same name", { build: "REGEX" }),
  multiline: choice("PCRE2 option of the same name", { build: "REGEX" }),
  never_ucp: choice("PCRE2 option of the same name", { build: "REGEX" }),
  never_utf: choice("PCRE2 option of the same name", { build: "REGEX" }),
  no_auto_capture: choice("PCRE2 option of the same name", { build: "REGEX" }),
  no_auto_possess: choice("PCRE2 option of the same name", { build: "REGEX" }),
  no_dotstar_anchor: choice("PCRE2 option of the same name", { build: "REGEX" }),
  no_start_optimize: choice("PCRE2 option of the same name", { build: "REGEX" }),
  ucp: choice("PCRE2 option of the same name", { build: "REGEX" }),
  ungreedy: choice("PCRE2 option of the same name", { build: "REGEX" }),
  utf: choice("PCRE2 option of the same name", { build: "REGEX" }),
  never_backslash_c: choice("PCRE2 option of the same name", { build: "REGEX" }),
  alt_circumflex: choice("PCRE2 option of the same name", { build: "REGEX" }),
  alt_verbnames: choice("PCRE2 option of the same name", { build: "REGEX" }),
  use_offset_limit: choice("PCRE2 option of the same name", { build: "REGEX" }),
} satisfies Table;

/** Keywords of `url` in `HTTP_GET`. */
export const URL = {
  path: line(readRequestWord, { default: "required", meaning: "Request path" }),
  digest: line(readDigest, {
    default: "none",
    meaning: "Expected MD5 of the body, see genhash",
    note: "second ignored with error",
  }),
  status_code: line(readStatusCodes, {
    default: "200-299",
    meaning: "Accepted response codes",
    note: "values accumulate",
    repeats: true,
    refusal: "Invalid HTTP_GET status code '%w'",
    missing: "",
  }),
  virtualhost: line(readRequestWord, {
    default: "checker value",
    meaning: "Host header for this request",
    missing: "Missing HTTP_GET virtualhost name",
  }),
  ...REQUEST,
  regex: line(readPattern, {
    default: "none",
    meaning: "PCRE2 pattern the body must match",
    note: "escapes processed; second replaces first",
    build: "REGEX",
  }),
  regex_no_match: line(flag, { default: "off", meaning: "Fail when the pattern matches", build: "REGEX" }),
  regex_options: line(readRegexOptions(REGEX_OPTIONS), {
    default: "none",
    meaning: "PCRE2 compile options",
    note: "unknown words silently ignored",
    build: "REGEX",
    repeats: true,
  }),
  regex_min_offset: line(shown("<integer>", integer(-INT, INT)), {
    default: "0",
    unit: "bytes",
    meaning: "First offset searched",
    build: "REGEX",
    missing: "",
  }),
  regex_max_offset: line(shown("<integer>", integer(-INT, INT)), {
    default: "unlimited",
    unit: "bytes",
    meaning: "Last offset where a match may start",
    build: "REGEX",
    missing: "",
  }),
  regex_stack: line(readStack, {
    default: "PCRE2 default",
    unit: "bytes",
    meaning: "PCRE2 JIT stack sizes",
    build: "REGEX with JIT",
  }),
} satisfies Table;

/** Keywords of `url` in `SSL_GET`. */
export const SSL_URL = {
  ...URL,
  tls_compliant: line(optionalBoolean, {
    default: "checker value",
    meaning: "Send TLS close_notify for this request",
    since: "2.2.8",
  }),
} satisfies Table;
