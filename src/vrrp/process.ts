import type { Micros } from "../base/time.ts";
import type { Delays } from "./debounce.ts";

/** Which processes `vrrp_track_process` means, and how many must run. Compatible with config/model/track.ts. */
export interface ProcessParameters {
  readonly process: string; // its name, or with `fullCommand` the first word of its command line
  readonly parameters: readonly string[];
  readonly match: "exact" | "initial" | "partial";
  readonly fullCommand: boolean;
  readonly quorum: number;
  readonly quorumMax: number | undefined;
  readonly forkDelay: Micros;
  readonly terminateDelay: Micros;
}

/** A process as /proc shows it. Texts are byte strings. */
export interface SeenProcess {
  readonly name: string; // /proc/PID/comm, at most 15 bytes
  readonly command: string; // /proc/PID/cmdline: each argument with a NUL behind it; empty for a kernel thread
}

/** What one keyword looks for, prepared: `bytes` turns text of the configuration into a byte string. */
export function processMatcher(
  { process, parameters, match, fullCommand }: ProcessParameters,
  bytes: (text: string) => string,
): (seen: SeenProcess) => boolean {
  if (!fullCommand) {
    // The kernel keeps 15 bytes. Keepalived differs: a longer name is found nowhere.
    const name = bytes(process).slice(0, LONGEST_NAME);
    return (seen) => seen.name === name;
  }
  const command = bytes([process, ...parameters].join("\0"));
  switch (match) {
    case "exact":
      return (seen) => seen.command === `${command}\0`;
    case "partial":
      return (seen) => seen.command.startsWith(`${command}\0`);
    case "initial":
      return (seen) => seen.command.startsWith(command);
  }
}
const LONGEST_NAME = 15; // TASK_COMM_LEN of linux/sched.h, without its NUL

/** Whether as many run as must, and no more than may. */
export function hasQuorum({ quorum, quorumMax }: ProcessParameters, count: number): boolean {
  return count >= quorum && (quorumMax === undefined || count <= quorumMax);
}

/**
 * How long a change of the count must last. A process that was forked may be about to become another one; one that has
 * become what is looked for is there (measured with keepalived 2.2.7).
 */
export function quorumDelays({ forkDelay, terminateDelay }: ProcessParameters, cause: "fork" | "other"): Delays {
  return { down: terminateDelay, up: cause === "fork" ? forkDelay : 0 };
}
