import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { GlobalConfig } from "../../src/config/model/global.ts";
import { findings, reading } from "./reading.ts";

const global = (...lines: readonly string[]): GlobalConfig =>
  reading(`global_defs {\n${lines.join("\n")}\n}`).config.global;
const SECURE = "enable_script_security";

test("nothing said means what the dump of Keepalived shows", () => {
  const { diagnostics, config } = reading("");
  expect(diagnostics).toEqual([]);
  expect(config.global).toMatchObject({
    emailFaults: true,
    delayAfterBoot: 0,
    resolveSymlinks: true,
    startupScript: undefined,
    fifos: { all: undefined, vrrp: undefined, checkers: undefined },
    dynamicInterfaces: "refused",
    localIgmp: true,
    receiveBuffers: { policy: "system", multiplier: 3 },
    vmacPrefix: "vrrp",
    vmacAddressPrefix: "vrrp",
    firewall: { table: "keepalived", priority: -1, byIndex: false, counters: false },
    reload: { check: false, checkLog: undefined, timeFile: undefined, repeat: false, markerFile: false },
    snmp: { socket: "unix:/var/agentx/master", traps: false, vrrp: false, virtualServerAge: seconds(5) },
    dbus: undefined,
    ipvs: { flushAtStart: false, flushAtStop: "no", syncDaemon: undefined, table: undefined, firstMark: 1000 },
  });
  expect(config.global.daemon).toMatchObject({
    instance: undefined,
    pidDirectory: false,
    childWait: seconds(5),
    name: "keepalived",
    vrrp: { name: "keepalived", nice: 0, realtimePriority: 0, realtimeLimit: 10_000, locked: false, cpus: [] },
    maxAutoPriority: 0,
    minAutoPriorityDelay: seconds(1),
    umask: 0o177,
    jsonVersion: 1,
  });
});

test.each<[string, readonly string[], object]>([
  [
    "process_names",
    ["process_names"],
    { daemon: { vrrp: { name: "keepalived_vrrp" }, bfd: { name: "keepalived_bfd" } } },
  ],
  ["a name comes before process_names", ["process_names", "vrrp_process_name v"], { daemon: { vrrp: { name: "v" } } }],
  ["a name is cut", ["process_name a23456789012345678"], { daemon: { name: "a23456789012345" } }],
  ["a limit of 1 is 2", ["vrrp_rlimit_rttime 1"], { daemon: { vrrp: { realtimeLimit: 2 } } }],
  ["the old spelling of a limit", ["checker_rlimit_rtime 7"], { daemon: { checkers: { realtimeLimit: 7 } } }],
  ["vrrp_no_swap", ["vrrp_no_swap", "vrrp_cpu_affinity 1 2"], { daemon: { vrrp: { locked: true, cpus: [1, 2] } } }],
  ["a bare max_auto_priority is 99", ["max_auto_priority"], { daemon: { maxAutoPriority: 99 } }],
  ["dynamic_interfaces", ["dynamic_interfaces"], { dynamicInterfaces: "accepted" }],
  ["allow_if_changes", ["dynamic_interfaces allow_if_changes"], { dynamicInterfaces: "may-change" }],
  [
    "MTU wins over ADVERT",
    ["vrrp_rx_bufs_policy mtu", "vrrp_rx_bufs_policy advert"],
    { receiveBuffers: { policy: "mtu" } },
  ],
  [
    "a number wins over words",
    ["vrrp_rx_bufs_policy 9000", "vrrp_rx_bufs_policy mtu"],
    { receiveBuffers: { policy: 9000 } },
  ],
  ["the first prefix counts", ["vmac_prefix abc", "vmac_prefix def"], { vmacPrefix: "abc", vmacAddressPrefix: "abc" }],
  ["reload_check_config", ["reload_check_config /l"], { reload: { check: true, checkLog: "/l" } }],
  ["a bare reload_file", ["reload_file"], { reload: { markerFile: true } }],
  ["enable_snmp_rfc is both", ["enable_snmp_rfc"], { snmp: { rfc2787: true, rfc6527: true, vrrp: false } }],
  ["enable_dbus", ["enable_dbus"], { dbus: { service: "org.keepalived.Vrrp1" } }],
  ["a bare lvs_flush_on_stop", ["lvs_flush_on_stop"], { ipvs: { flushAtStop: "all" } }],
  ["lvs_flush_on_stop VS", ["lvs_flush_on_stop VS"], { ipvs: { flushAtStop: "own" } }],
  [
    "lvs_timeouts",
    ["lvs_timeouts tcp 9 udp 7"],
    { ipvs: { timeouts: { tcp: seconds(9), tcpFin: 0, udp: seconds(7) } } },
  ],
  [
    "the old form of lvs_sync_daemon",
    ["lvs_sync_daemon eth1 V 7"],
    { ipvs: { syncDaemon: { interface: "eth1", instance: "V", id: 7 } } },
  ],
  [
    "lvs_sync_daemon with options",
    ["lvs_sync_daemon eth1 inst V port 9 ttl 3 maxlen 100 group 224.0.0.9"],
    { ipvs: { syncDaemon: { instance: "V", id: undefined, port: 9, ttl: 3, maxLength: 100, group: "224.0.0.9" } } },
  ],
  ["a bare nftables_ipvs", ["nftables_ipvs"], { ipvs: { table: "keepalived_ipvs" } }],
  [
    "startup_script",
    [SECURE, "startup_script /s joe", "startup_script_timeout 3"],
    { startupScript: { command: { argv: ["/s"], user: "joe" }, timeout: seconds(3) } },
  ],
  [
    "a fifo with its reader",
    [SECURE, "script_user joe", "vrrp_notify_fifo /f ann", "vrrp_notify_fifo_script /r"],
    { fifos: { vrrp: { path: "/f", user: "ann", group: undefined, script: { argv: ["/r"], user: "joe" } } } },
  ],
])("%s", (_, lines, expected) => {
  expect(global(...lines)).toMatchObject(expected);
});

test.each([
  ["notify_fifo /a\nnotify_fifo /b", "(Line 3) notify_fifo already specified - ignoring /b"],
  ["shutdown_script /a\nshutdown_script /b", "(Line 3) shutdown script already specified"],
  ["vmac_addr_prefix a\nvmac_addr_prefix b", "(Line 3) vmac_addr prefix has already been specified - ignoring b"],
  ["snmp_socket a\nsnmp_socket b", "(Line 3) SNMP socket already set to a - ignoring"],
  [
    "lvs_sync_daemon eth1 V\nlvs_sync_daemon eth0 W",
    "(Line 3) lvs_sync_daemon has already been specified as eth1 V - ignoring",
  ],
])("%s: the second one is ignored", (lines, keepalived) => {
  const said = reading(`global_defs {\n${lines}\n}`).diagnostics.find(({ code }) => code === "duplicate");
  expect(said).toMatchObject({ severity: "error", keepalived });
  expect(said?.related?.[0]?.span.line).toBe(2);
});

test("the name of the instance makes a directory for pid files; the first counts", () => {
  const found = reading("instance a\ninstance b");
  expect(found.config.global.daemon).toMatchObject({ instance: "a", pidDirectory: true });
  expect(findings(found)).toContain("warning 2:10 `instance` is given already; this one is ignored");
});

test("a reader of a fifo that is none is not run", () => {
  const found = reading(`global_defs {\n${SECURE}\nnotify_fifo_script /r\n}`);
  expect(found.config.global.fifos.all).toBeUndefined();
  expect(findings(found)).toContain("warning 3:1 `notify_fifo_script` is not run without `notify_fifo`");
});

test("an instance for the sync daemon to follow that is not there is a warning, which names those that are", () => {
  const instance = "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n";
  const said = (line: string): readonly string[] =>
    findings(reading(`global_defs {\n${line}\n}\n${instance}`)).filter((finding) => finding.includes("sync daemon"));
  expect(said("lvs_sync_daemon eth1 inst nix")).toEqual([
    "warning 2:17 no vrrp_instance `nix`: the sync daemon does not run",
  ]);
  expect(said("lvs_sync_daemon eth1 inst VI_1")).toEqual([]);
  expect(said("lvs_sync_daemon eth1")).toEqual([]);
});
