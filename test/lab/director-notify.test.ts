import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { native } from "../../src/io/native.ts";
import type { Implementation } from "./daemon.ts";
import { sendLower } from "./forge.ts";
import { Recorder } from "./recorder.ts";
import { until } from "./run.ts";
import { instance, isAlive, read, Stand } from "./stand.ts";

const KINDS = ["master", "backup", "fault", "stop"] as const;

/** An instance whose scripts are all `recorder`, told apart by their words. */
function noisy(name: string, vrid: number, recorder: Recorder, more = ""): string {
  const script = (kind: string): string => `notify_${kind} "${recorder.path} ${kind} ${name}"`;
  const scripts = [...KINDS.map(script), `notify "${recorder.path} 'a  b' 'x\\ty' any"`];
  return instance({
    name,
    vrid,
    priority: 200,
    addresses: [`192.0.2.${vrid}`],
    more: [...scripts, `notify_master_rx_lower_pri "${recorder.path} lower ${name}"`, more].join("\n    "),
  });
}

const byInstance = (lines: readonly string[]): string[] => [...lines].sort();

describe.concurrent("notify scripts", () => {
  test("the calls of a life - start, fault, recovery, removal, stop - are keepalived's; ours also in its order", async () => {
    await Stand.with(async (stand) => {
      const live = async (node: string, implementation: Implementation, vrid: number): Promise<string[][]> => {
        const recorder = new Recorder(stand, node);
        const fit = join(stand.lan.folder, `${node}.fit`);
        writeFileSync(fit, "");
        const check = `global_defs {\nscript_user root\n}\nvrrp_script check {\nscript "/usr/bin/test -e ${fit}"\ninterval 1\n}\n`;
        const kept = check + noisy("V1", vrid, recorder, "track_script {\n check\n }");
        const removed =
          noisy("V2", vrid + 1, recorder, `notify_deleted "${recorder.path} deleted V2"`) +
          noisy("V3", vrid + 2, recorder);
        const director = stand.start(node, kept + removed, { implementation });
        const phases: string[][] = [];
        let seen = 0;
        const phase = async (count: number): Promise<void> => {
          phases.push((await recorder.waitFor(seen + count)).slice(seen));
          seen += count;
        };
        await phase(6); // BACKUP
        await phase(6); // MASTER
        rmSync(fit);
        await phase(2);
        writeFileSync(fit, "");
        await phase(4); // BACKUP, MASTER
        await stand.reload(director, kept);
        await phase(3);
        expect(await director.stop()).toBe(0);
        await phase(2);
        await sleep(300);
        expect(recorder.lines).toHaveLength(seen);
        return phases.map((lines) => lines.map((line) => line.replaceAll(node, "NODE")));
      };
      const [ours = [], theirs = []] = await Promise.all([live("lb1", "ours", 101), live("lb2", "keepalived", 111)]);
      expect(ours.map(byInstance)).toEqual(theirs.map(byInstance));
      const of = (name: string): string[] => ours.flat().filter((line) => line.includes(`<${name}>`));
      const any = (state: string, priority = 200): string => `<a  b><x\ty><any><INSTANCE><V1><${state}><${priority}>`;
      // The two of one event start together, so they end in either order.
      const pairs = ["BACKUP", "MASTER", "FAULT", "BACKUP", "MASTER", "STOP"].map((state) =>
        [`<${state.toLowerCase()}><V1>`, any(state)].sort(),
      );
      expect(
        pairs.map((_, i) =>
          of("V1")
            .slice(2 * i, 2 * i + 2)
            .sort(),
        ),
      ).toEqual(pairs);
      expect(of("V3").at(-1)).toBe("<a  b><x\ty><any><INSTANCE><V3><FAULT><200>");
    });
  });

  test("user, folder, umask, descriptors, signals and environment are those that keepalived gives", async () => {
    await Stand.with(async (stand) => {
      const seen = async (node: string, implementation: Implementation, vrid: number): Promise<string> => {
        const [path, out] = [join(stand.lan.folder, `${node}.sh`), join(stand.lan.folder, `${node}.env`)];
        const shown = [
          "id",
          "umask",
          "readlink /proc/$$/fd/0 /proc/$$/fd/2",
          "[ $(ps -o pgid= -p $$) = $$ ] && echo own group",
          "ps -o ni=,cls= -p $$",
          "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status",
          "env -u _ -u SHLVL | sort",
        ];
        writeFileSync(path, `#!/bin/sh\nexec >${out}.new\n${shown.join("\n")}\nmv ${out}.new ${out}\n`);
        chmodSync(path, 0o755);
        chmodSync(stand.lan.folder, 0o777);
        const more = `notify_backup "${path}" daemon games`;
        stand.start(node, instance({ vrid, priority: 100, more }), { implementation });
        await until(`what a script of ${node} sees`, async () => existsSync(out), seconds(10));
        return readFileSync(out, "utf8").replaceAll(node, "NODE");
      };
      const [ours, theirs] = await Promise.all([seen("lb1", "ours", 51), seen("lb2", "keepalived", 52)]);
      expect(ours).toBe(theirs);
      expect(ours).toMatch(/uid=1\(daemon\) gid=60\(games\)/);
    });
  });

  test("a slow script never sees an older state after a newer one, and does not delay the adverts", async () => {
    await Stand.with(async (stand) => {
      const recorder = new Recorder(stand, "slow");
      const slow = (state: string, delay: number): string =>
        `notify_${state} "${recorder.path} sleep=${delay} ${state}"`;
      const more = [slow("backup", 0.4), slow("master", 1.2), slow("fault", 0.2), slow("stop", 0.1)].join("\n    ");
      const lb1 = stand.start("lb1", instance({ priority: 254, more }));
      await lb1.waitForState("MASTER");
      const from = stand.capture.heard.mark();
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT");
      await stand.lan.setLink("lb1", "up");
      await lb1.waitForState("MASTER", { from: lb1.log.mark() });
      const lines = await recorder.waitFor(5);
      expect(lines.map((line) => line.split("><")[1])).toEqual(["backup>", "master>", "fault>", "backup>", "master>"]);
      const gaps = stand.advertGaps("lb1", from).filter((gap) => gap < 2000);
      expect(Math.max(0, ...gaps)).toBeLessThan(1100);
    });
  });

  test("a hung script is killed when the daemon stops, the stop script runs after it, and all is over in time", async () => {
    await Stand.with(async (stand) => {
      const recorder = new Recorder(stand, "stop");
      const pids = join(stand.lan.folder, "pids");
      const hang = join(stand.lan.folder, "hang");
      writeFileSync(hang, `#!/bin/bash\ntrap '' TERM\necho $$ >>${pids}\nwhile :; do sleep 0.1; done\n`);
      chmodSync(hang, 0o755);
      const more = `notify_master "${hang}"\n    notify_stop "${recorder.path} stop"\n    notify "${hang} any"`;
      const lb1 = await stand.startMaster(instance({ more }));
      await until(
        "both",
        async () => existsSync(pids) && readFileSync(pids, "utf8").split("\n").length > 2,
        seconds(9),
      );
      const began = Date.now();
      expect(await lb1.stop()).toBe(0);
      expect(Date.now() - began).toBeLessThan(4000);
      expect(recorder.lines).toEqual(["<stop>"]);
      const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
      expect(started).toHaveLength(3); // master, its `notify`, and that of STOP
      await until("their end", async () => !started.some(isAlive), seconds(2));
    });
  });

  test("scripts are not killed with the vrrp process, and what comes next waits for them all the same", async () => {
    await Stand.with(async (stand) => {
      const recorder = new Recorder(stand, "crash");
      const more = `notify_master "${recorder.path} sleep=3 master"\n    notify_fault "${recorder.path} fault"`;
      const lb1 = await stand.startMaster(instance({ more }));
      await lb1.waitForLog(/Startup complete/);
      const reported = async (): Promise<boolean> =>
        /^keepalived_vrrp_state\{.*\} 2$/m.test(await stand.metrics("lb1"));
      await until("its report", reported, seconds(5));
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/);
      await stand.lan.setLink("lb1", "down");
      await lb1.waitForState("FAULT");
      expect(await recorder.waitFor(2)).toEqual(["<sleep=3><master>", "<fault>"]);
    });
  });

  test("when the supervisor is killed, its child tells of the stop itself, as keepalived's does", async () => {
    await Stand.with(async (stand) => {
      const live = async (node: string, implementation: Implementation, vrid: number): Promise<string[]> => {
        const recorder = new Recorder(stand, node);
        const fifo = join(stand.lan.folder, `${node}.fifo`);
        expect(native.mkfifo(fifo, 0o600)).toBe(0);
        const lines: string[] = [];
        read(stand.lan.spawn(node, ["tail", "-f", fifo]), (line) => lines.push(line));
        const more = `notify_stop "${recorder.path} stop"\n    notify "${recorder.path} any"`;
        const text = `global_defs {\nnotify_fifo ${fifo}\n}\n${instance({ vrid, addresses: [`192.0.2.${vrid}`], more })}`;
        const director = stand.start(node, text, { implementation });
        await recorder.waitFor(1);
        await director.waitForLog(/Startup complete/);
        const [parent = 0, child = 0] = director.pids();
        process.kill(parent, "SIGKILL");
        await recorder.waitFor(3);
        await until("the last line", async () => lines.length >= 2, seconds(5));
        await until("the end", async () => !isAlive(child), seconds(5));
        return [...recorder.lines.slice(0, 1), ...recorder.lines.slice(1).sort(), ...lines];
      };
      const [ours, theirs] = await Promise.all([live("lb1", "ours", 101), live("lb2", "keepalived", 111)]);
      expect(ours).toEqual(theirs);
      expect(ours).toContain("<stop>");
    });
  });

  test("each lower advertisement runs notify_master_rx_lower_pri; while one waits, the next ones are that one", async () => {
    await Stand.with(async (stand) => {
      const recorder = new Recorder(stand, "lower");
      const more = `notify_master_rx_lower_pri "${recorder.path} sleep=1.5 lower"`;
      const lb1 = await stand.startMaster(instance({ priority: 200, more }));
      await sendLower(stand, 5, 40); // 0.2 s
      await lb1.waitForLog(/with lower priority 50/);
      await recorder.waitFor(2);
      await sleep(2000);
      expect(recorder.lines).toEqual(["<sleep=1.5><lower>", "<sleep=1.5><lower>"]);
    });
  });

  test("a reload that changes only scripts changes nothing on the network, and the new ones are run", async () => {
    await Stand.with(async (stand) => {
      const [before, after] = [new Recorder(stand, "before"), new Recorder(stand, "after")];
      const text = (recorder: Recorder): string => instance({ more: `notify "${recorder.path} any"` });
      const lb1 = await stand.startMaster(text(before));
      await before.waitFor(1);
      const advert = async (n: number): Promise<void> => {
        const count = (): number => stand.capture.adverts(stand.lan.mac("lb1"), from).length;
        await until(`${n} adverts`, async () => count() >= n, seconds(10));
      };
      const from = stand.capture.heard.mark();
      await advert(2);
      await stand.reload(lb1, text(after));
      await advert(4);
      for (const gap of stand.advertGaps("lb1", from)) expect(Math.abs(gap - 1000)).toBeLessThan(100);
      expect(await lb1.stop()).toBe(0);
      expect(before.lines).toEqual(["<any><INSTANCE><VI_1><MASTER><255>"]);
      expect(after.lines).toEqual(["<any><INSTANCE><VI_1><STOP><255>"]);
    });
  });

  test("with enable_script_security a root script that others may write is not run, and the place is named", async () => {
    await Stand.with(async (stand) => {
      const recorder = new Recorder(stand, "open");
      const closed = new Recorder(stand, "closed");
      chmodSync(recorder.path, 0o757);
      chmodSync(stand.lan.folder, 0o755);
      const more = `notify_backup "${recorder.path} b" root\n    notify_master "${closed.path} m" root\n    notify "/nowhere/x" root`;
      const text = `global_defs {\nenable_script_security\n}\n${instance({ priority: 254, more })}`;
      const lb1 = stand.start("lb1", text);
      await lb1.waitForLog(
        /INSTANCE "VI_1": notify script .*open\.sh is not run: SECURITY VIOLATION - .*open\.sh` may be written by others/,
      );
      await lb1.waitForLog(/notify script \/nowhere\/x is not run: No such file/);
      await lb1.waitForState("MASTER");
      expect([(statSync(recorder.path).mode & 0o2) !== 0, await closed.waitFor(1)]).toEqual([true, ["<m>"]]);
      expect(recorder.lines).toEqual([]);
    });
  });
});
