import type { IpAddress } from "../base/ip.ts";
import { destinationName, type Protocol } from "../base/ipvs.ts";
import type { Expiry } from "../check/expiry.ts";
import type { BfdCheckConfig, CheckerConfig, FileCheckConfig } from "../config/model/check.ts";
import { bfdMail } from "../lvs/check-mail.ts";
import { added, type Health, migrated } from "../lvs/health.ts";
import type { CheckerTurn } from "../lvs/notice.ts";
import { activatingWords, bfdCheckWords, fileCheckWords, restingWords, serverWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { CheckerReport } from "../observe/report.ts";
import { type AskingChecker, question } from "../plan/check-shape.ts";
import { keysOf } from "../plan/compare.ts";
import type { ListDifference } from "../plan/difference.ts";
import { BfdCheckRunner } from "./bfd-check-runner.ts";
import { CheckUser, type CheckUserHost } from "./check-user.ts";
import { healthParameters } from "./checker-runner.ts";
import { FileCheckRunner } from "./file-check-runner.ts";
import type { RunnableServer } from "./runnable.ts";
import type { SharedChecks } from "./shared-checks.ts";

/** What the checkers of a service's real servers need. A server is named by `destinationName`. */
export interface ServerCheckersHost extends Pick<CheckUserHost, "checks" | "log" | "virtualServer"> {
  readonly protocol: Protocol | undefined; // of the service
  number(file: string): number; // in a `track_file`
  isUp(session: string): boolean | undefined; // a BFD session; undefined: nobody has said
  isResting(): boolean; // what asks from time to time does not, and its verdict stays
  turned(server: string, turn: CheckerTurn): void; // a verdict is another than before, or the first
  weighed(): void; // and so may the weight be
}

/** What is known of a checker before it runs here. */
export interface Known {
  health(checker: AskingChecker): Health;
  up(checker: FileCheckConfig | BfdCheckConfig): boolean | undefined; // what its file or its session said
  expiry?(checker: AskingChecker): Expiry | undefined; // of the certificates that it has seen
}

/** Of a checker that comes with a reload. */
export const NOTHING: Known = { health: (checker) => added(healthParameters(checker)), up: () => undefined };

type Runner = CheckUser | Follower;
type Follower = FileCheckRunner | BfdCheckRunner;

/** The checkers of one real server: it is alive while all are up. There are tens of thousands; each is kept small. */
export class ServerCheckers implements CheckUserHost {
  readonly #host: ServerCheckersHost;
  readonly #address: IpAddress;
  readonly #port: number;
  #runners: readonly Runner[]; // in the order of the configuration

  constructor({ address, port, checkers }: RunnableServer, known: Known, host: ServerCheckersHost) {
    this.#host = host;
    this.#address = address;
    this.#port = port;
    this.#runners = [];
    this.#runners = checkers.map((checker) => this.#start(checker, known));
  }

  get checks(): SharedChecks {
    return this.#host.checks;
  }

  get log(): Log {
    return this.#host.log;
  }

  get realServer(): string {
    return serverWords({ address: this.#address, port: this.#port }, this.#host.protocol);
  }

  get virtualServer(): string {
    return this.#host.virtualServer;
  }

  turned(turn: CheckerTurn): void {
    this.#host.turned(destinationName({ address: this.#address, port: this.#port }), turn);
  }

  weighed(): void {
    this.#host.weighed();
  }

  get up(): boolean {
    return this.#runners.every(({ up }) => up);
  }

  /** What they add to a configured weight, each. */
  deltas(weight: number): readonly number[] {
    return this.#runners.map((runner) => runner.delta(weight));
  }

  /** As planned: checkers that did not change go on, verdicts stay. */
  change(checkers: ListDifference<CheckerConfig>): void {
    const configs = this.#runners.map(({ config }) => config);
    const keys = keysOf<CheckerConfig>(configs, question);
    const before = new Map(this.#runners.map((runner, i) => [keys[i], runner]));
    const now: Runner[] = [];
    for (const entry of checkers.entries) {
      const former = before.get(entry.type === "replaced" ? entry.formerKey : entry.key);
      if (entry.type === "kept" && former !== undefined) {
        now.push(former);
        continue;
      }
      former?.stop();
      if (entry.type === "removed") continue;
      const known = entry.type === "changed" && former !== undefined ? knownBy(former) : NOTHING;
      now.push(this.#start(entry.to, known));
    }
    this.#runners = now;
  }

  /** `isResting` says something else: what asks stops, or begins anew. */
  rest(): void {
    for (const runner of this.#runners) {
      if (isFollower(runner)) continue;
      this.#begin(runner, "Suspending");
      runner.catchUp();
    }
  }

  /** Whether a file or a session says something else of the server. What checks of others found is told here. */
  look(): boolean {
    for (const runner of this.#runners) if (!isFollower(runner)) runner.catchUp();
    return this.#runners.filter(isFollower).filter((runner) => runner.look()).length > 0;
  }

  stop(): void {
    for (const runner of this.#runners) runner.stop();
  }

  report(): readonly CheckerReport[] {
    return this.#runners.map((runner) => runner.report());
  }

  #start(checker: CheckerConfig, known: Known): Runner {
    const { log, realServer, virtualServer } = this;
    if (checker.type === "bfd")
      return new BfdCheckRunner(checker, known.up(checker), {
        isUp: (session) => this.#host.isUp(session),
        turned: (up) => {
          log.info(bfdCheckWords(realServer, checker.instance, up));
          this.turned({ up, before: !up, mail: bfdMail(checker.instance, up) });
        },
      });
    if (checker.type === "file") {
      log.info(activatingWords(realServer, virtualServer));
      return new FileCheckRunner(checker, known.up(checker), {
        number: (file) => this.#host.number(file),
        turned: (up) => log.detail(fileCheckWords(realServer, checker.trackFile, up)),
      });
    }
    const runner = new CheckUser(checker, known.health(checker), this, known.expiry?.(checker));
    this.#begin(runner, "Deactivating");
    return runner;
  }

  /** Says that, too. */
  #begin(runner: CheckUser, resting: "Deactivating" | "Suspending"): void {
    const { log, realServer, virtualServer } = this;
    if (this.#host.isResting()) {
      runner.stop();
      log.info(restingWords(resting, { realServer, virtualServer }));
    } else {
      log.info(activatingWords(realServer, virtualServer));
      runner.start();
    }
  }
}

function isFollower(runner: Runner): runner is Follower {
  return runner instanceof FileCheckRunner || runner instanceof BfdCheckRunner;
}

/** The same checker before a reload. */
function knownBy(former: Runner): Known {
  if (isFollower(former)) return { ...NOTHING, up: () => former.up };
  const { health, expiry } = former;
  return { ...NOTHING, health: (checker) => migrated(healthParameters(checker), health), expiry: () => expiry };
}
