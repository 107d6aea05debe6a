import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director } from "./daemon.ts";
import { instance, Stand, VIP } from "./stand.ts";

const OTHER = "192.0.2.101";
const inForce = (director: Director): number =>
  director.log.entries.filter(({ text }) => / Entering /.test(text)).length;

describe.concurrent("reload", () => {
  test("the same file changes nothing: no address, no advert out of turn, no state", async () => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      const events = await stand.watchAddresses("lb1");
      const [transitions, from] = [inForce(director), stand.capture.heard.mark()];
      await stand.reload(director, instance());
      await sleep(3300);
      expect(events.entries).toEqual([]);
      expect(inForce(director)).toBe(transitions);
      for (const gap of stand.advertGaps("lb1", from)) expect(Math.abs(gap - 1000)).toBeLessThan(50);
      expect(await stand.metrics("lb1")).toMatch(/^keepalived_reload_total\{result="applied"\} 1$/m);
      expect(director.log.entries.filter(({ text }) => text.endsWith("Reload plan: no change"))).toHaveLength(1);
    });
  });

  test("an address that comes or goes is the only one touched; what comes is announced", async () => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      const events = await stand.watchAddresses("lb1");
      const from = stand.capture.heard.mark();
      await stand.reload(director, instance({ addresses: [VIP, `${OTHER}/24`] }));
      await stand.capture.heard.waitFor("announcement", (heard) => heard.kind === "garp" && heard.address === OTHER, {
        from,
      });
      await stand.reload(director, instance());
      await sleep(300);
      expect(events.entries.map(({ text }) => text.replace(/^(Deleted )?.*inet (\S+) .*/, "$1$2"))).toEqual([
        `${OTHER}/24`,
        `Deleted ${OTHER}/24`,
      ]);
      expect(director.log.entries.filter(({ text }) => /had been removed/.test(text))).toEqual([]);
    });
  });

  test("another label is put on without alarm", async () => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      await stand.reload(director, instance({ addresses: [`${VIP} label eth0:1`] }));
      await sleep(300);
      expect(await stand.vips("lb1")).toEqual([`eth0 inet ${VIP}/32 scope global eth0:1`]);
      expect(director.log.entries.filter(({ text }) => /had been removed/.test(text))).toEqual([]);
    });
  });

  test("the first of several addresses of a subnet goes: the kernel drops the others with it, and they are back", async () => {
    await Stand.with(async (stand) => {
      const three = ["10.20.0.1/24", "10.20.0.2/24", "10.20.0.3/24"];
      const director = await stand.startMaster(instance({ addresses: three }));
      await stand.reload(director, instance({ addresses: three.slice(1) }));
      await sleep(300);
      expect((await stand.vips("lb1")).map((line) => line.split(" ")[2])).toEqual(["10.20.0.2/24", "10.20.0.3/24"]);
    });
  });

  test("priority, interval and password change without a transition", async () => {
    await Stand.with(async (stand) => {
      const text = (priority: number, advertInterval: number, password: string): string =>
        instance({
          priority,
          advertInterval,
          more: `authentication {\n auth_type PASS\n auth_pass ${password}\n }`,
        });
      const lb1 = stand.start("lb1", text(200, 1, "one"));
      const lb2 = stand.start("lb2", text(100, 1, "one"));
      await lb1.waitForState("MASTER");
      await sleep(300);
      const transitions = inForce(lb1) + inForce(lb2);
      await Promise.all([stand.reload(lb1, text(210, 1, "two")), stand.reload(lb2, text(90, 1, "two"))]);
      let from = stand.capture.heard.mark(); // on a busy machine one more advert of before comes while it reads the file
      await sleep(4500);
      const adverts = stand.capture.adverts(stand.lan.mac("lb1"), from);
      expect(new Set(adverts.map(({ priority }) => priority))).toEqual(new Set([210]));
      await Promise.all([stand.reload(lb1, text(210, 2, "two")), stand.reload(lb2, text(90, 2, "two"))]);
      await sleep(100); // each is in force, and has been followed by an advert at once
      from = stand.capture.heard.mark();
      await sleep(7500);
      expect(inForce(lb1) + inForce(lb2)).toBe(transitions);
      expect(stand.capture.adverts(stand.lan.mac("lb2"), 0)).toEqual([]);
      const gaps = stand.advertGaps("lb1", from);
      expect(gaps.length).toBeGreaterThanOrEqual(2);
      for (const gap of gaps) expect(Math.abs(gap - 2000)).toBeLessThan(50);
    });
  });

  test("an instance that comes or goes leaves the other alone", async () => {
    await Stand.with(async (stand) => {
      const second = instance({ name: "VI_2", vrid: 52, addresses: [OTHER] });
      const director = await stand.startMaster(instance());
      const events = await stand.watchAddresses("lb1");
      const from = stand.capture.heard.mark();
      await stand.reload(director, instance() + second);
      await director.waitForLog(/\(VI_2\) Entering MASTER STATE/);
      await sleep(200);
      expect(await stand.vips("lb1")).toHaveLength(2);
      await stand.reload(director, instance());
      await sleep(2300);
      expect(events.entries.filter(({ text }) => text.includes(VIP))).toEqual([]);
      expect(await stand.vips("lb1")).toHaveLength(1);
      const adverts = stand.capture.adverts(stand.lan.mac("lb1"), from);
      expect(adverts.findLast(({ vrid }) => vrid === 52)?.priority).toBe(0);
      expect(adverts.filter(({ vrid, priority }) => vrid === 51 && priority !== 255)).toEqual([]);
    });
  });

  test("another VRID is another instance: the old one resigns, the new one is elected and has the address", async () => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      const from = stand.capture.heard.mark();
      await stand.reload(director, instance({ vrid: 61 }));
      await director.waitForLog(/Reload plan: 1 instance replaced/);
      await sleep(500);
      expect(await stand.vips("lb1")).toHaveLength(1);
      const adverts = stand.capture.adverts(stand.lan.mac("lb1"), from);
      expect(adverts.findLast(({ vrid }) => vrid === 51)?.priority).toBe(0);
      expect(adverts.findLast(({ vrid }) => vrid === 61)?.priority).toBe(255);
    });
  });

  test.each(["first to second", "second to first"])(
    "an address moves between two masters, %s, without being touched",
    async (way) => {
      await Stand.with(async (stand) => {
        const texts = [
          instance({ addresses: [VIP, "192.0.2.150"] }) + instance({ name: "VI_2", vrid: 52, addresses: [OTHER] }),
          instance({ addresses: [VIP] }) + instance({ name: "VI_2", vrid: 52, addresses: [OTHER, "192.0.2.150"] }),
        ] as const;
        const [before, after] = way === "first to second" ? texts : [texts[1], texts[0]];
        const director = await stand.startMaster(before);
        await director.waitForLog(/\(VI_2\) Entering MASTER STATE/);
        await sleep(300);
        const events = await stand.watchAddresses("lb1");
        await stand.reload(director, after);
        await sleep(500);
        expect(events.entries).toEqual([]);
        expect(await stand.vips("lb1")).toHaveLength(3);
        await director.stop();
        expect(await stand.vips("lb1")).toEqual([]);
      });
    },
  );

  test.each([
    ["a misspelt keyword value", instance().replace("priority 255", "priority many")],
    ["an instance without interface", instance().replace("interface eth0", "")],
    ["a missing brace", instance().trimEnd().slice(0, -1)],
    ["a missing file", undefined],
  ])("%s changes nothing and is reported", async (_, bad) => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      const events = await stand.watchAddresses("lb1");
      const [transitions, from] = [inForce(director), director.log.mark()];
      const path = stand.configure("lb1", bad ?? "");
      if (bad === undefined) rmSync(path);
      director.reload();
      await director.waitForLog(/Reload refused/, { from });
      await sleep(1500);
      expect(events.entries).toEqual([]);
      expect(inForce(director)).toBe(transitions);
      expect(await stand.metrics("lb1")).toMatch(/^keepalived_reload_total\{result="refused"\} 1$/m);
      await stand.reload(director, instance({ addresses: [VIP, OTHER] }));
      expect(await stand.vips("lb1")).toHaveLength(2);
    });
  });

  test("twenty HUPs at once end with the last file in force", async () => {
    await Stand.with(async (stand) => {
      const director = await stand.startMaster(instance());
      for (let i = 1; i <= 20; i++) {
        stand.configure("lb1", instance({ addresses: [VIP, `192.0.2.${100 + i}`] }));
        director.reload();
        if (i % 5 === 0) await sleep(15);
      }
      await sleep(1500);
      expect((await stand.vips("lb1")).map((line) => line.split(" ")[2])).toEqual([`${VIP}/32`, "192.0.2.120/32"]);
      expect(director.running).toBe(true);
    });
  });

  test("an error that was there at start does not stand against a reload, a new one does", async () => {
    await Stand.with(async (stand) => {
      const bad = "    garp_master_repeat none\n";
      const director = await stand.startMaster(instance({ more: bad }));
      await stand.reload(director, instance({ addresses: [VIP, OTHER], more: bad }));
      expect(await stand.vips("lb1")).toHaveLength(2);
      await stand.reload(director, instance({ more: `${bad}    garp_master_delay none\n` }), /Reload refused/);
      expect(await stand.vips("lb1")).toHaveLength(2);
    });
  });

  test("HUP while it starts is not lost, and does not end the daemon", async () => {
    await Stand.with(async (stand) => {
      const director = stand.start("lb1", instance());
      await director.waitForLog(/Starting Keepalived/);
      stand.configure("lb1", instance({ addresses: [VIP, OTHER] }));
      director.reload();
      await director.waitForLog(/Reload complete/, { within: seconds(5) });
      await sleep(300);
      expect(await stand.vips("lb1")).toHaveLength(2);
    });
  });
});
