import { seconds } from "../base/time.ts";
import type { Config } from "../config/model/model.ts";
import type { Reading } from "../config/read.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import { startStatus } from "../syntax/diagnostic.ts";
import { Children } from "./children.ts";
import { DaemonScript } from "./daemon-script.ts";
import { DbusService } from "./dbus-service.ts";
import { hearDumpSignals } from "./dump-signals.ts";
import { Dumps } from "./dumps.ts";
import type { Launcher } from "./launcher.ts";
import { Notifier } from "./notifier.ts";
import type { Notify } from "./notify.ts";
import type { Options } from "./options.ts";
import { type InForce, mayReload } from "./reload.ts";
import { ReloadFiles } from "./reload-files.ts";
import { ReloadSchedule } from "./reload-schedule.ts";
import { sayConfig, sayDiagnostics } from "./say-config.ts";
import { nameAndMask } from "./scheduling.ts";
import type { ServiceFiles } from "./service-files.ts";
import { claimService } from "./service-pid.ts";
import { Snmp } from "./snmp.ts";
import { monotonicNow } from "./snmp-view.ts";
import { Traffic } from "./traffic.ts";
import { VERSION } from "./version.ts";

/** What the supervisor is given of the world. */
export interface SupervisorHost {
  readonly log: Log;
  readonly notify: Notify;
  readonly files: ServiceFiles;
  readonly first: Reading; // of the configuration files, to start with
  /** Reads the configuration files as they are now. */
  readonly read: () => Reading;
  /** What stood in the files that were read last. */
  readonly text: () => string;
  readonly launcher: Launcher;
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
  readonly #traffic: Traffic;
  readonly #snmp: Snmp;
  readonly #bus: DbusService;
  readonly #children: Children;
  readonly #dumps: Dumps;
  readonly #poller = new Poller();
  readonly #script: DaemonScript;
  readonly #schedule: ReloadSchedule;
  readonly #files: ReloadFiles;
  readonly #reloads = { applied: 0, refused: 0 };
  #running: InForce | undefined; // what was put in force last
  #busy = true; // starting or reloading: another reload has to wait
  #reloadWanted = false;
  #stopping = false;
  #stoppedAt = 0; // milliseconds, performance.now()
  #end: (status: number) => void = () => {};

  constructor(options: Options, host: SupervisorHost) {
    const { log, launcher, files } = host;
    this.#options = options;
    this.#host = host;
    this.#notifier = new Notifier(log);
    this.#traffic = new Traffic({ now: monotonicNow, ask: (wish) => this.#children.checkers.traffic(wish) });
    this.#snmp = new Snmp(log, {
      reports: () => {
        const { vrrp, checkers, bfd } = this.#children;
        return { vrrp: vrrp.report, checkers: checkers.report, bfd: bfd.report, traffic: this.#traffic.known };
      },
      refresh: (ages) => this.#traffic.refresh(ages),
    });
    this.#bus = new DbusService({
      log,
      report: () => this.#children.vrrp.report,
      announce: (key) => this.#children.vrrp.order({ type: "announce", key }),
      printData: () => void this.#dumps.write("data", { said: true }),
      printStatistics: ({ clear }) => void this.#dumps.write(clear ? "stats-clear" : "stats", { said: true }),
      reload: () => this.#wantReload(),
    });
    this.#children = new Children(options, files, {
      log,
      launcher,
      notify: (origin, notification) => {
        this.#notifier.tell(origin, notification);
        this.#snmp.tell(notification);
        this.#bus.tell(notification.change);
      },
      ended: (status) => void this.#stop(status),
      dump: (what) => void this.#dumps.write(what),
    });
    this.#dumps = new Dumps(log, files, () => ({
      children: this.#children,
      observed: this.observed,
      config: this.#running?.config,
    }));
    this.#script = new DaemonScript({ poller: this.#poller, clock: new Clock(this.#poller), log });
    this.#schedule = new ReloadSchedule(this.#poller, log, () => this.#wantReload());
    this.#files = new ReloadFiles(log, files.reloadMarker);
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
      traffic: this.#traffic.known,
      reloads: this.#reloads,
    };
  }

  /** The same with what the kernel has counted until now, or a second ago. */
  async scrape(): Promise<Observed> {
    await this.#traffic.refresh({ services: seconds(1), servers: seconds(1) });
    return this.observed;
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
    if (unusable !== undefined) return unusable;
    const claimed = claimService(files, log);
    if (typeof claimed === "number") return claimed;
    const status = await this.#supervise(reading);
    claimed.release();
    return status;
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
    process.on("SIGHUP", () => this.#wantReload());
    hearDumpSignals((what) => void this.#dumps.write(what));
  }

  async #start({ config, diagnostics }: Reading): Promise<void> {
    const { log, notify, starting, started } = this.#host;
    this.#running = { config, diagnostics };
    this.#files.keepConfig(config.global, this.#host.text());
    await this.#script.run("startup", config.global.startupScript, config.global);
    if (this.#stopping) return;
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

  #wantReload(): void {
    this.#reloadWanted = true;
    if (!this.#busy) this.#reload();
  }

  /** A reload may not add errors: a reading that does so changes nothing. */
  async #reload(): Promise<void> {
    const { log, notify, read } = this.#host;
    this.#busy = true;
    this.#reloadWanted = false;
    log.info("Reloading ...");
    notify(["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
    const next = this.#files.marked(this.#running?.config.global, read);
    const { config, diagnostics } = next;
    sayDiagnostics(log, diagnostics);
    const running = this.#running ?? next;
    this.#files.checked(running.config.global, diagnostics);
    if (mayReload(running, next, log)) {
      this.#reloads.applied++;
      await this.#keepStates("pre");
      if (this.#stopping) return;
      this.#running = { config, diagnostics };
      this.#files.keepConfig(config.global, this.#host.text());
      const inForce = await this.#apply(config);
      if (this.#stopping) return;
      this.#bus.reloaded();
      await this.#keepStates("post");
      if (inForce) log.info("Reload complete");
      else log.error("Reload not complete: a process died of it and is started again");
    } else this.#reloads.refused++;
    notify(["READY=1"]);
    this.#rest();
  }

  #rest(): void {
    this.#busy = false;
    if (this.#reloadWanted) this.#reload();
  }

  async #apply(config: Config): Promise<boolean> {
    nameAndMask(config.global.daemon.name, this.#options.umask ?? config.global.daemon.umask);
    this.#notifier.configure(config.global);
    this.#snmp.configure(config);
    this.#schedule.configure(config.global.reload);
    const speaksVrrp = this.#children.needVrrp(config);
    if (speaksVrrp) this.#bus.show(config);
    const done = await this.#children.apply(config);
    if (!speaksVrrp) this.#bus.close();
    return done;
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
      this.#script.kill();
    }, left);
  }

  async #stop(status: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stoppedAt = performance.now();
    this.#host.log.info("Stopping");
    this.#host.notify(["STOPPING=1"]);
    this.#schedule.close();
    this.#script.kill(); // one of the start
    await this.#children.stop();
    this.#bus.close();
    await Promise.all([this.#notifier.close(), this.#snmp.close()]);
    const global = this.#running?.config.global;
    if (global !== undefined) await this.#script.run("shutdown", global.shutdownScript, global);
    this.#end(status);
  }

  /** `config_save_dir`: what the processes know, for who looks for what a reload broke. */
  async #keepStates(when: "pre" | "post"): Promise<void> {
    const { global } = this.#running?.config ?? {};
    if (global?.daemon.configSaveDirectory === undefined) return;
    for (const state of await this.#dumps.states()) this.#files.keepState(global, { ...state, when });
  }
}
