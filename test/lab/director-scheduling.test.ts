import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

/** What /proc says of a process (its first thread). */
interface Facts {
  readonly name: string;
  readonly realtime: number; // priority; 0 = ordinary
  readonly nice: number;
  readonly umask: string;
  readonly cpus: string;
  readonly locked: boolean;
  readonly limit: string; // soft and hard, of real time
  readonly oom: string;
}

/** From the text of its stat, status, limits and oom_score_adj, one after the other. */
function facts(text: string): Facts {
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/m.exec(text) ?? [];
  const stat = rest.split(" ");
  const line = (pattern: RegExp): string => pattern.exec(text)?.[1]?.trim().replace(/\s+/g, " ") ?? "";
  return {
    name,
    realtime: Number(stat[37]),
    nice: Number(stat[16]),
    umask: line(/^Umask:(.*)$/m),
    cpus: line(/^Cpus_allowed_list:(.*)$/m),
    locked: line(/^VmLck:(.*) kB$/m) !== "0",
    limit: line(/^Max realtime timeout +(\S+ +\S+)/m),
    oom: line(/^OOM:(.*)$/m),
  };
}

const FILES = ["stat", "status", "limits"];

function ofProcess(pid: number | undefined): Facts {
  const texts = FILES.map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"));
  return facts([...texts, `OOM:${readFileSync(`/proc/${pid}/oom_score_adj`, "utf8")}`].join("\n"));
}

const ALL = ofProcess(process.pid).cpus;
const FIRST = ALL.match(/^\d+/)?.[0] ?? "0";
const LAST = ALL.match(/\d+$/)?.[0] ?? "0";

/** The daemon's words, an instance, a BFD session, and a script that says what it runs as. */
function configuration(stand: Stand, node: string, words: string): string {
  const script = join(stand.lan.folder, "probe");
  writeFileSync(
    script,
    `#!/bin/sh\n{ cat ${FILES.map((file) => `/proc/$$/${file}`).join(" ")}; printf OOM:; cat /proc/$$/oom_score_adj; } > $1.new\nmv $1.new $1\n`,
    { mode: 0o755 },
  );
  return `global_defs {\n    script_user root\n    ${words}\n}
vrrp_script probe {\n    script "${script} ${said(stand, node)}"\n    interval 1\n}
bfd_instance b {\n    neighbor_ip 192.0.2.${node === "lb1" ? 12 : 11}\n}
${instance({ priority: node === "lb1" ? 200 : 100, more: "track_script {\n        probe\n    }" })}`;
}

const said = (stand: Stand, node: string): string => join(stand.lan.folder, `${node}.probe`);

/** What the script ran as, once it ran again. */
async function ofScript(stand: Stand, node: string): Promise<Facts> {
  writeFileSync(said(stand, node), "");
  await until("the script", async () => readFileSync(said(stand, node), "utf8").includes("OOM:"), seconds(20));
  return facts(readFileSync(said(stand, node), "utf8"));
}

const BOTH = ["ours", "keepalived"] as const satisfies readonly Implementation[];

describe.concurrent("scheduling", () => {
  test("the same file names and schedules our processes as Keepalived's; a successor and a reload have it too", async () => {
    await Stand.with(async (stand) => {
      const words = `process_names
    vrrp_rt_priority 7
    vrrp_rlimit_rttime 5000000
    vrrp_no_swap
    vrrp_cpu_affinity ${LAST}
    bfd_priority -3
    bfd_cpu_affinity ${FIRST}
    umask IWGRP|IROTH|IWOTH`;
      const nodes = ["lb1", "lb2"] as const;
      const [ours, theirs] = nodes.map((node, i) =>
        stand.start(node, configuration(stand, node, words), { implementation: BOTH[i] ?? "ours" }),
      ) as [Director, Director];
      await ours.waitForState("MASTER");
      await theirs.waitForLog(/Entering BACKUP STATE/);
      const vrrp = { name: "keepalived_vrrp", realtime: 7, umask: "0026", cpus: LAST, locked: true, oom: "0" };
      const bfd = { name: "keepalived_bfd", nice: -3, umask: "0026", cpus: FIRST, oom: "0" };
      const parent = { name: "keepalived", realtime: 0, nice: 0, umask: "0026", cpus: ALL, locked: false, oom: "0" };
      for (const director of [ours, theirs]) {
        expect(ofProcess(director.childPid("vrrp")), director.node).toMatchObject(vrrp);
        expect(ofProcess(director.childPid("bfd")), director.node).toMatchObject(bfd);
        expect(ofProcess(director.pids()[0]), director.node).toMatchObject(parent);
      }
      const limited = "5000000 unlimited"; // Keepalived: the hard limit, which cannot be lifted again
      await until("the limit", async () => ofProcess(ours.childPid("vrrp")).limit === limited, seconds(5));
      expect(ofProcess(theirs.childPid("vrrp")).limit).toBe("2500000 5000000");
      expect(ofProcess(ours.childPid("bfd"))).toMatchObject({ realtime: 1, locked: true });
      expect(ofProcess(theirs.childPid("bfd"))).toMatchObject({ realtime: 0, locked: false });

      const script = { name: "probe", realtime: 0, nice: 0, umask: "0026", locked: false, oom: "0" };
      expect(await ofScript(stand, "lb1")).toEqual({ ...script, cpus: ALL, limit: "unlimited unlimited" });
      expect(await ofScript(stand, "lb2")).toEqual({ ...script, cpus: LAST, limit: "0 0" });

      // As the kernel ends a process that used its time up.
      const pid = ours.childPid("vrrp");
      process.kill(pid ?? 0, "SIGXCPU");
      await ours.waitForLog(new RegExp(`pid ${pid} used the processor in real time for too long`));
      await ours.waitForLog(/resuming in MASTER STATE/);
      await until("the limit", async () => ofProcess(ours.childPid("vrrp")).limit === limited, seconds(5));
      expect(ofProcess(ours.childPid("vrrp"))).toMatchObject(vrrp);

      const others = `vrrp_process_name a-name-of-15-ch
    vrrp_priority -2
    bfd_rt_priority 3
    umask 022`;
      for (const director of [ours, theirs]) {
        stand.configure(director.node, configuration(stand, director.node, others));
        director.reload();
      }
      await ours.waitForLog(/Reload complete/);
      const reloaded = { name: "a-name-of-15-ch", nice: -2, umask: "0022", cpus: ALL };
      expect(ofProcess(ours.childPid("vrrp"))).toMatchObject({ ...reloaded, realtime: 1 });
      expect(ofProcess(ours.childPid("bfd"))).toMatchObject({ name: "keepalived", realtime: 3, cpus: ALL, nice: 0 });
      expect(ofProcess(ours.pids()[0])).toMatchObject({ name: "keepalived", umask: "0022" });
      await until("Keepalived's", async () => ofProcess(theirs.childPid("vrrp")).nice === -2, seconds(5));
      expect(ofProcess(theirs.childPid("vrrp"))).toMatchObject({ ...reloaded, realtime: 0, cpus: LAST }); // it keeps them
    });
  });

  test("operators find every process by the name keepalived, as Keepalived's", async () => {
    await Stand.with(async (stand) => {
      const lb1 = await stand.startMaster(instance());
      const pids = lb1.pids();
      expect(pids).toHaveLength(2);
      const found = async (...argv: string[]): Promise<readonly number[]> =>
        (await stand.lan.run("lb1", argv)).trim().split(/\s+/).map(Number);
      // pidof looks for Debian's program first, and by name only where none of it runs: its first argument is its name.
      const words = pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"));
      expect(words.map(([first]) => first)).toEqual(["keepalived", "keepalived"]);
      expect(words[0]?.slice(1, 4)).toEqual(["-n", "-l", "-D"]);
      expect(words[1]?.[1]).toBe("vrrp");
      expect(await found("pgrep", "-x", "keepalived")).toEqual(expect.arrayContaining(pids));
      expect(await found("ps", "-C", "keepalived", "-o", "pid=")).toEqual(expect.arrayContaining(pids));
    });
  });

  test.each(BOTH)("%s: lateness raises the priority step by step up to max_auto_priority", async (implementation) => {
    await Stand.with(async (stand) => {
      const words =
        "global_defs {\n    max_auto_priority 3\n    min_auto_priority_delay 50000\n    vrrp_version 3\n}\n";
      const text = words + instance({ advertInterval: 0.1 });
      const lb1 = stand.start("lb1", text, { implementation });
      await lb1.waitForState("MASTER");
      // An owner is master before its process has all the rest behind it: its priority, for one.
      const sent = async (): Promise<boolean> => stand.capture.adverts(stand.lan.mac("lb1")).length >= 5;
      await until("five adverts", sent, seconds(10));
      const priority = (): number => ofProcess(lb1.childPid("vrrp")).realtime;
      const first = implementation === "ours" ? 1 : 0; // where nobody is late
      const hold = async (): Promise<void> => {
        process.kill(lb1.childPid("vrrp") ?? 0, "SIGSTOP");
        await sleep(300);
        process.kill(lb1.childPid("vrrp") ?? 0, "SIGCONT");
        await sleep(200);
      };
      // It is late when a timer was due meanwhile: of keepalived none may have been, so soon after the last one.
      const isSaid = (step: number): boolean =>
        lb1.log.entries.some(({ text: line }) => line.includes(`Set realtime priority ${step}`));
      for (let step = first + 1; step <= 3; step++)
        for (let tries = 0; tries < 20 && !isSaid(step); tries++) await hold();
      expect(priority()).toBe(3);
      const steps = lb1.log.entries.flatMap(({ text: line }) => /Set realtime priority (\d)/.exec(line)?.[1] ?? []);
      expect(steps).toEqual(["1", "2", "3"].slice(first));
      if (implementation === "keepalived") return;
      await stand.reload(lb1, text);
      expect(priority()).toBe(3);
      await stand.reload(lb1, text.replace("max_auto_priority 3", "max_auto_priority 2"));
      expect(priority()).toBe(2);
    });
  });
});
