import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { added, adopted, type Health, migrated, unchecked } from "../lvs/health.ts";
import { EMPTY_POOL, type PoolEvent, type PoolState, poolStep, wantedEntry } from "../lvs/pool.ts";
import { activatingWords, healthWords, leavingWords, poolWords, serverWords, weightWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceReport } from "../observe/report.ts";
import { question, type RunnableChecker } from "../plan/check-shape.ts";
import { keysOf } from "../plan/compare.ts";
import { type Changed, changed, going, type ListDifference } from "../plan/difference.ts";
import { type CheckerHost, CheckerRunner, healthParameters } from "./checker-runner.ts";
import type { RunnableServer, RunnableService } from "./runnable.ts";

/** What a pool needs of the process it lives in. */
export interface PoolHost extends Pick<CheckerHost, "io" | "random" | "changed"> {
  readonly log: Log;
  /** The wanted entry is another than before. */
  wanted(entry: IpvsEntry): void;
  weight(service: string, destination: string): number;
}

/** The checkers of a real server, by what they ask. */
type Runners = ReadonlyMap<string, CheckerRunner>;

/** One virtual server: its checkers, who is alive, and so what the kernel's table should hold. */
export class PoolRunner {
  readonly #host: PoolHost;
  #config: RunnableService;
  #state: PoolState = EMPTY_POOL;
  readonly #runners = new Map<string, Runners>(); // by real server

  /** `origin`: whether the daemon starts or a reload brought the service, or what the process before this one knew. */
  constructor(config: RunnableService, origin: "start" | "reload" | ServiceReport, host: PoolHost) {
    this.#host = host;
    this.#config = config;
    const reported = typeof origin === "string" ? undefined : origin;
    const known = (server: RunnableServer, checker: RunnableChecker): Health => {
      const report = reported?.realServers
        .find(({ name }) => name === destinationName(server))
        ?.checkers.find((one) => one.identity === question(checker));
      const parameters = healthParameters(checker);
      if (report !== undefined) return adopted(parameters, report);
      return origin === "reload" ? added(parameters) : unchecked(parameters);
    };
    if (reported !== undefined) this.#state = { ...this.#state, quorumUp: reported.quorumUp };
    for (const server of config.realServers) this.#startServer(server, (checker) => known(server, checker));
    this.#feed({ type: "configured", alive: this.#alive() });
  }

  get entry(): IpvsEntry {
    return wantedEntry(this.#config, this.#state);
  }

  /** Another configuration of the same service, as planned: checkers that did not change go on, verdicts stay. */
  reconfigure({ to, difference }: Changed<RunnableService>): void {
    const { realServers } = difference.lists;
    this.#sayChanges(realServers);
    for (const { key } of going(realServers)) {
      for (const runner of this.#runnersOf(key)) runner.stop();
      this.#runners.delete(key);
    }
    for (const entry of realServers?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced")
        this.#startServer(entry.to, (checker) => added(healthParameters(checker)));
      if (entry.type === "changed") this.#changeServer(entry);
    }
    this.#config = to;
    this.#feed({ type: "configured", alive: this.#alive() });
  }

  stop(): void {
    for (const name of this.#runners.keys()) for (const runner of this.#runnersOf(name)) runner.stop();
  }

  /** Says which servers leave the table with their service. */
  sayLeaving(how: "Removing" | "Shutting down"): void {
    for (const server of this.#config.realServers) this.#sayLeaves(how, server);
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

  #runnersOf(server: string): readonly CheckerRunner[] {
    return [...(this.#runners.get(server)?.values() ?? [])];
  }

  #startServer(server: RunnableServer, health: (checker: RunnableChecker) => Health): void {
    const keys = keysOf(server.checkers, question);
    const runners = server.checkers.map(
      (checker, i) => [keys[i] ?? "", this.#startChecker(server, checker, health(checker))] as const,
    );
    this.#runners.set(destinationName(server), new Map(runners));
  }

  #changeServer({ key: name, to: server, difference }: Changed<RunnableServer>): void {
    const { checkers } = difference.lists;
    if (checkers === undefined) return;
    const before: Runners = this.#runners.get(name) ?? new Map();
    const now = new Map<string, CheckerRunner>();
    for (const entry of checkers.entries) {
      const former = before.get(entry.type === "replaced" ? entry.formerKey : entry.key);
      if (entry.type === "kept" && former !== undefined) {
        now.set(entry.key, former);
        continue;
      }
      former?.stop();
      if (entry.type === "removed") continue;
      const parameters = healthParameters(entry.to);
      const same = entry.type === "changed" && former !== undefined;
      const health = same ? migrated(parameters, former.health) : added(parameters);
      now.set(entry.key, this.#startChecker(server, entry.to, health));
    }
    this.#runners.set(name, now);
  }

  #startChecker(server: RunnableServer, checker: RunnableChecker, health: Health): CheckerRunner {
    const { protocol } = this.#config;
    const real = serverWords(server, protocol);
    this.#host.log.info(activatingWords(real, serverWords(this.#config, protocol)));
    const urls = checker.type === "http" ? checker.urls : [];
    const runner = new CheckerRunner(checker, health, {
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
    const alive = this.#runnersOf(name).every(({ health }) => health.up);
    this.#feed({ type: "changed", server, alive });
  }

  #alive(): boolean[] {
    return this.#config.realServers.map((server) =>
      this.#runnersOf(destinationName(server)).every(({ health }) => health.up),
    );
  }

  #feed(event: PoolEvent): void {
    const { state, notes } = poolStep(this.#config, this.#state, event);
    this.#state = state;
    for (const note of notes) this.#host.log.info(poolWords(this.#config, note));
    this.#host.wanted(this.entry);
    this.#host.changed();
  }

  #sayChanges(servers: ListDifference<RunnableServer> | undefined): void {
    const { protocol, realServers } = this.#config;
    const virtualServer = serverWords(this.#config, protocol);
    const alive = new Map(realServers.map((server, i) => [destinationName(server), this.#state.alive[i] ?? false]));
    for (const { from } of going(servers)) {
      this.#host.log.info(`service ${serverWords(from, protocol)} no longer exist`);
      this.#sayLeaves("Removing", from);
    }
    for (const { key, from, to } of changed(servers)) {
      if (from.weight === to.weight) continue;
      const realServer = serverWords(from, protocol);
      const weights = { from: from.weight, to: to.weight, alive: alive.get(key) ?? false };
      this.#host.log.info(weightWords({ ...weights, realServer, virtualServer }));
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
