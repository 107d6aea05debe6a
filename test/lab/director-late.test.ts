import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { instance, Stand } from "./stand.ts";

/** Stops the vrrp process for so long, as a debugger, a starved processor or a paused machine would. */
async function hold(director: Director, milliseconds: number): Promise<void> {
  const pid = director.childPid("vrrp");
  if (pid === undefined) throw new Error(`${director.node}: no vrrp process`);
  process.kill(pid, "SIGSTOP");
  await sleep(milliseconds);
  process.kill(pid, "SIGCONT");
}

const said = ({ log }: Director, from = 0): string =>
  log.entries
    .slice(from)
    .map(({ text }) => text)
    .join("\n");

/** Twenty virtual routers: what they hear in six seconds is more than one turn reads. */
const twenty = (priority: number, more = ""): string =>
  Array.from({ length: 20 }, (_, i) =>
    instance({ name: `VI_${i}`, vrid: 50 + i, priority, addresses: [`192.0.2.${100 + i}`], more }),
  ).join("");

const LATE = /A thread timer expired [0-9]+\.[0-9]{6} seconds ago/;

describe.concurrent("a process that did not run", () => {
  test.each<Implementation>(["ours", "keepalived"])(
    "a backup of %s takes nothing over, and says so",
    async (master) => {
      await Stand.with(async (stand) => {
        const lb1 = stand.start("lb1", twenty(200), { implementation: master });
        const lb2 = stand.start("lb2", twenty(100));
        for (let i = 0; i < 20; i++) await lb1.waitForLog(new RegExp(`\\(VI_${i}\\) Entering MASTER`));
        await sleep(1500); // all of them have been heard
        const mark = lb2.log.mark();
        const heard = stand.capture.heard.mark();
        await hold(lb2, 6000);
        await lb2.waitForLog(LATE, { from: mark });
        await sleep(2000);
        expect(said(lb2, mark)).not.toMatch(/Entering|listening/);
        expect(stand.capture.adverts(stand.lan.mac("lb2"), heard)).toEqual([]);
        expect(await stand.vips("lb2")).toEqual([]);
      });
    },
  );

  test("a backup whose packets are lost too listens before it takes over, and hears the master", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance({ priority: 200 }));
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb1.waitForState("MASTER");
      await lb2.waitForLog(/master set to 192.0.2.11/);
      const mark = lb2.log.mark();
      const heard = stand.capture.heard.mark();
      await stand.lan.run("lan", ["ip", "link", "set", "dev", "lb2", "nomaster"]);
      await hold(lb2, 5000);
      await stand.lan.run("lan", ["ip", "link", "set", "dev", "lb2", "master", "br0"]);
      await lb2.waitForLog(/timer expired [0-9.]+ seconds ago: listening for a master/, { from: mark });
      await sleep(5000);
      expect(said(lb2, mark)).not.toMatch(/Entering/);
      expect(stand.capture.adverts(stand.lan.mac("lb2"), heard)).toEqual([]);
    });
  });

  test.each<Implementation>(["ours", "keepalived"])(
    "a master of %s that slept past its own down time goes on: the other one withdraws",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const lb1 = stand.start("lb1", instance({ priority: 200 }), { implementation });
        const lb2 = stand.start("lb2", instance({ priority: 100 }));
        await lb1.waitForState("MASTER");
        await lb2.waitForLog(/master set to 192.0.2.11/);
        const mark = lb2.log.mark();
        const slept = lb1.log.mark();
        await hold(lb1, 6000);
        // Keepalived says it where its timer comes first, and not where a packet that waited does.
        if (implementation === "ours") await lb1.waitForLog(LATE, { from: slept });
        await lb2.waitForState("MASTER", { from: mark });
        await lb2.waitForState("BACKUP", { from: mark });
        expect(lb1.state).toBe("MASTER");
      });
    },
  );

  test("timer_expired_backup: it is backup before it says anything, and the other one stays master", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance({ priority: 200, more: "nopreempt\n timer_expired_backup" }));
      await lb1.waitForState("MASTER");
      const lb2 = stand.start("lb2", instance({ priority: 100 }));
      await lb2.waitForLog(/master set to 192.0.2.11/);
      const mark = lb1.log.mark();
      const heard = stand.capture.heard.mark();
      await hold(lb1, 6000); // beyond its second block of announcements too
      const gone = await lb1.waitForState("BACKUP", { from: mark });
      await sleep(1500);
      expect(stand.capture.adverts(stand.lan.mac("lb1"), heard).filter(({ at }) => at > gone.at - seconds(1))).toEqual(
        [],
      );
      expect(stand.announcements("lb1", "192.0.2.100", heard)).toBe(0);
      expect([lb1.state, lb2.state]).toEqual(["BACKUP", "MASTER"]);
      expect([await stand.vips("lb1"), (await stand.vips("lb2")).length]).toEqual([[], 1]);
    });
  });
});
