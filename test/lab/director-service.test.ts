import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { milliseconds } from "../../src/base/time.ts";
import type { Director, Implementation } from "./daemon.ts";
import { until } from "./run.ts";
import { instance, Stand } from "./stand.ts";

/** What a daemon did, in the words of its log; the same for both. */
interface Course {
  readonly scripts: readonly string[];
  readonly times: readonly string[];
  readonly marker: boolean; // it was there before, with something in it, and is gone
  readonly timeFileLeft: boolean;
  readonly kept: readonly string[];
  readonly status: number;
}

describe.concurrent("the daemon as a service", () => {
  test("scripts of start and stop, the marker of a reload, its time and what is kept of it: as keepalived", async () => {
    const courses = ["ours", "keepalived"] as const;
    const [ours, theirs] = await Promise.all(courses.map(async (implementation) => await course(implementation)));
    expect(ours).toEqual(theirs);
    expect(ours).toEqual({
      scripts: [
        "Running startup script",
        "startup script succeeded",
        "Starting VRRP child process",
        "Stopping",
        "Running shutdown script",
        "shutdown script failed, status 3",
      ],
      times: [
        "Invalid reload time",
        "in the past - ignoring",
        "Scheduling reload",
        "Reload time updated",
        "Reloading",
        "Scheduling reload",
        "Cancelling reload",
      ],
      marker: true,
      timeFileLeft: false,
      kept: [
        "keepalived.conf.0",
        "keepalived.conf.1",
        "keepalived.conf.2",
        "keepalived_vrrp.1.post",
        "keepalived_vrrp.1.pre",
        "keepalived_vrrp.2.post",
        "keepalived_vrrp.2.pre",
      ],
      status: 0,
    } satisfies Course);
  });
});

async function course(implementation: Implementation): Promise<Course> {
  let found: Course | undefined;
  await Stand.with(async (stand) => {
    found = await run(stand, implementation);
  });
  if (found === undefined) throw new Error("it has not run");
  return found;
}

async function run(stand: Stand, implementation: Implementation): Promise<Course> {
  const path = (name: string): string => join(stand.lan.folder, name);
  const script = (name: string, text: string): string => {
    writeFileSync(path(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path(name);
  };
  const globals = `
global_defs {
    startup_script "${script("up", `ip -o addr show dev eth0 > ${path("up.out")}; echo "$@" >> ${path("up.out")}`)} one 2"
    startup_script_timeout 9
    shutdown_script ${script("down", `ip -o addr show dev eth0 > ${path("down.out")}; exit 3`)}
    reload_file ${path("marker")}
    reload_time_file ${path("when")}
    config_save_dir ${path("kept")}
}
`;
  const director = stand.start("lb1", globals + instance(), { implementation });
  await director.waitForState("MASTER");
  const marker = await handshake(director, path("marker"));
  const at = director.log.mark();
  const write = async (text: string, answer: RegExp): Promise<void> => {
    const from = director.log.mark();
    writeFileSync(path("when"), text);
    await director.waitForLog(answer, { from });
  };
  await write("10:61:00", /Invalid reload time/);
  await write("2020-01-01 10:00:00\n", /in the past - ignoring/);
  await write(`${inUtc(60)}\n`, /Scheduling reload for/);
  const from = director.log.mark();
  await write(`${inUtc(2)}\n`, /Reload time updated from/);
  await director.waitForLog(/Reload complete/, { from });
  await until("time file gone", async () => !existsSync(path("when")), milliseconds(3000), milliseconds(20));
  const timeFileLeft = existsSync(path("when"));
  await write(`${inUtc(100)}\n`, /Scheduling reload for/);
  const last = director.log.mark();
  rmSync(path("when"));
  await director.waitForLog(/Cancelling reload/, { from: last });
  const status = await director.stop();
  expect(readFileSync(path("up.out"), "utf8")).toMatch(/^(?![\s\S]*192\.0\.2\.100)[\s\S]*one 2\n$/);
  expect(readFileSync(path("down.out"), "utf8")).not.toContain("192.0.2.100");
  return {
    scripts: said(director, 0, SCRIPTS),
    times: said(director, at, TIMES),
    marker,
    timeFileLeft,
    kept: readdirSync(path("kept"))
      .map((name) => name.replace(/\.\d+\./, "."))
      .sort(),
    status,
  };
}

/** Who updates the files puts something into the marker, asks for a reload, and sees when all is read. */
async function handshake(director: Director, marker: string): Promise<boolean> {
  writeFileSync(marker, "mine");
  const from = director.log.mark();
  director.reload();
  await director.waitForLog(/Reload complete/, { from });
  await sleep(100);
  return !existsSync(marker);
}

const SCRIPTS = [
  "Running startup script",
  "startup script",
  "Starting VRRP child process",
  "Stopping",
  "Running shutdown script",
  "shutdown script",
];
const TIMES = [
  "Invalid reload time",
  "in the past - ignoring",
  "Scheduling reload",
  "Reload time updated",
  "Reloading",
  "Cancelling reload",
];

/** The lines that begin with one of these words, or end with them; what they say of a script in full. */
function said(director: Director, from: number, words: readonly string[]): readonly string[] {
  const lines = director.log.entries.slice(from).map(({ text }) => text.replace(/^.{24}: /, ""));
  const found = lines.flatMap((line) => {
    const word = words.find((one) => line.startsWith(one) || line.endsWith(one));
    if (word === undefined) return [];
    return word.endsWith("script") && !word.startsWith("Running") ? [line.replace("script script", "script")] : [word];
  });
  return found.filter((line, i) => line !== found[i - 1]); // both processes say some of it
}

/** `HH:MM:SSZ`, so many seconds from now. */
function inUtc(seconds: number): string {
  return `${new Date(Date.now() + seconds * 1000).toISOString().slice(11, 19)}Z`;
}
