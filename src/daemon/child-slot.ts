import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import type { Notification } from "../base/notification.ts";
import { type Micros, milliseconds, seconds, toSeconds } from "../base/time.ts";
import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { ObservedChild } from "../observe/metric-scopes.ts";
import type { TrafficReport, TrafficWish } from "../observe/traffic.ts";
import type { ProcessName } from "./launcher.ts";
import type { BfdVerdict, ChildOptions, DumpRequest, FromChild, ToChild, VrrpOrder } from "./messages.ts";
import { died, FRESH, permanentError } from "./respawn.ts";
import { TrafficAnswers } from "./traffic-answers.ts";
import { Waiting } from "./waiting.ts";

/** A process that the supervisor may keep, whether or not the configuration needs it now. */
export interface ChildSettings {
  readonly process: ProcessName; // metric label
  readonly title: "VRRP" | "Healthcheck" | "BFD"; // as Keepalived's log calls it
  readonly launch: () => ChildProcess; // one that has been told nothing
  readonly pidFile: string;
  readonly options: ChildOptions;
  readonly facility: number;
  readonly respawn: boolean;
  readonly log: Log;
  /** The process wants operators to be told. */
  readonly notify: (notification: Notification) => void;
  readonly bfd: () => readonly BfdVerdict[]; // what a new process is told of BFD sessions
  readonly bfdTurned: (verdicts: readonly BfdVerdict[]) => void; // what the bfd process tells
  readonly dump: (what: DumpRequest) => void; // a signal asked the process for a file
  /** It cannot run (status 1, 2, 4), or must not be started again (0): the daemon has to stop with `status`. */
  readonly ended: (status: number) => void;
}

/** Keepalived differs: with `child_wait_time 0` it kills before the virtual addresses are gone (seen with 2.2.7). */
const LEAST_WAIT = seconds(1);
const LONGEST_TIMEOUT = 2 ** 31 - 1; // milliseconds, of Node's timers
const LATE = 1000; // milliseconds for an answer

/** A child that stopped in order was sent SIGTERM by somebody who may be sending it to us as well. */
const HEAR_OURSELVES = milliseconds(100);

/**
 * One child: started, configured, started again when it dies, stopped. Its last report outlives it, for the next one
 * to go on from.
 */
export class ChildSlot<Report> {
  readonly #settings: ChildSettings;
  #wanted: Config | undefined; // undefined: it need not run
  #sent: Config | undefined; // what the child was told last
  #answered = false; // it has put that in force
  #child: ChildProcess | undefined;
  #stopping = false;
  #startedAt: Micros = 0;
  #ready = false;
  #report: Report | undefined;
  #backoff = FRESH;
  #restarts = 0;
  #respawn: NodeJS.Timeout | undefined;
  #outcome: ((inForce: boolean) => void)[] = [];
  #gone: ((dead: boolean) => void)[] = [];
  readonly #asked = new Waiting<boolean>(); // for a report
  readonly #traffic = new TrafficAnswers();

  constructor(settings: ChildSettings) {
    this.#settings = settings;
  }

  /** What the process last said of itself; of its predecessor's life until it has said something. */
  get report(): Report | undefined {
    return this.#report;
  }

  get wanted(): boolean {
    return this.#wanted !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get observed(): ObservedChild {
    return { process: this.#settings.process, up: this.#ready, restarts: this.#restarts };
  }

  /** Tells the process of BFD sessions that have turned. */
  tellBfd(verdicts: readonly BfdVerdict[]): void {
    if (verdicts.length > 0) this.#tell({ type: "bfd", verdicts });
  }

  /** Tells the vrrp process what an operator wants done. */
  order(order: VrrpOrder): void {
    this.#tell({ type: "order", order });
  }

  /**
   * The state of the process now, and not up to 100 ms ago; the last that it said, where it does not answer within a
   * second. With `clear` its statistics begin at zero behind that.
   */
  async ask({ clear = false } = {}): Promise<Report | undefined> {
    if (this.#child === undefined || !this.#ready || this.#stopping) return this.#report;
    this.#tell({ type: "ask", clear });
    await this.#asked.next(LATE, false);
    return this.#report;
  }

  /** What the kernel counted of its services, now; undefined where it does not answer within ten seconds. */
  async traffic(wish: TrafficWish): Promise<TrafficReport | undefined> {
    if (this.#child === undefined || !this.#ready || this.#stopping) return undefined;
    this.#tell({ type: "traffic", wish });
    return await this.#traffic.next();
  }

  /** Starts the process with `config`, or reloads it. Resolves as `inForce`. */
  apply(config: Config): Promise<boolean> {
    this.#wanted = config;
    const inForce = this.inForce();
    clearTimeout(this.#respawn); // a new configuration is worth a try at once
    this.#respawn = undefined;
    if (this.#child === undefined) this.#start();
    else if (this.#answered) this.#reload(config);
    return inForce;
  }

  /** Resolves when the configuration applied last is in force: true; or when the process dies before that: false. */
  inForce(): Promise<boolean> {
    if (this.#wanted === undefined || (this.#answered && this.#wanted === this.#sent)) return Promise.resolve(true);
    return new Promise((resolve) => this.#outcome.push(resolve));
  }

  /** The configuration needs the process no more: it learns that, and so tells what goes, and stops. Resolves as `stop`. */
  async retire(config: Config): Promise<boolean> {
    if (this.#ready && this.#wanted !== undefined) await this.apply(config);
    return this.stop();
  }

  /** Orderly stop, by force after `child_wait_time`. Resolves, with true, when the process is gone. */
  stop(): Promise<boolean> {
    const { childWait = seconds(5) } = this.#wanted?.global.daemon ?? {};
    this.#wanted = undefined;
    this.#report = undefined;
    this.#backoff = FRESH;
    clearTimeout(this.#respawn);
    this.#respawn = undefined;
    wake(this.#outcome, true);
    const child = this.#child;
    if (child === undefined) return Promise.resolve(true);
    const gone = new Promise<boolean>((resolve) => this.#gone.push(resolve));
    if (this.#stopping) return gone;
    this.#stopping = true;
    child.kill("SIGTERM");
    const patience = Math.min(Math.max(childWait, LEAST_WAIT) / 1000, LONGEST_TIMEOUT);
    const forced = setTimeout(() => {
      this.#settings.log.error("{process} process failed to die - forcing termination", {
        process: this.#settings.process,
      });
      child.kill("SIGKILL");
    }, patience);
    child.once("exit", () => clearTimeout(forced));
    return gone;
  }

  /** The end at once, for who cannot wait. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  #start(): void {
    const { log, title, launch, options, facility, pidFile } = this.#settings;
    const config = this.#wanted;
    this.#respawn = undefined;
    if (config === undefined) return;
    this.#startedAt = now();
    const child = launch();
    this.#child = child;
    child.on("message", (message) => this.#hear(message as FromChild<Report>));
    child.once("close", (status, signal) => this.#died(status, signal)); // after its last message
    child.once("error", (error) => {
      log.error("{title} child process: {error}", { title, error: error.message });
      if (child.pid === undefined) this.#died(null, null);
    });
    log.info("Starting {title} child process, pid={child}", { title, child: child.pid });
    this.#tell({
      type: "configure",
      config,
      options,
      facility,
      pidFile,
      adopted: this.#report,
      bfd: this.#settings.bfd(),
    });
    this.#sent = config;
  }

  #reload(config: Config): void {
    this.#answered = false;
    this.#sent = config;
    this.#tell({ type: "reload", config });
  }

  #hear(message: FromChild<Report>): void {
    if (message.type === "report") {
      if (!this.#stopping) this.#report = message.report;
      if (message.asked) this.#asked.wake(true);
      return;
    }
    if (message.type === "traffic" || message.type === "traffic-end") {
      this.#traffic.hear(message);
      return;
    }
    if (message.type === "dump") {
      this.#settings.dump(message.what);
      return;
    }
    if (message.type === "notify") {
      this.#settings.notify(message.notification);
      return;
    }
    if (message.type === "bfd") {
      if (!this.#stopping) this.#settings.bfdTurned(message.verdicts);
      return;
    }
    this.#ready = true;
    this.#answered = true;
    if (this.#wanted === this.#sent) wake(this.#outcome, true);
    else if (this.#wanted !== undefined && !this.#stopping) this.#reload(this.#wanted);
  }

  #tell(message: ToChild<Report>): void {
    this.#child?.send(message, () => {}); // a child that cannot hear is about to be found dead
  }

  #died(status: number | null, signal: string | null): void {
    const { log, pidFile } = this.#settings;
    const pid = this.#child?.pid;
    const asked = this.#stopping;
    if (!this.#ready) this.#report = undefined; // it may be what the process died of
    this.#child = undefined;
    this.#stopping = false;
    this.#ready = false;
    this.#answered = false;
    if (pid !== undefined) removePidFile(pidFile, pid);
    wake(this.#gone, true);
    this.#asked.wake(false);
    this.#traffic.end();
    if (asked) {
      this.#start(); // if it has become wanted again meanwhile
      return;
    }
    if (signal !== null) log.error("pid {child} exited due to signal {signal}", { child: pid, signal });
    if (signal === "SIGXCPU")
      log.error("pid {child} used the processor in real time for too long without a pause: rlimit_rttime", {
        child: pid,
      });
    wake(this.#outcome, false);
    const error = permanentError(status);
    if (error === undefined) {
      this.#replace(pid, status);
    } else {
      log.error("pid {child} exited with permanent error {error}. Terminating", { child: pid, error });
      this.#settings.ended(status ?? 0);
    }
  }

  #replace(pid: number | undefined, status: number | null): void {
    const { log, title, respawn, ended } = this.#settings;
    const next = respawn ? "Respawning" : "Exiting";
    log.error("{title} child process({child}) died: {next}", { title, child: pid, next, status: status ?? undefined });
    if (!respawn) {
      ended(0);
      return;
    }
    const { backoff, delay } = died(this.#backoff, now() - this.#startedAt);
    const wait = status === 0 ? Math.max(delay, HEAR_OURSELVES) : delay;
    const pause = toSeconds(wait);
    this.#backoff = backoff;
    this.#restarts++;
    log.info("Restart of {title} process delayed {seconds} seconds to limit respawn rate", { title, seconds: pause });
    if (wait === 0) this.#start();
    else this.#respawn = setTimeout(() => this.#start(), wait / 1000);
  }
}

/** Calls and forgets everyone who waits. */
function wake<T>(waiting: ((value: T) => void)[], value: T): void {
  for (const resolve of waiting.splice(0)) resolve(value);
}

/** Removes what a process that had to be killed left behind; not a file that another one has written. */
function removePidFile(path: string, pid: number): void {
  try {
    if (readFileSync(path, "utf8").trim() === String(pid)) rmSync(path);
  } catch {
    // it removed it itself
  }
}

/** CLOCK_MONOTONIC. */
function now(): Micros {
  return Number(process.hrtime.bigint() / 1000n);
}
