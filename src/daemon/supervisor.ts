import type { Config } from "../config/model/model.ts";
import type { Reading } from "../config/read.ts";
import { claimPidFile, type PidFile } from "../io/pid-file.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import { fixedWhileRunning, objections } from "../plan/objections.ts";
import { planReload } from "../plan/plan.ts";
import { summaryOf } from "../plan/text.ts";
import { startStatus } from "../syntax/diagnostic.ts";
import { Children, type Programs } from "./children.ts";
import { hearDumpSignals } from "./dump-signals.ts";
import { Dumps } from "./dumps.ts";
import { Notifier } from "./notifier.ts";
import type { Notify } from "./notify.ts";
import type { Options } from "./options.ts";
import { makePidFolder, removePidFolder } from "./pid-folder.ts";
import { sayConfig, sayDiagnostics } from "./say-config.ts";
import type { ServiceFiles } from "./service-files.ts";
import { VERSION } from "./version.ts";

/** What the supervisor is given of the world. */
export interface SupervisorHost {
  readonly log: Log;
  readonly notify: Notify;
  readonly files: ServiceFiles;
  readonly first: Reading; // of the configuration files, to start with
  /** Reads the configuration files as they are now. */
  readonly read: () => Reading;
  readonly programs: Programs;
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
  readonly #notifier: Notifier;
  readonly #children: Children;
  readonly #dumps: Dumps;
  readonly #reloads = { applied: 0, refused: 0 };
  #running: Pick<Reading, "config" | "diagnostics"> | undefined; // what was put in force last
  #pidFile: PidFile | undefined;
  #busy = true; // starting or reloading: another reload has to wait
  #reloadWanted = false;
  #stopping = false;
  #stoppedAt = 0; // milliseconds, performance.now()
  #end: (status: number) => void = () => {};

  constructor(options: Options, host: SupervisorHost) {
    const { log, programs, files } = host;
    this.#options = options;
    this.#host = host;
    this.#notifier = new Notifier(log);
    this.#children = new Children(options, files, {
      log,
      programs,
      notifier: this.#notifier,
      ended: (status) => void this.#stop(status),
      dump: (what) => void this.#dumps.write(what),
    });
    this.#dumps = new Dumps(log, () => ({
      children: this.#children,
      observed: this.observed,
      config: this.#running?.config,
    }));
  }

  /** What the metrics page shows. */
  get observed(): Observed {
    const { vrrp, checkers, bfd, observed } = this.#children;
    return {
      version: VERSION,
      vrrp: vrrp.report,
      checkers: checkers.report,
      bfd: bfd.report,
      children: observed,
      reloads: this.#reloads,
    };
  }

  /** Runs until the end; the exit status. To be called once. */
  async run(): Promise<number> {
    const { log, first: reading, files } = this.#host;
    const { configFile, dumpConfig } = this.#options;
    this.#listen();
    const unusable = startStatus(reading.diagnostics);
    if (unusable !== UNREADABLE) log.info("Configuration file {path}", { path: configFile });
    sayDiagnostics(log, reading.diagnostics);
    if (dumpConfig) sayConfig(log, reading.config);
    const status = unusable ?? this.#claimPidFile() ?? (await this.#supervise(reading));
    this.#pidFile?.release();
    if (files.folder !== undefined) removePidFolder(files.folder);
    return status;
  }

  #claimPidFile(): number | undefined {
    const { log, files } = this.#host;
    const { pidFile: path, folder } = files;
    try {
      if (folder !== undefined) makePidFolder(folder);
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
    process.on("SIGHUP", () => {
      this.#reloadWanted = true;
      if (!this.#busy) this.#reload();
    });
    hearDumpSignals((what) => void this.#dumps.write(what));
  }

  async #start({ config, diagnostics }: Reading): Promise<void> {
    const { log, notify, starting, started } = this.#host;
    this.#running = { config, diagnostics };
    const applied = this.#apply(config);
    starting();
    const atOnce = await applied;
    if (!atOnce) {
      this.#rest(); // the remedy may come as a reload
      while (!this.#stopping && !(await this.#children.inForce())) {}
    }
    if (this.#stopping) return;
    if (this.#children.wanted) log.info("Startup complete");
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
    sayDiagnostics(log, diagnostics);
    const refused = objections(this.#running?.diagnostics ?? [], diagnostics);
    const fixed = this.#running === undefined ? [] : fixedWhileRunning(this.#running.config, config);
    for (const what of fixed) log.error("Cannot change {what} at a reload - please restart", { what });
    if (refused.length > 0 || fixed.length > 0) {
      this.#reloads.refused++;
      const errors = refused.length + fixed.length;
      log.error("Reload refused: {errors} new errors; the configuration in force stays", { errors });
    } else {
      this.#reloads.applied++;
      const { config: before = config } = this.#running ?? {};
      log.info("Reload plan: {summary}", { summary: summaryOf(planReload(before, config)) });
      this.#running = { config, diagnostics };
      const inForce = await this.#apply(config);
      if (this.#stopping) return;
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

  async #apply(config: Config): Promise<boolean> {
    this.#notifier.configure(config.global);
    return await this.#children.apply(config);
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
      this.#children.kill();
      this.#notifier.hurry();
    }, left);
  }

  async #stop(status: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stoppedAt = performance.now();
    this.#host.log.info("Stopping");
    this.#host.notify(["STOPPING=1"]);
    await this.#children.stop();
    await this.#notifier.close();
    this.#end(status);
  }
}
