import { destinationName, type IpvsEntry, serviceName } from "../base/ipvs.ts";
import type { Trap } from "../base/trap.ts";
import { weightWith } from "../lvs/file-check.ts";
import { type CheckerTurn, closingNotices, type Leaving, leavingNotices, type PoolNotice } from "../lvs/notice.ts";
import {
  EMPTY_POOL,
  nameAt,
  type PoolEvent,
  type PoolState,
  poolStep,
  wantedDestinations,
  wantedEntries,
} from "../lvs/pool.ts";
import { leavingWords, poolWords, serverWords, weightWords } from "../lvs/words.ts";
import type { ServiceReport } from "../observe/report.ts";
import { type Changed, going, type ListDifference } from "../plan/difference.ts";
import { adoptedState, formerKnowledge } from "./former-knowledge.ts";
import { endingTraps, leavingTraps, noteTraps } from "./pool-traps.ts";
import { filesOf, type RunnableServer, type RunnableService, sessionsOf } from "./runnable.ts";
import { type Known, NOTHING, ServerCheckers, type ServerCheckersHost } from "./server-checkers.ts";
import { adoptedStarts, SlowStarter, type SlowStarterHost } from "./slow-starter.ts";
import type { CountedPool } from "./traffic-reader.ts";

/** What a pool needs of the process it lives in. */
export interface PoolHost extends Pick<ServerCheckersHost, "checks" | "log" | "number" | "isUp"> {
  /** What is reported of it is something else. */
  changed(): void;
  readonly clock: SlowStarterHost["io"];
  /** The wanted entries are others than before. */
  wanted(entries: readonly IpvsEntry[]): void;
  /** Operators are to be told of a service, as it is configured. */
  notice(notice: PoolNotice, service: RunnableService): void;
  weight(service: string, destination: string): number;
  isAway(service: string): boolean; // its address is elsewhere: `ha_suspend`
  /** Managers are told, in this order; of nothing where there are none. Nothing is made of it where nobody is told. */
  traps(make: () => readonly Trap[]): void;
}

/** What was made of this. */
interface Wanted {
  readonly service: RunnableService;
  readonly state: PoolState;
  readonly entries: readonly IpvsEntry[];
}

/** One virtual server: its checkers, who is alive, and so what the kernel's table should hold. */
export class PoolRunner {
  readonly #host: PoolHost;
  #config: RunnableService;
  #weighed: RunnableService; // the same with the weights that the checkers make
  #files: ReadonlySet<string>; // that it follows
  #sessions: ReadonlySet<string>; // so too
  #state: PoolState = EMPTY_POOL;
  #resting: boolean; // its checkers, while the address is elsewhere
  #wanted: Wanted | undefined;
  #handed: readonly IpvsEntry[] | undefined; // to the host, which sees to it
  readonly #servers: ServerCheckersHost;
  readonly #checkers = new Map<string, ServerCheckers>(); // by real server, of those that have some
  readonly #slow: SlowStarter;

  /** `origin`: whether the daemon starts or a reload brought the service, or what the process before this one knew. */
  constructor(config: RunnableService, origin: "start" | "reload" | ServiceReport, host: PoolHost) {
    this.#host = host;
    this.#config = config;
    this.#files = filesOf([config]);
    this.#sessions = sessionsOf([config]);
    this.#resting = host.isAway(config.label);
    const { checks, log, number, isUp } = host;
    this.#servers = {
      ...{ checks, log, number, isUp, protocol: config.protocol, virtualServer: config.name },
      isResting: () => this.#resting,
      turned: (server, turn) => this.#turned(server, turn),
      weighed: () => this.#serverWeighed(),
    };
    const known = formerKnowledge(origin);
    for (const server of config.realServers) this.#startServer(server, known(server));
    this.#weighed = this.#weigh(config);
    if (typeof origin !== "string") this.#state = adoptedState(origin, config);
    this.#slow = new SlowStarter(typeof origin === "string" ? new Map() : adoptedStarts(origin, config), {
      io: host.clock,
      say: (words) => host.log.info(words),
      stepped: () => this.#wantEntries(),
    });
    this.#feed({ type: typeof origin === "string" ? "configured" : "turned", alive: this.#alive() });
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  /** What the table should hold of it: the same object until that is something else. */
  get entries(): readonly IpvsEntry[] {
    const [service, state] = [this.#slow.slowed(this.#weighed), this.#state];
    if (this.#wanted?.service !== service || this.#wanted.state !== state)
      this.#wanted = { service, state, entries: wantedEntries(service, state) };
    return this.#wanted.entries;
  }

  /** What of the kernel's table counts for it, and what its servers are called there. */
  get counted(): CountedPool {
    const { label, services, realServers } = this.#config;
    return {
      name: label,
      services,
      named: (service) => new Map(realServers.map((server) => [nameAt(service, server), destinationName(server)])),
    };
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
      if (entry.type !== "changed" || entry.difference.lists.checkers === undefined) continue;
      const checkers = this.#checkers.get(entry.key);
      if (checkers === undefined) this.#startServer(entry.to, NOTHING);
      else checkers.change(entry.difference.lists.checkers);
    }
    const from = this.#weighed;
    this.#config = to;
    this.#files = filesOf([to]);
    this.#sessions = sessionsOf([to]);
    this.#reweigh();
    this.#feed({ type: "reconfigured", from, alive: this.#alive() });
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
  }

  /** There may be another number in a file. The table is wanted once, whatever that means to how many servers. */
  fileTurned(file: string): void {
    if (!this.#files.has(file)) return;
    this.#reweigh();
    this.#look();
    this.#feed({ type: "turned", alive: this.#alive() });
  }

  /** These BFD sessions are otherwise than before. */
  sessionsTurned(sessions: ReadonlySet<string>): void {
    if (![...sessions].some((name) => this.#sessions.has(name))) return;
    if (this.#look()) this.#feed({ type: "turned", alive: this.#alive() });
    else this.#host.changed();
  }

  /** The address may have come or gone. Verdicts stay, and so does the table. */
  addressTurned(): void {
    const resting = this.#host.isAway(this.#config.label);
    if (resting === this.#resting) return;
    this.#resting = resting;
    for (const checkers of this.#checkers.values()) checkers.rest();
  }

  stop(): void {
    this.#slow.stop();
    for (const checkers of this.#checkers.values()) checkers.stop();
  }

  /** Says and tells which servers leave the table with their service. */
  leave(how: Leaving): void {
    this.#sayLeave(how, this.#weighed.realServers);
    this.#tell(closingNotices(this.#state, how));
    this.#host.traps(() => endingTraps(this.#config, this.#state.alive, how === "Removing" ? "not-met" : "shutdown"));
  }

  report(): ServiceReport {
    const [service] = this.#config.services;
    return {
      name: this.#config.label,
      places: this.#config.places,
      quorumUp: this.#state.quorumUp,
      realServers: this.#config.realServers.map((server, i) => {
        const name = destinationName(server);
        return {
          name,
          up: this.#state.alive[i] ?? false,
          risesFrom: this.#slow.risesFrom(name),
          weight: service === undefined ? 0 : this.#host.weight(serviceName(service), nameAt(service, server)),
          checkers: this.#checkers.get(name)?.report() ?? [],
        };
      }),
    };
  }

  /** Whether a file or a session says something else of a server. */
  #look(): boolean {
    return [...this.#checkers.values()].filter((checkers) => checkers.look()).length > 0;
  }

  #startServer(server: RunnableServer, known: Known): void {
    if (server.checkers.length === 0) return;
    this.#checkers.set(destinationName(server), new ServerCheckers(server, known, this.#servers));
  }

  #turned(name: string, turn: CheckerTurn): void {
    const server = this.#config.realServers.findIndex((one) => destinationName(one) === name);
    this.#feed({ type: "changed", server, alive: this.#checkers.get(name)?.up ?? true, turn });
  }

  #serverWeighed(): void {
    this.#reweigh();
    this.#feed({ type: "turned", alive: this.#alive() });
  }

  #alive(): boolean[] {
    return this.#config.realServers.map((server) => this.#checkers.get(destinationName(server))?.up ?? true);
  }

  #feed(event: PoolEvent): void {
    const { state, notes, notices } = poolStep(this.#weighed, this.#state, event);
    const before = this.#state;
    this.#state = state;
    for (const note of notes) this.#host.log.info(poolWords(this.#config, note));
    this.#slow.follow(this.#weighed, { event, before, state });
    this.#host.traps(() => noteTraps(this.#config, state.alive, notes));
    this.#wantEntries();
    this.#tell(notices);
  }

  #wantEntries(): void {
    const { entries } = this;
    if (entries !== this.#handed) this.#host.wanted(entries);
    this.#handed = entries;
    this.#host.changed();
  }

  #tell(notices: readonly PoolNotice[]): void {
    for (const notice of notices) this.#host.notice(notice, this.#config);
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
    const leaving = this.#weighed.realServers.filter((one) => gone.has(destinationName(one)));
    this.#sayLeave("Removing", leaving, (server) => {
      this.#host.log.info(`service ${serverWords(server, this.#config.protocol)} no longer exist`);
    });
    for (const [i, server] of this.#weighed.realServers.entries())
      if (gone.has(destinationName(server))) this.#tell(leavingNotices(i, this.#state.alive[i], "Removing"));
    this.#host.traps(() => leavingTraps(this.#config, this.#state.alive, leaving));
  }

  #sayWeights({ realServers }: RunnableService): void {
    const { protocol, name: virtualServer } = this.#config;
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

  /** Nothing of those that are not in the table. */
  #sayLeave(how: Leaving, servers: readonly RunnableServer[], before = (_: RunnableServer) => {}) {
    const { protocol, name: virtualServer } = this.#config;
    const [service] = this.#weighed.services;
    if (service === undefined) return;
    const rows = wantedDestinations(this.#weighed, this.#state, service);
    const weights = new Map(rows.map((row) => [destinationName(row), row.weight]));
    for (const server of servers) {
      before(server);
      const weight = weights.get(nameAt(service, server));
      if (weight === undefined) continue;
      const place = { realServer: serverWords(server, protocol), virtualServer };
      this.#host.log.info(leavingWords(how, weight > 0 || server.weight === 0, place));
    }
  }
}
