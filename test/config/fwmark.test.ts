import { expect, test } from "vitest";
import type { FwmarkServerConfig } from "../../src/config/model/lvs.ts";
import { testStatus } from "../../src/syntax/diagnostic.ts";
import { findings, reading } from "./reading.ts";

/** A service of mark 5 with these lines, and a real server unless they have one. */
function marked(...lines: readonly string[]): string {
  const text = lines.join("\n");
  const server = text.includes("real_server") ? "" : "real_server 192.0.2.11 {\n}";
  return `virtual_server fwmark 5 {\nlb_algo rr\n${text.includes("lb_kind") ? "" : "lb_kind NAT"}\n${text}\n${server}\n}\n`;
}

function server(text: string): FwmarkServerConfig | undefined {
  return reading(text).config.fwmarkServers[0];
}

test("a service by mark has everything that one by address has, but address, port and protocol", () => {
  const { config, diagnostics } = reading(marked());
  expect(config.fwmarkServers).toMatchObject([
    { fwmark: 5, family: 4, scheduler: "rr", quorum: 1, realServers: [{ address: "192.0.2.11", port: 0 }] },
  ]);
  expect(config.fwmarkServers[0]).not.toHaveProperty("protocol");
  expect(config.virtualServers).toEqual([]);
  expect(diagnostics).toEqual([]);
});

// Compared with `keepalived -t` 2.2.7: test/lab/lvs-cases.ts.
test.each<[string, readonly string[], number]>([
  ["its real server", [], 4],
  ["its real server", ["real_server fd00::11 {\n}"], 6],
  ["ip_family", ["ip_family inet6", "lb_kind TUN"], 6],
  ["a netmask", ["persistence_granularity 255.255.255.0", "lb_kind TUN", "real_server fd00::11 {\n}"], 4],
  ["a prefix length", ["persistence_granularity 64", "lb_kind TUN"], 6],
  ["the sorry server", ["lb_kind TUN", "sorry_server fd00::9", "sorry_server_lvs_method NAT"], 6],
  ["all tunnelled servers", ["lb_kind TUN", "real_server fd00::11 {\n}\nreal_server fd00::12 {\n}"], 6],
  ["nothing: IPv4", ["lb_kind TUN", "real_server fd00::11 {\n}\nreal_server 192.0.2.12 {\n}"], 4],
])("its family is that of %s", (_, lines, family) => {
  expect(server(marked(...lines))?.family).toBe(family);
});

test("the first that names a family decides", () => {
  const both = "real_server 192.0.2.11 {\n}\nreal_server fd00::11 {\n}";
  expect(server(marked(both))?.realServers).toMatchObject([{ address: "192.0.2.11" }]);
  expect(server(marked("ip_family inet6", both))?.realServers).toMatchObject([{ address: "fd00::11" }]);
  expect(server(marked(both, "ip_family inet6"))?.family).toBe(4);
  expect(testStatus(reading(marked(both, "ip_family inet6")).diagnostics)).toBe(5);
});

test("protocol and ha_suspend have no effect, ops has", () => {
  const { config, diagnostics } = reading(marked("protocol TCP", "ha_suspend", "ops"));
  expect(config.fwmarkServers).toMatchObject([{ haSuspend: false, schedulerFlags: 4 }]);
  expect(diagnostics.filter(({ status }) => status === 5).map(({ keepalived }) => keepalived)).toEqual([
    "Warning: Virtual server FWM 5: protocol specified for fwmark - protocol will be ignored",
    "Virtual server FWM 5: cannot use ha_suspend with fwmarks - clearing ha_suspend",
  ]);
});

test("only NAT gives a marked connection another port", () => {
  const to = (method: string): string => marked(`lb_kind ${method}`, "real_server 192.0.2.11 80 {\n}");
  expect(server(to("NAT"))?.realServers).toMatchObject([{ port: 80 }]);
  expect(server(to("DR"))?.realServers).toMatchObject([{ port: 0 }]);
  expect(reading(to("DR")).diagnostics.map(({ keepalived }) => keepalived)).toContain(
    "WARNING - fwmark virtual server FWM 5, real server [192.0.2.11]:none:80 has port specified - clearing",
  );
});

test("a check of a server without a port needs a connect_port", () => {
  const text = (line: string): string => marked(`real_server 192.0.2.11 {\nTCP_CHECK {\n${line}\n}\n}`);
  expect(findings(reading(text("")))).toContain(
    "warning 5:1 neither the real server nor its service has a port: port 0 is asked, which fails",
  );
  expect(findings(reading(text("connect_port 80")))).toEqual([]);
  expect(findings(reading(text("").replace("TCP", "PING"))).join()).not.toContain("port 0");
});

test("a mark is one service of a family", () => {
  const tunnelled = (family: string): string => marked(`ip_family ${family}`, "lb_kind TUN");
  expect(reading(tunnelled("inet") + tunnelled("inet")).config.fwmarkServers).toHaveLength(1);
  expect(reading(tunnelled("inet") + tunnelled("inet6")).config.fwmarkServers).toHaveLength(2);
});

test("servers that are told apart by a port alone are one where no port can be rewritten", () => {
  const text = (method: string): string =>
    marked(`lb_kind ${method}`, "real_server 192.0.2.11 80 {\n}\nreal_server 192.0.2.11 81 {\n}");
  expect(server(text("NAT"))?.realServers).toHaveLength(2);
  expect(server(text("DR"))?.realServers).toHaveLength(1);
  expect(reading(text("DR")).diagnostics.find(({ code }) => code === "duplicate")).toMatchObject({ status: 0 });
});
