import type { Micros } from "../base/time.ts";
import { type CheckIo, down, type Verdict } from "../check/checker.ts";
import { httpCheck } from "../check/http.ts";
import { tcpCheck } from "../check/tcp.ts";
import {
  type Health,
  type HealthEffect,
  type HealthEvent,
  type HealthNote,
  type HealthParameters,
  type HealthState,
  healthDeadline,
  healthStep,
} from "../lvs/health.ts";
import type { CheckerReport } from "../observe/report.ts";
import { type ConnectingChecker, question } from "../plan/check-shape.ts";

export interface CheckerHost {
  readonly io: CheckIo;
  /** Uniformly random, 0..1. */
  random(): number;
  note(note: HealthNote): void;
  turned(): void; // the verdict is another than before
  changed(): void; // a check has ended
}

/** Runs one checker of one real server as its machine says. */
export class CheckerRunner {
  readonly config: ConnectingChecker;
  readonly identity: string;
  readonly #host: CheckerHost;
  #state: HealthState;
  #latency: Micros | undefined;
  #succeeded = 0;
  #failed = 0;
  #checking: AbortController | undefined; // of the check under way
  #cancelWake = (): void => {};

  constructor(config: ConnectingChecker, health: Health, host: CheckerHost) {
    this.config = config;
    this.identity = question(config);
    this.#host = host;
    this.#state = { name: "stopped", health };
  }

  get health(): Health {
    return this.#state.health;
  }

  get up(): boolean {
    return this.health.up;
  }

  start(): void {
    this.#feed({ type: "start", jitter: this.#host.random() });
  }

  stop(): void {
    this.#feed({ type: "stop" });
  }

  report(): CheckerReport {
    const { up, hasRun } = this.health;
    return {
      type: this.config.type,
      identity: this.identity,
      up,
      hasRun,
      latency: this.#latency,
      succeeded: this.#succeeded,
      failed: this.#failed,
    };
  }

  #feed(event: HealthEvent): void {
    const { state, effects } = healthStep(healthParameters(this.config), this.#state, event, this.#host.io.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#cancelWake();
    const at = healthDeadline(this.#state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.io.wakeAt(at, () => this.#feed({ type: "timer" }));
  }

  #perform(effect: HealthEffect): void {
    switch (effect.type) {
      case "check":
        this.#check(effect.url);
        break;
      case "cancel":
        this.#checking?.abort();
        break;
      case "up":
      case "down":
        this.#host.turned();
        break;
      case "note":
        this.#host.note(effect.note);
        break;
    }
  }

  #check(url: number): void {
    const checking = new AbortController();
    const { signal } = checking;
    this.#checking = checking;
    const startedAt = this.#host.io.now();
    check(this.config, url, this.#host.io, signal).then((result) => {
      if (signal.aborted) return;
      this.#latency = this.#host.io.now() - startedAt;
      if (result.up) this.#succeeded++;
      else if (!result.local) this.#failed++;
      this.#feed({ type: "checked", result });
      this.#host.changed();
    });
  }
}

/** What the machine needs to know of a checker. */
export function healthParameters(config: ConnectingChecker): HealthParameters {
  return { ...config, urls: config.type === "http" ? config.urls.length : 1 };
}

async function check(config: ConnectingChecker, index: number, io: CheckIo, signal: AbortSignal): Promise<Verdict> {
  if (config.type === "tcp") return tcpCheck(config, io, signal);
  const url = config.urls[index];
  return url === undefined ? down(`no url ${index}`) : httpCheck(config, url, io, signal);
}
