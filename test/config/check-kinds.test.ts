import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { CheckerConfig } from "../../src/config/model/check.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, reading, server } from "./reading.ts";

function checkers(text: string): readonly CheckerConfig[] {
  return reading(text).config.virtualServers[0]?.realServers[0]?.checkers ?? [];
}

/** The one checker of a real server: the keyword with these lines. */
function checker(keyword: string, ...lines: readonly string[]): CheckerConfig | undefined {
  return checkers(server(`${keyword} {\n${lines.join("\n")}\n}`))[0];
}

function said(...lines: readonly string[]): readonly string[] {
  return findings(reading(server(...lines)));
}

const TIMING = { delayLoop: seconds(60), warmup: seconds(60), alpha: false, logAllFailures: false };
const CONNECTING = {
  ...TIMING,
  ...{ address: "192.0.2.11", port: 80, bindAddress: undefined, bindPort: 0, bindInterface: undefined, fwmark: 0 },
  connectTimeout: seconds(5),
};

test.each<[string, readonly string[], object]>([
  ["PING_CHECK", [], { ...CONNECTING, type: "ping", retry: 1, delayBeforeRetry: seconds(1) }],
  [
    "SMTP_CHECK",
    [],
    { ...CONNECTING, type: "smtp", retry: 1, delayBeforeRetry: seconds(1), heloName: "smtpchecker.keepalived.org" },
  ],
  [
    "DNS_CHECK",
    [],
    { ...CONNECTING, type: "dns", retry: 3, delayBeforeRetry: seconds(60), queryType: "SOA", name: "." },
  ],
  [
    "UDP_CHECK",
    [],
    {
      ...{ ...CONNECTING, type: "udp", retry: 1, delayBeforeRetry: seconds(1) },
      payload: Buffer.from("keepalived check - keepalived ch").toString("hex"),
      ...{ requireReply: false, reply: undefined, minReplyLength: 0, maxReplyLength: 65535 },
    },
  ],
  [
    "MISC_CHECK",
    ['misc_path "/bin/a b"'],
    {
      ...{ ...TIMING, type: "misc", retry: 0, delayBeforeRetry: seconds(1) },
      command: { argv: ["/bin/a", "b"], user: undefined, group: undefined },
      ...{ timeout: seconds(60), dynamicWeight: false },
    },
  ],
])("%s without more", (keyword, lines, expected) => {
  expect(checker(keyword, ...lines)).toEqual(expected);
});

test("SSL_GET is HTTP_GET with a name for TLS", () => {
  const url = "url {\npath /\n}";
  const { urls, ...plain } = (checker("HTTP_GET", url) ?? {}) as Extract<CheckerConfig, { type: "http" }>;
  expect(checker("SSL_GET", url)).toEqual({
    ...plain,
    type: "ssl",
    urls: urls.map((each) => ({ ...each, serverName: undefined, tlsCompliant: false })),
  });
});

test.each([
  ["", undefined],
  ["enable_sni", "rs.example"],
  ["enable_sni off", undefined],
  ["sni_name a.example", "a.example"],
  ["sni_name", "rs.example"],
  ["enable_sni\nvirtualhost c.example", "c.example"],
  ["enable_sni off\nsni_name a.example", undefined],
  ["enable_sni\nvirtualhost c.example:8443", "c.example"],
  ["enable_sni\nvirtualhost c.example.", "c.example"],
  ["enable_sni\nvirtualhost 2001:db8::1", "2001:db8::1"],
])("SSL_GET { %s } of a server named rs.example sends the name %s", (line, serverName) => {
  const [check] = checkers(server("virtualhost rs.example", `SSL_GET {\n${line}\nurl {\npath /\n}\n}`));
  expect(check).toMatchObject({ urls: [{ serverName }] });
});

test("a url's own virtualhost and tls_compliant come before the checker's", () => {
  const lines = ["enable_sni", "virtualhost c.example", "tls_compliant", "url {\npath /\n}"];
  const check = checker("SSL_GET", ...lines, "url {\npath /\nvirtualhost u.example\ntls_compliant off\n}");
  expect(check).toMatchObject({
    urls: [
      { serverName: "c.example", tlsCompliant: true },
      { serverName: "u.example", tlsCompliant: false },
    ],
  });
});

const REGEX = { pattern: "ok", options: [], expected: true, minOffset: 0, maxOffset: undefined, stack: undefined };

test.each<[string, object | undefined, readonly string[]]>([
  ["", undefined, []],
  ["regex ok", REGEX, []],
  ["regex no\nregex ok", REGEX, []],
  ["regex ok\nregex_no_match", { ...REGEX, expected: false }, []],
  ["regex ok\nregex_options caseless\nregex_options utf", { ...REGEX, options: ["caseless", "utf"] }, []],
  ["regex ok\nregex_options caselos", REGEX, ["unknown option `caselos` of `regex_options`"]],
  ["regex ok\nregex_min_offset 5\nregex_max_offset 5", { ...REGEX, minOffset: 5, maxOffset: 5 }, []],
  [
    "regex ok\nregex_min_offset 6\nregex_max_offset 5",
    REGEX,
    ["no match can start from 6 to 5: the offsets are left out"],
  ],
  ["regex ok\nregex_stack 1 2", { ...REGEX, stack: [1, 2] }, []],
  ["regex ok\nregex_stack 2 1", REGEX, ["the stack starts with 2 bytes, above its maximum, 1"]],
  ["regex ok\nregex_stack 5", REGEX, ["`regex_stack` needs two numbers"]],
  ["regex", undefined, ["`regex` needs a pattern; nothing is searched"]],
  ["regex a b", undefined, ["a pattern with blanks needs quotes; nothing is searched"]],
  ["regex_no_match", undefined, ["`regex_no_match` has no effect without `regex`"]],
])("url { %s }", (lines, regex, messages) => {
  const text = `HTTP_GET {\nurl {\npath /\n${lines}\n}\n}`;
  expect(checkers(server(text))).toMatchObject([{ urls: [{ regex }] }]);
  expect(said(text).map((finding) => finding.replace(/^\w+ \d+:\d+ /, ""))).toEqual(messages);
  expect(testStatus(reading(server(text)).diagnostics)).toBe(0); // -t of 2.2.7 says nothing about a regex
});

test.each<[string, object, number]>([
  ["type aaaa", { queryType: "AAAA" }, 0],
  ["type FOO", { queryType: "SOA" }, 5],
  ["name example.com.", { name: "example.com." }, 0],
  ["name a..b", { name: "." }, 5],
  ["name a\nname b", { name: "a" }, 5],
  [`name ${"a".repeat(63)}`, { name: "a".repeat(63) }, 0],
  [`name ${"a".repeat(64)}`, { name: "." }, 0], // an error that Keepalived does not see
  ["retry 1\ndelay_before_retry 2", { retry: 1, delayBeforeRetry: seconds(2) }, 0],
  ["delay_loop 7", { delayBeforeRetry: seconds(7) }, 0],
])("DNS_CHECK { %s }", (lines, expected, status) => {
  expect(checker("DNS_CHECK", lines)).toMatchObject(expected);
  expect(testStatus(reading(server(`DNS_CHECK {\n${lines}\n}`)).diagnostics)).toBe(status);
});

test.each<[string, object, number]>([
  ["payload 0102", { payload: "0102" }, 0],
  ["payload 1 23 456 AB", { payload: "01234506ab" }, 0],
  ['payload "01 02"', { payload: "0102" }, 0],
  ["payload 0x01", {}, 5],
  ["payload", {}, 5],
  ["require_reply", { requireReply: true, reply: undefined }, 0],
  ["require_reply XX 1x", { requireReply: true, reply: "xx1x", maxReplyLength: 255 }, 0],
  ["require_reply XX\nmax_reply_length 300", { reply: "xx", maxReplyLength: 300 }, 0],
  ["require_reply\nmax_reply_length 9", { reply: undefined, maxReplyLength: 9 }, 0],
  ["require_reply zz", { requireReply: false }, 5],
  ["min_reply_length 5\nmax_reply_length 9", { minReplyLength: 5, maxReplyLength: 9 }, 0],
  ["min_reply_length 256", { minReplyLength: 256, maxReplyLength: 255 }, 5],
])("UDP_CHECK { %s }", (lines, expected, status) => {
  expect(checker("UDP_CHECK", lines)).toMatchObject(expected);
  expect(testStatus(reading(server(`UDP_CHECK {\n${lines}\n}`)).diagnostics)).toBe(status);
});

test("a server without a port is asked on that of its service, not on port 0", () => {
  for (const keyword of ["TCP_CHECK", "DNS_CHECK", "UDP_CHECK"]) {
    const text = server(`${keyword} {\n}`).replace("192.0.2.11 80", "192.0.2.11");
    expect(text).toContain("real_server 192.0.2.11 {");
    expect(checkers(text)).toMatchObject([{ address: "192.0.2.11", port: 80 }]);
  }
});

test("a MISC_CHECK has its service's delay_loop to run, and the account of its own or of all scripts", () => {
  const text = (line: string): string =>
    `global_defs {\nscript_user u g\n}\n${server(`delay_loop 7\nMISC_CHECK {\nmisc_path /bin/a\n${line}\n}`)}`.replace(
      "lb_kind NAT",
      "lb_kind NAT\ndelay_loop 8",
    );
  const user = { argv: ["/bin/a"], user: "u", group: "g" };
  expect(checkers(text("misc_dynamic"))).toMatchObject([
    { delayLoop: seconds(7), timeout: seconds(8), command: user, dynamicWeight: true },
  ]);
  expect(checkers(text("misc_timeout 0"))).toMatchObject([{ timeout: seconds(8) }]);
  expect(checkers(text("misc_timeout 3\nuser v"))).toMatchObject([
    { timeout: seconds(3), command: { user: "v", group: undefined } },
  ]);
});

test("words behind the command of a MISC_CHECK are no account", () => {
  const text = `global_defs {\nscript_user u g\n}\n${server("MISC_CHECK {\nmisc_path /bin/a --host b\n}")}`;
  expect(checkers(text)).toMatchObject([{ command: { argv: ["/bin/a"], user: "u", group: "g" } }]);
});

test("a MISC_CHECK without a command is left out", () => {
  expect(checker("MISC_CHECK", "misc_timeout 3")).toBeUndefined();
  expect(said("MISC_CHECK {\n}")).toEqual([
    "error 6:1 `MISC_CHECK` has no `misc_path`: it checks nothing and is left out",
  ]);
});

test("each host of an SMTP_CHECK is a check; timing it has from the checker, whom it asks from the real server", () => {
  const host = (...lines: readonly string[]): string => `host {\n${lines.join("\n")}\n}`;
  const lines = [
    "helo_name h",
    "connect_ip 192.0.2.9",
    "connect_timeout 9",
    "retry 7",
    host("retry 2"),
    host("connect_port 26"),
  ];
  expect(checkers(server(`SMTP_CHECK {\n${lines.join("\n")}\n}`))).toMatchObject([
    { address: "192.0.2.11", port: 80, retry: 2, connectTimeout: seconds(9), heloName: "h" },
    { address: "192.0.2.11", port: 26, retry: 7, connectTimeout: seconds(9), heloName: "h" },
  ]);
  expect(said(`SMTP_CHECK {\n${host()}\n${host()}\n}`)).toEqual([
    "warning 7:1 `host` is an old form: write an `SMTP_CHECK` for each",
  ]);
});

test.each([
  ["bindto fd00::6", { address: "192.0.2.11", bindAddress: undefined }, 5],
  ["connect_ip fd00::5\nbindto fd00::6", { address: "fd00::5", bindAddress: "fd00::6" }, 0],
  ["bindto fd00::6\nconnect_ip fd00::5", { address: "fd00::5", bindAddress: undefined }, 5],
  ["bindto 192.0.2.7\nconnect_ip fd00::5", { address: "192.0.2.11", bindAddress: "192.0.2.7" }, 5],
  ["bindto 192.0.2.7\nbindto fd00::6", { bindAddress: "192.0.2.7" }, 5],
])("of two families the later one is left out: %s", (lines, expected, status) => {
  expect(checker("TCP_CHECK", lines)).toMatchObject(expected);
  expect(testStatus(reading(server(`TCP_CHECK {\n${lines}\n}`)).diagnostics)).toBe(status);
});

test("checkers stay in the order of the file", () => {
  const kinds = ["UDP_CHECK {\n}", "TCP_CHECK {\n}", "PING_CHECK {\n}", "TCP_CHECK {\n}"];
  expect(checkers(server(...kinds)).map(({ type }) => type)).toEqual(["udp", "tcp", "ping", "tcp"]);
});

test("log_all_failures comes from the checker or from all", () => {
  const all = (line: string): unknown =>
    checkers(`global_defs {\nchecker_log_all_failures\n}\n${server(`TCP_CHECK {\n${line}\n}`)}`);
  expect(all("")).toMatchObject([{ logAllFailures: true }]);
  expect(all("log_all_failures off")).toMatchObject([{ logAllFailures: false }]);
});

const NOBODY = { username: undefined, password: undefined, passwordFile: undefined };
const ASKS = { ...CONNECTING, retry: 1, delayBeforeRetry: seconds(1) };

test.each<[string, readonly string[], object, readonly string[]]>([
  ["REDIS_CHECK", [], { ...ASKS, type: "redis", ...NOBODY, allowNoauth: false }, []],
  ["REDIS_CHECK", ["allow_noauth"], { allowNoauth: true }, []],
  ["REDIS_CHECK", ["username u", "password p"], { username: "u", password: "p" }, []],
  ["REDIS_CHECK", ["password_file /etc/p"], { ...NOBODY, passwordFile: "/etc/p" }, []],
  ["REDIS_CHECK", ["username u"], NOBODY, ["`username` has no effect without a password"]],
  [
    "REDIS_CHECK",
    ["password p", "allow_noauth"],
    { allowNoauth: false },
    ["`allow_noauth` has no effect beside a password: a login that is refused is a failure"],
  ],
  ["REDIS_CHECK", ["password_file p"], NOBODY, ["`p` is no absolute path"]],
  ["REDIS_CHECK", [`password ${"x".repeat(256)}`], NOBODY, ["the word has 256 bytes, 255 at most"]],
  ["REDIS_CHECK", ["password a\u0001b"], NOBODY, ["the word has a control character"]],
  ["MYSQL_CHECK", [], { ...ASKS, type: "mysql", ...NOBODY }, []],
  ["MYSQL_CHECK", ["username u"], { ...NOBODY, username: "u" }, []],
  ["MYSQL_CHECK", ["username u", "password_file /etc/p"], { username: "u", passwordFile: "/etc/p" }, []],
  ["MYSQL_CHECK", ["password p"], NOBODY, ["a password has no effect without `username`"]],
  ["PGSQL_CHECK", [], { ...ASKS, type: "pgsql", username: "keepalived", database: undefined }, []],
  ["PGSQL_CHECK", ["username u", "database d"], { username: "u", database: "d" }, []],
  ["PGSQL_CHECK", ['username ""'], { username: "keepalived" }, ["the word is empty"]],
])("%s { %j }", (keyword, lines, expected, messages) => {
  expect(checker(keyword, ...lines)).toMatchObject(expected);
  const found = said(`${keyword} {\n${lines.join("\n")}\n}`).map((each) => each.replace(/^\w+ \d+:\d+ /, ""));
  expect(found).toEqual(messages);
});

const TCP_KINDS = ["TCP_CHECK", "HTTP_GET", "SSL_GET", "SMTP_CHECK", "REDIS_CHECK", "MYSQL_CHECK", "PGSQL_CHECK"];

test.each(TCP_KINDS)("%s may announce its connections", (keyword) => {
  const url = keyword.endsWith("GET") ? "url {\npath /\n}" : "";
  const proxyProtocol = { version: 2, command: "local" };
  expect(checker(keyword, "proxy_protocol v2", url)).toMatchObject({ proxyProtocol });
  expect(checker(keyword, url)).not.toHaveProperty("proxyProtocol");
});

test("a host of an SMTP_CHECK announces its connections as the checker says", () => {
  const proxyProtocol = { version: 1, command: "proxy" };
  expect(checker("SMTP_CHECK", "proxy_protocol v1", "host {\n}")).toMatchObject({ proxyProtocol });
});

test.each<[string, object | undefined, readonly string[]]>([
  ["v1", { version: 1, command: "proxy" }, []],
  ["v2", { version: 2, command: "local" }, []],
  ["v1 local", { version: 1, command: "local" }, []],
  ["v2 proxy", { version: 2, command: "proxy" }, []],
  ["v3", undefined, ["error 7:16 unknown value `v3` for `proxy_protocol`"]],
  ["v2 locl", undefined, ["error 7:19 unknown value `locl` for `proxy_protocol`"]],
  ["", undefined, ["error 7:1 `proxy_protocol` needs a value"]],
])("proxy_protocol %s", (words, proxyProtocol, messages) => {
  expect((checker("TCP_CHECK", `proxy_protocol ${words}`) as { proxyProtocol?: object }).proxyProtocol).toEqual(
    proxyProtocol,
  );
  expect(said(`TCP_CHECK {\nproxy_protocol ${words}\n}`)).toEqual(messages);
});

test.each(["UDP_CHECK", "PING_CHECK", "DNS_CHECK"])("%s has no connection to announce", (keyword) => {
  expect(said(`${keyword} {\nproxy_protocol v2\n}`)).toContain(
    `error 7:1 unknown keyword \`proxy_protocol\` in \`${keyword}\``,
  );
});
