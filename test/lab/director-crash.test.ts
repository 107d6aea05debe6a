import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, isAlive, Stand } from "./stand.ts";

/** Of a backup with priority 50 at adverts of 1 s, RFC 3768 §5.3.2. */
const MASTER_DOWN_INTERVAL = 3000 + (1000 * 206) / 256;

describe.concurrent("kill -9", () => {
  test.each<Implementation>(["ours", "keepalived"])(
    "of a master's vrrp process: a backup (%s) does not notice",
    async (peer) => {
      await Stand.with(async (stand) => {
        const lb1 = stand.start("lb1", instance({ priority: 100 }));
        const lb2 = stand.start("lb2", instance({ priority: 50 }), { implementation: peer });
        await lb1.waitForState("MASTER");
        await lb2.waitForState("BACKUP");
        await sleep(1500);
        const [mark, from] = [lb2.log.mark(), stand.capture.heard.mark()];
        const events = await stand.watchAddresses("lb1");
        const measured: string[] = [];
        for (let i = 0; i < 2; i++) {
          const heard = stand.capture.heard.mark();
          const pid = lb1.killChild("vrrp");
          await until("a new process", async () => ![undefined, pid].includes(lb1.childPid("vrrp")), seconds(5));
          await sleep(1800);
          const gaps = stand.advertGaps("lb1", heard - 1);
          measured.push(gaps.map((gap) => gap.toFixed(0)).join(" "));
        }
        console.log(`ms between adverts around two kill -9 of the vrrp process, peer ${peer}: ${measured.join("; ")}`);
        expect(Math.max(...stand.advertGaps("lb1", from))).toBeLessThan(MASTER_DOWN_INTERVAL);
        expect(stand.capture.adverts(stand.lan.mac("lb2"), from)).toEqual([]);
        expect(stand.capture.adverts(stand.lan.mac("lb1"), from).filter(({ priority }) => priority !== 100)).toEqual(
          [],
        );
        expect(lb2.log.entries.slice(mark).filter(({ text }) => / Entering /.test(text))).toEqual([]);
        expect(events.entries).toEqual([]);
        expect(await stand.metrics("lb1")).toMatch(/^keepalived_child_restarts_total\{process="vrrp"\} 2$/m);
      });
    },
  );

  test("of a backup's vrrp process: it does not take over", async () => {
    await Stand.with(async (stand) => {
      await stand.startMaster(instance());
      const lb2 = stand.start("lb2", instance({ priority: 50 }));
      await lb2.waitForState("BACKUP");
      await sleep(500);
      for (let i = 0; i < 2; i++) {
        const from = lb2.log.mark();
        lb2.killChild("vrrp");
        await lb2.waitForLog(/resuming in BACKUP STATE/, { from });
        await sleep(2200);
      }
      expect(stand.capture.adverts(stand.lan.mac("lb2"))).toEqual([]);
      expect(lb2.log.entries.filter(({ text }) => / Entering MASTER/.test(text))).toEqual([]);
      expect(lb2.log.entries.filter(({ text }) => /resuming in BACKUP STATE/.test(text))).toHaveLength(2);
    });
  });

  test("of the supervisor: its child resigns and takes the addresses away; nobody is left", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      const [parent = 0, ...children] = lb1.pids();
      const from = stand.capture.heard.mark();
      process.kill(parent, "SIGKILL");
      await until("all gone", async () => ![parent, ...children].some(isAlive), seconds(5));
      expect(children).toHaveLength(1);
      await stand.capture.heard.waitFor("resignation", (heard) => heard.kind === "advert" && heard.priority === 0, {
        from,
      });
      expect(await stand.vips("lb1")).toEqual([]);
      lb1.start(); // the pid file that is left does not stand in the way
      await lb1.waitForState("MASTER", { from: lb1.log.mark() });
    });
  });

  test("of everything: a new daemon finds the addresses left behind and takes them away before it listens", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ priority: 254 }));
      await lb1.killAll();
      expect(await stand.vips("lb1")).toHaveLength(1);
      const mark = lb1.log.mark();
      lb1.start();
      await lb1.waitForState("BACKUP", { from: mark });
      expect(await stand.vips("lb1")).toEqual([]);
    });
  });
});

describe.concurrent("SIGSTOP", () => {
  test("of a master's vrrp process for 6 s: it and the one that took over agree again within two adverts", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance({ priority: 254 }));
      const lb2 = stand.start("lb2", instance({ priority: 250 }));
      await lb2.waitForState("BACKUP");
      const pid = lb1.childPid("vrrp") ?? 0;
      process.kill(pid, "SIGSTOP");
      await lb2.waitForState("MASTER");
      await sleep(2500);
      const from = stand.capture.heard.mark();
      process.kill(pid, "SIGCONT");
      await sleep(2500);
      const order = stand.capture.heard.entries.slice(from).map((heard) => `${heard.mac.slice(-1)} ${heard.kind}`);
      console.log(`after SIGCONT: ${order.join(", ")}; lb1 ${lb1.state}, lb2 ${lb2.state}`);
      expect([lb1.state, lb2.state]).toEqual(["MASTER", "BACKUP"]);
      expect(stand.announcements("lb1", "192.0.2.100", from)).toBeGreaterThan(0);
      expect(await stand.vips("lb1")).toHaveLength(1);
      expect(await stand.vips("lb2")).toEqual([]);
    });
  });
});

test("after the death of children the supervisor has as many descriptors as before, and one child", async () => {
  await Stand.with(async (stand) => {
    const lb1 = await stand.startMaster(instance());
    const [parent = 0] = lb1.pids();
    const descriptors = async (): Promise<number> =>
      Number(await stand.lan.run("lb1", ["sh", "-c", `ls /proc/${parent}/fd | wc -l`]));
    const before = await descriptors();
    for (let i = 0; i < 2; i++) {
      const pid = lb1.killChild("vrrp");
      await until("a new process", async () => ![undefined, pid].includes(lb1.childPid("vrrp")), seconds(10));
      await sleep(300);
    }
    expect(await descriptors()).toBe(before);
    expect(readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ")).toHaveLength(1);
  });
});
