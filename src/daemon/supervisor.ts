import type { Config } from "../config/model/model.ts";
import type { Reading } from "../config/read.ts";
import { claimPidFile, type PidFile } from "../io/pid-file.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import type { CheckersReport } from "../observe/report.ts";
import { objections } from "../plan/objections.ts";
import { planReload } from "../plan/plan.ts";
import { summaryOf } from "../plan/text.ts";
import { type Diagnostic, startStatus } from "../syntax/diagnostic.ts";
import { BfdVerdicts } from "./bfd-verdicts.ts";
import { ChildSlot } from "./child-slot.ts";
import { DbusService } from "./dbus-service.ts";
import { statistics, writeDump } from "./dump.ts";
import type { BfdReport, ChildOptions, VrrpReport } from "./messages.ts";
import { Notifier } from "./notifier.ts";
import type { Notify } from "./notify.ts";
import type { Options } from "./options.ts";
import { VERSION } from "./version.ts";

/** What the supervisor is given of the world. */
export interface SupervisorHost {
  readonly log: Log;
  readonly notify: Notify;
  /** Reads the configuration files as they are now. */
  readonly read: () => Reading;
  readonly programs: { readonly vrrp: string; readonly checkers: string; readonly bfd: string };
  /** Called once, when this is sure to be the one daemon and its processes are starting. */
  readonly starting: () => void;
  /** Called once, when the first configuration is in force. */
  readonly started: () => void;
}

const UNREADABLE = 6; // exit status: no file, or a refused include

/** Milliseconds that an orderly stop may take once it has been asked for twice. */
const IMPATIENCE = 1000;

/** The parent of the other processes: starts, reloads, replaces and stops them. It touches neither network nor IPVS. */
export class Supervisor {
  readonly #options: Options;
  readonly #host: SupervisorHost;
  readonly #vrrp: ChildSlot<VrrpReport>;
  readonly #checkers: ChildSlot<CheckersReport>;
  readonly #notifier: Notifier;
  readonly #bus: DbusService;
  readonly #bfd: ChildSlot<BfdReport>;
  readonly #verdicts = new BfdVerdicts();
  readonly #reloads = { applied: 0, refused: 0 };
  #running: Pick<Reading, "config" | "diagnostics"> | undefined; // what was put in force last
  #pidFile: PidFile | undefined;
  #busy = true; // starting or reloading: another reload has to wait
  #reloadWanted = false;
  #stopping = false;
  #stoppedAt = 0; // milliseconds, performance.now()
  #end: (status: number) => void = () => {};

  constructor(options: Options, host: SupervisorHost) {
    const { log, programs } = host;
    const { facility, respawn } = options;
    const shared = {
      log,
      facility,
      respawn,
      options: childOptions(options),
      ended: (status: number) => void this.#stop(status),
      nodeOptions: [],
      notify: () => {},
      bfdTurned: () => {},
    };
    this.#options = options;
    this.#host = host;
    this.#notifier = new Notifier(log);
    this.#bus = new DbusService({
      log,
      report: () => this.#vrrp.report,
      announce: (key) => this.#vrrp.order({ type: "announce", key }),
      printData: () => this.#dump(),
      printStatistics: () => this.#dumpStatistics(),
      clearStatistics: () => this.#vrrp.order({ type: "clear-counters" }),
      reload: () => this.#askReload(),
    });
    this.#vrrp = new ChildSlot({
      ...shared,
      notify: (notification) => {
        this.#notifier.tell("vrrp", notification);
        this.#bus.tell(notification.change);
      },
      process: "vrrp",
      title: "VRRP",
      program: programs.vrrp,
      pidFile: options.vrrpPidFile,
      bfd: () => this.#verdicts.known("vrrp"),
    });
    this.#checkers = new ChildSlot({
      ...shared,
      notify: (notification) => this.#notifier.tell("checkers", notification),
      process: "checkers",
      title: "Healthcheck",
      program: programs.checkers,
      pidFile: options.checkersPidFile,
      bfd: () => this.#verdicts.known("checkers"),
    });
    this.#bfd = new ChildSlot({
      ...shared,
      process: "bfd",
      title: "BFD",
      program: programs.bfd,
      nodeOptions: ["--single-threaded"], // see ARCHITECTURE.md
      pidFile: options.bfdPidFile,
      bfd: () => [],
      bfdTurned: (verdicts) => {
        const heard = this.#verdicts.heard(verdicts);
        this.#vrrp.tellBfd(heard.vrrp);
        this.#checkers.tellBfd(heard.checkers);
      },
    });
  }

  /** What the metrics page shows. */
  get observed(): Observed {
    return {
      version: VERSION,
      vrrp: this.#vrrp.report,
      checkers: this.#checkers.report,
      bfd: this.#bfd.report,
      children: [this.#vrrp, this.#checkers, this.#bfd].filter(({ wanted }) => wanted).map(({ observed }) => observed),
      reloads: this.#reloads,
    };
  }

  /** Runs until the end; the exit status. To be called once. */
  async run(): Promise<number> {
    const { log, read } = this.#host;
    const { configFile, dumpConfig } = this.#options;
    this.#listen();
    const reading = read();
    const unusable = startStatus(reading.diagnostics);
    if (unusable !== UNREADABLE) log.info("Configuration file {path}", { path: configFile });
    this.#say(reading.diagnostics);
    if (dumpConfig) this.#sayConfig(reading.config);
    const status = unusable ?? this.#claimPidFile() ?? (await this.#supervise(reading));
    this.#pidFile?.release();
    return status;
  }

  #claimPidFile(): number | undefined {
    const { log } = this.#host;
    const path = this.#options.pidFile;
    try {
      const claimed = claimPidFile(path);
      if (claimed !== "in use") {
        this.#pidFile = claimed;
        return undefined;
      }
      log.info("daemon is already running", { path });
      return 0;
    } catch (error) {
      log.error("cannot write pid file {path}: {error}", { path, error: String(error) });
      return 1;
    }
  }

  async #supervise(reading: Reading): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const alive = setInterval(() => {}, 2 ** 30); // signal handlers alone do not keep Node running
    this.#start(reading);
    const status = await ended;
    clearInterval(alive);
    return status;
  }

  #listen(): void {
    process.on("SIGTERM", () => this.#terminate());
    process.on("SIGINT", () => {
      if (this.#options.heedInterrupt) this.#terminate();
    });
    process.on("SIGHUP", () => this.#askReload());
    process.on("SIGUSR1", () => this.#dump());
    process.on("SIGUSR2", () => this.#dumpStatistics());
  }

  #askReload(): void {
    this.#reloadWanted = true;
    if (!this.#busy) this.#reload();
  }

  async #start({ config, diagnostics }: Reading): Promise<void> {
    const { log, notify, starting, started } = this.#host;
    this.#running = { config, diagnostics };
    const applied = this.#apply(config);
    starting();
    const atOnce = await applied;
    if (!atOnce) {
      this.#rest(); // the remedy may come as a reload
      while (!this.#stopping && !(await this.#inForce())) {}
    }
    if (this.#stopping) return;
    if (this.#checkers.wanted || this.#vrrp.wanted || this.#bfd.wanted) log.info("Startup complete");
    else log.warning("Warning - keepalived has no configuration to run");
    notify(["READY=1", `MAINPID=${process.pid}`]);
    started();
    if (atOnce) this.#rest();
  }

  /** A reload may not add errors: a reading that does so changes nothing. */
  async #reload(): Promise<void> {
    const { log, notify, read } = this.#host;
    this.#busy = true;
    this.#reloadWanted = false;
    log.info("Reloading ...");
    notify(["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
    const { config, diagnostics } = read();
    this.#say(diagnostics);
    const refused = objections(this.#running?.diagnostics ?? [], diagnostics);
    if (refused.length > 0) {
      this.#reloads.refused++;
      log.error("Reload refused: {errors} new errors; the configuration in force stays", { errors: refused.length });
    } else {
      this.#reloads.applied++;
      const { config: before = config } = this.#running ?? {};
      log.info("Reload plan: {summary}", { summary: summaryOf(planReload(before, config)) });
      this.#running = { config, diagnostics };
      const inForce = await this.#apply(config);
      if (this.#stopping) return;
      this.#bus.reloaded();
      if (inForce) log.info("Reload complete");
      else log.error("Reload not complete: a process died of it and is started again");
    }
    notify(["READY=1"]);
    this.#rest();
  }

  #rest(): void {
    this.#busy = false;
    if (this.#reloadWanted) this.#reload();
  }

  /** Starts, reloads or stops each process, as the configuration needs it. Whether that worked. */
  async #apply(config: Config): Promise<boolean> {
    const { everyChild, checkers, vrrp, bfd } = this.#options;
    this.#notifier.configure(config.global);
    const checkersNeeded = checkers && (everyChild || config.virtualServers.length > 0);
    const vrrpNeeded = vrrp && (everyChild || config.vrrpInstances.length > 0);
    const bfdNeeded = bfd && (everyChild || config.bfdInstances.length > 0);
    this.#verdicts.follow(config);
    if (vrrpNeeded) this.#bus.show(config);
    const done = await Promise.all([
      checkersNeeded ? this.#checkers.apply(config) : this.#checkers.stop(),
      vrrpNeeded ? this.#vrrp.apply(config) : this.#vrrp.stop(),
      bfdNeeded ? this.#bfd.apply(config) : this.#bfd.stop(),
    ]);
    if (!vrrpNeeded) this.#bus.close();
    return !done.includes(false);
  }

  async #inForce(): Promise<boolean> {
    const done = await Promise.all([this.#checkers.inForce(), this.#vrrp.inForce(), this.#bfd.inForce()]);
    return !done.includes(false);
  }

  /**
   * The first request stops in order; after the second, by whoever cannot wait, that may take a second in all. Not
   * less: who sends the same signal twice must not find the virtual addresses left behind.
   */
  #terminate(): void {
    if (!this.#stopping) {
      this.#stop(0);
      return;
    }
    const left = Math.max(0, this.#stoppedAt + IMPATIENCE - performance.now());
    setTimeout(() => {
      this.#host.log.warning("Stopping at once");
      this.#checkers.kill();
      this.#vrrp.kill();
      this.#notifier.hurry();
      this.#bfd.kill();
    }, left);
  }

  async #stop(status: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stoppedAt = performance.now();
    this.#host.log.info("Stopping");
    this.#host.notify(["STOPPING=1"]);
    await Promise.all([this.#checkers.stop(), this.#vrrp.stop(), this.#bfd.stop()]);
    this.#bus.close();
    await this.#notifier.close();
    this.#end(status);
  }

  #say(diagnostics: readonly Diagnostic[]): void {
    const { log } = this.#host;
    for (const { severity, code, message, span, help, keepalived } of diagnostics) {
      const { file, line, column } = span;
      const place = line === 0 ? "" : "({file}: Line {line}) ";
      const text = line === 0 ? (keepalived ?? message) : message;
      const fields = { file, line, column, code, message: text, help };
      const phrase = `${place}{message}${help === undefined ? "" : "; {help}"}`;
      if (severity === "error") log.error(phrase, fields);
      else if (severity === "warning") log.warning(phrase, fields);
      else log.info(phrase, fields);
    }
  }

  #sayConfig(config: Config): void {
    const masked = JSON.stringify(config, (key, value) => (key === "password" ? "********" : value), 1);
    for (const line of masked.split("\n")) this.#host.log.info("{line}", { line });
  }

  #dump(): void {
    const data = { ...this.observed, vrrpPid: this.#vrrp.pid, checkersPid: this.#checkers.pid, bfdPid: this.#bfd.pid };
    this.#write(
      "keepalived_parent.data",
      `${JSON.stringify({ ...data, vrrp: undefined, checkers: undefined, bfd: undefined }, null, 2)}\n`,
    );
    if (data.vrrp !== undefined) this.#write("keepalived.data", `${JSON.stringify(data.vrrp, null, 2)}\n`);
    if (data.checkers !== undefined)
      this.#write("keepalived_check.data", `${JSON.stringify(data.checkers, null, 2)}\n`);
    if (data.bfd !== undefined) this.#write("keepalived_bfd.data", `${JSON.stringify(data.bfd, null, 2)}\n`);
  }

  #dumpStatistics(): void {
    const { report } = this.#vrrp;
    if (report !== undefined) this.#write("keepalived.stats", statistics(report.instances));
  }

  #write(name: string, text: string): void {
    try {
      writeDump(name, text);
    } catch (error) {
      this.#host.log.warning("cannot write {name}: {error}", { name, error: String(error) });
    }
  }
}

function childOptions(options: Options): ChildOptions {
  const { detail, console, json, syslog, releaseVips, releaseIpvs } = options;
  return { detail, console, json, syslog, releaseVips, releaseIpvs };
}
