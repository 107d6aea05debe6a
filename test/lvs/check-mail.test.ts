import { expect, test } from "vitest";
import { bfdMail, checkMail } from "../../src/lvs/check-mail.ts";
import { TIMED_OUT } from "../../src/lvs/check-words.ts";
import type { CheckKind } from "../../src/lvs/health.ts";

/** From mails of keepalived 2.2.7, but for the success of DNS_CHECK and the failure of SSL_GET: checkers-ipvs.md §5.3. */
const LETTERS: readonly (readonly [CheckKind, up: string, why: string, down: string])[] = [
  ["tcp", "TCP CHECK succeed on service", "refused", "TCP CHECK failed on service"],
  ["udp", "UDP CHECK succeed on service", "refused", "UDP CHECK failed on service"],
  ["ping", "ICMP CHECK succeed on service", "timeout", "ICMP CHECK failed on service"],
  ["grpc", "GRPC CHECK succeed on service", "refused", "GRPC CHECK failed on service : refused"],
  ["http", "CHECK succeed on service", "refused", "CHECK failed on service : HTTP request failed"],
  ["ssl", "CHECK succeed on service", "refused", "CHECK failed on service : SSL request failed"],
  [
    "smtp",
    "CHECK succeed on service",
    "Could not connect to server [127.0.0.1]:8025",
    "CHECK failed on service : Could not connect to server [127.0.0.1]:8025",
  ],
  ["dns", "DNS_CHECK: succeed on service", "read timeout", "DNS_CHECK: failed on service"],
  ["redis", "CHECK succeed on service", "LOADING x", "CHECK failed on service : LOADING x"],
  ["mysql", "CHECK succeed on service", "1040 x", "CHECK failed on service : 1040 x"],
  ["pgsql", "CHECK succeed on service", "x (57P03)", "CHECK failed on service : x (57P03)"],
  ["misc", "MISC CHECK succeeded on service", "exited with status 1", "MISC CHECK failed on service"],
  ["js", "JS CHECK succeeded on service", "returned false", "JS CHECK failed on service"],
  ["misc", "MISC CHECK succeeded on service", TIMED_OUT, "MISC CHECK timed out on service"],
];

test.each(LETTERS)("the verdict of %s is mailed: %s; %s: %s", (type, up, why, down) => {
  expect(checkMail({ type }, { name: "succeeded" })).toBe(up);
  expect(checkMail({ type }, { name: "failed", retries: 1, why })).toBe(down);
});

test("what is no verdict is not mailed", () => {
  expect(checkMail({ type: "tcp" }, { name: "failure", done: 0, of: 1, why: "refused" })).toBeUndefined();
  expect(checkMail({ type: "tcp" }, { name: "local-trouble", why: "no such interface" })).toBeUndefined();
  expect(checkMail({ type: "http" }, { name: "url-succeeded", url: 0 })).toBeUndefined();
});

test("a BFD_CHECK names its session", () => {
  expect([bfdMail("B1", true), bfdMail("B1", false)]).toEqual([
    "BFD CHECK B1 succeeded on service",
    "BFD CHECK B1 failed on service",
  ]);
});
