import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { CheckScripts } from "../../src/daemon/check-scripts.ts";
import { Clock } from "../../src/io/clock.ts";
import { Poller } from "../../src/io/poller.ts";
import { isAlive } from "./daemon-under-test.ts";

const RULES = { enableScriptSecurity: false, supplementaryGroups: false, resolveSymlinks: true };

let poller: Poller;
let clock: Clock;
let folder: string;
let scripts: CheckScripts;

const start = (respawned: boolean): CheckScripts => new CheckScripts(RULES, { clock, poller, respawned });

beforeEach(() => {
  poller = new Poller();
  clock = new Clock(poller);
  folder = mkdtempSync(join(tmpdir(), "check-scripts-"));
  scripts = start(false);
});
afterEach(() => {
  clock.close();
  poller.close();
  rmSync(folder, { recursive: true });
});

/** A file to run; the pids that it writes. */
function file(name: string, text: string): { readonly path: string; pids(): readonly number[] } {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/bash\n${text.replaceAll("PIDS", `${path}.pids`)}\n`);
  chmodSync(path, 0o755);
  const read = (): string => (existsSync(`${path}.pids`) ? readFileSync(`${path}.pids`, "utf8").trim() : "");
  return { path, pids: () => (read() === "" ? [] : read().split("\n").map(Number)) };
}

const run = (argv: readonly string[], signal = new AbortController().signal, timeout = seconds(20)) =>
  scripts.run({ command: { argv, user: undefined, group: undefined }, timeout }, signal);

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await sleep(10);
  expect(holds()).toBe(true);
}

/** It ignores SIGTERM, and has started something that does too. */
const STUBBORN = "trap '' TERM\nsleep 600 &\necho $! >>PIDS\necho $$ >>PIDS\nwait";

test("the status, the signal and the timeout of a script are told apart; arguments go as they are, past no shell", async () => {
  const { path } = file("status", 'case "$1" in kill) kill -9 $$ ;; *) exit $# ;; esac');
  expect(await run([path])).toEqual({ exited: 0 });
  expect(await run([path, "a b", "$(id); x", "'"])).toEqual({ exited: 3 });
  expect(await run([path, "kill"])).toEqual({ signal: 9 });
  expect(await run(["sleep", "600"], undefined, milliseconds(50))).toEqual({ timedOut: true });
});

test("what cannot be run says why", async () => {
  expect(await run([join(folder, "nowhere")])).toEqual({ notRun: "ENOENT (No such file or directory)", local: false });
  const { path } = file("plain", "");
  chmodSync(path, 0o644);
  expect(await run([path])).toEqual({ notRun: "EACCES (Permission denied)", local: false });
  expect(
    await scripts.run(
      { command: { argv: [path], user: "nosuchuser", group: undefined }, timeout: 1 },
      new AbortController().signal,
    ),
  ).toEqual({
    notRun: "no user `nosuchuser`",
    local: false,
  });
});

test("with enable_script_security root runs nothing that others may write; the part of the path is named, and asked each time", async () => {
  const { path } = file("open", "");
  chmodSync(folder, 0o777);
  scripts.configure({ ...RULES, enableScriptSecurity: true });
  const why = `SECURITY VIOLATION - it would run as root, and \`${folder}\` may be written by others`;
  expect(await run([path])).toEqual({ notRun: why, local: false });
  chmodSync(folder, 0o700);
  expect(await run([path])).toEqual({ exited: 0 });
});

test("one whose checker goes is told to end, and by force at the daemon's end, with all that it started", async () => {
  const { path, pids } = file("stubborn", STUBBORN);
  const other = new AbortController();
  const obedient = run(["sleep", "600"], other.signal);
  other.abort();
  expect(await obedient).toEqual({ signal: 15 });
  const gone = new AbortController();
  const ended = run([path], gone.signal);
  await until(() => pids().length === 2);
  gone.abort();
  const began = clock.now();
  await scripts.close();
  expect(clock.now() - began).toBeGreaterThan(seconds(0.9));
  expect(clock.now() - began).toBeLessThan(seconds(1.9));
  expect(await ended).toEqual({ signal: 9 });
  await until(() => !pids().some(isAlive));
});

test("the end of the daemon does not wait where nothing runs", async () => {
  expect(await run(["true"])).toEqual({ exited: 0 });
  const began = clock.now();
  await scripts.close();
  expect(clock.now() - began).toBeLessThan(milliseconds(500));
});

test("a process that follows a dead one ends the scripts of that, whatever they ignore, and no other", async () => {
  const { path, pids } = file("stubborn", STUBBORN);
  const other = file("other", "echo $$ >>PIDS\nexec sleep 600");
  const ended = run([path]);
  const { runScript } = await import("../../src/io/process.ts");
  const stranger = runScript([other.path], {}, clock, poller);
  await until(() => pids().length === 2 && other.pids().length === 1);
  start(false);
  expect(pids().every(isAlive)).toBe(true);
  start(true);
  await until(() => !pids().some(isAlive));
  expect(await ended).toEqual({ signal: 9 });
  expect(other.pids().every(isAlive)).toBe(true);
  stranger.kill();
  await stranger.result;
});
