import type { Expiry } from "../check/expiry.ts";
import type { Health, HealthNote } from "../lvs/health.ts";
import { wordOf } from "../lvs/heard.ts";
import type { ChecksReport, ServiceReport } from "../observe/report.ts";
import { type AskingChecker, runOf } from "../plan/check-shape.ts";
import { type CheckerHost, CheckerRunner } from "./checker-runner.ts";

/** Whoever follows a check: one checker of one real server of one service. */
export interface CheckListener {
  readonly config: AskingChecker;
  note(note: HealthNote): void;
  warn(words: string): void; // of the server's certificate
  learn(): void; // the check has a verdict, or another weight
  restart(): void; // leaves its check, and joins the one that is its check now
}

/** What the checks need of the world. */
export interface SharedChecksHost extends Pick<CheckerHost, "io" | "random" | "counted"> {
  together(event: () => void): void; // what one verdict means to all who follow it
}

/**
 * The checks that run: one for all checkers that ask the same in the same way (`runOf`). Keepalived differs: each of its
 * checkers asks for itself. With `check_once off` ours do, too.
 */
export class SharedChecks {
  readonly #host: SharedChecksHost;
  readonly #checks = new Map<string, SharedCheck>();
  readonly #idle = new Set<SharedCheck>(); // nobody follows them at the moment
  #once: boolean;
  #serial = 0; // of checks that are not shared
  #listeners = 0;

  constructor(once: boolean, host: SharedChecksHost) {
    this.#once = once;
    this.#host = host;
  }

  /** From now on. Checks that are shared otherwise than before begin anew; verdicts stay. */
  configure(once: boolean): void {
    if (once === this.#once) return;
    this.#once = once;
    for (const check of [...this.#checks.values()]) for (const listener of check.listeners) listener.restart();
  }

  /** The check that answers this checker: one that runs, or a new one with this knowledge. */
  join(listener: CheckListener, health: Health, expiry: Expiry): SharedCheck {
    const key = this.#once ? runOf(listener.config) : `${++this.#serial}`;
    let check = this.#checks.get(key);
    if (check === undefined) {
      check = new SharedCheck(key, listener.config, { health, expiry }, this.#host);
      this.#checks.set(key, check);
      check.runner.start();
    }
    check.listeners.add(listener);
    this.#idle.delete(check);
    this.#listeners++;
    return check;
  }

  /** A check that nobody follows runs on until `settle`: in a reload another service may come to it. */
  leave(listener: CheckListener, check: SharedCheck): void {
    if (!check.listeners.delete(listener)) return;
    this.#listeners--;
    if (check.listeners.size === 0) this.#idle.add(check);
  }

  /** Everybody has come who was to come: ends the checks that nobody follows, also those under way. */
  settle(): void {
    for (const check of this.#idle) {
      check.runner.stop();
      this.#checks.delete(check.key);
    }
    this.#idle.clear();
  }

  report(services: readonly ServiceReport[]): ChecksReport {
    let configured = 0;
    for (const { realServers } of services)
      for (const { checkers } of realServers)
        for (const { type } of checkers) if (type !== "file" && type !== "bfd") configured++;
    const running = this.#checks.size - this.#idle.size;
    return { configured, running, saved: this.#listeners - running };
  }
}

/** A check that runs, and who follows it. */
export class SharedCheck implements CheckerHost {
  readonly key: string;
  readonly runner: CheckerRunner;
  readonly listeners = new Set<CheckListener>();
  readonly #host: SharedChecksHost;
  #word: HealthNote | undefined;

  constructor(
    key: string,
    config: AskingChecker,
    { health, expiry }: { readonly health: Health; readonly expiry: Expiry },
    host: SharedChecksHost,
  ) {
    this.key = key;
    this.#host = host;
    this.#word = wordOf(health);
    this.runner = new CheckerRunner(config, health, this, expiry);
  }

  /** Of its last verdict; undefined: there is none. */
  get word(): HealthNote | undefined {
    return this.#word;
  }

  get io(): CheckerHost["io"] {
    return this.#host.io;
  }

  random(): number {
    return this.#host.random();
  }

  note(note: HealthNote): void {
    if (note.name === "succeeded" || note.name === "failed") this.#word = note;
    for (const listener of this.listeners) listener.note(note);
  }

  warn(words: string): void {
    for (const listener of this.listeners) listener.warn(words);
  }

  turned(): void {
    this.#teach();
  }

  weighed(): void {
    this.#teach();
  }

  counted(): void {
    this.#host.counted();
  }

  #teach(): void {
    this.#host.together(() => {
      for (const listener of this.listeners) listener.learn();
    });
  }
}
