import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { added, adopted, type Health, migrated, unchecked } from "../lvs/health.ts";
import { EMPTY_POOL, type PoolEvent, type PoolState, poolStep, wantedEntry } from "../lvs/pool.ts";
import { activatingWords, healthWords, leavingWords, poolWords, serverWords, weightWords } from "../lvs/words.ts";
import type { Log } from "../observe/log.ts";
import type { ServiceReport } from "../observe/report.ts";
import { type CheckerHost, CheckerRunner, healthParameters, identity } from "./checker-runner.ts";
import type { RunnableChecker, RunnableServer, RunnableService } from "./runnable.ts";

/** What a pool needs of the process it lives in. */
export interface PoolHost extends Pick<CheckerHost, "io" | "random" | "changed"> {
  readonly log: Log;
  /** The wanted entry is another than before. */
  wanted(entry: IpvsEntry): void;
  weight(service: string, destination: string): number;
}

/** One virtual server: its checkers, who is alive, and so what the kernel's table should hold. */
export class PoolRunner {
  readonly #host: PoolHost;
  #config: RunnableService;
  #state: PoolState = EMPTY_POOL;
  #runners: ReadonlyMap<string, readonly CheckerRunner[]> = new Map(); // by real server

  /** `origin`: whether the daemon starts or a reload brought the service, or what the process before this one knew. */
  constructor(config: RunnableService, origin: "start" | "reload" | ServiceReport, host: PoolHost) {
    this.#host = host;
    this.#config = config;
    const reported = typeof origin === "string" ? undefined : origin;
    const known = (server: RunnableServer, checker: RunnableChecker): Health => {
      const report = reported?.realServers
        .find(({ name }) => name === destinationName(server))
        ?.checkers.find((one) => one.identity === identity(checker));
      const parameters = healthParameters(checker);
      if (report !== undefined) return adopted(parameters, report);
      return origin === "reload" ? added(parameters) : unchecked(parameters);
    };
    if (reported !== undefined) this.#state = { ...this.#state, quorumUp: reported.quorumUp };
    this.#runners = this.#startRunners(config, known);
    this.#feed({ type: "configured", alive: this.#alive() });
  }

  get entry(): IpvsEntry {
    return wantedEntry(this.#config, this.#state);
  }

  /** Another configuration of the same service. Verdicts of equal checkers stay; checkers that did not change go on. */
  reconfigure(config: RunnableService): void {
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return;
    const before = this.#runners;
    const kept = new Set<CheckerRunner>();
    this.#sayChanges(config);
    this.#runners = this.#startRunners(
      config,
      (server, checker) => {
        const same = before.get(destinationName(server))?.find((runner) => runner.identity === identity(checker));
        return same === undefined ? added(healthParameters(checker)) : migrated(healthParameters(checker), same.health);
      },
      (server, checker) => {
        const same = before
          .get(destinationName(server))
          ?.find((runner) => !kept.has(runner) && JSON.stringify(runner.config) === JSON.stringify(checker));
        if (same !== undefined) kept.add(same);
        return same;
      },
    );
    for (const runner of [...before.values()].flat()) if (!kept.has(runner)) runner.stop();
    this.#config = config;
    this.#feed({ type: "configured", alive: this.#alive() });
  }

  stop(): void {
    for (const runner of [...this.#runners.values()].flat()) runner.stop();
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
          checkers: (this.#runners.get(name) ?? []).map((runner) => runner.report()),
        };
      }),
    };
  }

  #startRunners(
    config: RunnableService,
    health: (server: RunnableServer, checker: RunnableChecker) => Health,
    keep: (server: RunnableServer, checker: RunnableChecker) => CheckerRunner | undefined = () => undefined,
  ): ReadonlyMap<string, readonly CheckerRunner[]> {
    const virtual = serverWords(config, config.protocol);
    return new Map(
      config.realServers.map((server) => {
        const name = destinationName(server);
        const real = serverWords(server, config.protocol);
        const runners = server.checkers.map((checker) => {
          const running = keep(server, checker);
          if (running !== undefined) return running;
          this.#host.log.info(activatingWords(real, virtual));
          const urls = checker.type === "http" ? checker.urls : [];
          const runner = new CheckerRunner(checker, health(server, checker), {
            io: this.#host.io,
            random: () => this.#host.random(),
            changed: () => this.#host.changed(),
            note: (note) => this.#host.log.info(healthWords({ type: checker.type, realServer: real, urls }, note)),
            turned: () => this.#turned(name),
          });
          runner.start();
          return runner;
        });
        return [name, runners];
      }),
    );
  }

  #turned(name: string): void {
    const server = this.#config.realServers.findIndex((one) => destinationName(one) === name);
    const alive = (this.#runners.get(name) ?? []).every(({ health }) => health.up);
    this.#feed({ type: "changed", server, alive });
  }

  #alive(): boolean[] {
    return this.#config.realServers.map((server) =>
      (this.#runners.get(destinationName(server)) ?? []).every(({ health }) => health.up),
    );
  }

  #feed(event: PoolEvent): void {
    const { state, notes } = poolStep(this.#config, this.#state, event);
    this.#state = state;
    for (const note of notes) this.#host.log.info(poolWords(this.#config, note));
    this.#host.wanted(this.entry);
    this.#host.changed();
  }

  #sayChanges(config: RunnableService): void {
    const virtualServer = serverWords(config, config.protocol);
    const after = new Map(config.realServers.map((server) => [destinationName(server), server]));
    for (const [i, server] of this.#config.realServers.entries()) {
      const realServer = serverWords(server, config.protocol);
      const now = after.get(destinationName(server));
      const alive = this.#state.alive[i] ?? false;
      if (now === undefined) {
        this.#host.log.info(`service ${realServer} no longer exist`);
        this.#sayLeaves("Removing", server);
      } else if (now.weight !== server.weight)
        this.#host.log.info(weightWords({ from: server.weight, to: now.weight, alive, realServer, virtualServer }));
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
