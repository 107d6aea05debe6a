import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { compareDirectors } from "../../src/lint/compare.ts";
import { type Diagnostic, placeName, render } from "../../src/syntax/diagnostic.ts";
import { sourceOf } from "../config/reading.ts";

/** What is found between files `a`, `b`, `c`... */
function compare(...texts: readonly string[]): readonly Diagnostic[] {
  const files = Object.fromEntries(texts.map((text, i) => ["abcd"[i] ?? "", text]));
  const source = sourceOf(files);
  return compareDirectors(Object.keys(files).map((name) => ({ name, reading: readConfig(name, source) })));
}

/** `SEVERITY CODE PLACE, PLACE: message` of each. */
function found(...texts: readonly string[]): readonly string[] {
  return compare(...texts).map(({ severity, code, span, related = [], message }) => {
    const places = [span, ...related.map((other) => other.span)].map(placeName).join(" ");
    return `${severity} ${code} ${places}: ${message}`;
  });
}

function seed(name: string): string {
  return readFileSync(`test/seeds/${name}`, "utf8");
}

interface Router {
  readonly state?: string;
  readonly priority?: number;
  readonly vrid?: number;
  readonly name?: string;
  readonly addresses?: readonly string[];
  readonly more?: readonly string[];
}

/** An instance of one line for each thing: `priority` stands in line 2. */
function router({ priority = 100, state = "BACKUP", vrid = 51, name = "V", addresses, more = [] }: Router): string {
  const list = (addresses ?? ["192.0.2.254"]).map((address) => `    ${address}`);
  return [
    `vrrp_instance ${name} {`,
    `  priority ${priority}`,
    `  state ${state}`,
    `  virtual_router_id ${vrid}`,
    "  interface eth0",
    ...more.map((line) => `  ${line}`),
    "  virtual_ipaddress {",
    ...list,
    "  }",
    "}",
    "",
  ].join("\n");
}

const FIRST = { priority: 200, state: "MASTER" };

/** A service: what is written of it begins in line 3, its servers follow. */
function service(lines: readonly string[], ...servers: readonly string[]): string {
  const basic = ["virtual_server 192.0.2.254 80 {", "  protocol TCP", ...lines.map((line) => `  ${line}`)];
  const method = lines.some((line) => line.startsWith("lb_kind")) ? [] : ["  lb_kind NAT"];
  const scheduler = lines.some((line) => line.startsWith("lb_algo")) ? [] : ["  lb_algo wlc"];
  return [...basic, ...servers, ...method, ...scheduler, "}", ""].join("\n");
}

/** A real server: `weight` and the like first, then the lines of its TCP_CHECK. */
function server(address: string, lines: readonly string[] = [], check: readonly string[] = []): string {
  const own = lines.map((line) => `    ${line}`);
  const checked = check.map((line) => `      ${line}`);
  return [`  real_server ${address} {`, ...own, "    TCP_CHECK {", ...checked, "    }", "  }"].join("\n");
}

test("cluster 002: `rr` beside `wlc` is found, with both places", () => {
  const source = sourceOf({ "lb1.conf": seed("002-lb1.conf"), "lb2.conf": seed("002-lb2.conf") });
  const names = ["lb1.conf", "lb2.conf"];
  const lines = (file: string, line: number): string | undefined =>
    seed(`002-${file}`)
      .split("\n")
      .at(line - 1);
  const directors = names.map((name) => ({ name, reading: readConfig(name, source) }));
  expect(compareDirectors(directors, lines).map((it) => render(it))).toEqual([
    [
      "warning: `lb_algo` of `virtual_server 172.16.1.100 80` is `rr` in `lb1.conf` and `wlc` in `lb2.conf`",
      "  --> lb1.conf:26:15",
      "   |",
      "26 |       lb_algo rr",
      "   |               ^^",
      "   |",
      "  ::: lb2.conf:26:13",
      "   |",
      "26 |     lb_algo wlc",
      "   |             --- here `wlc`",
      "   = help: write the same scheduler everywhere: else a failover changes how connections are spread",
    ].join("\n"),
  ]);
});

test.each(["000", "001"])("cluster %s: the directors agree", (name) => {
  expect(found(seed(`${name}-lb1.conf`), seed(`${name}-lb2.conf`))).toEqual([]);
});

test.each(["003", "004"])("cluster %s: the directors agree, and have one name", (name) => {
  expect(found(seed(`${name}-lb1.conf`), seed(`${name}-lb2.conf`))).toEqual([
    expect.stringMatching(/^hint equal-router-id .*: `router_id` is `LVS_DEVEL` in `a` and in `b`$/),
  ]);
});

test("one director, and one whose file cannot be read, have nothing to agree on", () => {
  expect(found(router(FIRST))).toEqual([]);
  expect(found(router(FIRST), "missing")).toEqual([]);
});

test("directors that differ only in priority, state, interface and name of the instance agree", () => {
  const other = router({ priority: 100, name: "OTHER" }).replace("eth0", "ens3");
  expect(found(router(FIRST), other)).toEqual([]);
  expect(found(router({ priority: 200, more: ["nopreempt"] }), router({ more: ["nopreempt"] }))).toEqual([]);
});

test("a name that both directors have is a hint", () => {
  const named = (name: string): string => `global_defs {\n  router_id ${name}\n}\n`;
  expect(found(named("lb1"), named("lb2"))).toEqual([]);
  expect(found(named("lb1"), named("lb1"))).toEqual([
    "hint equal-router-id a:2:13 b:2:13: `router_id` is `lb1` in `a` and in `b`",
  ]);
});

test("the same instance with another number is found by its name", () => {
  expect(found(router({ ...FIRST, vrid: 51 }), router({ vrid: 52 }))).toEqual([
    "error differs-virtual-router-id a:4:21 b:4:21: `virtual_router_id` of `vrrp_instance V` is `51` in `a` and `52` in `b`",
  ]);
});

test("instances are matched by number first, whatever their names, and by interface where a number is there twice", () => {
  const two = (a: number, b: number): string =>
    `${router({ ...FIRST, vrid: a })}${router({ ...FIRST, vrid: b, name: "W" })}`;
  const less = (text: string): string => text.replaceAll("200", "100").replaceAll("MASTER", "BACKUP");
  expect(found(two(1, 2), less(two(2, 1)))).toEqual([]);
  const apart = (a: string, b: string): string =>
    `${router({ ...FIRST, name: a })}${router({ ...FIRST, name: b, addresses: ["198.51.100.1"] }).replace("eth0", "eth1")}`;
  expect(found(apart("A", "B"), less(apart("C", "D")))).toEqual([]);
});

test("an instance that only one director has", () => {
  const both = router({ ...FIRST }) + router({ vrid: 60, name: "W", addresses: ["192.0.2.253"] });
  expect(found(both, router({}))).toEqual([
    "warning only-one-director a:10:15 b: `vrrp_instance W` with `virtual_router_id 60` is in `a`, but not in `b`",
  ]);
  expect(found(router({}), both)).toEqual([
    "warning only-one-director b:10:15 a: `vrrp_instance W` with `virtual_router_id 60` is in `b`, but not in `a`",
  ]);
});

test("an instance that the reader cannot use is not called missing: the reader has said what is wrong", () => {
  expect(found(router(FIRST), router({}).replace("  virtual_router_id 51\n", ""))).toEqual([]);
});

test("intervals, in seconds as written", () => {
  expect(found(router({ ...FIRST, more: ["advert_int 1"] }), router({ more: ["advert_int 2"] }))).toEqual([
    "error differs-advert-int a:6:14 b:6:14: `advert_int` of `vrrp_instance V` is `1` in `a` and `2` in `b`",
  ]);
});

test("a default is named as one, at the block; a default that is also written elsewhere is no difference", () => {
  expect(found(router({ ...FIRST, more: ["advert_int 2"] }), router({}))).toEqual([
    "error differs-advert-int a:6:14 b:1:15: `advert_int` of `vrrp_instance V` is `2` in `a` and `1` (default) in `b`",
  ]);
  expect(found(router({ ...FIRST, more: ["advert_int 1"] }), router({}))).toEqual([]);
});

test("the version, also where `global_defs` gives it", () => {
  const global = "global_defs {\n  vrrp_version 3\n}\n";
  expect(found(router({ ...FIRST, more: ["version 2"] }), global + router({}))).toEqual([
    "error differs-version a:6:11 b:2:16: `version` of `vrrp_instance V` is `2` in `a` and `3` in `b`",
  ]);
});

test("authentication: its type, and the password where both have one", () => {
  const pass = (password: string): readonly string[] => [`authentication {\nauth_type PASS\nauth_pass ${password}\n}`];
  expect(found(router({ ...FIRST, more: pass("one") }), router({ more: pass("one") }))).toEqual([]);
  expect(found(router({ ...FIRST, more: pass("one") }), router({ more: pass("two") }))).toEqual([
    "error differs-auth-pass a:8:11 b:8:11: `auth_pass` of `vrrp_instance V` is `one` in `a` and `two` in `b`",
  ]);
  expect(found(router({ ...FIRST, more: pass("one") }), router({}))).toEqual([
    "error differs-auth-type a:7:11 b:1:15: `auth_type` of `vrrp_instance V` is `PASS` in `a` and `none` (default) in `b`",
  ]);
});

test("priorities are all different; two owners cannot be", () => {
  expect(found(router({ priority: 100 }), router({ priority: 100 }))).toEqual([
    "warning equal-priority a:2:12 b:2:12: `priority` of `vrrp_instance V` is `100` in `a` and in `b`",
  ]);
  expect(found(router({ priority: 255, state: "MASTER" }), router({ priority: 255, state: "MASTER" }))).toEqual([
    "error equal-priority a:2:12 b:2:12: `priority` of `vrrp_instance V` is `255` in `a` and in `b`",
    "hint two-masters a:3:9 b:3:9: `vrrp_instance V` begins as master in `a` and `b`",
  ]);
});

test("three directors: every value is said, and each place that differs from the first", () => {
  const third = { priority: 50, more: ["advert_int 3"] };
  expect(
    found(router({ ...FIRST, more: ["advert_int 2"] }), router({ more: ["advert_int 2"] }), router(third)),
  ).toEqual([
    "error differs-advert-int a:6:14 c:6:14: `advert_int` of `vrrp_instance V` is `2` in `a`, `2` in `b` and `3` in `c`",
  ]);
  expect(found(router({ priority: 200 }), router({ priority: 100 }), router({ priority: 100 }))).toEqual([
    "warning equal-priority b:2:12 c:2:12: `priority` of `vrrp_instance V` is `100` in `b` and in `c`",
  ]);
});

test("`state MASTER` at two directors, or below the highest priority, is a hint", () => {
  expect(found(router(FIRST), router({ state: "MASTER" }))).toEqual([
    "hint two-masters a:3:9 b:3:9: `vrrp_instance V` begins as master in `a` and `b`",
  ]);
  expect(found(router({ priority: 200 }), router({ priority: 100, state: "MASTER" }))).toEqual([
    "hint master-not-preferred b:3:9 a:2:12: `vrrp_instance V` begins as master with `priority 100` in `b`, below `priority 200` in `a`",
  ]);
});

test("virtual addresses are compared as sets, and the difference is said in words", () => {
  const of = (...addresses: readonly string[]): string => router({ ...FIRST, addresses });
  const other = (...addresses: readonly string[]): string => router({ addresses });
  expect(found(of("192.0.2.1", "192.0.2.2"), other("192.0.2.2", "192.0.2.1"))).toEqual([]);
  expect(found(of("192.0.2.1", "192.0.2.2", "192.0.2.3"), other("192.0.2.4", "192.0.2.1"))).toEqual([
    "error differs-virtual-ipaddress a:8:5 b:7:5: `virtual_ipaddress` of `vrrp_instance V` differs: `192.0.2.2` and `192.0.2.3` are only in `a` and `192.0.2.4` is only in `b`",
  ]);
  expect(found(of("192.0.2.1"), other("192.0.2.1", "192.0.2.2"))).toEqual([
    "error differs-virtual-ipaddress a:6:3 b:8:5: `virtual_ipaddress` of `vrrp_instance V` differs: `192.0.2.2` is only in `b`",
  ]);
  expect(found(of("192.0.2.1/24"), other("192.0.2.1"))).toEqual([
    "warning differs-prefix a:7:5 b:7:5: the prefix of `192.0.2.1` of `vrrp_instance V` is `/24` in `a` and `/32` in `b`",
  ]);
});

test("of many addresses four are named", () => {
  const many = Array.from({ length: 9 }, (_, i) => `198.51.100.${i}`);
  expect(found(router({ ...FIRST, addresses: ["192.0.2.1", ...many] }), router({ addresses: ["192.0.2.1"] }))).toEqual([
    expect.stringContaining("`198.51.100.3` and 5 more are only in `a`"),
  ]);
});

test("a virtual server that only one director has, and one of another protocol", () => {
  const one = service([], server("192.0.2.11 80"));
  expect(found(one, router({}))).toContain(
    "warning only-one-director a:1:16 b: `virtual_server 192.0.2.254 80` is in `a`, but not in `b`",
  );
  expect(found(one, one.replace("TCP", "UDP"))).toEqual([
    "warning differs-protocol a:2:12 b:2:12: `protocol` of `virtual_server 192.0.2.254 80` is `TCP` in `a` and `UDP` in `b`",
  ]);
  expect(found(one, service([]))).toEqual([]);
});

test("what a service says: scheduler, persistence, quorum, sorry server", () => {
  const of = (...lines: readonly string[]): string => service(lines, server("192.0.2.11 80"));
  expect(found(of("persistence_timeout 50"), of())).toEqual([
    "warning differs-persistence-timeout a:3:23 b:1:16: `persistence_timeout` of `virtual_server 192.0.2.254 80` is `50` in `a` and `0` (default) in `b`",
  ]);
  expect(found(of("sorry_server 192.0.2.9 80"), of("sorry_server 192.0.2.8 80"))).toEqual([
    "warning differs-sorry-server a:3:16 b:3:16: `sorry_server` of `virtual_server 192.0.2.254 80` is `192.0.2.9 80` in `a` and `192.0.2.8 80` in `b`",
  ]);
});

test("the method is said once for all servers of the service", () => {
  const servers = [server("192.0.2.11 80"), server("192.0.2.12 80")];
  expect(found(service(["lb_kind DR"], ...servers), service(["lb_kind NAT"], ...servers))).toEqual([
    "warning differs-lb-kind a:3:11 b:3:11: `lb_kind` of `virtual_server 192.0.2.254 80` is `DR` in `a` and `NAT` in `b`",
  ]);
});

test("real servers: those that one director lacks, and other weights", () => {
  const a = service([], server("192.0.2.11 80"), server("192.0.2.12 80", ["weight 3"]));
  expect(found(a, service([], server("192.0.2.11 80")))).toEqual([
    "warning only-one-director a:7:15 b:1:16: `real_server 192.0.2.12 80` of `virtual_server 192.0.2.254 80` is in `a`, but not in `b`",
  ]);
  expect(found(a, service([], server("192.0.2.11 80"), server("192.0.2.12 80", ["weight 2"])))).toEqual([
    "warning differs-weight a:8:12 b:8:12: `weight` of `real_server 192.0.2.12 80` is `3` in `a` and `2` in `b`",
  ]);
});

test("the method of one real server has the name of its keyword there", () => {
  const of = (...lines: readonly string[]): string => service([], server("192.0.2.11 80", lines));
  expect(found(of("lvs_method TUN"), of())).toEqual([
    "warning differs-lb-kind a:4:16 b:3:15: `lvs_method` of `real_server 192.0.2.11 80` is `TUN` in `a` and `NAT` in `b`",
  ]);
});

test.each([
  ["lvs_method DR", "write the same method everywhere: the real servers are prepared for one"],
  ["weight 2", "write the same weight everywhere: else a failover changes the share of the server"],
  ["uthreshold 9", "write the same limit everywhere: else a failover changes how many connections the server gets"],
])("%s of one director: %s", (line, help) => {
  const of = (lines: readonly string[]): string => service([], server("192.0.2.11 80", lines));
  expect(compare(of([line]), of([])).map((it) => it.help)).toEqual([help]);
});

test.each([
  ["lb_algo rr", "write the same scheduler everywhere: else a failover changes how connections are spread"],
  ["flag-1", "write the same flags everywhere: else a failover changes how connections are spread"],
])("%s of one director's service: %s", (line, help) => {
  const of = (lines: readonly string[]): string => service(lines, server("192.0.2.11 80"));
  expect(compare(of([line]), of([])).map((it) => it.help)).toEqual([help]);
});

test("checks: kind, port and timing", () => {
  const of = (...lines: readonly string[]): string => service([], server("192.0.2.11 80", [], lines));
  expect(found(of("connect_port 80"), of("connect_port 8080"))).toEqual([
    "warning differs-connect-port a:5:20 b:5:20: `connect_port` of `TCP_CHECK` of `real_server 192.0.2.11 80` is `80` in `a` and `8080` in `b`",
  ]);
  expect(found(of("connect_timeout 3"), of())).toEqual([
    "warning differs-connect-timeout a:5:23 b:4:5: `connect_timeout` of `TCP_CHECK` of `real_server 192.0.2.11 80` is `3` in `a` and `5` (default) in `b`",
  ]);
  const http = of().replace("TCP_CHECK {", "HTTP_GET {\nurl {\npath /\n}");
  expect(found(of(), http)).toEqual([
    "warning differs-check a:4:5 b:4:5: the check of `real_server 192.0.2.11 80` is `TCP_CHECK` in `a` and `HTTP_GET` in `b`",
  ]);
  expect(found(http, http.replace("path /", "path /health"))).toEqual([
    "warning differs-url a:5:1 b:5:1: `url` of `HTTP_GET` of `real_server 192.0.2.11 80` is `/ 200-299` in `a` and `/health 200-299` in `b`",
  ]);
});

test("gRPC checks: whom they ask, for what, and whether over TLS", () => {
  const of = (...lines: readonly string[]): string =>
    service([], server("192.0.2.11 80", [], lines).replace("TCP_CHECK", "GRPC_CHECK"));
  const what = "of `GRPC_CHECK` of `real_server 192.0.2.11 80` is";
  expect(found(of("service a"), of("tls", "virtualhost rs.example"))).toEqual([
    `warning differs-virtualhost a:4:5 b:6:19: \`virtualhost\` ${what} \`none\` (default) in \`a\` and \`rs.example\` in \`b\``,
    `warning differs-tls a:4:5 b:5:7: \`tls\` ${what} \`off\` (default) in \`a\` and \`on\` in \`b\``,
    `warning differs-service a:5:15 b:4:5: \`service\` ${what} \`a\` in \`a\` and \`none\` (default) in \`b\``,
  ]);
});

test("timing that the service gives to its checks is said once, also where one director leaves it at its default", () => {
  const servers = [server("192.0.2.11 80"), server("192.0.2.12 80")];
  expect(found(service(["delay_loop 6"], ...servers), service(["delay_loop 9"], ...servers))).toEqual([
    "warning differs-delay-loop a:3:14 b:3:14: `delay_loop` of `virtual_server 192.0.2.254 80` is `6` in `a` and `9` in `b`",
  ]);
  expect(found(service(["delay_loop 6"], ...servers), service([], ...servers))).toEqual([
    "warning differs-delay-loop a:3:14 b:1:16: `delay_loop` of `virtual_server 192.0.2.254 80` is `6` in `a` and `60` (default) in `b`",
  ]);
});

test("hundreds of differences: a hundred are said, the others counted", () => {
  const servers = (weight: number): readonly string[] =>
    Array.from({ length: 300 }, (_, i) => server(`10.0.${i >> 8}.${i & 255} 80`, [`weight ${weight}`]));
  const differences = compare(service([], ...servers(1)), service([], ...servers(2)));
  expect(differences).toHaveLength(101);
  expect(differences.at(-1)).toMatchObject({ severity: "warning", message: "and 200 more like these" });
});

const LINES = ["000", "002", "004"].flatMap((name) => seed(`${name}-lb1.conf`).split("\n"));

test("a director and its copy differ in nothing but what must differ, whatever lines are lost", () => {
  fc.assert(
    fc.property(fc.subarray(LINES), (lines) => {
      const text = lines.join("\n");
      const codes = compare(text, text).map(({ code }) => code);
      const allowed = ["equal-priority", "equal-router-id", "two-masters"];
      expect(codes.filter((code) => !allowed.includes(code))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("whatever lines two directors have, both places of a finding are lines of them", () => {
  fc.assert(
    fc.property(fc.subarray(LINES), fc.subarray(LINES), (a, b) => {
      const lengths = new Map(Object.entries({ a: a.length, b: b.length }));
      for (const { span, related = [] } of compare(a.join("\n"), b.join("\n"))) {
        expect(related.length).toBeGreaterThan(0);
        for (const { file, line } of [span, ...related.map((other) => other.span)])
          expect(line).toBeLessThanOrEqual(lengths.get(file) ?? -1);
      }
    }),
    { numRuns: 30 },
  );
});
