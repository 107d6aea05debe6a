import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { milliseconds } from "../../src/base/time.ts";
import type { Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

/** Signals as `--signum` says. */
const [DATA, STATS, JSON_DUMP, STATS_CLEAR] = [10, 12, 36, 63];

const QUICK = "version 3";
const CONFIG = `
global_defs {
    vrrp_version 3
}
vrrp_script never {
    script /usr/bin/false
    interval 1
}
${instance({
  name: "FIRST",
  advertInterval: 0.1,
  addresses: ["192.0.2.100/24 label eth0:1", "192.0.2.101 brd 192.0.2.255 scope link"],
  more: `${QUICK}
    garp_master_refresh 60
    garp_master_delay 7
    notify_deleted
    notify_master "/usr/bin/echo 'a b' c"
    notify /usr/bin/true
    virtual_ipaddress_excluded {
        192.0.2.200
    }`,
})}
${instance({ name: "SECOND", vrid: 52, advertInterval: 0.1, priority: 90, addresses: ["192.0.2.102"], more: `${QUICK}\n    preempt_delay 5\n    smtp_alert` })}
${instance({ name: "THIRD", vrid: 53, advertInterval: 0.1, priority: 80, addresses: ["192.0.2.103"], more: `${QUICK}\n    nopreempt\n    track_script {\n        never\n    }` })}
`;

/** What SECOND hears. */
const PEER = instance({
  name: "PEER",
  vrid: 52,
  advertInterval: 0.1,
  priority: 200,
  addresses: ["192.0.2.102"],
  more: QUICK,
});

describe.concurrent("what a signal has the daemon write", () => {
  test("SIGRTMIN+2 writes the JSON that keepalived writes; USR1, USR2 and RTMAX-1 write its files, and nothing ends", async () => {
    await Stand.with(async (stand) => {
      const peer = stand.start("lb2", PEER);
      await peer.waitForState("MASTER");
      const theirs = await dumped(stand, "keepalived");
      const ours = await dumped(stand, "ours");
      expect(ours.json.map(withoutNews)).toEqual(theirs.json.map(withoutNews));
      expect(ours.json.map(({ data }) => Object.keys(data))).toEqual(theirs.json.map(({ data }) => Object.keys(data)));
      const sums = ({ stats }: Instance) => [Number(stats["advert_sent"]) > 0, Number(stats["advert_rcvd"]) > 0];
      expect(ours.json.map(sums)).toEqual(theirs.json.map(sums));
      for (const { json } of [ours, theirs])
        for (const { data } of json.slice(0, 2))
          expect(Math.abs(Number(data["last_transition"]) - Date.now() / 1000)).toBeLessThan(30);
      expect(skeleton(ours.stats)).toEqual(skeleton(theirs.stats).replaceAll(/(?= {2}Priority Zero:)/g, EXTENSION));
      expect(topology(ours.data)).toEqual(topology(theirs.data));
      expect(ours.cleared).toMatch(/Became master: 0/);
      expect([ours.modes, ours.files]).toEqual([theirs.modes, theirs.files]);
    });
  });
});

const EXTENSION = `  Authentication Extension Errors:
    Missing: N
    Malformed: N
    Unknown Key: N
    Invalid HMAC: N
    Stale: N
    Replay: N
`;

interface Instance {
  readonly data: Record<string, unknown>;
  readonly stats: Record<string, unknown>;
}

interface Dumped {
  readonly json: readonly Instance[];
  readonly data: string;
  readonly stats: string;
  readonly cleared: string; // statistics of the time after RTMAX-1
  readonly files: readonly string[]; // those that are there
  readonly modes: readonly string[];
}

/** Runs a daemon on lb1 until all its instances are where they belong, and asks it for everything. */
async function dumped(stand: Stand, implementation: Implementation): Promise<Dumped> {
  const folder = join(stand.lan.folder, implementation);
  mkdirSync(folder);
  const director = stand.start("lb1", CONFIG, { implementation, environment: { TMPDIR: folder } });
  await director.waitForLog(/\(FIRST\) Entering MASTER STATE/);
  await director.waitForLog(/VRRP_Script\(never\) failed/);
  await sleep(500); // some advertisements
  const ask = async (signal: number, name: string, send = () => director.signal(signal)): Promise<string> => {
    const path = join(folder, name);
    rmSync(path, { force: true });
    send();
    await until(name, async () => isWhole(path), milliseconds(5000), milliseconds(20));
    return readFileSync(path, "utf8");
  };
  const json = JSON.parse(await ask(JSON_DUMP, "keepalived.json")) as Instance[];
  const data = await ask(DATA, "keepalived.data");
  await ask(DATA, "keepalived_parent.data");
  const child = director.childPid("vrrp") ?? 0;
  const again = await ask(JSON_DUMP, "keepalived.json", () => process.kill(child, JSON_DUMP));
  expect(JSON.parse(again)).toHaveLength(json.length);
  const stats = await ask(STATS_CLEAR, "keepalived.stats");
  const cleared = await ask(STATS, "keepalived.stats");
  const files = ["keepalived.json", "keepalived.data", "keepalived_parent.data", "keepalived.stats"];
  const modes = files.map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
  expect(await director.stop()).toBe(0);
  return { json, data, stats, cleared, files, modes };
}

/** Without what HEAD has and 2.2.7 has not, what each run has anew, and what is masked. */
function withoutNews({ data, stats }: Instance): Instance {
  const { last_transition: _, auth_data: __, ...steady } = data;
  const counted = ["advert_rcvd", "advert_sent"];
  const older = Object.entries(stats).filter(([key]) => !key.startsWith("auth_ext_") && !counted.includes(key));
  return { data: steady, stats: Object.fromEntries(older) };
}

/** The lines of `keepalived.data` that both have: what is grepped of instances and scripts. */
function topology(data: string): readonly string[] {
  const sections = data.split(/^------< (.*) >------$/m);
  const lines = ["VRRP Topology", "VRRP Scripts"].flatMap(
    (title) => sections[sections.indexOf(title) + 1]?.split("\n") ?? [],
  );
  return lines
    .filter((line) => SHARED.test(line) && line !== "   State = idle")
    .map((line) => line.replace(/, uid:gid .*/, ""));
}

const SHARED =
  /^ +(VRRP (Instance|Version|Script)|State|Wantstate|Multicast|Gratuitous|Down timer|Send advert|Virtual|Priority|Effective|Advert interval|Accept|Preempt|Promote|Using smtp|Notify deleted|Master state|Generic state|Rise|Fall|Interval|Weight|192)/;

function skeleton(text: string): string {
  return text.replaceAll(/: \d+$/gm, ": N");
}

function isWhole(path: string): boolean {
  try {
    return /[\]\n]$/.test(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}
