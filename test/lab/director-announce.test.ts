import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Heard } from "./capture.ts";
import { advertisementFrame, sendFrames } from "./forge.ts";
import { until } from "./run.ts";
import { instance, type Stand, Stand as Stands, VIP } from "./stand.ts";

type Garp = Extract<Heard, { kind: "garp" }>;

/** Announcements of a node's MAC, in order, from an index of the capture on. */
function announced(stand: Stand, mac: string, from = 0): Garp[] {
  return stand.capture.heard.entries
    .slice(from)
    .filter((entry) => entry.kind === "garp")
    .filter((entry) => entry.mac === mac);
}

/** Mean time between announcements, milliseconds: a busy machine delays some, and so brings others nearer. */
const meanGap = (garps: readonly Garp[]): number =>
  ((garps.at(-1)?.at ?? 0) - (garps[0]?.at ?? 0)) / 1000 / (garps.length - 1);
const numbered = (count: number, more = ""): string[] =>
  Array.from({ length: count }, (_, i) => `10.7.${i >> 8}.${i & 255}${more}`);

/** A second interface of lb1 on the LAN; its MAC. */
async function secondInterface(stand: Stand): Promise<string> {
  const mac = "02:00:00:00:01:01";
  const { lan } = stand;
  const peer = ["peer", "name", "eth1", "address", mac, "netns", lan.namespace("lb1")];
  await lan.run("lan", ["ip", "link", "add", "lb1b", "type", "veth", ...peer]);
  await lan.run("lan", ["ip", "link", "set", "lb1b", "master", "br0", "up"]);
  await lan.run("lb1", ["ip", "link", "set", "eth1", "up"]);
  await until(
    "eth1",
    async () => (await lan.run("lb1", ["ip", "link", "show", "eth1"])).includes("state UP"),
    seconds(5),
  );
  return mac;
}

describe.concurrent("announcements", () => {
  test("vrrp_garp_interval: the gap is kept, and every address is announced once before any twice", async () => {
    await Stands.with(async (stand) => {
      const text = `global_defs {\n vrrp_garp_interval 0.02\n vrrp_garp_master_repeat 3\n}\n`;
      const lb1 = stand.start("lb1", text + instance({ addresses: numbered(20) }));
      await lb1.waitForState("MASTER");
      const mac = stand.lan.mac("lb1");
      await until("three rounds", async () => announced(stand, mac).length >= 60, seconds(10));
      const first = announced(stand, mac).slice(0, 60);
      for (let round = 0; round < 3; round++)
        expect(first.slice(20 * round, 20 * round + 20).map(({ address }) => address)).toEqual(numbered(20));
      expect(meanGap(first)).toBeGreaterThan(19);
    });
  });

  test("garp_group: its interfaces share the gap, others have none", async () => {
    await Stands.with(async (stand) => {
      const second = await secondInterface(stand);
      const text = "garp_group {\n garp_interval 0.03\n interfaces {\n  eth0\n  eth1\n }\n}\n";
      const addresses = [...numbered(4), ...numbered(4, " dev eth1").map((line) => line.replace("10.7", "10.8"))];
      const lb1 = stand.start("lb1", text + instance({ addresses }));
      await lb1.waitForState("MASTER");
      const both = (): Garp[] => stand.capture.heard.entries.filter((entry) => entry.kind === "garp");
      await until("all rounds", async () => both().length >= 40, seconds(10));
      expect(meanGap(both().slice(0, 40))).toBeGreaterThan(29);
      expect(new Set(both().map(({ mac }) => mac))).toEqual(new Set([stand.lan.mac("lb1"), second]));
    });
  });

  test("vrrp_gna_interval, and gna_interval of a garp_group: the gap between neighbour advertisements is kept", async () => {
    await Stands.with(
      async (stand) => {
        const six = (node: 1 | 2, global: string): string =>
          global +
          instance({
            vrid: 60 + node,
            addresses: Array.from({ length: 10 }, (_, i) => `2001:db8::${node}:${i + 1}`),
            more: "native_ipv6\n version 3",
          });
        const texts = [
          six(1, "global_defs {\n vrrp_gna_interval 0.02\n vrrp_garp_interval 0.5\n}\n"),
          six(2, "garp_group {\n gna_interval 0.03\n interface eth0\n}\n"),
        ];
        for (const [i, text] of texts.entries()) {
          const node = `lb${i + 1}`;
          const director = stand.start(node, text);
          await director.waitForState("MASTER");
          const mac = stand.lan.mac(node);
          const heard = () => stand.capture.heard.entries.filter((entry) => entry.kind === "na" && entry.mac === mac);
          await until("two rounds", async () => heard().length >= 20, seconds(10));
          const first = heard().slice(0, 20);
          const mean = ((first.at(-1)?.at ?? 0) - (first[0]?.at ?? 0)) / 1000 / 19;
          expect(mean).toBeGreaterThan(i === 0 ? 19 : 29);
          expect(mean).toBeLessThan(400);
        }
      },
      { ipv6: true },
    );
  });

  test("leaving master cancels the second block", async () => {
    await Stands.with(async (stand) => {
      const lb2 = stand.start("lb2", instance({ priority: 254 }));
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", instance()); // an owner, at once
      await lb1.waitForState("MASTER");
      await lb2.waitForState("BACKUP", { from: lb2.log.mark() - 3 });
      const mark = stand.capture.heard.mark();
      await sleep(6000);
      expect(announced(stand, stand.lan.mac("lb2"), mark)).toEqual([]);
      expect(announced(stand, stand.lan.mac("lb1"), mark).length).toBeGreaterThanOrEqual(5);
    });
  });

  test("a flood of lower adverts brings a block a second, not one for each", async () => {
    await Stands.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await lb1.waitForState("MASTER");
      await sleep(200);
      const mark = stand.capture.heard.mark();
      await sendFrames(stand, [advertisementFrame(stand)], 2, 1000); // 2 to 3 s
      const took = announced(stand, stand.lan.mac("lb1"), mark);
      expect(took.length).toBeGreaterThanOrEqual(10);
      expect(took.length).toBeLessThanOrEqual(35);
    });
  });

  test("dont_track_primary: a link that was down, and another MAC, are announced", async () => {
    await Stands.with(async (stand) => {
      await stand.startMaster(instance({ more: "dont_track_primary\n garp_master_delay 0" }));
      await sleep(300);
      let mark = stand.capture.heard.mark();
      await stand.lan.setLink("lb1", "down");
      await sleep(300);
      await stand.lan.setLink("lb1", "up");
      const mac = stand.lan.mac("lb1");
      await until("announcements", async () => announced(stand, mac, mark).length >= 5, seconds(5));
      mark = stand.capture.heard.mark();
      await stand.lan.run("lb1", ["ip", "link", "set", "dev", "eth0", "address", "02:00:00:00:00:77"]);
      await until("new MAC", async () => announced(stand, "02:00:00:00:00:77", mark).length >= 5, seconds(5));
    });
  });

  test("garp_extra_if all: on the interface that carries no adverts, each interval", async () => {
    await Stands.with(async (stand) => {
      const second = await secondInterface(stand);
      const more = "garp_extra_if all 1\n garp_master_delay 0\n garp_master_repeat 1";
      const lb1 = stand.start("lb1", instance({ addresses: [VIP, "10.8.0.1 dev eth1", "10.8.0.2 dev eth1"], more }));
      await lb1.waitForState("MASTER");
      await until("four of them", async () => announced(stand, second).length >= 2 + 3, seconds(8));
      expect(
        announced(stand, second)
          .map(({ address }) => address)
          .slice(0, 5),
      ).toEqual(["10.8.0.1", "10.8.0.2", ...["10.8.0.1", "10.8.0.1", "10.8.0.1"]]);
      expect(announced(stand, stand.lan.mac("lb1"))).toHaveLength(1);
    });
  });
});

test("1,000 addresses: each once before any twice, and adverts in time meanwhile", async () => {
  await Stands.with(async (stand) => {
    const addresses = numbered(1000);
    const more = `virtual_ipaddress_excluded {\n ${addresses.slice(200).join("\n ")}\n }`;
    const lb1 = stand.start("lb1", instance({ addresses: addresses.slice(0, 200), more }));
    await lb1.waitForState("MASTER");
    const mac = stand.lan.mac("lb1");
    await until("five rounds", async () => announced(stand, mac).length >= 5000, seconds(20));
    const first = announced(stand, mac).slice(0, 1000);
    expect(first.map(({ address }) => address)).toEqual(addresses);
    const [advert] = stand.capture.adverts(mac);
    const after = (garp: Garp | undefined): string => (((garp?.at ?? 0) - (advert?.at ?? 0)) / 1000).toFixed(1);
    console.log(`1,000 VIPs: first announced ${after(first[0])} ms after the advert, last ${after(first[999])} ms`);
  });
});
