import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Micros, milliseconds } from "../../src/base/time.ts";

/** How a program ended. */
export interface Ended {
  readonly status: number; // 128 + signal where one killed it
  readonly stdout: string;
  readonly stderr: string;
}

/** The project's folder, seen from `test/lab/` as well as from `dist/lab/`. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Wall clock in microseconds since the epoch, to the millisecond: the clock that captured packets carry. */
export function wallClock(): Micros {
  return milliseconds(Date.now());
}

/** Runs a program to its end and gives its status; never rejects for a bad status, but does where it cannot start. */
export async function attempt(argv: readonly string[], input = ""): Promise<Ended> {
  const [program = "", ...rest] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: "pipe" });
    const stdout: Uint8Array[] = [];
    const stderr: Uint8Array[] = [];
    child.stdout.on("data", (chunk: Uint8Array) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Uint8Array) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // it may end before it has read all of its input
    child.on("error", reject);
    child.on("close", (status, signal) => {
      const text = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString();
      resolve({ status: signal === null ? (status ?? 1) : 128 + 9, stdout: text(stdout), stderr: text(stderr) });
    });
    child.stdin.end(input);
  });
}

/** The standard output of a program that must succeed. Rejects with its words otherwise. */
export async function run(argv: readonly string[], input = ""): Promise<string> {
  const { status, stdout, stderr } = await attempt(argv, input);
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with status ${status}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/** Asks `holds` every 100 ms (or `every`) until it says yes. Rejects with `what` after `within`. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  within: Micros,
  every: Micros = milliseconds(100),
): Promise<void> {
  const deadline = wallClock() + within;
  while (!(await holds())) {
    if (wallClock() > deadline) throw new Error(`waited ${within / 1_000_000} s in vain for: ${what}`);
    await sleep(every / 1000);
  }
}

const endings = new Set<() => void>();
let watching = false;

/** Calls `ending` (synchronous) when this process ends for whatever reason but SIGKILL. The result takes it back. */
export function atEnd(ending: () => void): () => void {
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const each of endings) each();
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
  }
  endings.add(ending);
  return () => endings.delete(ending);
}
