import type { FileCheckConfig } from "../config/model/check.ts";
import { healthWords } from "../lvs/check-words.ts";
import { added, type Health, migrated } from "../lvs/health.ts";
import { activatingWords, fileCheckWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { CheckerReport } from "../observe/report.ts";
import { type AskingChecker, question, type RunnableChecker } from "../plan/check-shape.ts";
import { keysOf } from "../plan/compare.ts";
import type { ListDifference } from "../plan/difference.ts";
import { type CheckerHost, CheckerRunner, healthParameters } from "./checker-runner.ts";
import { FileCheckRunner } from "./file-check-runner.ts";

/** What the checkers of a real server need. */
export interface ServerCheckersHost extends Pick<CheckerHost, "io" | "random" | "changed"> {
  readonly log: Log;
  readonly realServer: string; // `serverWords`
  readonly virtualServer: string; // `serverWords`
  number(file: string): number; // in a `track_file`
  turned(): void; // a verdict is another than before
  weighed(): void; // and so may the weight be
}

/** What is known of a checker before it runs here. */
export interface Known {
  health(checker: AskingChecker): Health;
  up(checker: FileCheckConfig): boolean | undefined; // what its file said
}

/** Of a checker that comes with a reload. */
export const NOTHING: Known = { health: (checker) => added(healthParameters(checker)), up: () => undefined };

type Runner = CheckerRunner | FileCheckRunner;

/** The checkers of one real server, by what they ask: it is alive while all are up. */
export class ServerCheckers {
  readonly #host: ServerCheckersHost;
  #runners: ReadonlyMap<string, Runner> = new Map();

  constructor(checkers: readonly RunnableChecker[], known: Known, host: ServerCheckersHost) {
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
  change(checkers: ListDifference<RunnableChecker>): void {
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

  /** Whether a file says something else of the server. */
  look(): boolean {
    return [...this.#runners.values()].filter(isFileCheck).filter((runner) => runner.look()).length > 0;
  }

  stop(): void {
    for (const runner of this.#runners.values()) runner.stop();
  }

  report(): readonly CheckerReport[] {
    return [...this.#runners.values()].map((runner) => runner.report());
  }

  #start(checker: RunnableChecker, known: Known): Runner {
    const { log, realServer, virtualServer } = this.#host;
    log.info(activatingWords(realServer, virtualServer));
    if (checker.type === "file")
      return new FileCheckRunner(checker, known.up(checker), {
        number: (file) => this.#host.number(file),
        turned: (up) => log.detail(fileCheckWords(realServer, checker.trackFile, up)),
      });
    const subject = { type: checker.type, realServer, virtualServer, urls: urlsOf(checker), script: "" };
    const runner = new CheckerRunner(checker, known.health(checker), {
      io: this.#host.io,
      random: () => this.#host.random(),
      changed: () => this.#host.changed(),
      note: (note) => {
        const words = healthWords(subject, note);
        if (words !== undefined) log.info(words);
      },
      turned: () => this.#host.turned(),
      weighed: () => this.#host.weighed(),
    });
    runner.start();
    return runner;
  }
}

function urlsOf(checker: AskingChecker): Parameters<typeof healthWords>[0]["urls"] {
  return "urls" in checker ? checker.urls : [];
}

function isFileCheck(runner: Runner): runner is FileCheckRunner {
  return runner instanceof FileCheckRunner;
}

/** The same checker before a reload. */
function knownBy(former: Runner): Known {
  if (isFileCheck(former)) return { ...NOTHING, up: () => former.up };
  return { ...NOTHING, health: (checker) => migrated(healthParameters(checker), former.health) };
}
