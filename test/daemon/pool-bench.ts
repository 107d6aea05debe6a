import { ip } from "../../src/base/ip.ts";
import { destinationName, type IpvsEntry } from "../../src/base/ipvs.ts";
import type { Notification } from "../../src/base/notification.ts";
import { seconds } from "../../src/base/time.ts";
import type { Trap } from "../../src/base/trap.ts";
import type { TcpCheckConfig } from "../../src/config/model/check.ts";
import { poolNotification } from "../../src/daemon/pool-notices.ts";
import { PoolRunner } from "../../src/daemon/pool-runner.ts";
import { planServices, type RunnableServer, type RunnableService } from "../../src/daemon/runnable.ts";
import { SharedChecks } from "../../src/daemon/shared-checks.ts";
import type { SorryServer } from "../../src/lvs/pool.ts";
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
  ...{ address: ip(`10.88.0.${host}`), port: 80, weight: 1, forwarding: "nat", tunnel: undefined },
  ...{ upperThreshold: 0, lowerThreshold: 0, inhibitOnFailure: false, checkers: [check(host)] },
  ...{ notifyUp: undefined, notifyDown: undefined, smtpAlert: true, ...change },
});

/** A service of these servers at 10.78.0.HOST. */
export function service(
  realServers: readonly RunnableServer[],
  { scheduler = "rr", host = 1, ...change }: Partial<RunnableService> & ServiceText = {},
): RunnableService {
  const address = ip(`10.78.0.${host}`);
  const name = `[${address}]:tcp:80`;
  const web = { protocol: "tcp", address, port: 80, flags: 0, timeout: 0, netmask: 32, engine: undefined } as const;
  return {
    subject: { address, port: 80, protocol: "tcp" },
    ...{ label: name, name, protocol: "tcp", places: [{ protocol: "tcp", from: address, to: address, port: 80 }] },
    services: [{ ...web, scheduler }],
    ...{ quorum: 1, hysteresis: 0, realServers, sorryServer: undefined },
    ...{ quorumUp: undefined, quorumDown: undefined, smtpAlert: false, omega: false, ...change },
  };
}

interface ServiceText {
  readonly scheduler?: string;
  readonly host?: number;
}

/** Where a sorry server is wanted. */
export const SORRY: SorryServer = {
  ...{ address: ip("10.88.0.99"), port: 80, forwarding: "nat", tunnel: undefined, inhibitOnFailure: false },
};

/** Servers that answer as told, and what a pool says and wants of them. */
export class PoolBench {
  readonly servers = new FakeServers();
  readonly checks: SharedChecks;
  #random = 0;
  readonly table: string[][] = []; // each wanted table, hosts and weights
  readonly events: string[] = []; // of a check, and how many tables they wanted
  readonly traps: Trap[] = []; // that managers were told
  readonly numbers = new Map<string, number>(); // in files; 0 where there is none
  readonly rules = { initialNotifies: false, checkerEmails: true };
  notify: (notification: Notification) => void = () => {}; // who is told
  readonly #told: string[] = [];
  readonly sessions = new Map<string, boolean>(); // of BFD; one that is not here was never heard of
  readonly away = new Set<string>(); // services whose address is elsewhere
  readonly #said: string[] = [];
  readonly #configs = new Map<PoolRunner, RunnableService>(); // in force

  /** `once`: equal checks of its pools run once. */
  constructor({ once = true } = {}) {
    this.checks = new SharedChecks(once, {
      io: this.servers,
      random: () => this.#random,
      counted: () => {},
      together: (event) => {
        const before = this.table.length;
        event();
        this.events.push(`event of ${this.table.length - before}`);
      },
    });
  }

  start(config: RunnableService, origin: "start" | "reload" | ServiceReport = "start", random = 0): PoolRunner {
    this.#random = random;
    if (typeof origin !== "string") this.checks.settle(); // another process
    const pool = new PoolRunner(config, origin, {
      checks: this.checks,
      clock: this.servers,
      log: createLog([({ text }) => this.#said.push(text)], true),
      changed: () => {},
      wanted: (entries) => this.table.push(rows(entries)),
      notice: (notice, of) => {
        const notification = poolNotification(notice, of, this.rules);
        if (notification === undefined) return;
        this.#told.push(...spoken(notification));
        this.notify(notification);
      },
      isAway: (name) => this.away.has(name),
      isUp: (session) => this.sessions.get(session),
      traps: (make) => this.traps.push(...make()),
      number: (file) => this.numbers.get(file) ?? 0,
      weight: (_, destination) => (destination === destinationName(real(11)) ? 1 : 0),
    });
    this.#configs.set(pool, config);
    return pool;
  }

  /** Reconfigures a pool as planned; leaves it alone where nothing changes. */
  reload(pool: PoolRunner, to: RunnableService): void {
    this.change(pool, to);
    this.checks.settle();
  }

  /** The same as a part of a reload. */
  change(pool: PoolRunner, to: RunnableService): void {
    const from = this.#configs.get(pool) ?? to;
    for (const change of changed(planServices([from], [to]))) pool.reconfigure(change);
    this.#configs.set(pool, to);
  }

  /** Everything that was said since the last time. */
  said(): string[] {
    return this.#said.splice(0);
  }

  /** Lines, scripts and mails since the last time. */
  told(): string[] {
    return this.#told.splice(0);
  }

  /** What was said since the last time, but for the checkers' beginning. */
  heard(): string[] {
    return this.said().filter((text) => !text.startsWith("Activating"));
  }
}

/** Hosts and weights of the first entry. */
export function rows([entry]: readonly IpvsEntry[]): string[] {
  return (entry?.destinations ?? []).map(({ address, weight }) => `${address.split(".").at(-1)} ${weight}`);
}

/** Who hears of a notification, in order: `run SCRIPT`, the line of the FIFOs, `mail SUBJECT: BODY`. */
function spoken({ scripts, line, alert }: Notification): string[] {
  return [
    ...scripts.map(({ argv }) => `run ${argv.join(" ")}`),
    ...(line === undefined ? [] : [line]),
    ...(alert === undefined ? [] : [`mail ${alert.subject}: ${alert.body}`]),
  ];
}
