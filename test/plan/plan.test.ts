import { expect, test } from "vitest";
import { isAboutTelling } from "../../src/plan/instance-shape.ts";
import { planVrrp } from "../../src/plan/plan.ts";
import { reading } from "../config/reading.ts";
import { farm, router } from "./planning.ts";

const SCRIPT = 'vrrp_script s {\nscript "/bin/true"\n}\n';

/** What the vrrp process has to do from one text to another: each item that does not stay as it is. */
function work(old: string, next: string): readonly string[] {
  const { lists } = planVrrp(reading(old).config, reading(next).config);
  const all = [...(lists.vrrpScripts?.entries ?? []), ...(lists.vrrpInstances?.entries ?? [])];
  return all.filter(({ type }) => type !== "kept").map(({ type, key }) => `${type} ${key}`);
}

test("what an instance says of its interface and of IPVS changes it, whether it comes or goes", () => {
  for (const line of ["promote_secondaries", "lvs_sync_daemon_interface eth0"]) {
    const [without, with_] = [router("V1", 51), router("V1", 51, line)];
    const changed = ["changed eth0 51 IPv4 224.0.0.18"];
    expect([work(without, with_), work(with_, without)]).toEqual([changed, changed]);
  }
});

test("what changes is a field of its instance", () => {
  const next = router("V1", 51, "priority 150");
  const { entries } = planVrrp(reading(router("V1", 51)).config, reading(next).config).lists.vrrpInstances ?? {};
  expect(entries).toMatchObject([
    {
      type: "changed",
      key: "eth0 51 IPv4 224.0.0.18",
      difference: { fields: [{ field: "priority", from: 100, to: 150 }], groups: {}, lists: {} },
      to: { priority: 150 },
    },
  ]);
});

test.each([
  ["smtp_alert", true],
  ["notify /bin/true\nnotify_deleted", true],
  ["notify_priority_changes", true],
  ["smtp_alert\npriority 150", false],
  ["notify_master /bin/true\nvirtual_ipaddress {\n192.0.2.101\n}", false],
  ["notify_master /bin/true\ngarp_master_delay 7", false],
])("with %j the router goes on as it is, and only who is told is another: %s", (body, holds) => {
  for (const [old, next] of [
    [router("V1", 51), router("V1", 51, body)],
    [router("V1", 51, body), router("V1", 51)],
  ] as const) {
    const [entry] = planVrrp(reading(old).config, reading(next).config).lists.vrrpInstances?.entries ?? [];
    expect(entry?.type === "changed" && isAboutTelling(entry.difference)).toBe(holds);
  }
});

test("it has to do with scripts and instances alone", () => {
  const old = SCRIPT + router("V1", 51);
  const group = "vrrp_sync_group G {\ngroup {\nV1\n}\n}\nstatic_ipaddress {\n192.0.2.7/24\n}\n";
  expect(work(old, old + group + farm(80, { 11: "" }))).toEqual([]);
  expect(work(old, SCRIPT.replace("true", "false") + router("V2", 52))).toEqual([
    "changed s",
    "added eth0 52 IPv4 224.0.0.18",
    "removed eth0 51 IPv4 224.0.0.18",
  ]);
});

test("a virtual router is the same with other peers, and another one with another source or group", () => {
  const peers = (...all: readonly string[]): string => `unicast_peer {\n${all.join("\n")}\n}`;
  const from = (body: string): string => router("V1", 51, body);
  expect(work(from(peers("192.0.2.3")), from(peers("192.0.2.4", "192.0.2.5")))).toEqual([
    "changed eth0 51 IPv4 from eth0",
  ]);
  expect(work(from(peers("192.0.2.3")), from(`unicast_src_ip 192.0.2.1\n${peers("192.0.2.3")}`))).toEqual([
    "replaced eth0 51 IPv4 from 192.0.2.1",
  ]);
  expect(work(from(""), from(peers("192.0.2.3")))).toEqual(["replaced eth0 51 IPv4 from eth0"]);
  expect(work(from(""), from("mcast_dst_ip 224.0.0.77"))).toEqual(["replaced eth0 51 IPv4 224.0.0.77"]);
});
