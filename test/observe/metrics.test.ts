import { expect, test } from "vitest";
import { ip } from "../../src/base/ip.ts";
import type { Observed } from "../../src/observe/metric-scopes.ts";
import { createMetricsPage } from "../../src/observe/metrics.ts";
import type { CheckerReport } from "../../src/observe/report.ts";

const counters = {
  advertisementsSent: 12,
  advertisementsReceived: 3,
  becomeMaster: 1,
  releaseMaster: 0,
  priorityZeroSent: 0,
  priorityZeroReceived: 2,
  splitBrains: { arp: 2 },
  dropped: { checksum: 4 },
  restored: { addresses: 4, routes: 0, rules: 1 },
};
const checker: CheckerReport = {
  type: "http",
  identity: "x",
  up: true,
  hasRun: true,
  latency: 1500,
  succeeded: 9,
  failed: 1,
};
const statistics = {
  ...{ connections: 5, inPackets: 26, outPackets: 25, inBytes: 1762, outBytes: 1445 },
  ...{ connectionRate: 1, inPacketRate: 3, outPacketRate: 3, inByteRate: 207, outByteRate: 897 },
};
const observed: Observed = {
  version: "1.2.3",
  traffic: new Map([
    [
      "[192.0.2.9]:tcp:80",
      {
        name: "[192.0.2.9]:tcp:80",
        statistics,
        servers: ["[10.0.0.1]:80", "[10.0.0.99]:80"].map((name) => ({
          ...{ name, statistics, connections: { active: 1, inactive: 4, persistent: 2 } },
        })),
      },
    ],
  ]),
  children: [{ process: "vrrp", up: true, restarts: 2 }],
  reloads: { applied: 1, refused: 5 },
  vrrp: {
    at: 0,
    scripts: [],
    processes: [],
    restored: { addresses: 0, routes: 7, rules: 0 },
    sysctls: [],
    facts: undefined,
    instances: [
      {
        key: "eth0 51 IPv4 224.0.0.18",
        name: "VI_1",
        interface: "eth0",
        vrid: 51,
        address: ip("192.0.2.9"),
        state: { name: "master" },
        priority: 100,
        oldPeers: [],
        proof: { ah: { sent: 0, heard: [] }, hmac: { sent: "0", heard: [] } },
        lastAdvertAt: 0,
        lately: { transitionAt: 0, masterPriority: 0 },
        device: "eth0",
        counters,
        history: { activeAt: 0, cause: "no-response", reason: "no-response", error: "none" },
        split: true,
      },
    ],
  },
  bfd: {
    at: 0,
    dropped: { ttl: 6 },
    sessions: ["up", "down"].map((state) => ({
      name: `b-${state}`,
      neighbor: ip("192.0.2.8"),
      source: undefined,
      multihop: false,
      session: { state: state === "up" ? "up" : "down" },
      detectionTime: state === "up" ? 150_000 : 0,
      counters: { packetsSent: 5, packetsReceived: 4, becomeUp: 2, becomeDown: 1 },
    })),
  },
  checkers: {
    at: 0,
    sysctls: [],
    deviations: 3,
    checks: { configured: 6, running: 2, saved: 3 },
    services: [
      {
        name: "[192.0.2.9]:tcp:80",
        places: [],
        quorumUp: true,
        realServers: [
          {
            name: "[10.0.0.1]:80",
            up: false,
            weight: 0,
            checkers: [checker, { ...checker, up: false, hasRun: false, latency: undefined }],
          },
        ],
      },
    ],
  },
};

async function samples(now: Observed): Promise<string[]> {
  const page = await createMetricsPage(() => now).render();
  return page.split("\n").filter((text) => text !== "" && !text.startsWith("#"));
}

test("the page shows every report with the labels that tell things apart", async () => {
  const vrid = 'iname="VI_1",intf="eth0",vrid="51"';
  const real = 'virtual_server="[192.0.2.9]:tcp:80",real_server="[10.0.0.1]:80"';
  const bfd = (name: string, up: number, down: number): string[] => [
    `keepalived_bfd_${name}{bfd="b-up",neighbor="192.0.2.8"} ${up}`,
    `keepalived_bfd_${name}{bfd="b-down",neighbor="192.0.2.8"} ${down}`,
  ];
  expect(await samples(observed)).toEqual([
    "keepalived_up 1",
    'keepalived_build_info{version="1.2.3"} 1',
    'keepalived_reload_total{result="applied"} 1',
    'keepalived_reload_total{result="refused"} 5',
    'keepalived_child_up{process="vrrp"} 1',
    'keepalived_child_restarts_total{process="vrrp"} 2',
    `keepalived_vrrp_state{${vrid},ip_address="192.0.2.9"} 2`,
    `keepalived_effective_priority{${vrid}} 100`,
    `keepalived_advertisements_sent_total{${vrid}} 12`,
    `keepalived_advertisements_received_total{${vrid}} 3`,
    `keepalived_become_master_total{${vrid}} 1`,
    `keepalived_release_master_total{${vrid}} 0`,
    `keepalived_priority_zero_sent_total{${vrid}} 0`,
    `keepalived_priority_zero_received_total{${vrid}} 2`,
    `keepalived_split_brain{${vrid}} 1`,
    `keepalived_split_brains_total{${vrid},seen="advertisement"} 0`,
    `keepalived_split_brains_total{${vrid},seen="refused"} 0`,
    `keepalived_split_brains_total{${vrid},seen="arp"} 2`,
    `keepalived_packets_dropped_total{${vrid},reason="checksum"} 4`,
    `keepalived_restored_total{${vrid},type="address"} 4`,
    `keepalived_restored_total{${vrid},type="route"} 0`,
    `keepalived_restored_total{${vrid},type="rule"} 1`,
    'keepalived_restored_total{iname="",intf="",vrid="",type="address"} 0',
    'keepalived_restored_total{iname="",intf="",vrid="",type="route"} 7',
    'keepalived_restored_total{iname="",intf="",vrid="",type="rule"} 0',
    ...bfd("state", 3, 1),
    'keepalived_bfd_detection_time_seconds{bfd="b-up",neighbor="192.0.2.8"} 0.15',
    ...bfd("packets_sent_total", 5, 5),
    ...bfd("packets_received_total", 4, 4),
    ...bfd("become_up_total", 2, 2),
    ...bfd("become_down_total", 1, 1),
    'keepalived_bfd_packets_dropped_total{reason="ttl"} 6',
    'keepalived_quorum_up{virtual_server="[192.0.2.9]:tcp:80"} 1',
    `keepalived_real_server_up{${real}} 0`,
    "keepalived_ipvs_deviations 3",
    `keepalived_real_server_weight{${real}} 0`,
    'keepalived_virtual_server_connections_total{virtual_server="[192.0.2.9]:tcp:80"} 5',
    'keepalived_virtual_server_packets_total{virtual_server="[192.0.2.9]:tcp:80",direction="in"} 26',
    'keepalived_virtual_server_packets_total{virtual_server="[192.0.2.9]:tcp:80",direction="out"} 25',
    'keepalived_virtual_server_bytes_total{virtual_server="[192.0.2.9]:tcp:80",direction="in"} 1762',
    'keepalived_virtual_server_bytes_total{virtual_server="[192.0.2.9]:tcp:80",direction="out"} 1445',
    `keepalived_real_server_connections_total{${real}} 5`,
    `keepalived_real_server_packets_total{${real},direction="in"} 26`,
    `keepalived_real_server_packets_total{${real},direction="out"} 25`,
    `keepalived_real_server_bytes_total{${real},direction="in"} 1762`,
    `keepalived_real_server_bytes_total{${real},direction="out"} 1445`,
    `keepalived_real_server_connections{${real},kind="active"} 1`,
    `keepalived_real_server_connections{${real},kind="inactive"} 4`,
    `keepalived_real_server_connections{${real},kind="persistent"} 2`,
    "keepalived_checks_configured 6",
    "keepalived_checks_running 2",
    "keepalived_checks_saved 3",
    `keepalived_checker_up{${real},checker="http"} 1`,
    `keepalived_checker_up{${real},checker="http-2"} 0`,
    `keepalived_checker_latency_seconds{${real},checker="http"} 0.0015`,
    `keepalived_checker_results_total{${real},checker="http",result="success"} 9`,
    `keepalived_checker_results_total{${real},checker="http",result="failure"} 1`,
    `keepalived_checker_results_total{${real},checker="http-2",result="success"} 9`,
    `keepalived_checker_results_total{${real},checker="http-2",result="failure"} 1`,
  ]);
});

test("what the kernel has counted nothing of has no sample", async () => {
  const page = await samples({ ...observed, traffic: new Map() });
  expect(page.filter((sample) => /_(packets|bytes|connections)(_total)?\{virtual_server/.test(sample))).toEqual([]);
});

test("a second scrape shows the same, not twice as much; what is gone is not shown", async () => {
  let now = observed;
  const page = createMetricsPage(() => now);
  expect(await page.render()).toBe(await page.render());
  now = { ...observed, vrrp: undefined, checkers: undefined, bfd: undefined, children: [] };
  expect(await page.render()).not.toContain("VI_1");
});

test("every metric says what it means", async () => {
  const page = await createMetricsPage(() => observed).render();
  const names = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  expect(names.length).toBeGreaterThan(15);
  for (const [, name = "", type] of names) {
    expect(page).toMatch(new RegExp(`^# HELP ${name} \\S`, "m"));
    expect(type).toBe(name.endsWith("_total") ? "counter" : "gauge");
  }
});

test("of the certificates that a checker was shown the first to expire counts, in days from now", async () => {
  const expiry = { at: { 0: Date.now() / 1000 + 9.5 * 86_400, 1: Date.now() / 1000 - 2.5 * 86_400 }, warned: [] };
  const server = { name: "[10.0.0.1]:80", up: true, weight: 1, checkers: [checker, { ...checker, expiry }] };
  const services = [{ name: "[192.0.2.9]:tcp:80", places: [], quorumUp: true, realServers: [server] }];
  const page = await samples({ ...observed, checkers: { at: 0, sysctls: [], services } });
  const shown = page.filter((sample) => sample.startsWith("keepalived_checker_certificate_days_left"));
  expect(shown).toEqual([expect.stringMatching(/,checker="http-2"\} -2\.5/)]);
});
