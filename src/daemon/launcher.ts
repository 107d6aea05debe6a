import { type ChildProcess, fork } from "node:child_process";
import { preload } from "../io/realtime.ts";

/** The processes that the supervisor keeps. */
export type ProcessName = "vrrp" | "checkers" | "bfd";

/** The files that they run. */
export type Programs = Readonly<Record<ProcessName, string>>;

const WITHOUT_THREADS = ["--single-threaded", "--no-memory-reducer", "--max-semi-space-size=4"]; // see ARCHITECTURE.md
const NODE_OPTIONS: Readonly<Record<ProcessName, readonly string[]>> = {
  vrrp: WITHOUT_THREADS,
  checkers: ["--max-semi-space-size=2"], // see lean-heap.ts
  bfd: WITHOUT_THREADS,
};

/** What the threads of V8 and of libuv allocate lies in one place, mallopt(3): 1.7 MB less for each of them. */
const ONE_ARENA = { MALLOC_ARENA_MAX: "1" } as const;

/** Keywords without which a configuration does not need a process. */
const KEYWORD: Readonly<Record<ProcessName, string>> = {
  vrrp: "vrrp_instance",
  checkers: "virtual_server",
  bfd: "bfd_instance",
};

/** A shorter file is read before a process could have started, characters. */
const LONG = 64 * 1024;

/**
 * Starts processes, some of them ahead of time: one takes 0.1 s until it can be told anything, and in that time a long
 * configuration is read.
 */
export class Launcher {
  readonly #programs: Programs;
  readonly #ahead = new Map<ProcessName, ChildProcess>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  /** Starts what the text of a configuration file names, of these. It may turn out not to be wanted: `dismiss`. */
  lookAhead(text: string, names: readonly ProcessName[]): void {
    if (text.length < LONG) return;
    for (const name of names)
      if (!this.#ahead.has(name) && text.includes(KEYWORD[name])) this.#ahead.set(name, this.#fork(name));
  }

  /** A process that has been told nothing. */
  launch(name: ProcessName): ChildProcess {
    const child = this.#ahead.get(name);
    this.#ahead.delete(name);
    if (child === undefined || !child.connected || child.exitCode !== null || child.signalCode !== null)
      return this.#fork(name);
    return child;
  }

  /** The end of those that nobody launched: they have been told nothing, and have done nothing. */
  dismiss(): void {
    for (const child of this.#ahead.values()) child.kill("SIGKILL");
    this.#ahead.clear();
  }

  #fork(name: ProcessName): ChildProcess {
    // Neither they nor their scripts speak to systemd in our name.
    const { NOTIFY_SOCKET: _, ...environment } = process.env;
    const child = fork(this.#programs[name], [name], {
      execArgv: [...NODE_OPTIONS[name]],
      env: { ...environment, ...ONE_ARENA, ...preload() },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("error", () => {}); // who launches it hears of it; one that could not be started is not connected
    return child;
  }
}
