import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { advertisementFrame, arpClaim, sendFrames } from "./forge.ts";
import { until } from "./run.ts";
import { instance, Stand, VIP } from "./stand.ts";

const password = (secret: string): string => `authentication {\n auth_type PASS\n auth_pass ${secret}\n }`;

/** Waits until lb1's page shows it. */
async function shows(stand: Stand, line: RegExp): Promise<void> {
  await until(`${line} on the page`, async () => line.test(await stand.metrics("lb1")), seconds(5));
}

const NOW = (split: 0 | 1): RegExp => new RegExp(`^keepalived_split_brain\\{.*\\} ${split}$`, "m");
const counted = (seen: string, count: number): RegExp =>
  new RegExp(`^keepalived_split_brains_total\\{.*seen="${seen}"\\} ${count}$`, "m");

/** Until a former master could have had its last word. */
async function handedOver(): Promise<void> {
  await sleep(1200);
}

describe.concurrent("split brain", () => {
  test.each<Implementation>(["ours", "keepalived"])(
    "another password at the other end (%s): said once with the reason, counted, and over when it stops",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const lb1 = await stand.startMaster(instance({ more: password("one") }));
        await shows(stand, NOW(0));
        await shows(stand, counted("refused", 0));
        const lb2 = stand.start("lb2", instance({ priority: 254, more: password("two") }), { implementation });
        const said = await lb1.waitForLog(/SPLIT BRAIN/);
        expect(said.text).toMatch(/\(VI_1\) SPLIT BRAIN: 192.0.2.12 is master too; .*refused \(password\)/);
        await shows(stand, NOW(1));
        await shows(stand, counted("refused", 1));
        await lb2.waitForState("MASTER");
        await lb2.killAll();
        const mark = stand.capture.heard.mark();
        await lb1.waitForLog(/split brain is over after [0-9.]+ s: 192.0.2.12 is silent/);
        await shows(stand, NOW(0));
        await until("announcements", async () => stand.announcements("lb1", VIP, mark) >= 5, seconds(2));
        expect(lb1.log.entries.filter(({ text }) => text.includes("SPLIT BRAIN"))).toHaveLength(1);
      });
    },
  );

  test("a lower master that does not hear us: said once, announced again when it is silent", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await sendFrames(stand, [advertisementFrame(stand)], 200, 20);
      await lb1.waitForLog(/SPLIT BRAIN: 192.0.2.12 is master too; our priority 255 is higher than 50, we stay/);
      const over = await lb1.waitForLog(/split brain is over after [4-9]\.[0-9]+ s: 192.0.2.12 is silent/);
      expect(over.text).toBeDefined();
      await shows(stand, counted("advertisement", 1));
      expect(lb1.log.entries.filter(({ text }) => text.includes("SPLIT BRAIN"))).toHaveLength(1);
    });
  });

  test.each([1, 2])("an ARP packet (operation %i) for our address from elsewhere", async (operation) => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await handedOver();
      await sendFrames(stand, [arpClaim(stand, operation)], 50, 3);
      const said = await lb1.waitForLog(/SPLIT BRAIN/);
      expect(said.text).toContain(`SPLIT BRAIN: ${stand.lan.mac("lb2")} is master too; it claims ${VIP} by ARP`);
      await shows(stand, counted("arp", 1));
      await shows(stand, NOW(1));
    });
  });

  test("20,000 of them at once do not move an advert", async () => {
    await Stand.with(async (stand) => {
      await stand.startMaster(instance());
      await handedOver();
      const mark = stand.capture.heard.mark();
      await sendFrames(stand, [arpClaim(stand, 1)], 0, 20_000);
      await shows(stand, counted("arp", 1));
      await until("four adverts", async () => stand.advertGaps("lb1", mark).length >= 3, seconds(8));
      for (const gap of stand.advertGaps("lb1", mark)) expect(Math.abs(gap - 1000)).toBeLessThan(50);
    });
  });

  test("an ordinary life has none: election, preemption by a higher one, its stop, a reload", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance({ priority: 100 }));
      await lb1.waitForState("MASTER");
      await stand.reload(lb1, instance({ priority: 100, addresses: [VIP, "192.0.2.101"] }));
      const lb2 = stand.start("lb2", instance({ priority: 200, addresses: [VIP, "192.0.2.101"] }));
      await lb2.waitForState("MASTER");
      const mark = lb1.log.mark();
      await lb2.stop();
      await lb1.waitForState("MASTER", { from: mark });
      await until("announced", async () => stand.announcements("lb1", VIP, 0) >= 15, seconds(15));
      for (const { log } of [lb1, lb2]) expect(log.entries.filter(({ text }) => text.includes("SPLIT"))).toEqual([]);
    });
  });
});
