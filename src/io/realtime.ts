import { readFileSync } from "node:fs";
import {
  MCL_CURRENT,
  MCL_FUTURE,
  MCL_ONFAULT,
  PR_SET_PDEATHSIG,
  RLIMIT_NOFILE,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
  SIGTERM,
} from "./constants.ts";
import { failure, type KernelError } from "./kernel-error.ts";
import { native } from "./native.ts";

/**
 * Real-time scheduling for this thread alone (threads and scripts it starts are ordinary again), and memory that stays
 * in memory once it has been touched. Returns what was refused, as in a container without CAP_SYS_NICE or CAP_IPC_LOCK.
 */
export function enterRealtime(priority = 1): readonly KernelError[] {
  return [
    failure(
      native.schedSetscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, priority),
      `cannot schedule in real time with priority ${priority}`,
    ),
    // ONFAULT: MCL_CURRENT alone would touch all that Node has reserved, some 100 MB.
    failure(native.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT), "cannot lock the memory"),
  ].filter((error) => error !== undefined);
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
