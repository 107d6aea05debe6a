import { readFileSync } from "node:fs";
import type { Micros } from "../base/time.ts";
import {
  PR_SET_PDEATHSIG,
  RLIMIT_NOFILE,
  RLIMIT_RTTIME,
  SCHED_OTHER,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
  SIGTERM,
} from "./constants.ts";
import { failure, type KernelError } from "./kernel-error.ts";
import { ADDON, native } from "./native.ts";

/**
 * Real-time scheduling with a priority of 1 to 99 for the calling thread alone: threads that it starts are ordinary again,
 * and so are scripts. Node's other threads compile and collect garbage, and must not come before anything else.
 */
export function enterRealtime(priority: number): KernelError | undefined {
  return failure(
    native.schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, priority),
    `cannot schedule in real time with priority ${priority}`,
  );
}

/** The calling thread is ordinary again. */
export function leaveRealtime(): KernelError | undefined {
  return failure(native.schedSetscheduler(0, SCHED_OTHER, 0), "cannot leave real-time scheduling");
}

/**
 * A thread that is scheduled in real time and uses the processor for this long (rounded up to the kernel's tick) without
 * once waiting for anything ends the process by SIGXCPU. Undefined: as long as it likes. Only the soft limit is set: to
 * lift a hard one again takes a privilege that containers lack. getrlimit(2), RLIMIT_RTTIME.
 */
export function limitRealtime(limit: Micros | undefined): KernelError | undefined {
  const { hard } = limitsOf("Max realtime timeout");
  return failure(
    native.setrlimit(RLIMIT_RTTIME, Math.min(limit ?? hard, hard), hard),
    "cannot limit the time in real time",
  );
}

/**
 * Keeps what this process has and will have in memory, each page once it was used. A refusal changes nothing; where the
 * addon was not loaded before libc (`preload`), it is EOPNOTSUPP.
 */
export function lockMemory(): KernelError | undefined {
  return failure(native.mlockall(), "cannot lock the memory");
}

/** Gives back what `lockMemory` and `lockProgram` did. */
export function unlockMemory(): KernelError | undefined {
  return failure(native.munlockall(), "cannot unlock the memory");
}

/**
 * What a process that shall be able to lock its memory is started with; nothing where the dynamic linker could not read
 * the path (ld.so(8): a list with colons or blanks between).
 */
export function preload(): { readonly LD_PRELOAD?: string } {
  if (/[\s:]/.test(ADDON)) return {};
  const others = process.env["LD_PRELOAD"];
  return { LD_PRELOAD: others === undefined || others === "" ? ADDON : `${ADDON}:${others}` };
}

/**
 * Keeps the pages of the program and its libraries in memory, once they have been used: the least that a process in real
 * time wants. Not those of V8, see `lockMemory`.
 */
export function lockProgram(): KernelError | undefined {
  for (const [, from = "", to = ""] of readFileSync("/proc/self/maps", "utf8").matchAll(/^(\w+)-(\w+) .* \/.*$/gm)) {
    const start = Number.parseInt(from, 16);
    const refused = native.mlock(start, Number.parseInt(to, 16) - start);
    if (refused < 0) return failure(refused, "cannot lock the program in memory");
  }
  return undefined;
}

/** This process gets SIGTERM when its parent dies. If the parent may have died before, compare process.ppid after it. */
export function dieWithParent(): KernelError | undefined {
  return failure(native.prctl(PR_SET_PDEATHSIG, SIGTERM), "cannot tie this process to its parent");
}

/** Allows `wanted` open descriptors, or as many as the hard limit lets an ordinary process have. */
export function raiseDescriptorLimit(wanted: number): KernelError | undefined {
  const { soft, hard } = limitsOf("Max open files");
  if (soft >= wanted) return undefined;
  if (native.setrlimit(RLIMIT_NOFILE, wanted, Math.max(wanted, hard)) === 0) return undefined;
  return failure(native.setrlimit(RLIMIT_NOFILE, Math.min(wanted, hard), hard), "cannot raise the descriptor limit");
}

/** Of this process, by its name in proc_pid_limits(5). */
function limitsOf(name: string): { readonly soft: number; readonly hard: number } {
  const limits = new RegExp(`^${name} +(\\w+) +(\\w+)`, "m").exec(readFileSync("/proc/self/limits", "utf8"));
  const [, soft = "0", hard = "0"] = limits ?? [];
  return { soft: limit(soft), hard: limit(hard) };
}

function limit(text: string): number {
  return text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}
