import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { sendLower } from "./forge.ts";
import { until } from "./run.ts";
import { instance, isAlive, read, Stand } from "./stand.ts";

/** What comes out of a FIFO, line by line, from when it is there. */
async function readFifo(stand: Stand, node: string, path: string): Promise<string[]> {
  const lines: string[] = [];
  await until(path, async () => existsSync(path), seconds(10));
  read(stand.lan.spawn(node, ["cat", path]), (line) => lines.push(line));
  return lines;
}

const told = async (lines: readonly string[], line: string): Promise<void> =>
  await until(`${line} after ${lines.join(", ")}`, async () => lines.includes(line), seconds(20));

/** A script that copies a FIFO into a file, its arguments first. */
function reader(stand: Stand, name: string): { readonly path: string; readonly text: () => string } {
  const [path, out] = [join(stand.lan.folder, `${name}.sh`), join(stand.lan.folder, `${name}.out`)];
  writeFileSync(path, `#!/bin/sh\necho $$ "$@" >>${out}\nfor fifo; do :; done\nexec cat "$fifo" >>${out}\n`);
  chmodSync(path, 0o755);
  return { path, text: () => (existsSync(out) ? readFileSync(out, "utf8") : "") };
}

describe.concurrent("FIFOs", () => {
  test("mode, owner and lines are keepalived's, of states, priorities, a removal and the stop; the FIFOs go with it", async () => {
    await Stand.with(async (stand) => {
      const live = async (node: string, implementation: Implementation, vrid: number): Promise<string> => {
        const at = (name: string): string => join(stand.lan.folder, `${node}.${name}`);
        writeFileSync(at("fit"), "");
        writeFileSync(at("good"), "");
        const check = (name: string, more: string): string =>
          `vrrp_script ${name} {\nscript "/usr/bin/test -e ${at(name)}"\ninterval 1\n${more}\n}\n`;
        const globals = `global_defs {\nscript_user root\nnotify_fifo ${at("all")}\nvrrp_notify_fifo ${at("vrrp")} daemon games\nvrrp_notify_priority_changes\n}\n`;
        const scripts = check("fit", "") + check("good", "weight -20");
        const more = "track_script {\n fit\n good\n }";
        const one = instance({ name: "V1", vrid, priority: 200, addresses: [`192.0.2.${vrid}`], more });
        const two = instance({ name: "V2", vrid: vrid + 1, priority: 150, addresses: [`192.0.2.${vrid + 1}`] });
        const director = stand.start(node, globals + scripts + one + two, { implementation });
        const [all, vrrp] = await Promise.all([readFifo(stand, node, at("all")), readFifo(stand, node, at("vrrp"))]);
        const modes = [at("all"), at("vrrp")].map((path) => {
          const { mode, uid, gid } = statSync(path);
          return `${mode.toString(8)} ${uid} ${gid}`;
        });
        for (const name of ["V1", "V2"]) await told(all, `INSTANCE "${name}" MASTER ${name === "V1" ? 200 : 150}`);
        rmSync(at("good"));
        await told(all, 'INSTANCE "V1" MASTER_PRIORITY 180');
        rmSync(at("fit"));
        await told(all, 'INSTANCE "V1" FAULT 180');
        writeFileSync(at("good"), "");
        await told(all, 'INSTANCE "V1" BACKUP_PRIORITY 200');
        writeFileSync(at("fit"), "");
        await until(
          "MASTER again",
          async () => all.filter((line) => line === 'INSTANCE "V1" MASTER 200').length === 2,
          seconds(10),
        );
        expect(await director.stop()).toBe(0);
        await told(vrrp, 'INSTANCE "V2" STOP 150');
        const left = [at("all"), at("vrrp")].filter(existsSync);
        const of = (name: string): string[] => all.filter((line) => line.includes(name));
        return [...modes, ...of("V1"), ...of("V2"), all.join() === vrrp.join(), ...left].join("\n");
      };
      const [ours, theirs] = await Promise.all([live("lb1", "ours", 101), live("lb2", "keepalived", 111)]);
      expect(ours).toBe(theirs);
      expect(ours).toContain('INSTANCE "V2" STOP 150\ntrue');
    });
  });

  test("its script gets the path last, the lines of the stop too, and ends; a reload leaves both alone", async () => {
    await Stand.with(async (stand) => {
      const { path, text } = reader(stand, "copy");
      const fifo = join(stand.lan.folder, "fifo");
      const globals = `global_defs {\nnotify_fifo ${fifo}\nnotify_fifo_script "${path} one 'two words'" root\n`;
      const lb1 = await stand.startMaster(`${globals}}\n${instance()}`);
      const [ino, pid] = [statSync(fifo).ino, Number(text().split(" ")[0])];
      await stand.reload(lb1, `${globals}fifo_write_vrrp_states_on_reload\n}\n${instance()}`);
      await stand.reload(lb1, `${globals}fifo_write_vrrp_states_on_reload\n}\n${instance({ advertInterval: 2 })}`);
      expect([statSync(fifo).ino, isAlive(pid)]).toEqual([ino, true]);
      expect(await lb1.stop()).toBe(0);
      const [first, ...lines] = text().trimEnd().split("\n");
      expect(first).toBe(`${pid} one two words ${fifo}`);
      const state = (name: string): string => `INSTANCE "VI_1" ${name} 255`;
      expect(lines).toEqual(["MASTER", "MASTER", "MASTER", "STOP"].map(state));
      expect([existsSync(fifo), isAlive(pid)]).toEqual([false, false]);
    });
  });

  test("a reload that changes it: the old one goes with its script, the new one hears what comes", async () => {
    await Stand.with(async (stand) => {
      const [before, after] = [reader(stand, "before"), reader(stand, "after")];
      const [first, second] = [join(stand.lan.folder, "first"), join(stand.lan.folder, "second")];
      const text = (fifo: string, script: string): string =>
        `global_defs {\nvrrp_notify_fifo ${fifo}\nvrrp_notify_fifo_script ${script} root\n}\n${instance()}`;
      const lb1 = await stand.startMaster(text(first, before.path));
      await until("MASTER", async () => before.text().includes("MASTER 255"), seconds(5));
      await stand.reload(lb1, text(second, after.path));
      await until("the new script", async () => after.text().includes(second), seconds(5));
      await until("the end of the old one", async () => !isAlive(Number(before.text().split(" ")[0])), seconds(5));
      expect(existsSync(first)).toBe(false);
      await lb1.stop();
      expect(after.text()).toContain('INSTANCE "VI_1" STOP 255');
      expect(before.text()).not.toContain("STOP");
    });
  });

  test("nobody reads, or something else lies there: that is said, and nothing waits for it", async () => {
    await Stand.with(async (stand) => {
      const [fifo, file] = [join(stand.lan.folder, "unread"), join(stand.lan.folder, "file")];
      writeFileSync(file, "kept");
      const lb1 = await stand.startMaster(
        `global_defs {\nnotify_fifo ${fifo}\nvrrp_notify_fifo ${file}\n}\n${instance()}`,
      );
      await lb1.waitForLog(/notify FIFO .*\/file is not written: .* is no FIFO/);
      const began = Date.now();
      expect(await lb1.stop()).toBe(0);
      expect(Date.now() - began).toBeLessThan(2500);
      expect([existsSync(fifo), readFileSync(file, "utf8")]).toEqual([false, "kept"]);
    });
  });

  test("a flood of lower adverts is told of as fast as it is read, and keeps nothing in memory", async () => {
    await Stand.with(async (stand) => {
      const fifo = join(stand.lan.folder, "fifo");
      const lb1 = await stand.startMaster(
        `global_defs {\nnotify_fifo ${fifo}\n}\n${instance({ priority: 200, more: "lower_prio_no_advert" })}`,
      );
      const lines = await readFifo(stand, "lb1", fifo);
      const memory = (): number[] =>
        lb1.pids().map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]));
      await sendLower(stand, 0, 10_000);
      const before = memory();
      await sendLower(stand, 0, 50_000);
      const after = memory();
      expect(lb1.state).toBe("MASTER");
      expect(lines.filter((line) => line.includes("MASTER_RX_LOWER_PRI")).length).toBeGreaterThan(10);
      for (const [i, size] of after.entries()) expect(size - (before[i] ?? 0)).toBeLessThan(40_000); // KiB
      expect(await lb1.stop()).toBe(0);
      await told(lines, 'INSTANCE "VI_1" STOP 200');
    });
  });

  test("a vrrp process that is killed and started again writes to the same FIFO, and repeats nothing", async () => {
    await Stand.with(async (stand) => {
      const fifo = join(stand.lan.folder, "fifo");
      const lb1 = stand.start("lb1", `global_defs {\nnotify_fifo ${fifo}\n}\n${instance()}`);
      const lines = await readFifo(stand, "lb1", fifo);
      await lb1.waitForLog(/Startup complete/);
      await until(
        "its report",
        async () => /^keepalived_vrrp_state\{.*\} 2$/m.test(await stand.metrics("lb1")),
        seconds(5),
      );
      lb1.killChild("vrrp");
      await lb1.waitForLog(/resuming in MASTER STATE/);
      expect(await lb1.stop()).toBe(0);
      await told(lines, 'INSTANCE "VI_1" STOP 255');
      expect(lines).toEqual(['INSTANCE "VI_1" MASTER 255', 'INSTANCE "VI_1" STOP 255']);
    });
  });
});
