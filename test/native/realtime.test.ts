import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ADDON } from "../../src/io/native.ts";
import {
  enterRealtime,
  leaveRealtime,
  limitRealtime,
  lockMemory,
  lockProgram,
  preload,
  raiseDescriptorLimit,
} from "../../src/io/realtime.ts";

/** Runs JavaScript, in which `addon` is ours; what it said, and what ended it. */
function run(script: string, env: NodeJS.ProcessEnv = {}): { readonly text: string; readonly signal: string | null } {
  const program = `const addon = require(${JSON.stringify(ADDON)}); const say = (text) => process.stdout.write(text + "\\n");
    const read = (file) => require("node:fs").readFileSync(file, "utf8"); ${script}`;
  try {
    const text = execFileSync(process.execPath, ["-e", program], {
      env: { ...process.env, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return { text, signal: null };
  } catch (error) {
    const { stdout = "", signal = "none" } = error as { stdout?: string; signal?: string };
    return { text: stdout, signal };
  }
}

test("garbage collection goes on while the program is locked in memory", () => {
  const refused = lockProgram(); // without privilege it is refused, beyond some megabytes
  if (refused !== undefined) expect(["EPERM", "ENOMEM", "EAGAIN"]).toContain(refused.code);
  else expect(readFileSync("/proc/self/status", "utf8")).toMatch(/^VmLck:\s+\d{4,} kB/m);
  // Enough garbage that V8 gives memory back to the system.
  for (let round = 0; round < 12; round++) {
    const garbage = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `number ${i}` }));
    expect(garbage).toHaveLength(200_000);
  }
});

/** Enough garbage that V8 gives memory back to the system. */
const GARBAGE = `for (let round = 0; round < 12; round++)
  Array.from({ length: 200_000 }, (_, i) => ({ i, text: "number " + i }));`;

test("with the addon before libc all memory is locked, each page once it is used, and V8 gives it back all the same", () => {
  const { text, signal } = run(
    `say(addon.mlockall()); ${GARBAGE} say(read("/proc/self/status").match(/^Vm(Lck|RSS):.*/gm).join(" "));`,
    preload(),
  );
  const [, refused, locked, resident] = /^(\S+)\nVmLck:\s+(\d+) kB VmRSS:\s+(\d+)/.exec(text)?.map(Number) ?? [];
  expect(signal).toBeNull();
  if (refused === 0) expect(locked).toBeGreaterThan(resident ?? 0);
  else expect([-1, -12]).toContain(refused); // EPERM, ENOMEM: without privilege
  expect(run(`${GARBAGE} say("alive");`, preload())).toEqual({ text: "alive\n", signal: null });
});

test("without it memory is not locked: V8 would end the process", () => {
  expect(lockMemory()?.code).toBe("EOPNOTSUPP");
});

test("others in LD_PRELOAD stay", () => {
  const before = process.env["LD_PRELOAD"];
  process.env["LD_PRELOAD"] = "/lib/other.so";
  expect(preload()).toEqual({ LD_PRELOAD: `${ADDON}:/lib/other.so` });
  delete process.env["LD_PRELOAD"];
  expect(preload()).toEqual({ LD_PRELOAD: ADDON });
  if (before !== undefined) process.env["LD_PRELOAD"] = before;
});

test("a real-time thread that spins past its limit is ended by SIGXCPU; before that, and after a lift, it is not", () => {
  const [RR, RTTIME] = [2, 15];
  const spin = (milliseconds: number): string =>
    `for (const end = performance.now() + ${milliseconds}; performance.now() < end;);`;
  const limited = `if (addon.schedSetscheduler(0, ${RR}, 1) < 0) say("refused"); addon.setrlimit(${RTTIME}, 100000, Infinity);`;
  const ended = run(`${limited} ${spin(10)} say("here"); ${spin(3000)} say("never");`);
  if (ended.text.startsWith("refused")) return; // without privilege
  expect(ended).toEqual({ text: "here\n", signal: "SIGXCPU" });
  const lifted = run(`${limited} addon.setrlimit(${RTTIME}, Infinity, Infinity); ${spin(300)} say("alive");`);
  expect(lifted).toEqual({ text: "alive\n", signal: null });
});

test("only the calling thread enters real time, what it starts is ordinary, and it can leave", () => {
  const policies = (): readonly string[] => scheduling(process.pid);
  const refused = enterRealtime(3);
  if (refused !== undefined) {
    expect(refused.code).toBe("EPERM");
    return;
  }
  limitRealtime(2_000_000);
  expect(readFileSync("/proc/self/limits", "utf8")).toMatch(/^Max realtime timeout +2000000 +unlimited/m);
  const sorted = [...policies()].sort();
  const child = execFileSync("cat", ["/proc/self/stat"], { encoding: "utf8" });
  limitRealtime(undefined);
  expect(leaveRealtime()).toBeUndefined();
  expect(sorted.filter((policy) => policy === "2 3")).toHaveLength(1);
  expect(sorted.filter((policy) => policy !== "2 3" && policy !== "0 0")).toEqual([]);
  expect(
    child
      .replace(/^.*\) /, "")
      .split(" ")
      .slice(37, 39),
  ).toEqual(["0", "0"]);
  expect(policies()).not.toContain("2 3");
  expect(readFileSync("/proc/self/limits", "utf8")).toMatch(/^Max realtime timeout +unlimited/m);
});

/** `POLICY PRIORITY` of each thread. */
function scheduling(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const words = readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return `${words[38]} ${words[37]}`;
  });
}

test("the descriptor limit is raised, and never lowered", () => {
  const softLimit = (): number =>
    Number(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  const before = softLimit();
  expect(raiseDescriptorLimit(16)).toBeUndefined();
  expect(softLimit()).toBe(before);
  expect(raiseDescriptorLimit(before + 1)).toBeUndefined();
  expect(softLimit()).toBeGreaterThanOrEqual(before);
});
