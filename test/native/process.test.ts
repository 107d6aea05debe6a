import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import { lookUp } from "../../src/io/account.ts";
import { Clock } from "../../src/io/clock.ts";
import { SIGKILL } from "../../src/io/constants.ts";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";
import { runScript, type ScriptOptions, type ScriptResult } from "../../src/io/process.ts";
import { enterRealtime, leaveRealtime, limitRealtime } from "../../src/io/realtime.ts";
import { CPUS_AT_START, cpuList, cpuMask, setAffinity } from "../../src/io/threads.ts";

/** For native.spawn: no other groups, and all processors. */
const SAME = [new Int32Array(0), new Uint8Array(0)] as const;

let poller: Poller;
let clock: Clock;
let directory: string;

beforeAll(() => {
  poller = new Poller();
  clock = new Clock(poller);
  directory = mkdtempSync(join(tmpdir(), "process-"));
});
afterAll(() => {
  clock.close();
  poller.close();
  rmSync(directory, { recursive: true });
});

/** Runs a line of shell; `$OUT` in it is a file, whose text comes back too. */
async function shell(line: string, options: ScriptOptions = {}): Promise<{ result: ScriptResult; text: string }> {
  const out = join(directory, `${clock.now()}`);
  const result = await runScript(["sh", "-c", line.replaceAll("$OUT", out)], options, clock, poller).result;
  return { result, text: existsSync(out) ? readFileSync(out, "utf8") : "" };
}

test("the exit status and the signal are told apart", async () => {
  expect((await shell("exit 0")).result).toEqual({ exited: 0 });
  expect((await shell("exit 255")).result).toEqual({ exited: 255 });
  expect((await shell("kill -USR1 $$")).result).toEqual({ signal: 10 });
});

test("a program is looked for in PATH, and what cannot be started says why", async () => {
  const run = (...argv: string[]): Promise<ScriptResult> => runScript(argv, {}, clock, poller).result;
  const text = join(directory, "text");
  writeFileSync(text, "no program");
  expect(await run("true")).toEqual({ exited: 0 });
  expect(await run("no-such-program")).toEqual({ failed: 2 });
  expect(await run("/no/such/program")).toEqual({ failed: 2 });
  expect(await run(text)).toEqual({ failed: 13 });
  expect(await runScript(["true"], { user: "no-such-user" }, clock, poller).result).toEqual({ failed: 22 });
});

test("a script sees only /dev/null as 0, 1 and 2, whatever is open here", async () => {
  const leaky = openSync("/dev/zero", "r");
  const inherited = native.spawn(["sleep", "300"], [], -1, -1, ...SAME);
  await new Promise((resolve) => void clock.wakeAt(clock.now() + milliseconds(50), () => resolve(undefined))); // its execve
  const links = readdirSync(`/proc/${inherited}/fd`).map(
    (fd) => `${fd} ${readlinkSync(`/proc/${inherited}/fd/${fd}`)}`,
  );
  native.kill(inherited, SIGKILL);
  while (native.waitpid(inherited) === -1);
  closeSync(leaky);
  expect(links).toEqual(["0 /dev/null", "1 /dev/null", "2 /dev/null"]);
});

test("a script has ordinary signals, and a process group of its own", async () => {
  process.on("SIGHUP", () => {});
  const { text } = await shell(
    "grep -E '^Sig(Blk|Ign)' /proc/self/status > $OUT; ps -o pgid= -p $$ >> $OUT; echo $$ >> $OUT",
  );
  process.removeAllListeners("SIGHUP");
  const [blocked, ignored, group, pid] = text.trim().split("\n");
  expect(blocked).toMatch(/0000000000000000$/);
  expect(ignored).toMatch(/0000000000000000$/); // Node itself ignores SIGPIPE
  expect(group?.trim()).toBe(pid);
});

test("the environment lacks what is private to us", async () => {
  process.env["IFS"] = "x";
  process.env["NOTIFY_SOCKET"] = "/run/none";
  process.env["KEPT_FOR_SCRIPTS"] = "a b";
  const { text } = await shell("env > $OUT");
  for (const name of ["IFS", "NOTIFY_SOCKET", "KEPT_FOR_SCRIPTS"]) delete process.env[name];
  expect(text).toContain("KEPT_FOR_SCRIPTS=a b\n");
  expect(text).not.toMatch(/^(IFS|NOTIFY_SOCKET|NODE_OPTIONS|NODE_CHANNEL_FD|LD_PRELOAD)=/m);
});

test("a script that takes too long is ended, with all that it started", async () => {
  const start = clock.now();
  const { result } = await shell("sleep 300 & echo $! > $OUT; wait", { timeout: milliseconds(100) });
  expect(result).toEqual({ timedOut: true });
  expect(clock.now() - start).toBeLessThan(seconds(2));
});

test("a script that ignores SIGTERM is killed two seconds later", async () => {
  const start = clock.now();
  const { result } = await shell("trap '' TERM; while :; do sleep 0.1; done", { timeout: milliseconds(50) });
  expect(result).toEqual({ timedOut: true });
  expect(clock.now() - start).toBeGreaterThan(seconds(2));
});

test("kill ends a script, once or twice; after its end it does nothing", async () => {
  const script = runScript(["sleep", "300"], {}, clock, poller);
  script.kill();
  script.kill();
  expect(await script.result).toEqual({ signal: 15 });
  script.kill();
});

test("many scripts at once each get their own status", async () => {
  const results = await Promise.all(
    Array.from({ length: 40 }, (_, i) => runScript(["sh", "-c", `exit ${i}`], {}, clock, poller).result),
  );
  expect(results).toEqual(Array.from({ length: 40 }, (_, i) => ({ exited: i })));
});

test("starting a script takes no longer with a large heap", () => {
  const ballast = Array.from({ length: 20 }, () => new Uint8Array(10 << 20).fill(1));
  const spans = Array.from({ length: 20 }, () => {
    const start = clock.now();
    const pid = native.spawn(["/bin/true"], [], -1, -1, ...SAME);
    const span = clock.now() - start;
    while (native.waitpid(pid) === -1);
    return span;
  });
  expect(ballast).toHaveLength(20);
  expect(Math.min(...spans)).toBeLessThan(milliseconds(5)); // fork takes some 10 ms for 200 MB
});

test("names and numbers of accounts are found", () => {
  expect(lookUp({})).toMatchObject({ uid: -1, gid: -1 });
  expect(lookUp({ user: "root" })).toMatchObject({ uid: 0, gid: 0 });
  expect(lookUp({ user: "daemon", group: ":root" })).toMatchObject({ uid: 1, gid: 0 });
  expect(lookUp({ user: "daemon", group: "root" })).toMatchObject({ uid: 1, gid: 0 });
  expect(lookUp({ user: "1" })).toMatchObject({ uid: 1, gid: 1 });
  expect(lookUp({ user: "54321" })).toMatchObject({ uid: 54321, gid: -1 });
  expect(lookUp({ group: "daemon" })).toMatchObject({ uid: -1, gid: 1 });
  expect(lookUp({ user: "no-such-user" })).toBeUndefined();
  expect(lookUp({ user: "root", group: "no-such-group" })).toBeUndefined();
});

test("a script is ordinary whatever we are: nice value, processors, limit of real time; its groups are those of the account", () => {
  const out = join(directory, "ordinary");
  const line = `cut -d' ' -f19,40,41 /proc/self/stat > ${out}; grep -E '^(Cpus_allowed_list|Groups|VmLck)' /proc/self/status >> ${out}; grep realtime.timeout /proc/self/limits >> ${out}`;
  setAffinity(CPUS_AT_START.slice(0, 1));
  const realtime = enterRealtime(1) === undefined;
  limitRealtime(seconds(5));
  const pid = native.spawn(
    ["sh", "-c", line],
    [`PATH=${process.env["PATH"]}`],
    0,
    0,
    Int32Array.from([3, 5]),
    cpuMask(CPUS_AT_START),
  );
  while (native.waitpid(pid) === -1);
  limitRealtime(undefined);
  if (realtime) leaveRealtime();
  setAffinity(CPUS_AT_START);
  const [stat = "", ...status] = readFileSync(out, "utf8").trim().split("\n");
  expect(stat).toBe("0 0 0");
  expect(cpuList(/^Cpus_allowed_list:\t(.*)$/m.exec(status.join("\n"))?.[1] ?? "")).toEqual(CPUS_AT_START);
  expect(status.join("\n")).toMatch(/^Groups:\s+3 5\s*$/m);
  expect(status.join("\n")).toMatch(/^VmLck:\s+0 kB$/m);
  expect(status.join("\n")).toMatch(/^Max realtime timeout +unlimited +unlimited/m);
});
