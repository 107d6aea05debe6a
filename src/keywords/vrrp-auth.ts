import { choice, line, type Table } from "../syntax/table.ts";
import { integer, oneOf, several, shown, text, wholeSeconds } from "../syntax/types.ts";

/** Keywords of `authentication`. */
export const AUTHENTICATION = {
  auth_type: line(
    oneOf({ PASS: choice("Clear text password"), AH: choice("IPsec AH, discouraged", { note: "IPv4 only" }) }),
    {
      default: "none",
      meaning: "Authentication method",
      build: "VRRP_AUTH",
      refusal: "(%b) unknown authentication type '%w'",
    },
  ),
  auth_pass: line(text, {
    default: "none",
    meaning: "Shared password",
    note: "only the first 8 characters count",
    build: "VRRP_AUTH",
  }),
} satisfies Table;

/** Keywords of `auth_hmac`. */
export const AUTH_HMAC = {
  key: line(
    shown("<id 1..255> <ASCII|hex:HEX|file:PATH>", several("", 2), {
      "hex:": choice("Key given as hexadecimal", {}, "(value prefix)"),
      "file:": choice("Key read from a file, same syntax inside", {}, "(value prefix)"),
    }),
    { unit: "32..64 bytes", meaning: "Define a signing key", since: "2.4.0", build: "VRRP_AUTH", repeats: true },
  ),
  active_key: line(integer(1, 255), {
    default: "required to match a key",
    meaning: "Key used for sending",
    since: "2.4.0",
    build: "VRRP_AUTH",
  }),
  time_window: line(wholeSeconds(1, 300), {
    default: "max(3 x advert_int, 5)",
    unit: "s",
    meaning: "Accepted age of an advert",
    since: "2.4.0",
    build: "VRRP_AUTH",
  }),
  anti_replay: line(
    oneOf({
      time: choice("Freshness window, needs synchronised clocks"),
      monotonic: choice("Only growing sequence numbers"),
    }),
    { default: "time", meaning: "Replay protection method", since: "2.4.0", build: "VRRP_AUTH" },
  ),
  mode: line(
    oneOf({
      enforce: choice("Require and send the trailer"),
      permissive: choice("Send it but accept adverts without"),
      "receive-only": choice("Verify if present, never send"),
    }),
    { default: "enforce", meaning: "Treatment of adverts without a trailer", since: "2.4.0", build: "VRRP_AUTH" },
  ),
} satisfies Table;
