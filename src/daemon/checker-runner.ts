import { Stopper } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import type { Connected } from "../check/checker.ts";
import { type Expiry, NO_EXPIRY, seen } from "../check/expiry.ts";
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
import type { AskingChecker } from "../plan/check-shape.ts";
import { type AskIo, ask } from "./ask.ts";

export interface CheckerHost {
  readonly io: AskIo;
  /** Uniformly random, 0..1. */
  random(): number;
  note(note: HealthNote): void;
  turned(before: boolean): void; // a verdict, and the one before it: another, or the first
  weighed(): void; // the server asks for another weight than before
  counted(): void; // a check has ended
  warn(words: string): void; // of the server's certificate
}

/** What a checker begins with. */
export interface CheckerKnowledge {
  readonly identity: string; // its `question`
  readonly parameters: HealthParameters;
  readonly health: Health;
  readonly expiry: Expiry; // of the certificates that were seen before
}

/** Runs one checker of one real server as its machine says. */
export class CheckerRunner {
  readonly config: AskingChecker;
  readonly identity: string;
  readonly #host: CheckerHost;
  readonly #io: AskIo;
  readonly #parameters: HealthParameters;
  #state: HealthState;
  #latency: Micros | undefined;
  #succeeded = 0;
  #failed = 0;
  #checking: Stopper | undefined; // of the check under way
  #trouble: string | undefined;
  #expiry: Expiry;
  #url = 0; // that is asked
  #cancelWake = (): void => {};

  constructor(config: AskingChecker, { identity, parameters, health, expiry }: CheckerKnowledge, host: CheckerHost) {
    this.config = config;
    this.identity = identity;
    this.#parameters = parameters;
    this.#host = host;
    this.#expiry = expiry;
    this.#io = "expiryWarning" in config ? this.#watching(host.io) : host.io;
    this.#state = { name: "stopped", health };
  }

  get health(): Health {
    return this.#state.health;
  }

  get up(): boolean {
    return this.health.up;
  }

  /** What the last success adds to the configured weight. */
  delta(weight: number): number {
    return (this.health.weight ?? weight) - weight;
  }

  get expiry(): Expiry {
    return this.#expiry;
  }

  start(): void {
    this.#feed({ type: "start", jitter: this.#host.random() });
  }

  stop(): void {
    this.#feed({ type: "stop" });
  }

  report(): CheckerReport {
    const { up, hasRun, weight } = this.health;
    return {
      type: this.config.type,
      identity: this.identity,
      up,
      hasRun,
      weight,
      latency: this.#latency,
      succeeded: this.#succeeded,
      failed: this.#failed,
      ...(this.#expiry === NO_EXPIRY ? {} : { expiry: this.#expiry }),
    };
  }

  /** The same, where certificates are taken note of. */
  #watching(io: AskIo): AskIo {
    return {
      ...io,
      connect: async (target, deadline, signal) => {
        const url = this.#url;
        const connected = await io.connect(target, deadline, signal);
        this.#saw(url, connected, target.tls?.expiryWarning);
        return connected;
      },
    };
  }

  #saw(url: number, { certificates: chain }: Connected, warning: number | undefined): void {
    if (chain === undefined) return;
    const sight = seen(this.#expiry, { url, chain, warning }, Date.now() / 1000);
    this.#expiry = sight.expiry;
    if (sight.warning !== undefined) this.#host.warn(sight.warning);
  }

  #feed(event: HealthEvent): void {
    const before = this.up;
    const { state, effects } = healthStep(this.#parameters, this.#state, event, this.#host.io.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect, before);
    this.#cancelWake();
    const at = healthDeadline(this.#state);
    this.#cancelWake = at === undefined ? () => {} : this.#host.io.wakeAt(at, () => this.#feed({ type: "timer" }));
  }

  #perform(effect: HealthEffect, before: boolean): void {
    switch (effect.type) {
      case "check":
        this.#check(effect.url);
        break;
      case "cancel":
        this.#checking?.abort();
        break;
      case "up":
      case "down":
        this.#host.turned(before);
        break;
      case "weighed":
        this.#host.weighed();
        break;
      case "note":
        this.#note(effect.note);
        break;
    }
  }

  /** Trouble of our own is said once, until it is another or gone. */
  #note(note: HealthNote): void {
    const trouble = note.name === "local-trouble" ? note.why : undefined;
    if (trouble === undefined || trouble !== this.#trouble) this.#host.note(note);
    this.#trouble = trouble;
  }

  #check(url: number): void {
    const signal = new Stopper();
    this.#checking = signal;
    const startedAt = this.#host.io.now();
    this.#url = url;
    ask(this.config, url, this.#io, signal).then((result) => {
      if (signal.aborted) return;
      this.#checking = undefined; // nothing of it is kept between checks
      this.#latency = this.#host.io.now() - startedAt;
      if (result.up) this.#succeeded++;
      else if (!result.local) this.#failed++;
      if (result.up || !result.local) this.#trouble = undefined;
      this.#feed({ type: "checked", result });
      this.#host.counted();
    });
  }
}

/** What the machine needs to know of a checker. */
export function healthParameters(config: AskingChecker): HealthParameters {
  const { type, delayLoop, retry, delayBeforeRetry, warmup, alpha, logAllFailures } = config;
  const [urls, fastRecovery] = "urls" in config ? [config.urls.length, config.fastRecovery] : [1, false];
  return { type, urls, delayLoop, retry, delayBeforeRetry, warmup, alpha, logAllFailures, fastRecovery };
}
