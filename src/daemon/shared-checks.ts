import type { Expiry } from "../check/expiry.ts";
import type { Health, HealthNote, HealthParameters } from "../lvs/health.ts";
import { wordOf } from "../lvs/heard.ts";
import type { ChecksReport, ServiceReport } from "../observe/report.ts";
import { type AskingChecker, asksAlike, question } from "../plan/check-shape.ts";
import { type CheckerHost, type CheckerKnowledge, CheckerRunner, healthParameters } from "./checker-runner.ts";

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
 * The checks that run: one for all checkers that ask the same in the same way. Keepalived differs: each of its
 * checkers asks for itself. With `check_once off` ours do, too.
 */
export class SharedChecks {
  readonly #host: SharedChecksHost;
  readonly #checks = new Map<string, SharedCheck[]>(); // by what they ask
  readonly #idle = new Set<SharedCheck>(); // nobody follows them at the moment
  #once: boolean;
  #parameters: HealthParameters | undefined; // of the check that was made last
  #running = 0;
  #listeners = 0;

  constructor(once: boolean, host: SharedChecksHost) {
    this.#once = once;
    this.#host = host;
  }

  /** From now on. Checks that are shared otherwise than before begin anew; verdicts stay. */
  configure(once: boolean): void {
    if (once === this.#once) return;
    this.#once = once;
    for (const check of [...this.#checks.values()].flat())
      for (const listener of [...check.listeners]) listener.restart();
  }

  /** The check that answers this checker: one that runs, or a new one with this knowledge. */
  join(listener: CheckListener, health: Health, expiry: Expiry): SharedCheck {
    const { config } = listener;
    const identity = question(config);
    const alike = this.#checks.get(identity);
    let check = this.#once ? alike?.find(({ runner }) => asksAlike(runner.config, config)) : undefined;
    if (check === undefined) {
      const parameters = this.#parametersOf(config);
      check = new SharedCheck(listener, { identity, parameters, health, expiry }, this.#host);
      if (alike === undefined) this.#checks.set(identity, [check]);
      else alike.push(check);
      this.#running++;
      check.runner.start();
    } else check.listeners.push(listener);
    this.#idle.delete(check);
    this.#listeners++;
    return check;
  }

  /** A check that nobody follows runs on until `settle`: in a reload another service may come to it. */
  leave(listener: CheckListener, check: SharedCheck): void {
    const i = check.listeners.indexOf(listener);
    if (i === -1) return;
    check.listeners.splice(i, 1);
    this.#listeners--;
    if (check.listeners.length === 0) this.#idle.add(check);
  }

  /** Everybody has come who was to come: ends the checks that nobody follows, also those under way. */
  settle(): void {
    for (const check of this.#idle) {
      check.runner.stop();
      this.#running--;
      const { identity } = check.runner;
      const alike = this.#checks.get(identity) ?? [];
      if (alike.length > 1) alike.splice(alike.indexOf(check), 1);
      else this.#checks.delete(identity);
    }
    this.#idle.clear();
  }

  report(services: readonly ServiceReport[]): ChecksReport {
    let configured = 0;
    for (const { realServers } of services)
      for (const { checkers } of realServers)
        for (const { type } of checkers) if (type !== "file" && type !== "bfd") configured++;
    const running = this.#running - this.#idle.size;
    return { configured, running, saved: this.#listeners - running };
  }

  /** One object for all that have the same, one behind the other. */
  #parametersOf(config: AskingChecker): HealthParameters {
    const own = healthParameters(config);
    const fields = Object.keys(own) as (keyof HealthParameters)[];
    const former = this.#parameters;
    if (former === undefined || fields.some((field) => former[field] !== own[field])) this.#parameters = own;
    return this.#parameters ?? own;
  }
}

/** A check that runs, and who follows it. */
export class SharedCheck implements CheckerHost {
  readonly runner: CheckerRunner;
  readonly listeners: CheckListener[]; // mostly one: a Set would be larger than the check
  readonly #host: SharedChecksHost;
  #word: HealthNote | undefined;

  constructor(listener: CheckListener, known: CheckerKnowledge, host: SharedChecksHost) {
    this.listeners = [listener];
    this.#host = host;
    this.#word = wordOf(known.health);
    this.runner = new CheckerRunner(listener.config, known, this);
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
    for (const listener of [...this.listeners]) listener.note(note);
  }

  warn(words: string): void {
    for (const listener of [...this.listeners]) listener.warn(words);
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
      for (const listener of [...this.listeners]) listener.learn();
    });
  }
}
