import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import type { Trap } from "../base/trap.ts";
import { weightWith } from "../lvs/file-check.ts";
import { adopted, unchecked } from "../lvs/health.ts";
import { EMPTY_POOL, type PoolEvent, type PoolNote, type PoolState, poolStep, wantedEntry } from "../lvs/pool.ts";
import { leavingWords, poolWords, serverWords, weightWords } from "../lvs/words.ts";
import type { ServiceReport } from "../observe/report.ts";
import { question } from "../plan/check-shape.ts";
import { type Changed, going, type ListDifference } from "../plan/difference.ts";
import { healthParameters } from "./checker-runner.ts";
import { fileCheckIdentity } from "./file-check-runner.ts";
import { endingTraps, leavingTraps, noteTraps } from "./pool-traps.ts";
import { filesOf, type RunnableServer, type RunnableService } from "./runnable.ts";
import { type Known, NOTHING, ServerCheckers, type ServerCheckersHost } from "./server-checkers.ts";

/** What a pool needs of the process it lives in. */
export interface PoolHost extends Pick<ServerCheckersHost, "io" | "log" | "random" | "number" | "changed"> {
  /** The wanted entry is another than before. */
  wanted(entry: IpvsEntry): void;
  weight(service: string, destination: string): number;
  /** Managers are told, in this order; of nothing where there are none. */
  traps(traps: readonly Trap[]): void;
}

/** One virtual server: its checkers, who is alive, and so what the kernel's table should hold. */
export class PoolRunner {
  readonly #host: PoolHost;
  #config: RunnableService;
  #weighed: RunnableService; // the same with the weights that the checkers make
  #files: ReadonlySet<string>; // that it follows
  #state: PoolState = EMPTY_POOL;
  readonly #checkers = new Map<string, ServerCheckers>(); // by real server

  /** `origin`: whether the daemon starts or a reload brought the service, or what the process before this one knew. */
  constructor(config: RunnableService, origin: "start" | "reload" | ServiceReport, host: PoolHost) {
    this.#host = host;
    this.#config = config;
    this.#files = filesOf([config]);
    for (const server of config.realServers) this.#startServer(server, knownAt(origin, server));
    this.#weighed = this.#weigh(config);
    const known = typeof origin === "string" ? undefined : origin;
    if (known !== undefined) this.#state = { ...this.#state, quorumUp: known.quorumUp };
    this.#feed({ type: "configured", alive: this.#alive() }, known?.quorumUp === false ? isNews : undefined);
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  get entry(): IpvsEntry {
    return wantedEntry(this.#weighed, this.#state);
  }

  /** Another configuration of the same service, as planned: checkers that did not change go on, verdicts stay. */
  reconfigure({ to, difference }: Changed<RunnableService>): void {
    const { realServers } = difference.lists;
    this.#sayGoing(realServers);
    for (const { key } of going(realServers)) {
      this.#checkers.get(key)?.stop();
      this.#checkers.delete(key);
    }
    for (const entry of realServers?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced") this.#startServer(entry.to, NOTHING);
      if (entry.type === "changed" && entry.difference.lists.checkers !== undefined)
        this.#checkers.get(entry.key)?.change(entry.difference.lists.checkers);
    }
    this.#config = to;
    this.#files = filesOf([to]);
    this.#reweigh();
    this.#feed({ type: "configured", alive: this.#alive() });
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  /** There may be another number in a file. The table is wanted once, whatever that means to how many servers. */
  fileTurned(file: string): void {
    if (!this.#files.has(file)) return;
    this.#reweigh();
    this.#look();
    this.#feed({ type: "turned", alive: this.#alive() });
  }

  stop(): void {
    for (const checkers of this.#checkers.values()) checkers.stop();
  }

  /** Says which servers leave the table with their service. */
  sayLeaving(how: "Removing" | "Shutting down"): void {
    for (const server of this.#weighed.realServers) this.#sayLeaves(how, server);
    this.#host.traps(endingTraps(this.#config, this.#state.alive, how === "Removing" ? "not-met" : "shutdown"));
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
          checkers: this.#checkers.get(name)?.report() ?? [],
        };
      }),
    };
  }

  /** Whether a file says something else of a server. */
  #look(): boolean {
    return [...this.#checkers.values()].filter((checkers) => checkers.look()).length > 0;
  }

  #startServer(server: RunnableServer, known: Known): void {
    const { protocol } = this.#config;
    const name = destinationName(server);
    const { io, log, random, number, changed } = this.#host;
    const checkers = new ServerCheckers(server.checkers, known, {
      ...{ io, log, random, number, changed },
      realServer: serverWords(server, protocol),
      virtualServer: serverWords(this.#config, protocol),
      turned: () => this.#turned(name),
      weighed: () => this.#serverWeighed(),
    });
    this.#checkers.set(name, checkers);
  }

  #turned(name: string): void {
    const server = this.#config.realServers.findIndex((one) => destinationName(one) === name);
    this.#feed({ type: "changed", server, alive: this.#checkers.get(name)?.up ?? true });
  }

  #serverWeighed(): void {
    this.#reweigh();
    this.#feed({ type: "turned", alive: this.#alive() });
  }

  #alive(): boolean[] {
    return this.#config.realServers.map((server) => this.#checkers.get(destinationName(server))?.up ?? true);
  }

  #feed(event: PoolEvent, isTold: (note: PoolNote) => boolean = () => true): void {
    const { state, notes } = poolStep(this.#weighed, this.#state, event);
    this.#state = state;
    for (const note of notes) this.#host.log.info(poolWords(this.#config, note));
    this.#host.traps(noteTraps(this.#config, state.alive, notes.filter(isTold)));
    this.#host.wanted(this.entry);
    this.#host.changed();
  }

  /** A service whose servers have the weights that their checkers make of the configured ones. */
  #weigh(service: RunnableService): RunnableService {
    const realServers = service.realServers.map((server) => {
      const deltas = this.#checkers.get(destinationName(server))?.deltas(server.weight) ?? [];
      return deltas.every((delta) => delta === 0) ? server : { ...server, weight: weightWith(server.weight, deltas) };
    });
    return { ...service, realServers };
  }

  #reweigh(): void {
    const now = this.#weigh(this.#config);
    this.#sayWeights(now);
    this.#weighed = now;
  }

  #sayGoing(servers: ListDifference<RunnableServer> | undefined): void {
    const gone = new Set(going(servers).map(({ key }) => key));
    for (const server of this.#weighed.realServers.filter((one) => gone.has(destinationName(one)))) {
      this.#host.log.info(`service ${serverWords(server, this.#config.protocol)} no longer exist`);
      this.#sayLeaves("Removing", server);
    }
    const leaving = this.#config.realServers.filter((one) => gone.has(destinationName(one)));
    this.#host.traps(leavingTraps(this.#config, this.#state.alive, leaving));
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

/** Who was told that the quorum is down is not told again when another process takes over. */
function isNews({ name }: PoolNote): boolean {
  return name !== "quorum-down-at-start";
}

/** What is known of a server's checkers when its service begins to run. */
function knownAt(origin: "start" | "reload" | ServiceReport, server: RunnableServer): Known {
  if (origin === "reload") return NOTHING;
  const reported = origin === "start" ? undefined : origin.realServers;
  const reports = reported?.find(({ name }) => name === destinationName(server))?.checkers;
  return {
    health: (checker) => {
      const report = reports?.find(({ identity }) => identity === question(checker));
      const parameters = healthParameters(checker);
      return report === undefined ? unchecked(parameters) : adopted(parameters, report);
    },
    up: (checker) => reports?.find(({ identity }) => identity === fileCheckIdentity(checker))?.up,
  };
}
