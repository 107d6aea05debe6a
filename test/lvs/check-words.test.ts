import { expect, test } from "vitest";
import { type CheckSubject, healthWords } from "../../src/lvs/check-words.ts";
import type { CheckKind, HealthNote } from "../../src/lvs/health.ts";

const RS = "[10.9.0.11]:tcp:80";
const VS = "[10.9.0.100]:tcp:80";
const urls = [
  { path: "/a", digest: undefined },
  { path: "/b", digest: "d41d8cd98f00b204e9800998ecf8427e" },
  { path: "/c", digest: "d41d8cd98f00b204e9800998ecf8427e", regex: "up" },
];
const subject = (type: CheckKind): CheckSubject => ({
  type,
  realServer: RS,
  virtualServer: VS,
  urls,
  script: "/etc/check -v",
});
const why = "refused";
const after3: HealthNote = { name: "failed", retries: 3, why };
const atOnce: HealthNote = { name: "failed", retries: 0, why };
const js = `JS check for [${RS} VS ${VS}] by [/etc/check -v]`;
const misc = `Misc check for [${RS} VS ${VS}] by [/etc/check -v]`;

test.each<[CheckKind, HealthNote, string | undefined]>([
  ["tcp", { name: "succeeded" }, `TCP connection to ${RS} success.`],
  ["udp", { name: "succeeded" }, `UDP connection to ${RS} success.`],
  ["ping", { name: "succeeded" }, `ICMP connection to ${RS} success.`],
  ["http", { name: "succeeded" }, `Remote Web server ${RS} succeed on service.`],
  ["ssl", { name: "succeeded" }, `Remote Web server ${RS} succeed on service.`],
  ["smtp", { name: "succeeded" }, `Remote SMTP server ${RS} succeed on service.`],
  ["dns", { name: "succeeded" }, undefined],
  ["misc", { name: "succeeded" }, `${misc} succeeded.`],
  ["redis", { name: "succeeded" }, `REDIS_CHECK on service ${RS} succeeded.`],
  ["mysql", after3, `MYSQL_CHECK on service ${RS} failed after 3 retries: refused`],
  ["pgsql", atOnce, `PGSQL_CHECK on service ${RS} failed: refused`],
  ["redis", { name: "failure", done: 0, of: 3, why }, `REDIS_CHECK on service ${RS} failed: refused`],
  ["js", { name: "succeeded" }, `${js} succeeded.`],
  ["js", { ...after3, why: "returned false" }, `${js} failed after 3 retries (returned false).`],
  ["js", { ...atOnce, why: "timed out" }, `${js} timed out with retry disabled.`],
  ["tcp", after3, `TCP_CHECK on service ${RS} failed after 3 retries.`],
  ["tcp", atOnce, `TCP_CHECK on service ${RS} failed.`],
  ["udp", after3, `UDP_CHECK on service ${RS} failed after 3 retries.`],
  ["ping", after3, `ICMP CHECK on service ${RS} of ${VS} failed after 3 retries.`],
  ["ping", atOnce, `ICMP CHECK on service ${RS} failed.`],
  ["http", after3, `HTTP_CHECK on service ${RS} failed after 3 retries.`],
  ["ssl", after3, `SSL_CHECK on service ${RS} failed after 3 retries.`],
  [
    "ssl",
    { ...after3, why: 'Certificate not accepted from: the certificate of "a: b" has expired' },
    `SSL_CHECK on service ${RS} failed after 3 retries. (the certificate of "a: b" has expired)`,
  ],
  ["http", { ...atOnce, why: "HTTP/2 error with: broken" }, `HTTP_CHECK on service ${RS} failed. (broken)`],
  ["ssl", { ...atOnce, why: "SSL handshake: no HTTP/2: h" }, `SSL_CHECK on service ${RS} failed. (no HTTP/2: h)`],
  ["smtp", after3, "SMTP_CHECK refused"],
  ["grpc", { name: "succeeded" }, `GRPC_CHECK on service ${RS} succeeded.`],
  ["grpc", after3, `GRPC_CHECK on service ${RS} failed after 3 retries: refused`],
  ["grpc", { name: "failure", done: 0, of: 3, why }, `GRPC_CHECK on service ${RS} failed: refused`],
  ["dns", after3, `DNS_CHECK (${RS}) refused after 3 retries`],
  ["misc", { ...after3, why: "exited with status 1" }, `${misc} failed after 3 retries (exited with status 1).`],
  ["misc", { ...after3, retries: 1 }, `${misc} failed after 1 retry (refused).`],
  ["misc", { name: "failure", done: 0, of: 1, why }, `${misc} failed, will do 1 retry (refused).`],
  ["misc", { ...atOnce, why: "timed out" }, `${misc} timed out with retry disabled.`],
  ["tcp", { name: "failure", done: 0, of: 3, why }, `TCP connection to ${RS} failed. (refused)`],
  ["ping", { name: "failure", done: 0, of: 3, why }, `ICMP connection to address ${RS} failed. (refused)`],
  ["ping", { name: "failure", done: 0, of: 3, why: "timeout" }, `ICMP connection to address ${RS} timeout.`],
  ["udp", { name: "failure", done: 0, of: 3, why }, `UDP connection to ${RS} failed. (refused)`],
  ["udp", { name: "failure", done: 0, of: 3, why: "reply data mismatch" }, `UDP check to ${RS} reply data mismatch.`],
  ["udp", atOnce, `UDP_CHECK on service ${RS} failed.`],
  ["dns", atOnce, `DNS_CHECK (${RS}) refused`],
  ["http", { name: "failure", done: 0, of: 3, why: "Timeout HTTP read" }, `Timeout HTTP read server ${RS}.`],
  ["smtp", { name: "failure", done: 0, of: 3, why }, "SMTP_CHECK refused"],
  ["dns", { name: "failure", done: 0, of: 3, why }, `DNS_CHECK (${RS}) refused`],
  [
    "misc",
    { name: "failure", done: 0, of: 3, why: "due to signal 9" },
    `${misc} failed, will do 3 retries (due to signal 9).`,
  ],
  ["misc", { name: "failure", done: 2, of: 3, why: "timed out" }, `${misc} timed out on retry 2/3.`],
  [
    "ssl",
    { name: "failure", done: 0, of: 3, why: "HTTP status code error to: 404" },
    `HTTP status code error to server ${RS}. (404)`,
  ],
  ["http", { name: "url-succeeded", url: 0 }, `HTTP status code success to ${RS} url(/a)`],
  ["http", { name: "url-succeeded", url: 1 }, `MD5 digest success to ${RS} url(/b)`],
  ["ssl", { name: "url-succeeded", url: 2 }, `Regex match success to ${RS} url(/c)`],
  ["tcp", { name: "local-trouble", why }, `TCP_CHECK on service ${RS} cannot be made: refused`],
])("%s %j", (type, note, words) => {
  expect(healthWords(subject(type), note)).toBe(words);
});
