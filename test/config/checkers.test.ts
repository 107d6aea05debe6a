import { expect, test } from "vitest";
import type { IpAddress } from "../../src/base/ip.ts";
import { seconds } from "../../src/base/time.ts";
import { CHECKER_KEYWORDS, type CheckerConfig, type TcpCheckConfig } from "../../src/config/model/check.ts";
import type { RealServerConfig, VirtualServerConfig } from "../../src/config/model/lvs.ts";
import { runnable } from "../../src/daemon/runnable.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { reading, server, service } from "./reading.ts";

function vs(text: string): VirtualServerConfig | undefined {
  return reading(text).config.virtualServers[0];
}

function rs(...lines: readonly string[]): RealServerConfig | undefined {
  return vs(server(...lines))?.realServers[0];
}

function checker(text: string): CheckerConfig | undefined {
  return rs(text)?.checkers[0];
}

function checkedIp(): IpAddress {
  return "192.0.2.77" as IpAddress;
}

const codes = (text: string): readonly string[] => reading(text).diagnostics.map(({ code }) => code);

test("real servers inherit from the service, checkers from the real server", () => {
  const timing = (n: number): string =>
    `delay_loop ${n}\nretry ${n}\ndelay_before_retry ${n}\nwarmup ${n}\nconnect_timeout ${n}`;
  const inside = (n: number): Partial<TcpCheckConfig> => ({
    delayLoop: seconds(n),
    retry: n,
    delayBeforeRetry: seconds(n),
    warmup: seconds(n),
    connectTimeout: seconds(n),
  });
  const around = (text: string, top: string): string => text.replace("lb_kind NAT", `lb_kind NAT\n${top}`);
  const check = "TCP_CHECK {\n}";
  expect(vs(around(server(check), timing(7)))?.realServers[0]?.checkers[0]).toMatchObject(inside(7));
  expect(vs(around(server(check, timing(8)), timing(7)))?.realServers[0]?.checkers[0]).toMatchObject(inside(8));
  expect(rs(timing(8), `TCP_CHECK {\n${timing(9)}\n}`)?.checkers[0]).toMatchObject(inside(9));
  const general = vs(around(server(check), "weight 3\nalpha\ninhibit_on_failure"))?.realServers[0];
  expect(general).toMatchObject({ weight: 3, inhibitOnFailure: true, checkers: [{ alpha: true }] });
});

test("TCP_CHECK without more", () => {
  expect(checker("TCP_CHECK {\n}")).toEqual({
    type: "tcp",
    address: "192.0.2.11",
    port: 80,
    bindAddress: undefined,
    bindPort: 0,
    bindInterface: undefined,
    fwmark: 0,
    connectTimeout: seconds(5),
    delayLoop: seconds(60),
    retry: 1,
    delayBeforeRetry: seconds(1),
    warmup: seconds(60),
    alpha: false,
    logAllFailures: false,
  });
});

test.each<[string, Partial<TcpCheckConfig>, number]>([
  ["connect_ip 192.0.2.77\nconnect_port 99", { address: checkedIp(), port: 99 }, 0],
  ["connect_port 0", { port: 80 }, 5],
  ["connect_ip foo", {}, 5],
  ["connect_timeout 0", { connectTimeout: seconds(5) }, 5],
  ["connect_timeout 3abc", { connectTimeout: seconds(3) }, 5],
  ["connect_timeout 10\u3000", { connectTimeout: seconds(10) }, 5],
  ["connect_timeout 5000", { connectTimeout: seconds(5) }, 5],
  ["connect_timeout 3\nconnect_timeout 4", { connectTimeout: seconds(4) }, 0],
  ["retry 0", { retry: 0 }, 0],
  ["retry -1", { retry: 1 }, 5],
  ["nb_get_retry 3", { retry: 1 }, 5],
  ["delay_before_retry 0", { delayBeforeRetry: 0 }, 0],
  ["warmup 0", { warmup: 0 }, 0],
  ["delay_loop 3", { delayLoop: seconds(3), warmup: seconds(3) }, 0],
  ["bindto fe80::1", { bindAddress: undefined }, 5],
  ["bind_if abcdefghijklmnopqrs", { bindInterface: undefined }, 5],
  ["bind_port 1024\nbind_if eth0\nfwmark 5", { bindPort: 1024, bindInterface: "eth0", fwmark: 5 }, 0],
  ["alpha", { alpha: true }, 0],
  ["log_all_failures on", { logAllFailures: true }, 0],
])("TCP_CHECK { %s }", (lines, expected, status) => {
  const text = `TCP_CHECK {\n${lines}\n}`;
  expect(checker(text)).toMatchObject(expected);
  expect(testStatus(reading(server(text)).diagnostics)).toBe(status);
});

test("a link-local target needs an interface", () => {
  expect(checker("TCP_CHECK {\nconnect_ip fe80::1\n}")).toBeUndefined();
  expect(checker("TCP_CHECK {\nconnect_ip fe80::1\nbind_if eth0\n}")).toMatchObject({ bindInterface: "eth0" });
});

test("one line for several keywords says which words have no effect", () => {
  const { diagnostics } = reading(server("TCP_CHECK { connect_timeout 2 retry 2 }"));
  expect(diagnostics[0]?.message).toBe("`retry` and what follows have no effect behind `connect_timeout`");
});

const HTTP = (...lines: readonly string[]): string => `HTTP_GET {\n${lines.join("\n")}\n}`;
const URL = (...lines: readonly string[]): string => `url {\npath /\n${lines.join("\n")}\n}`;

test("HTTP_GET without more", () => {
  expect(checker(HTTP("url { path /healthz }"))).toMatchObject({
    type: "http",
    protocol: "1.0",
    virtualHost: undefined,
    retry: 1,
    delayBeforeRetry: seconds(3),
    urls: [{ path: "/healthz", statusCodes: [[200, 299]], digest: undefined, virtualHost: undefined }],
  });
});

const MD5 = "0123456789abcdef0123456789ABCDEF";

test.each<[string, unknown, number]>([
  [
    URL("status_code 200 300-310", "status_code 404"),
    {
      urls: [
        {
          statusCodes: [
            [200, 200],
            [300, 310],
            [404, 404],
          ],
        },
      ],
    },
    0,
  ],
  [URL("status_code 99 abc 400- 300-200"), { urls: [{ statusCodes: [[200, 299]] }] }, 5],
  [URL(`digest ${MD5}`), { urls: [{ digest: MD5.toLowerCase() }] }, 0],
  [URL("digest 0123"), { urls: [{ digest: undefined }] }, 5],
  [URL(`digest ${MD5}`, `digest ${"0".repeat(32)}`), { urls: [{ digest: MD5.toLowerCase() }] }, 5],
  [`virtualhost a.b\n${URL("virtualhost c.d")}`, { virtualHost: "a.b", urls: [{ virtualHost: "c.d" }] }, 0],
  [`http_protocol 1.0C\n${URL()}`, { protocol: "1.0c" }, 0],
  [`http_protocol 2\n${URL()}`, { protocol: "2" }, 0],
  [`http_protocol 3\n${URL()}`, { protocol: "1.0" }, 5],
  [`nb_get_retry 4\nretry 2\n${URL()}`, { retry: 2 }, 5],
  [`retry 2\nnb_get_retry 4\n${URL()}`, { retry: 4 }, 5],
  [`${URL()}\nurl {\nstatus_code 200\n}`, { urls: [{ path: "/" }] }, 5],
])("HTTP_GET { %s }", (lines, expected, status) => {
  expect(checker(HTTP(lines))).toMatchObject(expected as object);
  expect(testStatus(reading(server(HTTP(lines))).diagnostics)).toBe(status);
});

test("the host name of an HTTP check comes from checker, real server or service", () => {
  expect(rs("virtualhost rs.example", HTTP(URL()))?.checkers[0]).toMatchObject({ virtualHost: "rs.example" });
});

test("every `digest` behind the first one is reported, and it counts", () => {
  const [first, second, third] = ["0", "1", "2"].map((digit) => digit.repeat(32));
  const text = HTTP(URL(`digest ${first}`, `digest ${second}`, `digest ${third}`));
  expect(checker(text)).toMatchObject({ urls: [{ digest: first }] });
  expect(reading(server(text)).diagnostics.map(({ keepalived }) => keepalived?.replace(/^\(.*?\) /, ""))).toEqual([
    `Digest '${second}' is a duplicate`,
    `Digest '${third}' is a duplicate`,
  ]);
});

test("an HTTP_GET that asks for nothing is left out", () => {
  expect(rs(HTTP())?.checkers).toEqual([]);
  expect(codes(server(HTTP()))).toEqual(["missing-keyword"]);
});

test("every kind of checker runs, and nothing is said of it", () => {
  const files = "track_file F {\nfile /tmp/f\n}\nbfd_instance B {\nneighbor_ip 192.0.2.9\n}\n";
  const follow = ["FILE_CHECK {\ntrack_file F\n}", "BFD_CHECK {\nname B\n}"];
  const ask = ["TCP", "SMTP", "DNS", "UDP", "PING", "GRPC", "REDIS", "MYSQL", "PGSQL"].map(
    (kind) => `${kind}_CHECK {\n}`,
  );
  const pages = [HTTP(URL()), HTTP(URL()).replace("HTTP", "SSL"), "MISC_CHECK {\nmisc_path /bin/true\n}"];
  const ours = ["JS_CHECK {\nmodule ./check.mjs\n}"];
  const secure = "global_defs {\nenable_script_security\nscript_user nobody\n}\n";
  const { config, diagnostics } = reading(secure + files + server(...ask, ...pages, ...follow, ...ours));
  const run = runnable(config)[0]?.realServers[0]?.checkers ?? [];
  expect(run.map(({ type }) => type).sort()).toEqual(Object.keys(CHECKER_KEYWORDS).sort());
  expect(diagnostics).toEqual([]);
});

test.each([
  [["sorry_server 192.0.2.50 8080"], { address: "192.0.2.50", port: 8080, forwarding: "nat", inhibitOnFailure: false }],
  [["sorry_server 192.0.2.50"], { port: 80 }],
  [["sorry_server 192.0.2.50 1", "sorry_server 192.0.2.51 2"], { address: "192.0.2.51", port: 2 }],
  [["sorry_server 192.0.2.50 8080", "sorry_server_lvs_method DR"], { port: 80, forwarding: "dr" }],
  [["sorry_server 192.0.2.50 80", "sorry_server_inhibit"], { inhibitOnFailure: true }],
  [["sorry_server_inhibit", "sorry_server 192.0.2.50 80"], { inhibitOnFailure: false }],
  [["inhibit_on_failure", "sorry_server 192.0.2.11 80"], { inhibitOnFailure: true }],
  [["sorry_server fe80::1 80"], undefined],
  [["sorry_server foo 80"], undefined],
])("%j", (lines, expected) => {
  const { sorryServer } = vs(service(...lines)) ?? {};
  if (expected === undefined) expect(sorryServer).toBeUndefined();
  else expect(sorryServer).toMatchObject(expected);
});

test("a `host` of SMTP_CHECK has its timing from the checker, and whom to ask from the real server", () => {
  const text = "SMTP_CHECK {\nretry 4\nconnect_port 25\nhost {\n}\nhost {\nconnect_port 26\n}\n}";
  const found = rs(text)?.checkers.map((each) => each.type === "smtp" && [each.port, each.retry]);
  expect(found).toEqual([
    [80, 4],
    [26, 4],
  ]);
});
