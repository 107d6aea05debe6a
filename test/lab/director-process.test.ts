import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import { ProcessTrackers } from "../../src/daemon/process-trackers.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import { createLog } from "../../src/observe/log.ts";
import { reading } from "../config/reading.ts";
import type { LogLine } from "./daemon.ts";
import { Journal } from "./journal.ts";
import { atEnd, until, wallClock } from "./run.ts";
import { instance, read, Stand } from "./stand.ts";

describe.concurrent("track_process", () => {
  const KINDS = {
    name: "process NAME",
    path: "process PATH",
    full: "process PATH\n    full_command",
    exact: "process PATH 60",
    initial: "process PATH 6\n    param_match initial",
    partial: "process PATH 60\n    param_match partial",
    bare: "process PATH\n    param_match",
    one: "process NAME\n    quorum_max 1",
    none: "process NAME\n    quorum_max 0",
    late: "process NAME\n    delay 0.5",
  };

  /** What each step of a program that sleeps for 60 or for 60.5 seconds changes. */
  const EXPECTED: Readonly<Record<string, readonly string[]>> = {
    "60": [...named("gained", "name", "full", "exact", "initial", "partial", "one", "late"), "lost none"],
    "60.5": ["lost one"],
    "60 ends": ["gained one", "lost exact", "lost partial"],
    "60.5 ends": [...named("lost", "name", "full", "initial", "one", "late"), "gained none"],
  };

  /** What is tracked, of a program of its own. */
  function tracking(program: string): { readonly before: string; readonly more: string } {
    const name = program.split("/").at(-1) ?? "";
    const blocks = Object.entries(KINDS).map(
      ([kind, text]) => `vrrp_track_process ${kind} {\n    ${text.replace("NAME", name).replace("PATH", program)}\n}\n`,
    );
    const items = Object.keys(KINDS).map((kind) => `        ${kind} weight 1\n`);
    return { before: blocks.join(""), more: `track_process {\n${items.join("")}    }` };
  }

  /** Each `gained` and `lost`, in the order of the kinds for those of one moment. */
  const turns = (lines: readonly LogLine[]): readonly string[] =>
    lines.flatMap(({ text }) => {
      const [, turn, kind] = /Quorum (gained|lost) for tracked process (\w+)/.exec(text) ?? [];
      return turn === undefined ? [] : [`${turn} ${kind}`];
    });

  test("processes are matched and counted as keepalived does it", async () => {
    await Stand.with(async (stand) => {
      const program = join(stand.lan.folder, `p${stand.lan.prefix}`.slice(0, 12));
      copyFileSync("/usr/bin/sleep", program);
      const { before, more } = tracking(program);
      // Keepalived hears of processes only where it starts in the first network namespace.
      const namespace = `net_namespace ${stand.lan.namespace("lb2")}\n`;
      const config = stand.configure("lb2", namespace + before + instance({ priority: 100, vrid: 52, more }));
      const files = ["-p", "-r", "-c"].flatMap((option, i) => [option, join(stand.lan.folder, `peer${i}.pid`)]);
      const theirs = new Journal<LogLine>("keepalived");
      const peer = spawn("keepalived", ["-n", "-l", "-D", "-P", "-f", config, ...files]);
      const forget = atEnd(() => peer.kill("SIGTERM"));
      const ended = new Promise((resolve) => peer.on("exit", resolve));
      read(peer, (text) => theirs.push({ at: wallClock(), text }));
      const ours = new Journal<LogLine>("ours");
      const trackers = track(before, (text) => ours.push({ at: wallClock(), text }));
      try {
        expect(trackers.refused).toBeUndefined();
        await theirs.waitFor("BACKUP", ({ text }) => / Entering BACKUP STATE/.test(text));
        const all = [ours, theirs];
        const said = (from: readonly number[]): readonly (readonly string[])[] =>
          all.map((log, i) => turns(log.entries.slice(from[i])).toSorted());
        const step = async (what: string, act: () => unknown, expected: readonly string[]): Promise<void> => {
          const from = all.map((log) => log.mark());
          act();
          for (const [i] of all.entries())
            await until(`${what} ${i}`, async () => (said(from)[i]?.length ?? 0) >= expected.length, seconds(5)).catch(
              () => {},
            );
          await sleep(100);
          expect([what, ...said(from)]).toEqual([what, expected.toSorted(), expected.toSorted()]);
        };
        const start = (...words: string[]) => spawn(program, words);
        const running = new Map<string, ReturnType<typeof start>>();
        const begin = (word: string) => step(word, () => running.set(word, start(word)), EXPECTED[word] ?? []);
        const end = (word: string) => {
          const what = `${word} ends`;
          return step(what, () => running.get(word)?.kill("SIGKILL"), EXPECTED[what] ?? []);
        };
        await begin("60");
        await begin("60.5");
        await end("60");
        await end("60.5");
      } finally {
        trackers.close();
        peer.kill("SIGTERM");
        await ended;
        forget();
      }
    });
  });

  test("where the kernel does not tell of processes they are looked for", async () => {
    await Stand.with(async (stand) => {
      const program = join(stand.lan.folder, `q${stand.lan.prefix}`.slice(0, 12));
      copyFileSync("/usr/bin/sleep", program);
      const block = `vrrp_track_process brief {\n    process ${program} 60\n    quorum 2\n}\n`;
      const more = "track_process {\n        brief weight 5\n    }";
      const lb1 = stand.start("lb1", block + instance({ priority: 100, more }));
      await lb1.waitForLog(/tracked processes are looked for once a second/);
      await lb1.waitForState("BACKUP");
      const [first] = [1, 2].map(() => stand.lan.spawn("lb1", [program, "60"]));
      await lb1.waitForLog(/Quorum gained for tracked process brief/);
      await lb1.waitForLog(/from 100 to 105/);
      first?.kill("SIGKILL");
      await lb1.waitForLog(/Quorum lost for tracked process brief/);
      await lb1.waitForLog(/from 105 to 100/);
    });
  });
});

/** Counts in this very process, which is in the first namespaces. */
function track(text: string, said: (text: string) => void) {
  const poller = new Poller();
  const clock = new Clock(poller);
  const log = createLog([({ text: line }) => said(line)], true);
  const { trackProcesses } = reading(text).config;
  const host = { clock, poller, log, turned: () => {} };
  const trackers = new ProcessTrackers(trackProcesses, { bytes: 0, force: false }, host);
  return {
    refused: trackers.refused,
    close: () => {
      trackers.close();
      clock.close();
      poller.close();
    },
  };
}

function named(turn: string, ...kinds: readonly string[]): readonly string[] {
  return kinds.map((kind) => `${turn} ${kind}`);
}
