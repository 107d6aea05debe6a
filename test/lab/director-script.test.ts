import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { until } from "./run.ts";
import { type InstanceText, instance, isAlive, Stand } from "./stand.ts";

const track = (weight: string): string => `track_script {\n        check ${weight}\n    }`;
const script = (command: string, more = "interval 1"): string =>
  `vrrp_script check {\n    script "${command}"\n    user root\n    ${more}\n}\n`;
const tracked = (command: string, text: InstanceText = {}, more?: string): string =>
  script(command, more) + instance({ priority: 100, more: track(""), ...text });

describe.concurrent("track_script", () => {
  test("`killall -0 NAME` with a weight: the priority in the adverts follows the program", async () => {
    await Stand.with(async (stand) => {
      const name = `p${process.pid}x${stand.lan.prefix.split("-")[1]}`;
      copyFileSync("/usr/bin/sleep", join(stand.lan.folder, name));
      const lb2 = stand.start("lb2", instance({ priority: 110 }));
      await lb2.waitForState("MASTER");
      const lb1 = stand.start("lb1", tracked(`/usr/bin/killall -0 ${name}`, { more: track("weight 20") }));
      await lb1.waitForLog(/master set to/);
      const mark = lb1.log.mark();
      const running = stand.lan.spawn("lb1", [join(stand.lan.folder, name), "600"]);
      await lb1.waitForLog(/Changing effective priority from 100 to 120/, { from: mark });
      await lb1.waitForState("MASTER", { from: mark });
      await until("the backup", async () => lb2.state === "BACKUP", seconds(2));
      const from = stand.capture.heard.mark();
      await until("120", async () => stand.capture.adverts(stand.lan.mac("lb1"), from).length > 1, seconds(4));
      expect(stand.capture.adverts(stand.lan.mac("lb1"), from).map(({ priority }) => priority)).toContain(120);
      running.kill("SIGKILL");
      await lb2.waitForState("MASTER", { from: lb2.log.mark() });
      expect(stand.capture.adverts(stand.lan.mac("lb1"), from).map(({ priority }) => priority)).toContain(100);
      await until("one master", async () => lb1.state === "BACKUP", seconds(2));
    });
  });

  test("without weight its failure is a fault, with priority 0, and its success ends it", async () => {
    await Stand.with(async (stand) => {
      const fit = join(stand.lan.folder, "fit");
      writeFileSync(fit, "");
      const lb1 = await stand.startMaster(tracked(`/usr/bin/test -e ${fit}`, { priority: 254 }));
      const from = stand.capture.heard.mark();
      rmSync(fit);
      await lb1.waitForState("FAULT");
      await until(
        "priority 0",
        async () => stand.capture.adverts(stand.lan.mac("lb1"), from).at(-1)?.priority === 0,
        seconds(2),
      );
      expect(await stand.vips("lb1")).toEqual([]);
      expect(lb1.log.entries.map(({ text }) => text).join("\n")).toContain(
        "VRRP_Script(check) failed (exited with status 1)",
      );
      const mark = lb1.log.mark();
      writeFileSync(fit, "");
      await lb1.waitForState("MASTER", { from: mark });
      expect(lb1.log.entries.map(({ text }) => text).join("\n")).toContain("VRRP_Script(check) succeeded");
    });
  });

  test("one that hangs and ignores SIGTERM has failed at its timeout, is killed, and does not outlive the daemon", async () => {
    await Stand.with(async (stand) => {
      const [hang, pids] = [join(stand.lan.folder, "hang"), join(stand.lan.folder, "pids")];
      writeFileSync(hang, `#!/bin/bash\ntrap '' TERM\necho $$ >>${pids}\nsleep 600 &\necho $! >>${pids}\nwait\n`);
      chmodSync(hang, 0o755);
      const lb1 = stand.start("lb1", tracked(hang, {}, "interval 1\n    timeout 1"));
      await lb1.waitForLog(/VRRP_Script\(check\) timed_out/, { within: seconds(5) });
      await lb1.waitForState("FAULT");
      const started = (): number[] => readFileSync(pids, "utf8").trim().split("\n").map(Number);
      const [first = 0] = started();
      await until("SIGKILL", async () => !isAlive(first), seconds(5));
      await until("the next run", async () => started().length >= 4, seconds(5));
      const began = Date.now();
      expect(await lb1.stop()).toBe(0);
      expect(Date.now() - began).toBeLessThan(3000);
      await sleep(100);
      expect(started().filter(isAlive)).toEqual([]);
    });
  });

  test("one that does not exist, cannot be run or has no such user is a failure that is said, not a crash", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", tracked("/nowhere/check"));
      const lb2 = stand.start("lb2", tracked("/etc/passwd"));
      for (const director of [lb1, lb2]) {
        await director.waitForState("FAULT");
        expect(director.log.entries.filter(({ text }) => /check/.test(text)).map(({ text }) => text)).not.toEqual([]);
      }
      await sleep(1500);
      expect([lb1.running, lb2.running]).toEqual([true, true]);
    });
  });

  test("with `enable_script_security` root runs nothing that others may write, and the open part is named", async () => {
    await Stand.with(async (stand) => {
      const folder = join(stand.lan.folder, "open");
      mkdirSync(folder);
      copyFileSync("/bin/true", join(folder, "check"));
      chmodSync(folder, 0o777);
      const secure = "global_defs {\n    enable_script_security\n}\n";
      const lb1 = stand.start("lb1", secure + tracked(join(folder, "check"), { priority: 254 }));
      await lb1.waitForState("FAULT");
      await sleep(2500);
      const said = lb1.log.entries.filter(({ text }) => /SECURITY VIOLATION/.test(text)).map(({ text }) => text);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(`\`${folder}\` may be written by others`);
      chmodSync(folder, 0o755);
      await lb1.waitForLog(/VRRP_Script\(check\) succeeded/);
      await lb1.waitForState("MASTER");
    });
  });

  test("a script runs as its `user`, and one that does not exist is named", async () => {
    await Stand.with(async (stand) => {
      const as = (user: string): string => tracked("/usr/bin/test -w /etc/passwd").replace("user root", `user ${user}`);
      const lb1 = stand.start("lb1", as("nobody"));
      const lb2 = stand.start("lb2", as("root"));
      await lb1.waitForLog(/VRRP_Script\(check\) failed \(exited with status 1\)/);
      await lb2.waitForLog(/VRRP_Script\(check\) succeeded/);
      await stand.reload(lb2, as("nosuchuser"));
      await lb2.waitForLog(/Track script check cannot be run: no user `nosuchuser`/);
      await lb2.waitForState("FAULT");
    });
  });

  test("with `init_fail` an instance starts in fault, and `rise` successes end it", async () => {
    await Stand.with(async (stand) => {
      const lb1 = stand.start("lb1", tracked("/bin/true", {}, "interval 1\n    rise 2\n    init_fail"));
      const fault = await lb1.waitForLog(/\(VI_1\) Entering FAULT STATE \(init\)/);
      const good = await lb1.waitForLog(/VRRP_Script\(check\) succeeded/);
      expect(good.at - fault.at).toBeGreaterThan(seconds(0.9));
      await lb1.waitForState("MASTER");
    });
  });

  test("scripts see the standard descriptors and no other, nothing of Node's environment, and leave no zombie", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(tracked("/bin/sleep 0.4", { priority: 254 }));
      const isRun = (pid: number): boolean => isAlive(pid) && readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n";
      const script = (): number[] => lb1.pids().slice(2).filter(isRun);
      await until("a run", async () => script().length > 0, seconds(3));
      const [pid = 0] = script();
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`);
      expect(open).toEqual(["0 /dev/null", "1 /dev/null", "2 /dev/null"]);
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toMatch(
        /(^|\0)(NODE_CHANNEL|NODE_OPTIONS=|NOTIFY_SOCKET=)/,
      );
      await sleep(2000);
      const dead = lb1.pids().filter((each) => !isAlive(each));
      await sleep(200);
      expect(lb1.pids().filter((each) => dead.includes(each))).toEqual([]);
      expect(lb1.pids().length).toBeLessThanOrEqual(3);
    });
  });

  test("verdicts outlive a reload and a kill -9: no second start from unknown", async () => {
    await Stand.with(async (stand) => {
      const text = (priority: number): string => tracked("/bin/true", { priority });
      const lb1 = await stand.startMaster(text(254));
      const [mark, from] = [lb1.log.mark(), stand.capture.heard.mark()];
      await stand.reload(lb1, text(253));
      lb1.killChild("vrrp");
      await sleep(2500);
      expect(lb1.log.entries.slice(mark).filter(({ text: line }) => / Entering |VRRP_Script/.test(line))).toEqual([]);
      expect(stand.capture.adverts(stand.lan.mac("lb1"), from).filter(({ priority }) => priority < 253)).toEqual([]);
      expect(await stand.vips("lb1")).toHaveLength(1);
    });
  });
});
