import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { A, B, BfdStand, bothUp, session } from "./bfd-stand.ts";
import { ChecksBench, farm, said } from "./checks-stand.ts";
import type { Director } from "./daemon.ts";
import type { Lan } from "./lan.ts";
import { Relay } from "./relay.ts";
import { until } from "./run.ts";
import { instance, isAlive, Stand } from "./stand.ts";

/** The server 192.0.2.21 comes into the table, goes, and another process begins without it. */
const IN = /IPVS: new destination .* -> \[192\.0\.2\.21\]:80 weight 7$/;
const OUT = /IPVS: delete destination .* -> \[192\.0\.2\.21\]:80$/;
const WITHOUT = /IPVS: new destination .* -> \[192\.0\.2\.22\]:80 weight 7$/;
const bench = new ChecksBench();
afterAll(() => bench.close());

const RS = "[192.0.2.21]:tcp:80";
const VS = "[192.0.2.100]:tcp:80";
const ROOT = "global_defs {\n    script_user root\n}\n";

/** A script of a test; the pids that it writes to `$PIDS`. */
function script(lan: Lan, name: string, text: string): { readonly path: string; pids(): readonly number[] } {
  const path = join(lan.folder, name);
  writeFileSync(path, `#!/bin/bash\n${text.replaceAll("$PIDS", `${path}.pids`)}\n`);
  chmodSync(path, 0o755);
  const lines = (): string => (existsSync(`${path}.pids`) ? readFileSync(`${path}.pids`, "utf8").trim() : "");
  return { path, pids: () => lines().split("\n").filter(Boolean).map(Number) };
}

const misc = (path: string, more = ""): string =>
  `MISC_CHECK {\n misc_path "${path} 'two words'"\n warmup 0\n ${more}\n}`;

describe.concurrent("MISC_CHECK", () => {
  test("a life of statuses, weights, a signal and a timeout is said as keepalived says it", async () => {
    await Stand.with(async ({ lan }) => {
      const state = join(lan.folder, "state");
      writeFileSync(state, "exit 0");
      const { path } = script(lan, "check", `[ "$1" = "two words" ] && . ${state}`);
      const text =
        ROOT +
        farm({ 21: misc(path, "misc_dynamic\nmisc_timeout 1\nretry 1\ndelay_before_retry 0.2\nlog_all_failures") });
      const both = [bench.start(lan, "lb1", text), bench.start(lan, "lb2", text, "keepalived")] as const;
      const step = async (to: string, line: RegExp): Promise<void> => {
        const marks = both.map(({ log }) => log.mark());
        writeFileSync(`${state}.new`, to);
        renameSync(`${state}.new`, state); // never half
        await Promise.all(both.map((one, i) => one.waitForLog(line, { from: marks[i] ?? 0 })));
      };
      await Promise.all(both.map((one) => one.waitForLog(/succeeded/)));
      await step("exit 12", /Changing weight from 7 to 10/);
      await step("exit 2", /Changing weight from 10 to 0/);
      await step("exit 0", /Changing weight from 0 to 7/);
      await step("exit 1", /failed after 1 retry \(exited with status 1\)/);
      await step("exit 0", /succeeded/);
      await step("kill -9 $$", /failed after 1 retry \(due to signal 9\)/);
      await step("exit 0", /succeeded/);
      await step("exec sleep 60", /timed out after 1 retry/);
      await step("exit 0", /Gained quorum/); // the last line of all
      const words = both.map((one) => said(one, 0, /^(Misc check|Changing|Removing|Adding|Gained|Lost)/));
      const sorted = (lines: readonly string[] | undefined) => [...(lines ?? [])].sort();
      expect(sorted(words[0])).toEqual(sorted(words[1]));
      expect(words[0]).toContain(`Misc check for [${RS} VS ${VS}] by [${path}] timed out, will do 1 retry.`);
    });
  });

  test("one that goes while it runs, or that others may write, takes its server out, and is named; so it comes back", async () => {
    await Stand.with(async ({ lan }) => {
      const { path } = script(lan, "check", "exit 0");
      const secure = "global_defs {\n    script_user root\n    enable_script_security\n}\n";
      const lb1 = bench.start(lan, "lb1", secure + farm({ 21: misc(path), 22: "" }));
      await lb1.waitForLog(/succeeded/);
      chmodSync(path, 0o777);
      const open = await lb1.waitForLog(/failed with retry disabled/);
      expect(open.text).toContain(
        `SECURITY VIOLATION - it would run as root, and \`${path}\` may be written by others`,
      );
      await lb1.waitForLog(OUT);
      let mark = lb1.log.mark();
      chmodSync(path, 0o755);
      await lb1.waitForLog(IN, { from: mark });
      mark = lb1.log.mark();
      rmSync(path);
      await lb1.waitForLog(/failed with retry disabled \(it cannot be run: ENOENT/, { from: mark });
      await lb1.waitForLog(OUT, { from: mark });
    });
  });

  test("no script outlives its check, its process or the daemon, though it ignores SIGTERM", async () => {
    await Stand.with(async ({ lan }) => {
      const { path, pids } = script(lan, "hang", "trap '' TERM\nsleep 600 &\necho $! >>$PIDS\necho $$ >>$PIDS\nwait");
      const text = (more: string): string => ROOT + farm({ 21: misc(path, `misc_timeout 600\n${more}`), 22: "" });
      const lb1 = bench.start(lan, "lb1", text(""));
      const alive = (): number => pids().filter(isAlive).length;
      await until("a run", async () => pids().length === 2, seconds(10));
      await bench.reload(lan, lb1, text("retry 3"));
      await until("the next run", async () => pids().length === 4, seconds(10));
      await until("the end of the first", async () => alive() === 2, seconds(10));
      const [, , ...second] = pids();
      lb1.killChild("checkers");
      await lb1.waitForLog(/died: Respawning/);
      await until("the end of those of the dead process", async () => !second.some(isAlive), seconds(10));
      await until("another run", async () => pids().length === 6, seconds(10));
      expect(await lb1.stop()).toBe(0);
      expect(alive()).toBe(0);
      expect(said(lb1, 0, /Removing|failed/)).toEqual([]);
    });
  });
});

describe.concurrent("SMTP_CHECK", () => {
  test("of Debian's aiosmtpd, that dies and returns, is said as keepalived says it; a host each is a check each", async () => {
    await Stand.with(async (stand) => {
      const { lan } = stand;
      const asks = (port: number): string =>
        `connect_ip 127.0.0.1\nconnect_port ${port}\nconnect_timeout 3\nwarmup 0\nretry 1\ndelay_before_retry 0.2`;
      const text = farm({
        21: `SMTP_CHECK {\n${asks(2525)}\nhelo_name lb.example.org\n}`,
        22: `SMTP_CHECK {\nhost {\n${asks(2525)}\n}\nhost {\n${asks(9)}\n}\n}`,
      });
      const relays = await Promise.all([Relay.start(stand, "lb1"), Relay.start(stand, "lb2")]);
      const both = [bench.start(lan, "lb1", text), bench.start(lan, "lb2", text, "keepalived")] as const;
      const heard = async (line: RegExp, marks: readonly number[] = [0, 0]): Promise<void> => {
        await Promise.all(both.map((one, i) => one.waitForLog(line, { from: marks[i] ?? 0 })));
      };
      await heard(/Remote SMTP server \[192\.0\.2\.21\]:tcp:80 succeed on service/);
      await heard(/SMTP_CHECK Could not connect to server \[127\.0\.0\.1\]:9$/);
      await heard(/Removing service \[192\.0\.2\.22\]/);
      const marks = both.map(({ log }) => log.mark());
      for (const relay of relays) relay.process.kill("SIGKILL");
      await heard(/Removing service \[192\.0\.2\.21\]/, marks);
      await Promise.all([Relay.start(stand, "lb1"), Relay.start(stand, "lb2")]);
      await heard(/Adding service \[192\.0\.2\.21\]/, marks);
      const words = both.map(
        (one) => new Set(said(one, 0, /^(Remote SMTP|SMTP_CHECK (?!host|.*deprecated)|Removing|Adding)/)),
      );
      expect([...(words[0] ?? [])].sort()).toEqual([...(words[1] ?? [])].sort());
    });
  });
});

describe.concurrent("BFD_CHECK", () => {
  const follows = (more = ""): string => farm({ 21: `BFD_CHECK {\n name B\n ${more}\n}`, 22: "" });

  test("the server is out as soon as its neighbour fell silent; who is started again knows at once", async () => {
    await BfdStand.with(async ({ lan }) => {
      const b = bench.start(lan, "right", session({ neighbor: A.v4, source: B.v4, interval: 300 }), "keepalived");
      const a = bench.start(lan, "left", session({ neighbor: B.v4, source: A.v4, interval: 300 }) + follows("alpha"));
      await a.waitForLog(WITHOUT);
      await bothUp(a, b);
      await a.waitForLog(IN);
      expect(said(a, 0, /^(BFD check|Activating BFD|Adding)/)).toEqual([
        "Activating BFD healthchecker",
        `BFD check of [B] RS(${RS}) is UP`,
        `Adding service ${RS} to VS ${VS}`,
      ]);
      await reported(lan, 1);
      await respawned(a, "checkers", IN);
      let mark = a.log.mark();
      await b.killAll();
      const expired = await a.waitForLog(/Expired after 900 ms/, { from: mark });
      const out = await a.waitForLog(OUT, { from: mark });
      console.log(`out ${(out.at - expired.at) / 1000} ms after the session`);
      await reported(lan, 0);
      await respawned(a, "checkers", WITHOUT);
      await respawned(a, "bfd", undefined);
      mark = a.log.mark();
      b.start();
      await a.waitForLog(IN, { from: mark });
      expect(said(a, mark, /^BFD check/)).toEqual([`BFD check of [B] RS(${RS}) is UP`]);
    });
  });

  test("its life is said as keepalived says it", async () => {
    await BfdStand.with(async ({ lan }) => {
      const a = bench.start(lan, "left", session({ neighbor: B.v4, source: A.v4, interval: 300 }) + follows());
      const b = bench.start(
        lan,
        "right",
        session({ neighbor: A.v4, source: B.v4, interval: 300 }) + follows(),
        "keepalived",
      );
      await bothUp(a, b);
      const heard = /Adding service \[192\.0\.2\.21\]/; // the last line of all
      await Promise.all([a.waitForLog(heard), b.waitForLog(heard)]);
      const words = [a, b].map((one) => said(one, 0, /^(BFD check|Removing|Adding|Activating BFD)/));
      expect(words[0]).toEqual(words[1]);
    });
  });

  /** Waits until the supervisor knows of the server's verdict. */
  async function reported(lan: Lan, up: 0 | 1): Promise<void> {
    const line = new RegExp(`^keepalived_real_server_up\\{.*real_server="\\[192\\.0\\.2\\.21\\]:80".*\\} ${up}$`, "m");
    const page = (): Promise<string> => lan.run("left", ["curl", "-s", "http://127.0.0.1:9650/metrics"]);
    await until("the report", async () => line.test(await page()), seconds(10));
  }

  /** Kills a process, and sees the next one start with this table without a word of a check. */
  async function respawned(director: Director, child: "checkers" | "bfd", table: RegExp | undefined): Promise<void> {
    const mark = director.log.mark();
    director.killChild(child);
    await director.waitForLog(/died: Respawning/, { from: mark });
    if (table === undefined) await director.waitForLog(/Starting BFD child process/, { from: mark });
    else await director.waitForLog(table, { from: mark });
    expect(said(director, mark, /^(BFD check|Removing|Adding)/)).toEqual([]);
    if (table === WITHOUT) expect(said(director, mark, IN)).toEqual([]);
  }
});

describe.concurrent("ha_suspend", () => {
  test("the checks go with the address from one director to the other, and verdicts stay", async () => {
    await Stand.with(async ({ lan }) => {
      const check = "TCP_CHECK {\n connect_ip 127.0.0.1\n connect_port 9\n warmup 0\n}";
      const text = (priority: number): string =>
        instance({ priority, advertInterval: 1 }) + farm({ 21: check, 22: "" }, "delay_loop 1\nha_suspend");
      const lb1 = bench.start(lan, "lb1", text(255));
      await lb1.waitForState("MASTER");
      await lb1.waitForLog(/Removing service \[192\.0\.2\.21\]/);
      const lb2 = bench.start(lan, "lb2", text(100));
      await lb2.waitForLog(
        /Deactivating healthchecker for service \[192\.0\.2\.21\]:tcp:80 for VS \[192\.0\.2\.100\]:tcp:80/,
      );
      await lb2.waitForState("BACKUP");
      const [mark1, mark2] = [lb1.log.mark(), lb2.log.mark()];
      await lan.setLink("lb1", "down");
      await lb1.waitForLog(/Suspending healthchecker for service \[192\.0\.2\.21\]/, { from: mark1 });
      await lb2.waitForLog(/Activating healthchecker for service \[192\.0\.2\.21\]/, { from: mark2 });
      await lb2.waitForLog(/Removing service \[192\.0\.2\.21\]/, { from: mark2 });
      expect(said(lb2, 0, /TCP_CHECK/)).toHaveLength(1); // none before it was master
      await lan.setLink("lb1", "up");
      await lb2.waitForLog(/Suspending healthchecker/, { from: mark2 });
      await lb1.waitForLog(/Activating healthchecker/, { from: mark1 });
      expect(said(lb1, mark1, /Adding|Removing/)).toEqual([]);
    });
  });
});
