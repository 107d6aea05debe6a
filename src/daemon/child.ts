import "./no-inspector.ts";
import type { Notification } from "../base/notification.ts";
import { type Micros, seconds } from "../base/time.ts";
import type { Config } from "../config/model/model.ts";
import { claimPidFile, type PidFile } from "../io/pid-file.ts";
import { callProcess } from "../io/process-name.ts";
import { dieWithParent } from "../io/realtime.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import { ChildNotify } from "./child-notify.ts";
import { hearDumpSignals } from "./dump-signals.ts";
import type { BfdVerdict, ChildOptions, FromChild, ToChild, VrrpOrder } from "./messages.ts";
import { openLog } from "./open-log.ts";
import { nameAndMask, OwnScheduling } from "./scheduling.ts";
import { Throttle } from "./throttle.ts";

/** A program that the supervisor runs as a process of its own: `vrrp-process.ts`, `checkers-process.ts`, `bfd-process.ts`. */
export interface Program<Report> {
  readonly ident: "Keepalived_vrrp" | "Keepalived_healthcheckers" | "Keepalived_bfd"; // in syslog and JSON lines
  /**
   * Puts the first configuration in force. What it throws (or rejects with) ends the process: `PermanentFailure` with
   * its own status, a refusal for want of permission (EPERM, EACCES) with 4, after both of which the whole daemon stops;
   * anything else with 70, and the supervisor starts another.
   */
  start(context: ProgramContext<Report>): Running<Report> | Promise<Running<Report>>;
}

/** What a program is started with. */
export interface ProgramContext<Report> {
  readonly config: Config;
  readonly options: ChildOptions;
  readonly adopted: Report | undefined; // the last report of the process that died before this one
  readonly bfd: readonly BfdVerdict[]; // what is known of BFD sessions; a session that is not named is down
  readonly log: Log;
  /** Tells those who follow BFD sessions, at once. */
  readonly tellBfd: (verdicts: readonly BfdVerdict[]) => void;
  /** A timer fired 10 ms late or more: the process did not run, or was busy. */
  readonly late: (late: Micros) => void;
  /** To be called whenever `report()` would answer something new; cheap: reports leave at most every 100 ms. */
  readonly changed: () => void;
  /** The same where it is a matter of numbers alone, that nobody waits for: it leaves within two seconds. */
  readonly counted: () => void;
  /** Operators are told, by the supervisor; in the order of the calls. */
  readonly notify: (notification: Notification) => void;
}

/** A started program. */
export interface Running<Report> {
  /** Applies a new, valid configuration as a difference. Never called again before it has finished. */
  reload(config: Config): void | Promise<void>;
  /** What statistics count begins at zero. */
  clear?(): void;
  /** What the kernel counted of its services, read now, part by part. Each may throw. */
  traffic?(wish: TrafficWish): Iterable<readonly ServiceTraffic[]>;
  /** Some BFD sessions are up or down now; others are as before. */
  bfd?(verdicts: readonly BfdVerdict[]): void;
  /** An operator wants something done. */
  order?(order: VrrpOrder): void;
  /** Leaves the network and the kernel as configured; the process exits when it is done. Called once. */
  stop(): void | Promise<void>;
  /** The state of things now; must stay callable during and after `stop()`. */
  report(): Report;
}

/** Ends the process, and the whole daemon, with `status`: 1 fatal, 2 configuration, 4 missing permission. */
export class PermanentFailure extends Error {
  readonly status: 1 | 2 | 4;

  constructor(status: 1 | 2 | 4, message: string) {
    super(message);
    this.status = status;
  }
}

const WHICH = { Keepalived_vrrp: "vrrp", Keepalived_healthcheckers: "checkers", Keepalived_bfd: "bfd" } as const;
const INTERNAL_ERROR = 70; // EX_SOFTWARE of sysexits.h
const LONGEST_STOP = 1000; // milliseconds more than the supervisor waits, child_wait_time

/**
 * Runs a program as a child of the supervisor, until SIGTERM or until the supervisor is gone. To be called once, as the
 * last thing of the process's entry file.
 */
export function runChild<Report>(program: Program<Report>): void {
  callProcess(["keepalived", ...process.argv.slice(2)]);
  for (const name of ["LD_PRELOAD", "MALLOC_ARENA_MAX"]) delete process.env[name]; // in force; not for what we start ourselves
  let log: Log | undefined;
  let scheduling: OwnScheduling | undefined;
  let umask: number | undefined; // -u
  let pidFile: PidFile | undefined;
  let running: Promise<Running<Report>> | undefined;
  let stopping = false;
  let childWait = seconds(5);
  const origin = program.ident === "Keepalived_vrrp" ? "vrrp" : "checkers";
  const notifications = new ChildNotify(origin, (notification, taken) => tell({ type: "notify", notification }, taken));

  // SIGHUP and SIGINT go to the whole terminal group; the supervisor hears them too and passes on what they mean.
  for (const signal of ["SIGHUP", "SIGINT"] as const) process.on(signal, () => {});
  hearDumpSignals((what) => tell({ type: "dump", what }));
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.on("message", (message) => {
    hear(message as ToChild<Report>).catch(fail);
  });
  const untied = dieWithParent();
  if (untied !== undefined) fail(untied);

  async function hear(message: ToChild<Report>): Promise<void> {
    if ("config" in message) childWait = message.config.global.daemon.childWait;
    switch (message.type) {
      case "configure":
        running = start(message);
        await running;
        tell({ type: "ready" });
        break;
      case "reload":
        log?.info("Reloading");
        if (log !== undefined) notifications.configure(message.config.global, log);
        prepare(message.config);
        await (await running)?.reload(message.config);
        scheduling?.engage();
        tell({ type: "reloaded" });
        break;
      case "ask": {
        const it = await running;
        if (it !== undefined) tell({ type: "report", report: it.report(), asked: true });
        if (message.clear) it?.clear?.();
        break;
      }
      case "traffic":
        await tellTraffic(await running, message.wish);
        break;
      case "bfd":
        (await running)?.bfd?.(message.verdicts);
        break;
      case "order":
        (await running)?.order?.(message.order);
    }
  }

  async function tellTraffic(it: Running<Report> | undefined, wish: TrafficWish): Promise<void> {
    try {
      for (const part of it?.traffic?.(wish) ?? []) {
        tell({ type: "traffic", part });
        await new Promise(setImmediate);
      }
      tell({ type: "traffic-end", read: true });
    } catch (error) {
      log?.detail("{error}", { error: String(error) });
      tell({ type: "traffic-end", read: false }); // the next one who asks may be luckier
    }
  }

  async function start(message: ToChild<Report> & { type: "configure" }): Promise<Running<Report>> {
    const { config, options, adopted, bfd } = message;
    let started: Running<Report> | undefined;
    log = await openLog(`${program.ident}${options.suffix}`, {
      ...options,
      facility: message.facility,
      afterTurn: () => started !== undefined, // to start takes long, and nothing is in a hurry
    });
    scheduling = new OwnScheduling(WHICH[program.ident], log);
    umask = options.umask;
    prepare(config);
    pidFile = claim(message.pidFile, log);
    notifications.configure(config.global, log);
    const reports = new Throttle((finished) => {
      running?.then(
        (it) => tell({ type: "report", report: it.report(), asked: false }, finished),
        () => {},
      );
    });
    started = await program.start({
      config,
      options,
      adopted,
      bfd,
      log,
      tellBfd: (verdicts) => tell({ type: "bfd", verdicts }),
      late: (late) => scheduling?.late(late),
      changed: () => reports.request(),
      counted: () => reports.requestInTime(),
      notify: (notification) => notifications.tell(notification),
    });
    scheduling.engage();
    return started;
  }

  function prepare({ global: { daemon } }: Config): void {
    nameAndMask(daemon[WHICH[program.ident]].name, umask ?? daemon.umask);
    scheduling?.prepare(daemon);
  }

  function stop(): void {
    if (stopping) return;
    stopping = true;
    scheduling?.pause();
    notifications.stop();
    setTimeout(() => process.exit(INTERNAL_ERROR), Math.min(childWait / 1000 + LONGEST_STOP, 2 ** 31 - 1)).unref();
    finish().then(() => process.exit(0), fail);
  }

  async function finish(): Promise<void> {
    await (await running)?.stop();
    await notifications.close();
    log?.info("Stopped");
    pidFile?.release();
  }

  function fail(error: unknown): void {
    const status = exitStatus(error);
    const text = error instanceof Error ? error.message : String(error);
    if (status !== INTERNAL_ERROR) log?.error("{error}", { error: text });
    else log?.error("internal error: {error}", { error: error instanceof Error ? (error.stack ?? text) : text });
    pidFile?.release();
    process.exit(status);
  }

  function tell(message: FromChild<Report>, sent: () => void = () => {}): void {
    if (process.connected) process.send?.(message, undefined, undefined, sent);
  }
}

function exitStatus(error: unknown): number {
  if (error instanceof PermanentFailure) return error.status;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPERM" || code === "EACCES" ? 4 : INTERNAL_ERROR;
}

function claim(path: string, log: Log): PidFile | undefined {
  try {
    const file = claimPidFile(path);
    if (file !== "in use") return file;
    log.warning("pid file {path} belongs to another process", { path });
  } catch (error) {
    log.warning("cannot write pid file {path}: {error}", { path, error: String(error) });
  }
  return undefined;
}
