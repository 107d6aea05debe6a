import { type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { seconds } from "../base/time.ts";
import type { Trap } from "../base/trap.ts";
import type { Config } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import { raiseDescriptorLimit } from "../io/realtime.ts";
import type { CheckersReport } from "../observe/report.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import { going } from "../plan/difference.ts";
import { CheckFiles } from "./check-files.ts";
import { checkIo } from "./check-io.ts";
import { PermanentFailure, type ProgramContext, type Running } from "./child.ts";
import { IpvsTable } from "./ipvs-table.ts";
import { type PoolHost, PoolRunner } from "./pool-runner.ts";
import { trapNotification } from "./pool-traps.ts";
import { planServices, runnable } from "./runnable.ts";
import { SyncDaemons } from "./sync-daemons.ts";
import { followed, unfollowing } from "./sync-owner.ts";

/** How long a table that the kernel refused is left as it is. */
const RETRY = seconds(10);

/** The checkers process: checks the real servers and keeps the kernel's IPVS table. */
export class CheckersDaemon implements Running<CheckersReport> {
  readonly #context: ProgramContext<CheckersReport>;
  #config: Config; // in force
  readonly #poller = new Poller();
  readonly #clock = new Clock(this.#poller);
  readonly #table: IpvsTable;
  readonly #files: CheckFiles;
  readonly #pools = new Map<string, PoolRunner>();
  readonly #syncDaemons: SyncDaemons;
  readonly #host: PoolHost;
  #settling = true; // the table is written as a whole at the end
  #cancelRetry = (): void => {};

  /** Puts the configuration in force. Throws PermanentFailure where the kernel has no IPVS. */
  constructor(context: ProgramContext<CheckersReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    this.#config = config;
    this.#clock.onLate = (late) => context.late(late);
    this.#makeRoom(config);
    this.#syncDaemons = new SyncDaemons({ log, clock: this.#clock });
    this.#table = this.#openTable(adopted?.services.map(({ name }) => name) ?? []);
    this.#table.buffer(config.global.daemon.checkers.netlinkCommandBuffer);
    this.#files = new CheckFiles({ poller: this.#poller, log, turned: (file) => this.#fileTurned(file) });
    const services = runnable(config);
    this.#files.configure(config, services, adopted !== undefined);
    this.#host = {
      io: checkIo(this.#clock, this.#poller),
      log,
      random: Math.random,
      changed: () => context.changed(),
      wanted: (entry) => this.#wanted(entry),
      weight: (service, destination) => this.#table.weight(service, destination),
      number: (file) => this.#files.number(file),
      traps: (traps) => this.#tellManagers(traps),
    };
    for (const server of services) {
      const name = serviceName(server);
      const reported = adopted?.services.find((one) => one.name === name);
      this.#pools.set(name, new PoolRunner(server, reported ?? "start", this.#host));
    }
    this.#settle();
  }

  /** As planned: what did not change is not touched. */
  reload(config: Config): void {
    this.#settling = true;
    this.#makeRoom(config);
    const wanted = runnable(config);
    const services = planServices(runnable(this.#config), wanted);
    this.#config = config;
    const turned = this.#files.configure(config, wanted, false);
    this.#table.buffer(config.global.daemon.checkers.netlinkCommandBuffer);
    for (const { key } of going(services)) {
      this.#pools.get(key)?.sayLeaving("Removing");
      this.#pools.get(key)?.stop();
      this.#pools.delete(key);
      this.#context.log.info(`Removing Virtual Server ${key}`);
    }
    for (const entry of services?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced")
        this.#pools.set(entry.key, new PoolRunner(entry.to, "reload", this.#host));
      if (entry.type === "changed") this.#pools.get(entry.key)?.reconfigure(entry);
    }
    for (const file of turned) this.#fileTurned(file); // its name leads to another one
    this.#settle();
  }

  stop(): void {
    this.#cancelRetry();
    for (const pool of this.#pools.values()) pool.stop();
    if (this.#context.options.releaseIpvs) {
      for (const pool of this.#pools.values()) pool.sayLeaving("Shutting down");
      this.#table.applyAll([]);
    }
    this.#syncDaemons.close({ stop: this.#context.options.releaseIpvs });
    this.#table.close();
    this.#files.close();
    this.#clock.close();
    this.#poller.close();
  }

  report(): CheckersReport {
    return { at: this.#clock.now(), services: [...this.#pools.values()].map((pool) => pool.report()) };
  }

  traffic(wish: TrafficWish): Iterable<readonly ServiceTraffic[]> {
    return this.#table.traffic(
      [...this.#pools].map(([name, { entry }]) => ({ name, entries: [entry] })),
      wish,
    );
  }

  /** Every checker that connects may have a connection at the same time. */
  #makeRoom(config: Config): void {
    const checkers = runnable(config).flatMap(({ realServers }) => realServers.flatMap((one) => one.checkers));
    const connecting = checkers.filter(({ type }) => type !== "file");
    const limited = raiseDescriptorLimit(connecting.length + 64);
    if (limited !== undefined) this.#context.log.warning("{error}", { error: limited.message });
  }

  #fileTurned(file: string): void {
    for (const pool of this.#pools.values()) pool.fileTurned(file);
  }

  #tellManagers(traps: readonly Trap[]): void {
    const { snmp } = this.#config.global;
    if (traps.length > 0 && snmp.traps && snmp.checkers) this.#context.notify(trapNotification(traps));
  }

  #wanted(entry: IpvsEntry): void {
    if (!this.#settling && !this.#table.apply(entry)) this.#tryAgain();
  }

  #settle(): void {
    this.#settling = false;
    // Those that follow a router are the vrrp process's.
    this.#syncDaemons.want(followed(this.#config) === undefined ? unfollowing(this.#config) : undefined);
    if (!this.#table.applyAll([...this.#pools.values()].map(({ entry }) => entry))) this.#tryAgain();
    this.#context.changed();
  }

  /** The kernel refused something, perhaps for a moment. */
  #tryAgain(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.wakeAt(this.#clock.now() + RETRY, () => this.#settle());
  }

  #openTable(owned: readonly string[]): IpvsTable {
    try {
      return new IpvsTable(this.#context.log, owned, this.#config.global.daemon.ipvsNamespace);
    } catch (error) {
      throw new PermanentFailure(1, `IPVS: Can't initialize ipvs: ${error instanceof Error ? error.message : error}`);
    }
  }
}
