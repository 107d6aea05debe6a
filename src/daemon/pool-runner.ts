import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import type { FileCheckConfig } from "../config/model/check.ts";
import { added, adopted, type Health, migrated, unchecked } from "../lvs/health.ts";
import { EMPTY_POOL, type PoolEvent, type PoolState, poolStep, wantedEntry } from "../lvs/pool.ts";
import {
  activatingWords,
  fileCheckWords,
  healthWords,
  leavingWords,
  poolWords,
  serverWords,
  weightWords,
} from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceReport } from "../observe/report.ts";
import { type ConnectingChecker, question } from "../plan/check-shape.ts";
import { keysOf } from "../plan/compare.ts";
import { type Changed, going, type ListDifference } from "../plan/difference.ts";
import { type CheckerHost, CheckerRunner, healthParameters } from "./checker-runner.ts";
import { FileCheckRunner, fileCheckIdentity } from "./file-check-runner.ts";
import { filesOf, type RunnableServer, type RunnableService, weighed } from "./runnable.ts";

/** What a pool needs of the process it lives in. */
export interface PoolHost extends Pick<CheckerHost, "io" | "random" | "changed"> {
  readonly log: Log;
  /** The wanted entry is another than before. */
  wanted(entry: IpvsEntry): void;
  weight(service: string, destination: string): number;
  number(file: string): number; // in a `track_file`
}

/** The checkers of a real server, by what they ask. */
type Runners = ReadonlyMap<string, Runner>;
type Runner = CheckerRunner | FileCheckRunner;

/** What is known of a checker before it runs here. */
interface Known {
  health(checker: ConnectingChecker): Health;
  up(checker: FileCheckConfig): boolean | undefined; // what its file said
}

const NOTHING: Known = { health: (checker) => added(healthParameters(checker)), up: () => undefined };

/** One virtual server: its checkers, who is alive, and so what the kernel's table should hold. */
export class PoolRunner {
  readonly #host: PoolHost;
  #config: RunnableService;
  #weighed: RunnableService; // the same with the weights that the checkers make
  #files: ReadonlySet<string>; // that it follows
  #state: PoolState = EMPTY_POOL;
  readonly #runners = new Map<string, Runners>(); // by real server

  /** `origin`: whether the daemon starts or a reload brought the service, or what the process before this one knew. */
  constructor(config: RunnableService, origin: "start" | "reload" | ServiceReport, host: PoolHost) {
    this.#host = host;
    this.#config = config;
    const reported = typeof origin === "string" ? undefined : origin;
    const known = (server: RunnableServer): Known => {
      const reports = reported?.realServers.find(({ name }) => name === destinationName(server))?.checkers;
      return {
        health: (checker) => {
          const report = reports?.find(({ identity }) => identity === question(checker));
          const parameters = healthParameters(checker);
          if (report !== undefined) return adopted(parameters, report);
          return origin === "reload" ? added(parameters) : unchecked(parameters);
        },
        up: (checker) => reports?.find(({ identity }) => identity === fileCheckIdentity(checker))?.up,
      };
    };
    this.#weighed = this.#weigh(config);
    this.#files = filesOf([config]);
    if (reported !== undefined) this.#state = { ...this.#state, quorumUp: reported.quorumUp };
    for (const server of config.realServers) this.#startServer(server, known(server));
    this.#feed({ type: "configured", alive: this.#alive() });
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  get entry(): IpvsEntry {
    return wantedEntry(this.#weighed, this.#state);
  }

  /** Another configuration of the same service, as planned: checkers that did not change go on, verdicts stay. */
  reconfigure({ to, difference }: Changed<RunnableService>): void {
    const { realServers } = difference.lists;
    const now = this.#weigh(to);
    this.#sayGoing(realServers);
    this.#sayWeights(now);
    for (const { key } of going(realServers)) {
      for (const runner of this.#runnersOf(key)) runner.stop();
      this.#runners.delete(key);
    }
    for (const entry of realServers?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced") this.#startServer(entry.to, NOTHING);
      if (entry.type === "changed") this.#changeServer(entry);
    }
    this.#config = to;
    this.#weighed = now;
    this.#files = filesOf([to]);
    this.#feed({ type: "configured", alive: this.#alive() });
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  /** There may be another number in a file. The table is wanted once, whatever that means to how many servers. */
  fileTurned(file: string): void {
    if (!this.#files.has(file)) return;
    const now = this.#weigh(this.#config);
    this.#sayWeights(now);
    this.#weighed = now;
    this.#look();
    this.#feed({ type: "turned", alive: this.#alive() });
  }

  stop(): void {
    for (const name of this.#runners.keys()) for (const runner of this.#runnersOf(name)) runner.stop();
  }

  /** Says which servers leave the table with their service. */
  sayLeaving(how: "Removing" | "Shutting down"): void {
    for (const server of this.#weighed.realServers) this.#sayLeaves(how, server);
  }

  report(): ServiceReport {
    const service = serviceName(this.#config);
    return {
      name: service,
      quorumUp: this.#state.quorumUp,
      realServers: this.#config.realServers.map((server, i) => {
        const name = destinationName(server);
        return {
          name,
          up: this.#state.alive[i] ?? false,
          weight: this.#host.weight(service, name),
          checkers: this.#runnersOf(name).map((runner) => runner.report()),
        };
      }),
    };
  }

  /** Whether a file says something else of a server. */
  #look(): boolean {
    const files = [...this.#runners.values()].flatMap((runners) => [...runners.values()].filter(isFileCheck));
    return files.filter((runner) => runner.look()).length > 0;
  }

  #runnersOf(server: string): readonly Runner[] {
    return [...(this.#runners.get(server)?.values() ?? [])];
  }

  #startServer(server: RunnableServer, known: Known): void {
    const keys = keysOf(server.checkers, question);
    const runners = server.checkers.map(
      (checker, i) => [keys[i] ?? "", this.#startChecker(server, checker, known)] as const,
    );
    this.#runners.set(destinationName(server), new Map(runners));
  }

  #changeServer({ key: name, to: server, difference }: Changed<RunnableServer>): void {
    const { checkers } = difference.lists;
    if (checkers === undefined) return;
    const before: Runners = this.#runners.get(name) ?? new Map();
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
      now.set(entry.key, this.#startChecker(server, entry.to, known));
    }
    this.#runners.set(name, now);
  }

  #startChecker(server: RunnableServer, checker: RunnableServer["checkers"][number], known: Known): Runner {
    const { protocol } = this.#config;
    const real = serverWords(server, protocol);
    this.#host.log.info(activatingWords(real, serverWords(this.#config, protocol)));
    if (checker.type === "file")
      return new FileCheckRunner(checker, known.up(checker), {
        number: (file) => this.#host.number(file),
        turned: (up) => this.#host.log.detail(fileCheckWords(real, checker.trackFile, up)),
      });
    const urls = checker.type === "http" ? checker.urls : [];
    const runner = new CheckerRunner(checker, known.health(checker), {
      io: this.#host.io,
      random: () => this.#host.random(),
      changed: () => this.#host.changed(),
      note: (note) => this.#host.log.info(healthWords({ type: checker.type, realServer: real, urls }, note)),
      turned: () => this.#turned(destinationName(server)),
    });
    runner.start();
    return runner;
  }

  #turned(name: string): void {
    const server = this.#config.realServers.findIndex((one) => destinationName(one) === name);
    const alive = this.#runnersOf(name).every(({ up }) => up);
    this.#feed({ type: "changed", server, alive });
  }

  #alive(): boolean[] {
    return this.#config.realServers.map((server) => this.#runnersOf(destinationName(server)).every(({ up }) => up));
  }

  #feed(event: PoolEvent): void {
    const { state, notes } = poolStep(this.#weighed, this.#state, event);
    this.#state = state;
    for (const note of notes) this.#host.log.info(poolWords(this.#config, note));
    this.#host.wanted(this.entry);
    this.#host.changed();
  }

  #weigh(config: RunnableService): RunnableService {
    return weighed(config, (file) => this.#host.number(file));
  }

  #sayGoing(servers: ListDifference<RunnableServer> | undefined): void {
    const gone = new Set(going(servers).map(({ key }) => key));
    for (const server of this.#weighed.realServers.filter((one) => gone.has(destinationName(one)))) {
      this.#host.log.info(`service ${serverWords(server, this.#config.protocol)} no longer exist`);
      this.#sayLeaves("Removing", server);
    }
  }

  #sayWeights({ realServers }: RunnableService): void {
    const { protocol } = this.#config;
    const virtualServer = serverWords(this.#config, protocol);
    const before = new Map(
      this.#weighed.realServers.map((server, i) => [destinationName(server), [server, i] as const]),
    );
    for (const server of realServers) {
      const [was, i] = before.get(destinationName(server)) ?? [server, 0];
      if (was.weight === server.weight) continue;
      const weights = { from: was.weight, to: server.weight, alive: this.#state.alive[i] ?? false };
      this.#host.log.info(weightWords({ ...weights, realServer: serverWords(server, protocol), virtualServer }));
    }
  }

  /** Nothing where it is not in the table. */
  #sayLeaves(how: "Removing" | "Shutting down", server: RunnableServer): void {
    const row = this.entry.destinations.find((one) => destinationName(one) === destinationName(server));
    if (row === undefined) return;
    const { protocol } = this.#config;
    const place = {
      realServer: serverWords(server, protocol),
      virtualServer: serverWords(this.#config, protocol),
    };
    this.#host.log.info(leavingWords(how, row.weight > 0 || server.weight === 0, place));
  }
}

function isFileCheck(runner: Runner): runner is FileCheckRunner {
  return runner instanceof FileCheckRunner;
}

/** The same checker before a reload. */
function knownBy(former: Runner): Known {
  if (isFileCheck(former)) return { ...NOTHING, up: () => former.up };
  return { ...NOTHING, health: (checker) => migrated(healthParameters(checker), former.health) };
}
