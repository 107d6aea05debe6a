import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { PROJECT, until } from "./run.ts";
import { instance, isAlive, Stand } from "./stand.ts";

const BOTH: readonly Implementation[] = ["ours", "keepalived"];

/** Nobody runs, no pid file, no virtual address. */
async function expectNothingLeft(stand: Stand, pids: readonly number[]): Promise<void> {
  expect({ alive: pids.filter(isAlive), files: stand.pidFiles(), vips: await stand.vips("lb1") }).toEqual({
    alive: [],
    files: [],
    vips: [],
  });
}

async function exit(director: Director): Promise<number> {
  await until("the end", async () => !director.running, seconds(10));
  return await director.stop();
}

describe.concurrent("the end", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s: priority 0, nothing left, status 0", async (signal) => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      const [pids, from] = [lb1.pids(), stand.capture.heard.mark()];
      const began = Date.now();
      process.kill(pids[0] ?? 0, signal);
      expect(await exit(lb1)).toBe(0);
      console.log(`${signal}: ended after ${Date.now() - began} ms`);
      await sleep(100);
      await expectNothingLeft(stand, pids);
      const priorities = stand.capture.adverts(stand.lan.mac("lb1"), from).map(({ priority }) => priority);
      expect(priorities.filter((priority) => priority === 0)).toHaveLength(1);
      expect(priorities.at(-1)).toBe(0);
    });
  });

  test("SIGTERM twice, and to the whole group: as clean as once", async () => {
    await Stand.with(async (stand) => {
      for (const gap of [0, 2, 10, 30]) {
        const lb1 = await stand.startMaster(instance());
        const [pids, from] = [lb1.pids(), stand.capture.heard.mark()];
        const [parent = 0] = pids;
        if (gap === 30) process.kill(-parent, "SIGTERM");
        else process.kill(parent, "SIGTERM");
        await sleep(gap);
        if (isAlive(parent)) process.kill(parent, "SIGTERM");
        expect(await exit(lb1)).toBe(0);
        await sleep(50);
        await expectNothingLeft(stand, pids);
        expect(stand.capture.adverts(stand.lan.mac("lb1"), from).at(-1)?.priority).toBe(0);
        lb1.log.entries.length = 0;
      }
    });
  });

  test("SIGTERM at any moment of a start leaves nothing behind", async () => {
    await Stand.with(async (stand) => {
      const statuses: string[] = [];
      for (let after = 0; after <= 600; after += 40) {
        const lb1 = stand.start("lb1", instance());
        await sleep(after);
        const [parent = 0, ...children] = lb1.pids();
        process.kill(parent, "SIGTERM");
        const status = await exit(lb1).catch(() => 143);
        statuses.push(`${after}:${status}`);
        // Before Node has read our first line it dies of the signal; nothing has been begun then.
        if (lb1.log.entries.some(({ text }) => /Starting Keepalived/.test(text))) expect(status).toBe(0);
        await until("children", async () => !children.some(isAlive), seconds(2));
        await expectNothingLeft(stand, [parent, ...children]);
        await sleep(20);
      }
      console.log(`status of a daemon that got SIGTERM so many ms after its start: ${statuses.join(" ")}`);
    });
  });
});

describe.concurrent("pid files", () => {
  test.each(BOTH)(
    "a second daemon (%s) with the same ones ends with 0 and says why; the first goes on",
    async (implementation) => {
      await Stand.with(async (stand) => {
        const first = stand.start("lb1", instance(), { implementation });
        await first.waitForState("MASTER");
        const files = stand.pidFiles();
        const second = stand.start("lb1", instance(), { implementation });
        await second.waitForLog(/daemon is already running/);
        expect(await exit(second)).toBe(0);
        expect(first.running).toBe(true);
        expect(stand.pidFiles()).toEqual(files);
        expect(await stand.vips("lb1")).toHaveLength(1);
        expect(await first.stop()).toBe(0);
      });
    },
  );

  test("in a folder that is not there: it says so and ends with 1", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", instance(), { options: ["-p", join(stand.lan.folder, "nowhere/pid")] });
      expect(await exit(lb1)).toBe(1);
      expect(lb1.log.entries.map(({ text }) => text).join("\n")).toMatch(/cannot write pid file .*nowhere\/pid/);
      await expectNothingLeft(stand, []);
    });
  });

  test("a pid file that a dead daemon left, and one that is a link, do no harm", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      await lb1.killAll();
      const mark = lb1.log.mark();
      lb1.start();
      await lb1.waitForState("MASTER", { from: mark });
      expect(await lb1.stop()).toBe(0);
      await expectNothingLeft(stand, []);
      const [precious, link] = [join(stand.lan.folder, "precious"), join(stand.lan.folder, "link")];
      await stand.lan.run("lb1", ["sh", "-c", `echo keep >${precious}; ln -s ${precious} ${link}`]);
      const second = stand.start("lb1", instance(), { options: ["-p", link] });
      expect(await exit(second)).toBe(1);
      expect(await stand.lan.run("lb1", ["cat", precious])).toBe("keep\n");
    });
  });
});

describe.concurrent("in the background", () => {
  test("the call returns 0 when the VIP can be had; the daemon goes on and ends by SIGTERM", async () => {
    await Stand.with(async (stand) => {
      const config = stand.configure("lb1", instance());
      const pid = (name: string): string => join(stand.lan.folder, `${name}.pid`);
      const files = ["-p", pid("parent"), "-r", pid("vrrp"), "-c", pid("checkers")];
      const argv = [process.execPath, join(PROJECT, "dist/main.js"), "-P", "-f", config, ...files];
      await stand.lan.run("lb1", argv);
      const parent = Number(await stand.lan.run("lb1", ["cat", pid("parent")]));
      const child = Number(await stand.lan.run("lb1", ["cat", pid("vrrp")]));
      await until("VIP", async () => (await stand.vips("lb1")).length === 1, seconds(2));
      expect(await stand.lan.run("lb1", ["readlink", `/proc/${parent}/cwd`])).toBe("/\n");
      expect(await stand.lan.run("lb1", ["sh", "-c", `readlink /proc/${parent}/fd/[012]`])).toBe(
        "/dev/null\n".repeat(3),
      );
      process.kill(parent, "SIGTERM");
      await until("the end", async () => !isAlive(parent) && !isAlive(child), seconds(5));
      await expectNothingLeft(stand, [parent, child]);
    });
  });

  test("the call returns the status of a daemon that cannot start", async () => {
    await Stand.with(async (stand) => {
      const argv = [process.execPath, join(PROJECT, "dist/main.js"), "-f", join(stand.lan.folder, "missing.conf")];
      expect((await stand.lan.attempt("lb1", [...argv, "-p", join(stand.lan.folder, "parent.pid")])).status).toBe(6);
      await expectNothingLeft(stand, []);
    });
  });
});
