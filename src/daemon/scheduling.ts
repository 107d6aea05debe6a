import { priorityAfter, type Scheduling, schedulingOf } from "../base/scheduling.ts";
import { type Micros, toSeconds } from "../base/time.ts";
import type { DaemonConfig } from "../config/model/global.ts";
import type { KernelError } from "../io/kernel-error.ts";
import { nameProcess } from "../io/process-name.ts";
import { enterRealtime, leaveRealtime, limitRealtime, lockMemory, lockProgram, unlockMemory } from "../io/realtime.ts";
import { CPUS_AT_START, setAffinity, setNice } from "../io/threads.ts";
import type { Log } from "../observe/log.ts";

/** Gives this process its name, and what it creates its mode: what the command line says of the mask counts. */
export function nameAndMask(name: string, umask: number): void {
  nameProcess(name);
  process.umask(umask);
}

/** How this process begins, before anything is asked for. */
const UNASKED: Scheduling = { nice: 0, priority: 0, limit: Number.POSITIVE_INFINITY, memory: "ordinary", cpus: [] };

/** From the end of much work until the limit counts again, milliseconds: it counts from the last pause. */
const PAUSE = 100;

/** How this process is scheduled, and what of it stays in memory: as configured, and again by every reload. */
export class OwnScheduling {
  readonly #which: "vrrp" | "checkers" | "bfd";
  readonly #log: Log;
  #config: DaemonConfig | undefined;
  #now: Scheduling = UNASKED; // in force
  #raised = 0;
  #limiting: NodeJS.Timeout | undefined;

  constructor(which: "vrrp" | "checkers" | "bfd", log: Log) {
    this.#which = which;
    this.#log = log;
  }

  /** What a process is from its first moment on; to be called before each time that it does much at once. */
  prepare(config: DaemonConfig): void {
    const { maxAutoPriority } = config;
    this.#config = config;
    this.#raised = Math.min(this.#raised, Math.max(0, maxAutoPriority));
    const { nice, cpus } = this.#wanted(config);
    if (nice !== this.#now.nice) this.#say(setNice(nice));
    if (cpus.join() !== this.#now.cpus.join()) this.#say(setAffinity(cpus.length > 0 ? cpus : CPUS_AT_START));
    this.#now = { ...this.#now, nice, cpus };
    this.pause();
  }

  /** The limit does not count for what comes now. */
  pause(): void {
    clearTimeout(this.#limiting);
    if (this.#now.limit === UNASKED.limit) return;
    this.#say(limitRealtime(undefined));
    this.#now = { ...this.#now, limit: UNASKED.limit };
  }

  /** All of it from now on: the process waits for what happens. */
  engage(): void {
    if (this.#config === undefined) return;
    const { priority, limit, memory } = this.#wanted(this.#config);
    if (priority !== this.#now.priority) this.#setPriority(priority);
    if (memory !== this.#now.memory) this.#lock(memory);
    if (this.#now.priority === 0) return;
    this.#limiting = setTimeout(() => {
      this.#say(limitRealtime(limit));
      this.#now = { ...this.#now, limit };
    }, PAUSE);
    this.#limiting.unref();
  }

  /** It woke up too late. */
  late(late: Micros): void {
    if (this.#config === undefined) return;
    const { minAutoPriorityDelay } = this.#config;
    if (late >= minAutoPriorityDelay)
      this.#log.info("A thread timer expired {seconds} seconds ago", { seconds: toSeconds(late).toFixed(6) });
    const { priority } = this.#now;
    this.#raised = priorityAfter(late, priority, this.#config);
    if (this.#raised === priority) return;
    this.#setPriority(this.#raised);
    this.#log.info("Set realtime priority {priority}", { priority: this.#raised });
    if (priority === 0) this.engage();
  }

  #wanted(config: DaemonConfig): Scheduling {
    return schedulingOf(config[this.#which], this.#which !== "checkers", this.#raised);
  }

  #setPriority(priority: number): void {
    this.#say(priority === 0 ? leaveRealtime() : enterRealtime(priority));
    this.#now = { ...this.#now, priority };
  }

  #lock(memory: Scheduling["memory"]): void {
    if (this.#now.memory !== "ordinary") this.#say(unlockMemory());
    const refused = memory === "locked" ? lockMemory() : undefined;
    this.#say(refused);
    if (memory === "program locked" || refused !== undefined) this.#say(lockProgram());
    this.#now = { ...this.#now, memory };
  }

  /** What nobody asked for is refused in silence, as in a container. */
  #say(refused: KernelError | undefined): void {
    if (refused === undefined) return;
    const { realtimePriority = 0, locked = false, nice = 0, cpus = [] } = this.#config?.[this.#which] ?? {};
    const asked = realtimePriority > 0 || locked || nice !== 0 || cpus.length > 0;
    if (asked) this.#log.warning("{error}", { error: refused.message });
    else this.#log.detail("{error}", { error: refused.message });
  }
}
