import { expect, test } from "vitest";
import { planVrrp } from "../../src/plan/plan.ts";
import { reading } from "../config/reading.ts";
import { farm, router } from "./planning.ts";

const SCRIPT = 'vrrp_script s {\nscript "/bin/true"\n}\n';
const PEERS = "unicast_peer {\n192.0.2.3\n}";
const LATER = ["smtp_alert", PEERS, "track_interface {\neth1\n}", "garp_extra_if 10", "notify /bin/true"];

/** What the vrrp process has to do from one text to another: each item that does not stay as it is. */
function work(old: string, next: string): readonly string[] {
  const { lists } = planVrrp(reading(old).config, reading(next).config);
  const all = [...(lists.vrrpScripts?.entries ?? []), ...(lists.vrrpInstances?.entries ?? [])];
  return all.filter(({ type }) => type !== "kept").map(({ type, key }) => `${type} ${key}`);
}

test.each(LATER)("the vrrp process leaves an instance alone in which %j comes or goes: it does not run", (line) => {
  const [without, with_] = [router("V1", 51), router("V1", 51, line)];
  expect([work(without, with_), work(with_, without)]).toEqual([[], []]);
});

test("it does what runs, whatever else changes", () => {
  const next = router("V1", 51, `priority 150\n${LATER.join("\n")}`);
  const { entries } = planVrrp(reading(router("V1", 51)).config, reading(next).config).lists.vrrpInstances ?? {};
  expect(entries).toMatchObject([
    {
      type: "changed",
      key: "eth0 51",
      difference: { fields: [{ field: "priority", from: 100, to: 150 }], groups: {}, lists: {} },
      to: { priority: 150, smtpAlert: true },
    },
  ]);
});

test("it has to do with scripts and instances alone", () => {
  const old = SCRIPT + router("V1", 51);
  const group = "vrrp_sync_group G {\ngroup {\nV1\n}\n}\nstatic_ipaddress {\n192.0.2.7/24\n}\n";
  expect(work(old, old + group + farm(80, { 11: "" }))).toEqual([]);
  expect(work(old, SCRIPT.replace("true", "false") + router("V2", 52))).toEqual([
    "changed s",
    "added eth0 52",
    "removed eth0 51",
  ]);
});
