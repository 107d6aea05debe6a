import { expect, test } from "vitest";
import { serviceName } from "../../src/base/ipvs.ts";
import { planServices, runnable } from "../../src/daemon/runnable.ts";
import { reading, server, service } from "../config/reading.ts";

const run = (text: string) => runnable(reading(text).config);

const named = (header: string, ...more: readonly string[]): string =>
  service(...more).replace("192.0.2.254 80", header);
const names = (text: string) => run(text).map(({ name, services }) => [name, ...services.map(serviceName)]);

test("a service by address or mark is one service of the kernel, one by group one for each member", () => {
  const group = "virtual_server_group G {\n192.0.2.1 80\n192.0.2.8-10 81\nfwmark 5\n}\n";
  expect(names(group + named("group G") + named("fwmark 9") + service())).toEqual([
    ["[192.0.2.254]:tcp:80", "[192.0.2.254]:tcp:80"],
    ["FWM 9", "FWM 9"],
    ["[G]:0", "[192.0.2.1]:tcp:80", ...[8, 9, 10].map((host) => `[192.0.2.${host}]:tcp:81`), "FWM 5"],
  ]);
});

test("§9.1.1: a range goes across a /24, and in IPv6 across its last group; members listed twice count once", () => {
  const members = ["10.9.1.254-10.9.2.1 80", "10.9.2.0/31 80", "10.9.1.255 80"];
  const kernel = (lines: readonly string[]) =>
    names(`virtual_server_group G {\n${lines.join("\n")}\n}\n${named("group G")}`)[0]?.slice(1);
  const hosts = ["1.254", "1.255", "2.0", "2.1"];
  expect(kernel(members)).toEqual(hosts.map((host) => `[10.9.${host}]:tcp:80`));
  const v6 = `virtual_server_group G {\n2001:db8::fffe-2001:db8::1:1 80\n}\n`;
  const of6 = named("group G").replace("192.0.2.11", "2001:db8:1::1");
  expect(names(v6 + of6)[0]?.slice(1)).toEqual(
    ["2001:db8::fffe", "2001:db8::ffff", "2001:db8::1:0", "2001:db8::1:1"].map((host) => `[${host}]:tcp:80`),
  );
});

test("marks of both families are two services, told apart in reports", () => {
  const of6 = named("fwmark 9").replace("192.0.2.11", "2001:db8:1::1");
  expect(run(named("fwmark 9") + of6).map(({ name, label, services }) => [name, label, services[0]])).toMatchObject([
    ["FWM 9", "FWM 9", { fwmark: 9, family: 4, netmask: 32 }],
    ["FWM 9", "FWM 9 inet6", { fwmark: 9, family: 6, netmask: 128 }],
  ]);
});

test("§9.1.4: granularity counts for groups, a persistence engine with its timeout", () => {
  const group = "virtual_server_group G {\n192.0.2.1 80\nfwmark 5\n}\n";
  const lines = ["persistence_timeout 50", "persistence_granularity 255.255.255.0", "persistence_engine sip"];
  const [first] = run(group + named("group G", ...lines));
  const persistent = { flags: 1, timeout: 50, netmask: 24, engine: "sip" };
  expect(first?.services).toMatchObject([persistent, persistent]);
  expect(run(service("persistence_engine sip"))[0]?.services).toMatchObject([{ timeout: 0, engine: undefined }]);
  const { diagnostics } = reading(service("persistence_engine sip"));
  expect(diagnostics.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
    "error `persistence_engine` has no effect without `persistence_timeout`",
  ]);
});

test("of a group that both families are in, each service counts clients by its own", () => {
  const group = "virtual_server_group G {\n192.0.2.1 80\n2001:db8::1 80\n}\n";
  const [first] = run(group + named("group G", "persistence_timeout 50").replace("lb_kind NAT", "lb_kind TUN"));
  expect(first?.services).toMatchObject([{ netmask: 32 }, { netmask: 128 }]);
});

test("tunnels are as configured, the sorry server's too", () => {
  const [first] = run(
    service("sorry_server 192.0.2.50").replace("lb_kind NAT", "lb_kind TUN type gue port 6080 remcsum"),
  );
  const tunnel = { type: "gue", port: 6080, checksum: "remote" };
  expect(first).toMatchObject({ realServers: [{ tunnel }], sorryServer: { tunnel } });
});

test("a reload finds what changes in members and marks", () => {
  const group = (member: string) => `virtual_server_group G {\n${member}\n}\n${named("group G")}`;
  const planned = (from: string, to: string) =>
    planServices(run(from), run(to))?.entries.map(({ type, key }) => `${type} ${key}`);
  expect(planned(group("192.0.2.1-3 80"), group("192.0.2.1-3 80"))).toBeUndefined();
  expect(planned(group("192.0.2.1-3 80"), group("192.0.2.1-4 80"))).toEqual(["changed [G]:0 tcp"]);
  expect(planned(named("fwmark 9"), named("fwmark 8"))).toEqual(["added FWM 8 undefined", "removed FWM 9 undefined"]);
});

test("checkers run in the order of reading", () => {
  const url = "{\nurl {\npath /\n}\n}";
  const asking = ["TCP", "DNS", "UDP", "PING"].map((kind) => `${kind}_CHECK {\n}`);
  const checks = [...asking, `HTTP_GET ${url}`, `SSL_GET ${url}`, "FILE_CHECK {\ntrack_file F\n}"];
  const followed = "track_file F {\nfile /etc/hostname\n}\n";
  const [service] = run(followed + server(...checks));
  const types = service?.realServers[0]?.checkers.map(({ type }) => type);
  expect(types).toEqual(["tcp", "dns", "udp", "ping", "http", "ssl", "file"]);
});

test("what the daemon does not know yet is not handed to it", () => {
  const fields = (text: string): readonly string[] => Object.keys(run(text)[0] ?? {}).sort();
  expect(fields(service("ha_suspend", "snmp_name S"))).toEqual(fields(service()));
  expect(run(service("ha_suspend"))).toEqual(run(service()));
});

test("who is told of a service and its servers is handed on", () => {
  const told = server("notify_up /bin/up", "notify_down /bin/down root", "smtp_alert off");
  const quorum = ["quorum_up /bin/gained", "quorum_down /bin/lost", "smtp_alert", "omega", "}"].join("\n");
  const [found] = run(told.replace(/}\s*$/, quorum));
  expect(found).toMatchObject({
    ...{ quorumUp: { argv: ["/bin/gained"] }, quorumDown: { argv: ["/bin/lost"] }, smtpAlert: true, omega: true },
    realServers: [
      { notifyUp: { argv: ["/bin/up"] }, notifyDown: { argv: ["/bin/down"], user: "root" }, smtpAlert: false },
    ],
  });
});
