import { readdirSync, readFileSync } from "node:fs";
import { ESRCH } from "./constants.ts";
import { failure, type KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";

/** The nice value, -20 to 19, of all threads that there are; later ones inherit it. */
export function setNice(nice: number): KernelError | undefined {
  return ofEachThread((tid) => native.setPriority(tid, nice), `cannot set the nice value ${nice}`);
}

/** The processors that this process was allowed when it began. */
export const CPUS_AT_START: readonly number[] = allowedCpus();

/** The processors for all threads that there are; later ones inherit them. */
export function setAffinity(cpus: readonly number[]): KernelError | undefined {
  const mask = cpuMask(cpus);
  return ofEachThread((tid) => native.schedSetaffinity(tid, mask), `cannot run on processors ${cpus.join(" ")}`);
}

/** A bit for each processor, as sched_setaffinity(2) wants it. */
export function cpuMask(cpus: readonly number[]): Uint8Array {
  const mask = new Uint8Array(8 * Math.ceil((Math.max(-1, ...cpus) + 1) / 64));
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return mask;
}

/** The numbers of a list of the kernel: `0-2,8`. */
export function cpuList(text: string): readonly number[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first = "", last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i),
  );
}

function allowedCpus(): readonly number[] {
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return cpuList(list);
}

/** The first refusal; a thread that has ended meanwhile is none. */
function ofEachThread(call: (tid: number) => number, what: string): KernelError | undefined {
  const results = readdirSync("/proc/self/task").map((tid) => call(Number(tid)));
  return failure(results.find((result) => result < 0 && result !== -ESRCH) ?? 0, what);
}
