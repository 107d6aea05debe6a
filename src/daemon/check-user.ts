import type { Micros } from "../base/time.ts";
import { type Expiry, NO_EXPIRY } from "../check/expiry.ts";
import { checkMail } from "../lvs/check-mail.ts";
import { type CheckSubject, healthWords } from "../lvs/check-words.ts";
import type { Health, HealthNote } from "../lvs/health.ts";
import { news } from "../lvs/heard.ts";
import type { CheckerTurn } from "../lvs/notice.ts";
import { certificateWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { CheckerReport } from "../observe/report.ts";
import { type AskingChecker, question } from "../plan/check-shape.ts";
import type { CheckListener, SharedCheck, SharedChecks } from "./shared-checks.ts";

/** The real server that a checker is of. */
export interface CheckUserHost {
  readonly checks: SharedChecks;
  readonly log: Log;
  readonly realServer: string; // `serverWords`
  readonly virtualServer: string; // `serverWords`
  turned(turn: CheckerTurn): void; // a verdict is another than before, or the first
  weighed(): void; // and so may the weight be
}

/** A checker of one real server that asks from time to time: it says and tells what the check that it follows finds. */
export class CheckUser implements CheckListener {
  readonly config: AskingChecker;
  readonly #host: CheckUserHost;
  #check: SharedCheck | undefined; // that it follows; undefined: it rests
  #health: Health; // as it came, or when it left its check
  #up: boolean; // as it has heard
  #hasRun: boolean;
  #weight: number | undefined;
  #latency: Micros | undefined; // of a check that it has left
  #succeeded = 0; // beyond what its check counts
  #failed = 0;
  #mail: string | undefined; // of its last word
  #expiry: Expiry; // of the certificates that were seen, as it came or when it left its check

  constructor(config: AskingChecker, health: Health, host: CheckUserHost, expiry: Expiry = NO_EXPIRY) {
    this.config = config;
    this.#host = host;
    this.#health = health;
    this.#up = health.up;
    this.#hasRun = health.hasRun;
    this.#weight = health.weight;
    this.#expiry = expiry;
  }

  get up(): boolean {
    return this.#up;
  }

  get health(): Health {
    const health = this.#check?.runner.health ?? this.#health;
    return health.up === this.#up ? health : this.#health;
  }

  get expiry(): Expiry {
    return this.#check?.runner.expiry ?? this.#expiry;
  }

  /** What the last success adds to the configured weight. */
  delta(weight: number): number {
    return (this.#weight ?? weight) - weight;
  }

  start(): void {
    if (this.#check !== undefined) return;
    const check = this.#host.checks.join(this, this.#health, this.#expiry);
    const { succeeded, failed } = check.runner.report();
    this.#succeeded -= succeeded;
    this.#failed -= failed;
    this.#check = check;
  }

  stop(): void {
    const check = this.#check;
    if (check === undefined) return;
    this.#health = this.health;
    this.#expiry = this.expiry;
    this.#check = undefined;
    const { latency, succeeded, failed } = check.runner.report();
    this.#latency = latency;
    this.#succeeded += succeeded;
    this.#failed += failed;
    this.#host.checks.leave(this, check);
  }

  restart(): void {
    this.stop();
    this.start();
    this.catchUp();
  }

  /** Hears what its check has found before it came, as if that were now. */
  catchUp(): void {
    const word = this.#check?.word;
    if (this.#check === undefined || word === undefined) return;
    if (news(this.#heard, this.#check.runner.health).turned) this.note(word);
    this.learn();
  }

  learn(): void {
    const health = this.#check?.runner.health;
    if (health === undefined) return;
    const before = this.#up;
    const { turned, weighed } = news(this.#heard, health);
    this.#up = health.up;
    this.#hasRun = health.hasRun;
    this.#weight = health.weight;
    if (weighed) this.#host.weighed();
    if (turned) this.#host.turned({ up: this.#up, before, mail: this.#mail });
  }

  note(note: HealthNote): void {
    const { log, realServer, virtualServer } = this.#host;
    const { config } = this;
    const urls = "urls" in config ? config.urls : [];
    const subject: CheckSubject = { type: config.type, realServer, virtualServer, urls, script: scriptOf(config) };
    this.#mail = checkMail(subject, note);
    const words = healthWords(subject, note);
    if (words !== undefined) log.info(words);
  }

  warn(words: string): void {
    this.#host.log.warning(certificateWords(this.#host.realServer, words));
  }

  report(): CheckerReport {
    const { type } = this.config;
    const { expiry } = this;
    const [up, weight] = [this.#up, this.#weight];
    const ran = this.#check?.runner.report();
    return {
      type,
      identity: ran?.identity ?? question(this.config),
      up,
      hasRun: this.#hasRun || ran?.hasRun === true,
      weight,
      latency: ran === undefined ? this.#latency : ran.latency,
      succeeded: this.#succeeded + (ran?.succeeded ?? 0),
      failed: this.#failed + (ran?.failed ?? 0),
      ...(expiry === NO_EXPIRY ? {} : { expiry }),
    };
  }

  get #heard() {
    return { up: this.#up, hasRun: this.#hasRun, weight: this.#weight };
  }
}

/** Without its arguments, as Keepalived names it. */
function scriptOf(checker: AskingChecker): string {
  if (checker.type === "js") return checker.module;
  return checker.type === "misc" ? (checker.command.argv[0] ?? "") : "";
}
