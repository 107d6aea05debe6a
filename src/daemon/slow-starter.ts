import { destinationName } from "../base/ipvs.ts";
import type { Micros } from "../base/time.ts";
import { isOpen, type PoolEvent, type PoolState, type VirtualServer } from "../lvs/pool.ts";
import {
  metServers,
  risingWeight,
  type SlowServer,
  type SlowStart,
  type SlowStarts,
  slowStartDeadline,
  slowStartStep,
  slowStartWords,
} from "../lvs/slow-start.ts";
import { serverWords } from "../lvs/words.ts";
import type { ServiceReport } from "../observe/report.ts";

/** What it needs of its process. */
export interface SlowStarterHost {
  readonly io: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
  say(words: string): void;
  stepped(): void; // weights are others than before
}

/** What has become of a pool. */
export interface PoolTurn {
  readonly event: PoolEvent;
  readonly before: PoolState;
  readonly state: PoolState;
}

/** The weights of servers that return, in a service whose servers begin slowly (`slow_start`). */
export class SlowStarter {
  readonly #host: SlowStarterHost;
  #starts: SlowStarts;
  #servers: readonly SlowServer[] = []; // of the last turn; none: no server begins slowly
  #rising = false;
  #made: { readonly of: VirtualServer; readonly service: VirtualServer } | undefined;
  #cancelWake = (): void => {};

  constructor(starts: SlowStarts, host: SlowStarterHost) {
    this.#host = host;
    this.#starts = starts;
  }

  /** Follows the pool; what a reload lets begin slowly from now on has been met. */
  follow(service: VirtualServer, { event, before, state }: PoolTurn): void {
    const servers = slowServers(service, state);
    const first = this.#servers.length === 0 && servers.length > 0;
    if (first && event.type === "reconfigured") this.#starts = metServers(allServers(event.from, before));
    this.#servers = servers;
    this.#step(failedBy(event, servers));
  }

  /** The service with the weights of now: the same object where none rises, and until one does. */
  slowed<Service extends VirtualServer>(service: Service): Service {
    if (!this.#rising) return service;
    if (this.#made?.of !== service) this.#made = { of: service, service: this.#weigh(service) };
    return this.#made.service as Service;
  }

  /** Since when its weight rises; undefined: it does not. */
  risesFrom(name: string): Micros | undefined {
    return this.#starts.get(name)?.risesFrom;
  }

  stop(): void {
    this.#cancelWake();
  }

  #step(failed?: string): void {
    const { io, say, stepped } = this.#host;
    const at = io.now();
    const { starts, notes } = slowStartStep(this.#starts, this.#servers, at, failed);
    this.#starts = starts;
    this.#made = undefined;
    for (const note of notes) {
      const server = this.#servers.find(({ name }) => name === note.server);
      if (server !== undefined) say(slowStartWords(note, server));
    }
    this.#cancelWake();
    const next = slowStartDeadline(starts, this.#servers, at);
    this.#rising = next !== undefined;
    this.#cancelWake =
      next === undefined
        ? () => {}
        : io.wakeAt(next, () => {
            this.#step();
            stepped();
          });
  }

  #weigh(service: VirtualServer): VirtualServer {
    const now = this.#host.io.now();
    const realServers = service.realServers.map((server) => {
      const { slowStart = 0, weight } = server;
      const rising = risingWeight({ weight, slowStart }, this.#starts.get(destinationName(server)), now);
      return rising === weight ? server : { ...server, weight: rising };
    });
    return { ...service, realServers };
  }
}

/** None where no server begins slowly: most services are so, and need nothing remembered. */
function slowServers(service: VirtualServer, state: PoolState): readonly SlowServer[] {
  const slow = service.realServers.some(({ slowStart = 0 }) => slowStart > 0);
  return slow ? allServers(service, state) : [];
}

function allServers(service: VirtualServer, state: PoolState): readonly SlowServer[] {
  const open = isOpen(service, state);
  return service.realServers.map((server, i) => ({
    name: destinationName(server),
    ...{ weight: server.weight, slowStart: server.slowStart ?? 0, serving: open && state.alive[i] === true },
    ...{ realServer: serverWords(server, service.protocol), virtualServer: service.name },
  }));
}

/** The server whose check has just said no. */
function failedBy(event: PoolEvent, servers: readonly SlowServer[]): string | undefined {
  return event.type === "changed" && event.turn?.up === false ? servers[event.server]?.name : undefined;
}

/** As the process before this one left them. */
export function adoptedStarts({ quorumUp, realServers }: ServiceReport, service: VirtualServer): SlowStarts {
  const open = isOpen(service, { quorumUp });
  return new Map(
    realServers.flatMap(({ name, up, risesFrom, checkers }): [string, SlowStart][] => {
      const met = up || checkers.some(({ hasRun }) => hasRun);
      return met ? [[name, { serving: up && open, risesFrom }]] : [];
    }),
  );
}
