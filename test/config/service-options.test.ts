import { expect, test } from "vitest";
import type { RealServerConfig, VirtualServerConfig } from "../../src/config/model/lvs.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, reading, server, service } from "./reading.ts";

function said(text: string): readonly string[] {
  return findings(reading(text));
}

// Compared with `keepalived -t` 2.2.7: test/lab/lvs-cases.ts.
test.each<[string, Partial<VirtualServerConfig>, number]>([
  ["ha_suspend", { haSuspend: true }, 0],
  ["omega", { omega: true }, 0],
  ["smtp_alert", { smtpAlert: true }, 0],
  ["smtp_alert off", { smtpAlert: false }, 0],
  ["snmp_name web", { snmpName: "web" }, 0],
  ["persistence_engine sip\npersistence_timeout 5", { persistenceEngine: "sip", persistenceTimeout: 5 }, 0],
  ["persistence_engine abcdefghijklmnopq\npersistence_timeout 5", { persistenceEngine: "abcdefghijklmnop" }, 5],
  ['quorum_up ""', { quorumUp: undefined }, 0],
  ["quorum_up /bin/true", { quorumUp: { argv: ["/bin/true"], user: undefined, group: undefined } }, 6],
  ['quorum_down "/bin/a b" u g', { quorumDown: { argv: ["/bin/a", "b"], user: "u", group: "g" } }, 6],
])("virtual_server { %s }", (line, expected, status) => {
  const { config, diagnostics } = reading(service(line));
  expect(config.virtualServers).toMatchObject([expected]);
  expect(testStatus(diagnostics)).toBe(status);
});

test.each<[string, Partial<RealServerConfig>, number]>([
  ["smtp_alert off", { smtpAlert: false }, 0],
  ["snmp_name web", { snmpName: "web" }, 0],
  ["notify_up /bin/true u", { notifyUp: { argv: ["/bin/true"], user: "u", group: undefined } }, 6],
  ["notify_down /bin/true", { notifyDown: { argv: ["/bin/true"], user: undefined, group: undefined } }, 6],
])("real_server { %s }", (line, expected, status) => {
  const { config, diagnostics } = reading(server(line));
  expect(config.virtualServers[0]?.realServers).toMatchObject([expected]);
  expect(testStatus(diagnostics)).toBe(status);
});

test.each([
  ["", false, true],
  ["smtp_alert on", true, true],
  ["smtp_alert off", false, false],
  ["smtp_alert on\nsmtp_alert_checker off", false, false],
])("global_defs { %s }: services mail %s, real servers %s", (line, ofService, ofServer) => {
  const { config } = reading(`global_defs {\n${line}\n}\n${service()}`);
  expect(config.virtualServers).toMatchObject([{ smtpAlert: ofService, realServers: [{ smtpAlert: ofServer }] }]);
});

const SECURE = "global_defs {\nenable_script_security\nscript_user u g\n}\n";

test("scripts run as script_user where they name no account", () => {
  const { config, diagnostics } = reading(SECURE + service("quorum_up /bin/true"));
  expect(config.virtualServers[0]?.quorumUp).toEqual({ argv: ["/bin/true"], user: "u", group: "g" });
  expect(testStatus(diagnostics)).toBe(0);
});

test("scripts without script security are warned of once", () => {
  const { diagnostics } = reading(service("quorum_up /bin/true", "quorum_down /bin/true"));
  expect(diagnostics.filter(({ code }) => code === "script-security")).toMatchObject([
    {
      status: 6,
      keepalived: "SECURITY VIOLATION - check scripts are being executed but script_security not enabled.",
    },
  ]);
});

test("of two scripts the first counts", () => {
  const { config, diagnostics } = reading(SECURE + service("quorum_up /bin/a", "quorum_up /bin/b"));
  expect(config.virtualServers[0]?.quorumUp?.argv).toEqual(["/bin/a"]);
  expect(diagnostics.find(({ code }) => code === "duplicate")).toMatchObject({
    span: { line: 10 },
    related: [{ span: { line: 9 }, message: "it is here first" }],
    keepalived: "(k.conf: Line 10) ((null)) quorum_up script already specified - ignoring /bin/b",
  });
});

test("persistence_engine without a timeout has no effect", () => {
  expect(said(service("persistence_engine sip"))).toEqual([
    "error 5:1 `persistence_engine` has no effect without `persistence_timeout`",
  ]);
});

test.each([
  ["sorry_server_inhibit", "(k.conf: Line 5) Ignoring sorry_server inhibit used before or without sorry_server"],
  ["sorry_server_lvs_method DR", "(k.conf: Line 5) sorry_server forwarding used without sorry_server"],
])("%s must stand below sorry_server", (line, keepalived) => {
  const at = (...lines: readonly string[]) => reading(service(...lines)).diagnostics;
  expect(at(line, "sorry_server 192.0.2.50 80")).toMatchObject([
    { code: "bad-place", keepalived, help: "move it down", related: [{ span: { line: 6 } }] },
  ]);
  expect(at(line)).toMatchObject([{ keepalived, help: "add `sorry_server ADDRESS PORT` above it" }]);
  expect(at("sorry_server 192.0.2.50 80", line)).toEqual([]);
});

test("a sorry server that is a real server has its inhibit_on_failure", () => {
  const { diagnostics } = reading(service("sorry_server 192.0.2.11 80", "sorry_server_inhibit"));
  expect(diagnostics).toMatchObject([
    {
      status: 5,
      keepalived:
        "Virtual server [192.0.2.254]:tcp:80: real server [192.0.2.11]:tcp:80 matches sorry server, but inhibit setting differs, clearing on sorry server",
    },
  ]);
  expect(reading(service("sorry_server 192.0.2.11 80")).diagnostics).toEqual([]);
});

test("a sorry server of the other family is said where the service ends, and may be tunnelled to", () => {
  const { diagnostics } = reading(service("sorry_server fd00::1 80"));
  expect(diagnostics[0]?.keepalived).toBe(
    "(k.conf: Line 8) Address family of virtual server and sorry server fd00::1 don't match - skipping sorry server.",
  );
  const text = service("sorry_server fd00::1 80", "sorry_server_lvs_method TUN");
  expect(reading(text).config.virtualServers[0]?.sorryServer).toMatchObject({ address: "fd00::1", forwarding: "tun" });
});

test("weights of 0 let the quorum become 0 with Keepalived, and its hysteresis wrap around", () => {
  const { config, diagnostics } = reading(server("weight 0"));
  expect(config.virtualServers).toMatchObject([{ quorum: 1, hysteresis: 0 }]);
  expect(diagnostics[0]?.keepalived?.split("\n")).toEqual([
    "Warning - quorum 1 for [192.0.2.254]:tcp:80 exceeds total weight of real servers 0, reducing quorum to 0",
    "Virtual server [192.0.2.254]:tcp:80: hysteresis 0 >= quorum 0; setting hysteresis to 4294967295",
  ]);
});

test.each([
  ["UDP", "TCP_CHECK", "the servers are checked over TCP only, the service is UDP"],
  ["SCTP", "TCP_CHECK", "the servers are checked over TCP only, the service is SCTP"],
  ["TCP", "UDP_CHECK", "the servers are checked over UDP only, the service is TCP"],
])("a service of %s with a %s", (protocol, check, message) => {
  const text = server(`${check} {\n}`).replace("protocol TCP", `protocol ${protocol}`);
  expect(said(text)).toEqual([`hint 2:10 ${message}`]);
});

test("one check over the service's protocol is enough, and one without a protocol says nothing", () => {
  const udp = (...checks: readonly string[]): string =>
    server(...checks.map((check) => `${check} {\n}`)).replace("protocol TCP", "protocol UDP");
  expect(said(udp("TCP_CHECK", "DNS_CHECK"))).toEqual([]);
  expect(said(udp("PING_CHECK"))).toEqual([]);
  expect(said(udp("PING_CHECK", "TCP_CHECK"))).toEqual([]);
  expect(said(udp())).toEqual([]);
});

test("the second service of a name is left out, which Keepalived does in silence", () => {
  const { diagnostics } = reading(service() + service());
  expect(diagnostics).toMatchObject([{ code: "duplicate", status: 0, related: [{ span: { line: 1 } }] }]);
  expect(diagnostics[0]?.keepalived).toBeUndefined();
});

test("the SSL block is the last one, with the last of each file", () => {
  const { config, diagnostics } = reading("SSL {\nca a\n}\nSSL {\nkey b\nkey c\npassword p\n}\n");
  expect(config.ssl).toEqual({ password: "p", ca: undefined, certificate: undefined, key: "c" });
  expect(diagnostics.flatMap(({ keepalived = [] }) => keepalived)).toEqual([
    "(k.conf: Line 4) SSL context already specified - replacing",
    "(k.conf: Line 6) SSL keyfile already specified - replacing",
  ]);
  expect(reading("").config.ssl).toBeUndefined();
});

test("what servers and checkers have where they say nothing is kept for who shows it, of a server where it is its own", () => {
  const lines = "lb_kind DR\nweight 3\nalpha\nretry 2\nwarmup 0.5\nvirtualhost www.example.org";
  const own = "real_server 192.0.2.12 80 {\ndelay_loop 1\nvirtualhost one.example.org\n}";
  const [found] = reading(service(`${lines}\n${own}`)).config.virtualServers;
  expect(found?.standard).toMatchObject({ forwarding: "dr", weight: 3, alpha: true, retry: 2, warmup: 500_000 });
  const theirs = new Map(found?.realServers.map(({ address, standard }) => [`${address}`, standard]));
  expect(theirs.get("192.0.2.11")).toBeUndefined();
  expect(theirs.get("192.0.2.12")).toMatchObject({ alpha: true, delayLoop: 1_000_000, virtualHost: "one.example.org" });
});

test("services are numbered in the order of the file, whatever leads to them; those left out have no number", () => {
  const server = "real_server 192.0.2.11 80 {\n}";
  const names = ["fwmark 9", "192.0.2.1 80", "fwmark 9", "group G", "192.0.2.2 80"];
  const services = names.map((name) => `virtual_server ${name} {\nprotocol TCP\n${server}\n}`);
  const { config } = reading(`virtual_server_group G {\n192.0.2.3 80\n}\n${services.join("\n")}`);
  const { virtualServers, fwmarkServers, groupServers } = config;
  expect([fwmarkServers, virtualServers, groupServers].map((all) => all.map(({ number }) => number))).toEqual([
    [1],
    [2, 4],
    [3],
  ]);
});
