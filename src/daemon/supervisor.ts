import type { Diagnostic } from "../config/diagnostic.ts";
import type { Config } from "../config/model.ts";
import type { Reading } from "../config/read.ts";
import { claimPidFile, type PidFile } from "../io/pid-file.ts";
import type { Log } from "../observe/log.ts";
import type { Observed } from "../observe/metric-scopes.ts";
import { ChildSlot } from "./child-slot.ts";
import { statistics, writeDump } from "./dump.ts";
import type { CheckersReport, VrrpReport } from "./messages.ts";
import type { Notify } from "./notify.ts";
import type { Options } from "./options.ts";
import { objections } from "./reload-policy.ts";
import { KEEPALIVED_VERSION, VERSION } from "./version.ts";

/** What the supervisor is given of the world. */
export interface SupervisorHost {
  readonly log: Log;
  readonly notify: Notify;
  /** Reads the configuration files as they are now. */
  readonly read: () => Reading;
  readonly programs: { readonly vrrp: string; readonly checkers: string };
  /** Called once, when the first configuration is in force. */
  readonly started: () => void;
}

/** The parent of the two processes: starts, reloads, replaces and stops them. It touches neither network nor IPVS. */
export class Supervisor {
  readonly #options: Options;
  readonly #host: SupervisorHost;
  readonly #vrrp: ChildSlot<VrrpReport>;
  readonly #checkers: ChildSlot<CheckersReport>;
  readonly #reloads = { applied: 0, refused: 0 };
  #diagnostics: readonly Diagnostic[] = [];
  #pidFile: PidFile | undefined;
  #busy = true; // starting or reloading: another reload has to wait
  #reloadWanted = false;
  #stopping = false;
  #end: (status: number) => void = () => {};

  constructor(options: Options, host: SupervisorHost) {
    const { log, programs } = host;
    const { facility, respawn } = options;
    const shared = { log, facility, respawn, options, ended: (status: number) => void this.#stop(status) };
    this.#options = options;
    this.#host = host;
    this.#vrrp = new ChildSlot({
      ...shared,
      process: "vrrp",
      title: "VRRP",
      program: programs.vrrp,
      pidFile: options.vrrpPidFile,
    });
    this.#checkers = new ChildSlot({
      ...shared,
      process: "checkers",
      title: "Healthcheck",
      program: programs.checkers,
      pidFile: options.checkersPidFile,
    });
  }

  /** What the metrics page shows. */
  get observed(): Observed {
    return {
      version: VERSION,
      vrrp: this.#vrrp.report,
      checkers: this.#checkers.report,
      children: [this.#vrrp, this.#checkers].filter(({ wanted }) => wanted).map(({ observed }) => observed),
      reloads: this.#reloads,
    };
  }

  /** Runs until the end; the exit status. */
  async run(): Promise<number> {
    const { log } = this.#host;
    log.info("Starting Keepalived v{keepalived} (keepalived-ts v{version})", RELEASE);
    const reading = this.#host.read();
    log.info("Configuration file {path}", { path: this.#options.configFile });
    this.#say(reading.diagnostics);
    const status = unusable(reading.diagnostics) ?? this.#claimPidFile();
    if (status === undefined) {
      const ended = new Promise<number>((resolve) => {
        this.#end = resolve;
      });
      const alive = setInterval(() => {}, 2 ** 30); // signals alone do not keep Node running
      this.#listen();
      this.#start(reading).catch((error) => this.#fail(error));
      const result = await ended;
      clearInterval(alive);
      this.#pidFile?.release();
      log.info("Stopped Keepalived v{keepalived} (keepalived-ts v{version})", RELEASE);
      return result;
    }
    log.info("Stopped Keepalived v{keepalived} (keepalived-ts v{version})", RELEASE);
    return status;
  }

  #claimPidFile(): number | undefined {
    const { log } = this.#host;
    const path = this.#options.pidFile;
    try {
      const claimed = claimPidFile(path);
      if (claimed === "in use") {
        log.info("daemon is already running", { path });
        return 0;
      }
      this.#pidFile = claimed;
      return undefined;
    } catch (error) {
      log.error("cannot write pid file {path}: {error}", { path, error: String(error) });
      return 1;
    }
  }

  #listen(): void {
    process.on("SIGTERM", () => this.#terminate());
    process.on("SIGINT", () => {
      if (this.#options.heedInterrupt) this.#terminate();
    });
    process.on("SIGHUP", () => {
      this.#reloadWanted = true;
      if (!this.#busy) this.#reload().catch((error) => this.#fail(error));
    });
    process.on("SIGUSR1", () => this.#dump());
    process.on("SIGUSR2", () => this.#dumpStatistics());
  }
}

const RELEASE = { version: VERSION, keepalived: KEEPALIVED_VERSION };
