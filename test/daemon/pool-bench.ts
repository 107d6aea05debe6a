import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsEntry } from "../../src/base/ipvs.ts";
import { seconds } from "../../src/base/time.ts";
import type { Trap } from "../../src/base/trap.ts";
import type { TcpCheckConfig } from "../../src/config/model/check.ts";
import { PoolRunner } from "../../src/daemon/pool-runner.ts";
import { planServices, type RunnableServer, type RunnableService } from "../../src/daemon/runnable.ts";
import { createLog } from "../../src/observe/log.ts";
import type { ServiceReport } from "../../src/observe/report.ts";
import { changed } from "../../src/plan/difference.ts";
import { FakeServers } from "./fake-servers.ts";

/** A TCP_CHECK of a port. */
export const check = (port: number, change: Partial<TcpCheckConfig> = {}): TcpCheckConfig => ({
  type: "tcp",
  address: ip("10.88.0.1"),
  port,
  bindAddress: undefined,
  bindPort: 0,
  bindInterface: undefined,
  fwmark: 0,
  connectTimeout: seconds(2),
  delayLoop: seconds(10),
  retry: 2,
  delayBeforeRetry: seconds(1),
  warmup: seconds(8),
  alpha: false,
  logAllFailures: false,
  ...change,
});

/** A real server checked on a port of its own number. */
export const real = (host: number, change: Partial<RunnableServer> = {}): RunnableServer => ({
  ...{ address: ip(`10.88.0.${host}`), port: 80, weight: 1, forwarding: "nat" },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false, checkers: [check(host)], ...change },
});

/** A service of these servers. */
export const service = (realServers: readonly RunnableServer[], change: Partial<RunnableService> = {}) => ({
  ...({ address: ip("10.78.0.1"), port: 80, protocol: "tcp", scheduler: "rr", schedulerFlags: 0 } as const),
  ...{ persistenceTimeout: 0, persistenceNetmask: 32, quorum: 1, hysteresis: 0, realServers, sorryServer: undefined },
  ...change,
});
/** Where a sorry server is wanted. */
export const SORRY = { address: ip("10.88.0.99"), port: 80, forwarding: "nat", inhibitOnFailure: false } as const;

/** Servers that answer as told, and what a pool says and wants of them. */
export class PoolBench {
  readonly servers = new FakeServers();
  readonly table: string[][] = []; // each wanted table, hosts and weights
  readonly traps: Trap[] = []; // that managers were told
  readonly numbers = new Map<string, number>(); // in files; 0 where there is none
  readonly #said: string[] = [];
  readonly #configs = new Map<PoolRunner, RunnableService>(); // in force

  start(config: RunnableService, origin: "start" | "reload" | ServiceReport = "start", random = 0): PoolRunner {
    const pool = new PoolRunner(config, origin, {
      io: this.servers,
      random: () => random,
      log: createLog([({ text }) => this.#said.push(text)], true),
      changed: () => {},
      wanted: (entry) => this.table.push(rows(entry)),
      traps: (traps) => this.traps.push(...traps),
      number: (file) => this.numbers.get(file) ?? 0,
      weight: (_, destination) => (destination === destinationName(real(11)) ? 1 : 0),
    });
    this.#configs.set(pool, config);
    return pool;
  }

  /** Reconfigures a pool as planned; leaves it alone where nothing changes. */
  reload(pool: PoolRunner, to: RunnableService): void {
    const from = this.#configs.get(pool) ?? to;
    for (const change of changed(planServices([from], [to]))) pool.reconfigure(change);
    this.#configs.set(pool, to);
  }

  /** Everything that was said since the last time. */
  said(): string[] {
    return this.#said.splice(0);
  }

  /** What was said since the last time, but for the checkers' beginning. */
  heard(): string[] {
    return this.said().filter((text) => !text.startsWith("Activating"));
  }
}

/** Hosts and weights of an entry. */
export function rows({ destinations }: IpvsEntry): string[] {
  return destinations.map(({ address, weight }) => `${address.split(".").at(-1)} ${weight}`);
}
