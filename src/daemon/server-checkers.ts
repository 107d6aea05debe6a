import type { BfdCheckConfig, CheckerConfig, FileCheckConfig } from "../config/model/check.ts";
import { bfdMail, checkMail } from "../lvs/check-mail.ts";
import { healthWords } from "../lvs/check-words.ts";
import { added, type Health, migrated } from "../lvs/health.ts";
import type { CheckerTurn } from "../lvs/notice.ts";
import { activatingWords, bfdCheckWords, fileCheckWords, restingWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { CheckerReport } from "../observe/report.ts";
import { type AskingChecker, question } from "../plan/check-shape.ts";
import { keysOf } from "../plan/compare.ts";
import type { ListDifference } from "../plan/difference.ts";
import { BfdCheckRunner } from "./bfd-check-runner.ts";
import { type CheckerHost, CheckerRunner, healthParameters } from "./checker-runner.ts";
import { FileCheckRunner } from "./file-check-runner.ts";

/** What the checkers of a real server need. */
export interface ServerCheckersHost extends Pick<CheckerHost, "io" | "random" | "counted"> {
  readonly log: Log;
  readonly realServer: string; // `serverWords`
  readonly virtualServer: string; // `serverWords`
  number(file: string): number; // in a `track_file`
  isUp(session: string): boolean | undefined; // a BFD session; undefined: nobody has said
  isResting(): boolean; // what asks from time to time does not, and its verdict stays
  turned(turn: CheckerTurn): void; // a verdict is another than before, or the first
  weighed(): void; // and so may the weight be
}

/** What is known of a checker before it runs here. */
export interface Known {
  health(checker: AskingChecker): Health;
  up(checker: FileCheckConfig | BfdCheckConfig): boolean | undefined; // what its file or its session said
}

/** Of a checker that comes with a reload. */
export const NOTHING: Known = { health: (checker) => added(healthParameters(checker)), up: () => undefined };

type Runner = CheckerRunner | Follower;
type Follower = FileCheckRunner | BfdCheckRunner;

/** The checkers of one real server, by what they ask: it is alive while all are up. */
export class ServerCheckers {
  readonly #host: ServerCheckersHost;
  #runners: ReadonlyMap<string, Runner> = new Map();

  constructor(checkers: readonly CheckerConfig[], known: Known, host: ServerCheckersHost) {
    this.#host = host;
    const keys = keysOf(checkers, question);
    this.#runners = new Map(checkers.map((checker, i) => [keys[i] ?? "", this.#start(checker, known)]));
  }

  get up(): boolean {
    return [...this.#runners.values()].every(({ up }) => up);
  }

  /** What they add to a configured weight, each. */
  deltas(weight: number): readonly number[] {
    return [...this.#runners.values()].map((runner) => runner.delta(weight));
  }

  /** As planned: checkers that did not change go on, verdicts stay. */
  change(checkers: ListDifference<CheckerConfig>): void {
    const before = this.#runners;
    const now = new Map<string, Runner>();
    for (const entry of checkers.entries) {
      const former = before.get(entry.type === "replaced" ? entry.formerKey : entry.key);
      if (entry.type === "kept" && former !== undefined) {
        now.set(entry.key, former);
        continue;
      }
      former?.stop();
      if (entry.type === "removed") continue;
      const known = entry.type === "changed" && former !== undefined ? knownBy(former) : NOTHING;
      now.set(entry.key, this.#start(entry.to, known));
    }
    this.#runners = now;
  }

  /** `isResting` says something else: what asks stops, or begins anew. */
  rest(): void {
    for (const runner of this.#runners.values()) if (!isFollower(runner)) this.#begin(runner, "Suspending");
  }

  /** Whether a file or a session says something else of the server. */
  look(): boolean {
    return [...this.#runners.values()].filter(isFollower).filter((runner) => runner.look()).length > 0;
  }

  stop(): void {
    for (const runner of this.#runners.values()) runner.stop();
  }

  report(): readonly CheckerReport[] {
    return [...this.#runners.values()].map((runner) => runner.report());
  }

  #start(checker: CheckerConfig, known: Known): Runner {
    const { log, realServer, virtualServer } = this.#host;
    if (checker.type === "bfd")
      return new BfdCheckRunner(checker, known.up(checker), {
        isUp: (session) => this.#host.isUp(session),
        turned: (up) => {
          log.info(bfdCheckWords(realServer, checker.instance, up));
          this.#host.turned({ up, before: !up, mail: bfdMail(checker.instance, up) });
        },
      });
    if (checker.type === "file") {
      log.info(activatingWords(realServer, virtualServer));
      return new FileCheckRunner(checker, known.up(checker), {
        number: (file) => this.#host.number(file),
        turned: (up) => log.detail(fileCheckWords(realServer, checker.trackFile, up)),
      });
    }
    const subject = { type: checker.type, realServer, virtualServer, urls: urlsOf(checker), script: scriptOf(checker) };
    let mail: string | undefined; // of its last word
    const runner = new CheckerRunner(checker, known.health(checker), {
      io: this.#host.io,
      random: () => this.#host.random(),
      counted: () => this.#host.counted(),
      note: (note) => {
        mail = checkMail(subject, note);
        const words = healthWords(subject, note);
        if (words !== undefined) log.info(words);
      },
      turned: (before) => this.#host.turned({ up: runner.up, before, mail }),
      weighed: () => this.#host.weighed(),
    });
    this.#begin(runner, "Deactivating");
    return runner;
  }

  /** Says that, too. */
  #begin(runner: CheckerRunner, resting: "Deactivating" | "Suspending"): void {
    const { log, realServer, virtualServer } = this.#host;
    if (this.#host.isResting()) {
      runner.stop();
      log.info(restingWords(resting, { realServer, virtualServer }));
    } else {
      log.info(activatingWords(realServer, virtualServer));
      runner.start();
    }
  }
}

function urlsOf(checker: AskingChecker): Parameters<typeof healthWords>[0]["urls"] {
  return "urls" in checker ? checker.urls : [];
}

/** Without its arguments, as Keepalived names it. */
function scriptOf(checker: AskingChecker): string {
  if (checker.type === "js") return checker.module;
  return checker.type === "misc" ? (checker.command.argv[0] ?? "") : "";
}

function isFollower(runner: Runner): runner is Follower {
  return runner instanceof FileCheckRunner || runner instanceof BfdCheckRunner;
}

/** The same checker before a reload. */
function knownBy(former: Runner): Known {
  if (isFollower(former)) return { ...NOTHING, up: () => former.up };
  return { ...NOTHING, health: (checker) => migrated(healthParameters(checker), former.health) };
}
