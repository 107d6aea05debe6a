import { toByteString } from "../base/bytes.ts";
import type { NetlinkBuffer } from "../config/model/global.ts";
import type { TrackProcessConfig } from "../config/model/track.ts";
import type { Clock } from "../io/clock.ts";
import type { KernelError } from "../io/kernel-error.ts";
import type { Poller } from "../io/poller.ts";
import { type ProcessListener, ProcessMonitor, type RunningProcess } from "../io/process-monitor.ts";
import type { Log } from "../observe/log.ts";
import { type Debounced, expire, observe } from "../vrrp/debounce.ts";
import { hasQuorum, processMatcher, quorumDelays } from "../vrrp/process.ts";

export interface ProcessHost {
  readonly clock: Clock;
  readonly poller: Poller;
  readonly log: Log;
  /** A quorum was gained or lost. */
  turned(): void;
}

/** What is known of one `vrrp_track_process`. */
interface Kind {
  readonly config: TrackProcessConfig;
  readonly matches: (process: RunningProcess) => boolean;
  count: number;
  state: Debounced;
  cancelWake: () => void;
}

/** Counts the processes of every `vrrp_track_process` that is tracked. */
export class ProcessTrackers implements ProcessListener {
  readonly #host: ProcessHost;
  readonly commands: boolean;
  readonly #kinds: readonly Kind[];
  readonly #running = new Map<number, readonly Kind[]>(); // the processes that any of them means
  readonly #monitor: ProcessMonitor;
  #started = false;

  constructor(configs: readonly TrackProcessConfig[], buffer: NetlinkBuffer, host: ProcessHost) {
    this.#host = host;
    this.#kinds = configs.map((config) => ({
      config,
      matches: processMatcher(config, (text) => toByteString(new TextEncoder().encode(text))),
      count: 0,
      state: { up: false, turnAt: undefined },
      cancelWake: () => {},
    }));
    this.commands = configs.some(({ fullCommand }) => fullCommand);
    this.#monitor = new ProcessMonitor({ clock: host.clock, poller: host.poller, buffer }, this);
    for (const kind of this.#kinds) kind.state = { up: hasQuorum(kind.config, kind.count), turnAt: undefined };
    this.#started = true;
    if (this.refused !== undefined)
      host.log.info("tracked processes are looked for once a second: {error}", { error: this.refused.message });
  }

  /** Why the kernel does not tell of processes; undefined where it does. */
  get refused(): KernelError | undefined {
    return this.#monitor.refused;
  }

  hasQuorum(name: string): boolean {
    return this.#kinds.find(({ config }) => config.name === name)?.state.up ?? false;
  }

  get counts(): readonly { readonly name: string; readonly count: number; readonly enough: boolean }[] {
    return this.#kinds.map(({ config: { name }, count, state }) => ({ name, count, enough: state.up }));
  }

  close(): void {
    for (const { cancelWake } of this.#kinds) cancelWake();
    this.#monitor.close();
  }

  all(processes: readonly RunningProcess[]): void {
    this.#running.clear();
    for (const process of processes) this.#remember(process.pid, this.#kindsOf(process));
    for (const kind of this.#kinds) {
      kind.count = 0;
      for (const kinds of this.#running.values()) if (kinds.includes(kind)) kind.count++;
      this.#counted(kind, "other");
    }
  }

  /** A new process is what its parent is, until it says otherwise. */
  forked(parent: number, pid: number): void {
    const kinds = this.#running.get(parent);
    if (kinds !== undefined) this.#set(pid, kinds, "fork");
  }

  became(process: RunningProcess): void {
    this.#set(process.pid, this.#kindsOf(process), "other");
  }

  ended(pid: number): void {
    this.#set(pid, [], "other");
  }

  #kindsOf(process: RunningProcess): readonly Kind[] {
    return this.#kinds.filter(({ matches }) => matches(process));
  }

  #remember(pid: number, kinds: readonly Kind[]): void {
    if (kinds.length > 0) this.#running.set(pid, kinds);
    else this.#running.delete(pid);
  }

  #set(pid: number, kinds: readonly Kind[], cause: "fork" | "other"): void {
    const before = this.#running.get(pid) ?? [];
    if (before.length === 0 && kinds.length === 0) return; // most processes are none of ours
    this.#remember(pid, kinds);
    for (const kind of before) kind.count--;
    for (const kind of kinds) kind.count++;
    for (const kind of new Set([...before, ...kinds])) this.#counted(kind, cause);
  }

  #counted(kind: Kind, cause: "fork" | "other"): void {
    if (!this.#started) return;
    const { config, count, state } = kind;
    const now = this.#host.clock.now();
    this.#enter(kind, observe(quorumDelays(config, cause), state, hasQuorum(config, count), now));
  }

  #enter(kind: Kind, state: Debounced): void {
    const { up } = kind.state;
    kind.state = state;
    kind.cancelWake();
    kind.cancelWake =
      state.turnAt === undefined
        ? () => {}
        : this.#host.clock.wakeAt(state.turnAt, () => this.#enter(kind, expire(state, this.#host.clock.now())));
    if (state.up === up) return;
    const phrase = state.up
      ? "Quorum gained for tracked process {process}"
      : "Quorum lost for tracked process {process}";
    this.#host.log.info(phrase, { process: kind.config.name });
    this.#host.turned();
  }
}
