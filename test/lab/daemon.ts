import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { Journal, type Wait } from "./journal.ts";
import type { Lan } from "./lan.ts";
import { PROJECT, until, wallClock } from "./run.ts";

/** This project's daemon, or Debian's keepalived. */
export type Implementation = "ours" | "keepalived";

/** One line of a daemon's console, and when it arrived (wall clock). */
export interface LogLine {
  readonly at: Micros;
  readonly text: string;
}

/** The processes of a daemon beside its parent. */
export type Child = "vrrp" | "checkers" | "bfd";

export interface DirectorOptions {
  readonly node: string;
  readonly implementation: Implementation;
  readonly config: string; //                    path of keepalived.conf
  readonly options?: readonly string[]; //       more of them, such as -P
  readonly environment?: Readonly<Record<string, string>>; // more of it
  readonly quiet?: boolean; //                   without -D: a line for each announcement is work too
}

/** The states that a daemon reports, in Keepalived's words. */
export type Reported = "MASTER" | "BACKUP" | "FAULT";

/** A director that can be started, stopped, killed and started again; its log goes on over all of that. */
export class Director {
  readonly log: Journal<LogLine>;
  readonly node: string;
  readonly implementation: Implementation;
  readonly #lan: Lan;
  readonly #options: DirectorOptions;
  #process: ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);
  #startedAt = 0;

  constructor(lan: Lan, options: DirectorOptions) {
    this.#lan = lan;
    this.#options = options;
    this.node = options.node;
    this.implementation = options.implementation;
    this.log = new Journal(`${options.implementation} on ${lan.namespace(options.node)}`);
  }

  start(): void {
    this.#startedAt = this.log.mark();
    const { implementation, config, options = [], environment = {}, quiet = false } = this.#options;
    const program = implementation === "ours" ? [process.execPath, join(PROJECT, "dist/main.js")] : ["keepalived"];
    const files = ["-p", this.#pidFile("parent"), "-r", this.#pidFile("vrrp"), "-c", this.#pidFile("checkers")];
    files.push("-b", this.#pidFile("bfd"));
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const child = this.#lan.spawn(this.node, [
      ...(variables.length > 0 ? ["env", ...variables] : []),
      ...program,
      "-n",
      "-l",
      ...(quiet ? [] : ["-D"]),
      "-f",
      config,
      ...files,
      ...options,
    ]);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (text) => this.log.push({ at: wallClock(), text }));
    }
    this.#process = child;
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      const said = new Promise<void>((end) => child.on("close", () => end()));
      child.on("exit", (status, signal) => {
        // Its last words are still on their way; an orphan may hold the pipe open for longer.
        void Promise.race([said, sleep(500)]).then(() => resolve(signal === null ? (status ?? 1) : 128));
      });
    });
  }

  /** Waits for a line from `from` on. */
  async waitForLog(pattern: RegExp, wait: Wait = {}): Promise<LogLine> {
    return await this.log.waitFor(`line ${pattern}`, ({ text }) => pattern.test(text), wait);
  }

  /** Waits for `(INSTANCE) Entering STATE STATE`. */
  async waitForState(state: Reported, wait: Wait = {}): Promise<LogLine> {
    return await this.waitForLog(new RegExp(`\\) Entering ${state} STATE`), wait);
  }

  /** The state last reported since the last start. */
  get state(): Reported | undefined {
    const lines = this.log.entries
      .slice(this.#startedAt)
      .map(({ text }) => / Entering (MASTER|BACKUP|FAULT) STATE/.exec(text));
    return lines.findLast((match) => match !== null)?.[1] as Reported | undefined;
  }

  /** Clean stop by SIGTERM; the exit status. Rejects where the daemon does not end within 20 s. */
  async stop(): Promise<number> {
    this.#process?.kill("SIGTERM");
    const late = setTimeout(() => this.#kill(this.pids()), seconds(20) / 1000);
    const status = await this.#ended;
    clearTimeout(late);
    if (status === 128) throw new Error(`${this.node}: the daemon did not end after SIGTERM`);
    return status;
  }

  /** The parent gets a signal, by its number. */
  signal(number: number): void {
    if (this.#process?.pid !== undefined) process.kill(this.#process.pid, number);
  }

  /** SIGHUP: read the configuration again. */
  reload(): void {
    this.#process?.kill("SIGHUP");
  }

  /** The whole daemon dies at one stroke: no child is respawned and none sees its parent die first. */
  async killAll(): Promise<void> {
    const [parent, ...children] = this.pids();
    if (parent === undefined) return;
    process.kill(parent, "SIGSTOP");
    this.#kill(children);
    this.#kill([parent]);
    await this.#ended;
    // Somebody else must take leave of the children first: until then a daemon that starts again finds itself running.
    const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);
    await until("end of the children", async () => !children.some(isThere), seconds(5), milliseconds(2));
  }

  /** kill -9 of one child; its pid. */
  killChild(child: Child): number {
    const pid = this.childPid(child);
    if (pid === undefined) throw new Error(`${this.node}: no ${child} process`);
    process.kill(pid, "SIGKILL");
    return pid;
  }

  /** The pid in a child's pid file. */
  childPid(child: Child): number | undefined {
    return readPid(this.#pidFile(child));
  }

  /** Every process of the daemon, parent first; none after its end. */
  pids(): number[] {
    const parent = this.#process?.pid;
    return parent === undefined || !this.running ? [] : [parent, ...descendants(parent)];
  }

  /** Whether the daemon was started and has not ended. */
  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  #kill(pids: readonly number[]): void {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it was gone already
      }
    }
  }

  #pidFile(name: string): string {
    return join(this.#lan.folder, `${this.node}-${name}.pid`);
  }
}

type Elector = Pick<Director, "node" | "running" | "state" | "log">;

/** The first director master, the second backup. Rejects after `within`, or at once where a daemon has ended. */
export async function elected(master: Elector, backup: Elector, within: Micros): Promise<void> {
  await until(
    `${master.node} master and ${backup.node} backup`,
    async () => {
      for (const { running, node, log } of [master, backup])
        if (!running) throw new Error(`${node}: the daemon has ended; its last words: ${log.entries.at(-1)?.text}`);
      return master.state === "MASTER" && backup.state === "BACKUP";
    },
    within,
  );
}

/** A director, started. */
export function startDirector(lan: Lan, options: DirectorOptions): Director {
  const director = new Director(lan, options);
  director.start();
  return director;
}

function descendants(pid: number): number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

function children(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8").trim());
  } catch {
    return undefined;
  }
}
