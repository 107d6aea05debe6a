import { readFileSync } from "node:fs";
import { PR_SET_PDEATHSIG, RLIMIT_NOFILE, SCHED_RESET_ON_FORK, SCHED_RR, SIGTERM } from "./constants.ts";
import { failure, type KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";

/**
 * Real-time scheduling for this thread alone (threads and scripts it starts are ordinary again), and the program in
 * memory for good. Returns what was refused, as in a container without CAP_SYS_NICE or CAP_IPC_LOCK.
 */
export function enterRealtime(priority = 1): readonly KernelError[] {
  const scheduled = failure(
    native.schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, priority),
    `cannot schedule in real time with priority ${priority}`,
  );
  return [scheduled, lockProgram()].filter((error) => error !== undefined);
}

/**
 * Keeps the pages of the program and its libraries in memory, once they have been used. Not mlockall(2): garbage
 * collection gives memory back by madvise(MADV_DONTNEED), which is EINVAL on locked memory, and at that V8 ends the
 * process (`Check failed: 0 == ret`; measured with Node 20.20). So V8's own memory is not locked; on a host with swap,
 * `MemorySwapMax=0` in the systemd unit keeps it from being swapped out. Returns what was refused.
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
  const [, soft = "0", hard = "0"] =
    /^Max open files +(\w+) +(\w+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  const most = limit(hard);
  if (limit(soft) >= wanted) return undefined;
  if (native.setrlimit(RLIMIT_NOFILE, wanted, Math.max(wanted, most)) === 0) return undefined;
  return failure(native.setrlimit(RLIMIT_NOFILE, Math.min(wanted, most), most), "cannot raise the descriptor limit");
}

function limit(text: string): number {
  return text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}
