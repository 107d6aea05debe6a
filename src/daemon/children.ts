import type { Notification } from "../base/notification.ts";
import type { Config } from "../config/model/model.ts";
import type { Log } from "../observe/log.ts";
import type { ObservedChild } from "../observe/metric-scopes.ts";
import type { CheckersReport } from "../observe/report.ts";
import { BfdVerdicts } from "./bfd-verdicts.ts";
import { ChildSlot } from "./child-slot.ts";
import type { Launcher } from "./launcher.ts";
import type { BfdReport, ChildOptions, DumpRequest, VrrpReport } from "./messages.ts";
import type { Options } from "./options.ts";
import { isBalancing } from "./runnable.ts";
import type { ServiceFiles } from "./service-files.ts";

/** What the children are given of the supervisor. */
export interface ChildrenHost {
  readonly log: Log;
  readonly launcher: Launcher;
  /** Operators are to be told by a child. */
  readonly notify: (origin: "vrrp" | "checkers", notification: Notification) => void;
  /** A child cannot run, or must not be started again: the daemon has to stop with `status`. */
  readonly ended: (status: number) => void;
  /** A signal asked one of them for a file. */
  readonly dump: (what: DumpRequest) => void;
}

/** The vrrp, checkers and bfd processes: each runs while the configuration needs it, and what one has to tell another passes here. */
export class Children {
  readonly vrrp: ChildSlot<VrrpReport>;
  readonly checkers: ChildSlot<CheckersReport>;
  readonly bfd: ChildSlot<BfdReport>;
  readonly #options: Options;
  readonly #launcher: Launcher;
  readonly #verdicts = new BfdVerdicts();

  constructor(options: Options, files: ServiceFiles, { log, launcher, notify, ended, dump }: ChildrenHost) {
    const { facility, respawn } = options;
    const shared = {
      log,
      facility,
      respawn,
      options: childOptions(options, files),
      ended,
      dump,
      notify: () => {},
      bfdTurned: () => {},
    };
    this.#options = options;
    this.#launcher = launcher;
    this.vrrp = new ChildSlot({
      ...shared,
      notify: (notification) => notify("vrrp", notification),
      process: "vrrp",
      title: "VRRP",
      launch: () => launcher.launch("vrrp"),
      pidFile: files.vrrpPidFile,
      bfd: () => this.#verdicts.known("vrrp"),
    });
    this.checkers = new ChildSlot({
      ...shared,
      notify: (notification) => notify("checkers", notification),
      process: "checkers",
      title: "Healthcheck",
      launch: () => launcher.launch("checkers"),
      pidFile: files.checkersPidFile,
      bfd: () => this.#verdicts.known("checkers"),
    });
    this.bfd = new ChildSlot({
      ...shared,
      process: "bfd",
      title: "BFD",
      launch: () => launcher.launch("bfd"),
      pidFile: files.bfdPidFile,
      bfd: () => [],
      bfdTurned: (verdicts) => {
        const heard = this.#verdicts.heard(verdicts);
        this.vrrp.tellBfd(heard.vrrp);
        this.checkers.tellBfd(heard.checkers);
      },
    });
  }

  /** Whether the configuration in force needs any of them. */
  get wanted(): boolean {
    return this.#all.some(({ wanted }) => wanted);
  }

  get observed(): readonly ObservedChild[] {
    return this.#all.filter(({ wanted }) => wanted).map(({ observed }) => observed);
  }

  /** Whether a configuration needs the vrrp process. */
  needVrrp({ vrrpInstances }: Config): boolean {
    const { everyChild, vrrp } = this.#options;
    return vrrp && (everyChild || vrrpInstances.length > 0);
  }

  /** Starts, reloads or stops each process, as the configuration needs it. Whether that worked. */
  async apply(config: Config): Promise<boolean> {
    const { everyChild, checkers, bfd } = this.#options;
    const checkersNeeded = checkers && (everyChild || isBalancing(config));
    const bfdNeeded = bfd && (everyChild || config.bfdInstances.length > 0);
    this.#verdicts.follow(config);
    const done = [
      checkersNeeded ? this.checkers.apply(config) : this.checkers.retire(config),
      this.needVrrp(config) ? this.vrrp.apply(config) : this.vrrp.stop(),
      bfdNeeded ? this.bfd.apply(config) : this.bfd.stop(),
    ];
    this.#launcher.dismiss();
    return !(await Promise.all(done)).includes(false);
  }

  /** Whether all of them have put the configuration applied last in force, once each has or has died of it. */
  async inForce(): Promise<boolean> {
    const done = await Promise.all(this.#all.map((child) => child.inForce()));
    return !done.includes(false);
  }

  /** Orderly stop; resolves when all are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.stop()));
  }

  /** The end at once. */
  kill(): void {
    for (const child of this.#all) child.kill();
  }

  get #all() {
    return [this.checkers, this.vrrp, this.bfd];
  }
}

function childOptions(options: Options, { suffix }: ServiceFiles): ChildOptions {
  const { detail, console, json, syslog, umask, releaseVips, releaseIpvs } = options;
  return { suffix, detail, console, json, syslog, umask, releaseVips, releaseIpvs };
}
