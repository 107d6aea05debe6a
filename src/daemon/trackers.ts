import type { Config } from "../config/model/model.ts";
import type { Trackers as TrackersConfig } from "../config/model/track.ts";
import type { Clock } from "../io/clock.ts";
import { FolderWatch } from "../io/folder-watch.ts";
import type { HostNetwork } from "../io/host-network.ts";
import type { Poller } from "../io/poller.ts";
import type { ScriptRules } from "../io/script-permission.ts";
import type { Log } from "../observe/log.ts";
import type { ProcessReport, ScriptReport, SnmpReport } from "../observe/report.ts";
import type { Tracker, Verdict } from "../vrrp/tracking.ts";
import { scriptWords } from "../vrrp/words.ts";
import { BfdTracker } from "./bfd-tracker.ts";
import { FileTracker } from "./file-tracker.ts";
import { LinkTracker } from "./link-tracker.ts";
import type { BfdVerdict } from "./messages.ts";
import { ProcessTrackers } from "./process-trackers.ts";
import { ScriptTracker } from "./script-tracker.ts";

export interface TrackersHost {
  readonly clock: Clock;
  readonly poller: Poller;
  readonly network: HostNetwork;
  readonly log: Log;
  /** Something that is tracked says another thing than before. */
  turned(): void;
  /** The same of an interface whose change was held back. */
  linkTurned(name: string): void;
}

/** A process before this one, or the same one before a reload. */
export interface Predecessor {
  readonly respawned: boolean;
  readonly scripts: readonly ScriptReport[];
  readonly bfd: readonly BfdVerdict[];
}

/** Everything that instances and groups track by name. What nobody tracks does not run. */
export class Trackers {
  readonly #host: TrackersHost;
  readonly #links: LinkTracker;
  readonly #bfd: BfdTracker;
  #folders: FolderWatch | undefined; // while files are tracked
  readonly #scripts = new Map<string, ScriptTracker>();
  #rules: ScriptRules = { enableScriptSecurity: true, supplementaryGroups: false, resolveSymlinks: true };
  readonly #files = new Map<string, FileTracker>();
  #processes: ProcessTrackers | undefined; // while any is tracked
  #processesText = ""; // the configuration of it

  constructor(host: TrackersHost) {
    this.#host = host;
    this.#links = new LinkTracker(host);
    this.#bfd = new BfdTracker(host.log);
  }

  /** Follows a configuration. What runs and is the same goes on. */
  configure(config: Config, { respawned, scripts, bfd }: Predecessor): void {
    const owners = [...config.vrrpInstances, ...config.syncGroups];
    this.#links.configure(config);
    this.#bfd.configure(config, bfd);
    this.#setScripts(config, new Set(owners.flatMap((each) => each.trackScripts.map(({ script }) => script))), scripts);
    this.#setFiles(config, new Set(owners.flatMap((each) => each.trackFiles.map(({ name }) => name))), !respawned);
    this.#setProcesses(config, new Set(owners.flatMap((each) => each.trackProcesses.map(({ name }) => name))));
  }

  /** Up, and with a carrier; the delays of the interface are over. */
  isUp(name: string): boolean {
    return this.#links.isUp(name);
  }

  /** Whether that is what its driver says, not the kernel: it is polled. */
  isPolled(name: string): boolean {
    return this.#links.isPolled(name);
  }

  linkChanged(name: string): void {
    this.#links.changed(name);
  }

  /** The bfd process says how its sessions are. */
  bfdHeard(verdicts: readonly BfdVerdict[]): void {
    if (this.#bfd.heard(verdicts)) this.#host.turned();
  }

  /** What an instance tracks, as it stands. */
  now({ trackScripts, trackInterfaces, trackFiles, trackProcesses, trackBfd }: TrackersConfig): readonly Tracker[] {
    return [
      ...trackScripts.map(({ script, weight, reverse }): Tracker => {
        return { kind: "script", name: script, weight, reverse, verdict: this.#scriptVerdict(script) };
      }),
      ...trackInterfaces.map((item): Tracker => {
        return { kind: "interface", ...item, verdict: this.isUp(item.name) ? "up" : "down" };
      }),
      ...trackFiles.map((item): Tracker => {
        return { kind: "file", ...item, value: this.#files.get(item.name)?.value ?? 0 };
      }),
      ...trackProcesses.map((item): Tracker => {
        return { kind: "process", ...item, verdict: this.#processes?.hasQuorum(item.name) ? "up" : "down" };
      }),
      ...trackBfd.map((item): Tracker => {
        return { kind: "bfd", ...item, verdict: this.#bfd.isUp(item.name) ? "up" : "down" };
      }),
    ];
  }

  /** The processes that are counted. */
  get processes(): readonly ProcessReport[] {
    return this.#processes?.report() ?? [];
  }

  report(): readonly ScriptReport[] {
    return [...this.#scripts.values()].map((script) => script.report());
  }

  /** What SNMP shows of files and processes. */
  get facts(): Pick<SnmpReport, "files" | "processes"> {
    const files = [...this.#files].map(([name, { value }]) => ({ name, value }));
    return { files, processes: this.processes.map(({ name, count, quorum }) => ({ name, count, enough: quorum })) };
  }

  /** Nothing is run or watched any more. Resolves when the scripts have ended; called again, it ends them by force. */
  async close(): Promise<void> {
    this.#links.close();
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
    this.#processes?.close();
    this.#processes = undefined;
    this.#folders?.close();
    this.#folders = undefined;
    await Promise.all([...this.#scripts.values()].map((script) => script.close()));
  }

  #scriptVerdict(script: string): Verdict {
    return this.#scripts.get(script)?.verdict ?? "down";
  }

  #setScripts(config: Config, used: ReadonlySet<string>, known: readonly ScriptReport[]): void {
    this.#rules = config.global;
    const before = new Map([...this.#scripts]);
    this.#scripts.clear();
    for (const script of config.vrrpScripts.filter(({ name }) => used.has(name))) {
      const running = before.get(script.name);
      if (running !== undefined && isSame(running.config, script)) {
        this.#scripts.set(script.name, running);
        before.delete(script.name);
        continue;
      }
      const reports = [...known, ...(running === undefined ? [] : [running.report()])];
      const same = reports.find(({ name, argv }) => name === script.name && isSame(argv, script.argv));
      const host = {
        clock: this.#host.clock,
        poller: this.#host.poller,
        rules: () => this.#rules,
        note: (name: string, note: Parameters<typeof scriptWords>[1]) =>
          this.#host.log.info(scriptWords(name, note), { script: name }),
        turned: () => this.#host.turned(),
      };
      this.#scripts.set(script.name, new ScriptTracker(script, same, host));
    }
    for (const gone of before.values()) gone.close();
  }

  #setFiles(config: Config, used: ReadonlySet<string>, first: boolean): void {
    const before = new Map([...this.#files]);
    this.#files.clear();
    for (const file of config.trackFiles.filter(({ name }) => used.has(name))) {
      const watched = before.get(file.name);
      const same = watched !== undefined && watched.config.path === file.path;
      this.#files.set(file.name, same ? watched : new FileTracker(file, first, this.#fileHost()));
      if (same) before.delete(file.name);
    }
    for (const gone of before.values()) gone.close();
  }

  /** One monitor for all; another one where any of them is another. */
  #setProcesses({ trackProcesses, global }: Config, used: ReadonlySet<string>): void {
    const configs = trackProcesses.filter(({ name }) => used.has(name));
    const buffer = global.daemon.processMonitorBuffer;
    const text = JSON.stringify([configs, buffer]);
    if (text === this.#processesText) return;
    this.#processesText = text;
    this.#processes?.close();
    this.#processes = configs.length > 0 ? new ProcessTrackers(configs, buffer, this.#host) : undefined;
  }

  #fileHost() {
    this.#folders ??= new FolderWatch(this.#host.poller);
    return { folders: this.#folders, log: this.#host.log, turned: () => this.#host.turned() };
  }
}

/** Whether two parts of configurations are alike in everything. They are plain data, made by the same reader. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
