import { type IpvsEntry, serviceName } from "../base/ipvs.ts";
import { seconds, toSeconds } from "../base/time.ts";
import type { Trap } from "../base/trap.ts";
import type { Config } from "../config/model/model.ts";
import { Clock } from "../io/clock.ts";
import { IpvsKernel } from "../io/ipvs-kernel.ts";
import { Poller } from "../io/poller.ts";
import type { Marks } from "../lvs/group-marks.ts";
import { united } from "../lvs/pool.ts";
import { goneWords } from "../lvs/words.ts";
import type { CheckersReport } from "../observe/report.ts";
import type { ServiceTraffic, TrafficWish } from "../observe/traffic.ts";
import { going } from "../plan/difference.ts";
import { CheckFiles } from "./check-files.ts";
import { checkIo } from "./check-io.ts";
import { makeRoom } from "./check-room.ts";
import { CheckScripts } from "./check-scripts.ts";
import { CheckSessions } from "./check-sessions.ts";
import { PermanentFailure, type ProgramContext, type Running } from "./child.ts";
import { ConnectionTimeouts } from "./connection-timeouts.ts";
import { HaSuspend } from "./ha-suspend.ts";
import type { IpvsTable } from "./ipvs-table.ts";
import { JsModules } from "./js-modules.ts";
import { LeanHeap } from "./lean-heap.ts";
import type { BfdVerdict } from "./messages.ts";
import { OneBatch } from "./one-batch.ts";
import { openTable } from "./open-table.ts";
import { Patterns } from "./patterns.ts";
import { PingPermission } from "./ping-permission.ts";
import { poolNotification } from "./pool-notices.ts";
import { type PoolHost, PoolRunner } from "./pool-runner.ts";
import { trapNotification } from "./pool-traps.ts";
import { authoritiesOf, identityOf, planServices, type RunnableService, runnable, sessionsOf } from "./runnable.ts";
import { SentFiles } from "./sent-files.ts";
import { marksOf, ServiceMarks } from "./service-marks.ts";
import { SharedChecks } from "./shared-checks.ts";
import { SyncDaemons } from "./sync-daemons.ts";
import { followed, unfollowing } from "./sync-owner.ts";
import { TableWatch } from "./table-watch.ts";
import { TlsIdentity } from "./tls-identity.ts";

/** How long a table that the kernel refused is left as it is. */
const RETRY = seconds(10);

/** The checkers process: checks the real servers and keeps the kernel's IPVS table. */
export class CheckersDaemon implements Running<CheckersReport> {
  readonly #context: ProgramContext<CheckersReport>;
  #config: Config; // in force
  #services: readonly RunnableService[];
  readonly #poller = new Poller();
  readonly #clock = new Clock(this.#poller);
  readonly #heap = new LeanHeap(this.#clock);
  readonly #table: IpvsTable;
  readonly #timeouts: ConnectionTimeouts;
  readonly #packetMarks: ServiceMarks;
  #marks: Marks; // of groups
  readonly #watch: TableWatch;
  readonly #files: CheckFiles;
  readonly #scripts: CheckScripts;
  readonly #modules: JsModules;
  readonly #sessions = new CheckSessions();
  readonly #suspend: HaSuspend;
  readonly #pings: PingPermission;
  readonly #pools = new Map<string, PoolRunner>();
  readonly #syncDaemons: SyncDaemons;
  readonly #identity = new TlsIdentity();
  readonly #patterns = new Patterns();
  readonly #checks: SharedChecks;
  readonly #sent = new SentFiles();
  readonly #batch: OneBatch;
  readonly #host: PoolHost;
  #stopped = false;
  #settling = true; // the table is written as a whole at the end
  #shared = false; // several pools want one service of the kernel
  #cancelRetry = (): void => {};

  /** Puts the configuration in force. Throws PermanentFailure where the kernel has no IPVS. */
  constructor(context: ProgramContext<CheckersReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    this.#config = config;
    this.#clock.onLate = (late) => context.late(late);
    this.#marks = marksOf(config, adopted?.marks ?? {});
    this.#packetMarks = new ServiceMarks(log, config.global.daemon.ipvsNamespace);
    this.#services = runnable(config, this.#marks);
    makeRoom(this.#services, this.#context.log);
    const unfit = this.#identity.configure(config.ssl);
    if (unfit !== undefined) throw new PermanentFailure(1, unfit);
    this.#syncDaemons = new SyncDaemons({ log, clock: this.#clock });
    this.#table = openTable(log, adopted?.services ?? [], config.global.daemon.ipvsNamespace);
    this.#table.buffer(config.global.daemon.checkers.netlinkCommandBuffer);
    if (config.global.ipvs.flushAtStart && adopted === undefined) this.#table.flush();
    const namespace = config.global.daemon.ipvsNamespace;
    this.#timeouts = new ConnectionTimeouts(log, adopted?.timeouts, () => new IpvsKernel(namespace));
    this.#watch = new TableWatch({
      ...{ log, clock: this.#clock, look: () => this.#table.look(), repair: () => this.#settle() },
    });
    this.#files = new CheckFiles({ poller: this.#poller, log, turned: (file) => this.#fileTurned(file) });
    const respawned = adopted !== undefined;
    this.#scripts = new CheckScripts(config.global, { clock: this.#clock, poller: this.#poller, respawned });
    this.#modules = new JsModules(config.global, { log, clock: this.#clock });
    for (const error of this.#patterns.configure(this.#services)) log.error("{error}", { error });
    for (const error of this.#identity.trust(authoritiesOf(this.#services))) log.error("{error}", { error });
    this.#files.configure(config, this.#services, respawned);
    this.#sessions.configure(config, context.bfd);
    this.#suspend = new HaSuspend({ poller: this.#poller, log, turned: () => this.#addressesTurned() });
    this.#suspend.configure(config);
    if (sessionsOf(this.#services).size > 0) log.info("Activating BFD healthchecker");
    this.#pings = new PingPermission(adopted?.sysctls ?? []);
    this.#pings.configure(this.#services);
    this.#batch = new OneBatch({
      ...{ wanted: (entries) => this.#wanted(entries), notify: (told) => context.notify(told) },
    });
    this.#checks = new SharedChecks(config.global.ipvs.checkOnce, {
      io: {
        ...checkIo(this.#clock, this.#poller, this.#identity, this.#patterns, this.#sent),
        runScript: (check, signal) => this.#scripts.run(check, signal),
        runModule: (check, signal) => this.#modules.run(check, signal),
      },
      random: Math.random,
      counted: () => context.counted(),
      together: (event) => this.#batch.together(event),
    });
    this.#host = {
      checks: this.#checks,
      clock: this.#clock,
      log,
      changed: () => context.changed(),
      wanted: (entries) => this.#batch.wanted(entries),
      notice: (notice, service) => {
        const told = poolNotification(notice, service, this.#config.global.ipvs);
        if (told !== undefined) this.#batch.notify(told);
      },
      weight: (service, destination) => this.#table.weight(service, destination),
      number: (file) => this.#files.number(file),
      isAway: (service) => this.#suspend.isAway(service),
      isUp: (session) => this.#sessions.isUp(session),
      traps: (make) => this.#tellManagers(make),
    };
    const reports = new Map(adopted?.services.map((one) => [one.name, one]));
    for (const server of this.#services) {
      const reported = reports.get(server.label);
      this.#pools.set(identityOf(server), new PoolRunner(server, reported ?? "start", this.#host));
    }
    this.#settle();
    this.#heap.soon();
  }

  /** As planned: what did not change is not touched. */
  reload(config: Config): void {
    this.#settling = true;
    this.#scripts.configure(config.global);
    this.#sent.forget();
    this.#sessions.configure(config, []);
    this.#suspend.configure(config);
    const unfit = this.#identity.configure(config.ssl);
    if (unfit !== undefined) this.#context.log.error("{unfit}; what SSL_GET showed before stays", { unfit });
    this.#marks = marksOf(config, this.#marks);
    const wanted = runnable(config, this.#marks);
    for (const error of this.#patterns.configure(wanted)) this.#context.log.error("{error}", { error });
    for (const error of this.#identity.trust(authoritiesOf(wanted))) this.#context.log.error("{error}", { error });
    const services = planServices(this.#services, wanted);
    this.#config = config;
    this.#checks.configure(config.global.ipvs.checkOnce);
    this.#services = wanted;
    this.#modules.configure(config.global, wanted);
    makeRoom(this.#services, this.#context.log);
    const turned = this.#files.configure(config, wanted, false);
    this.#pings.configure(wanted);
    this.#table.buffer(config.global.daemon.checkers.netlinkCommandBuffer);
    for (const { key, from } of going(services)) {
      this.#pools.get(key)?.leave("Removing");
      this.#pools.get(key)?.stop();
      this.#pools.delete(key);
      this.#context.log.info(goneWords(from.name));
    }
    for (const entry of services?.entries ?? []) {
      if (entry.type === "added" || entry.type === "replaced")
        this.#pools.set(entry.key, new PoolRunner(entry.to, "reload", this.#host));
      if (entry.type === "changed") this.#pools.get(entry.key)?.reconfigure(entry);
    }
    this.#order();
    this.#addressesTurned();
    for (const file of turned) this.#fileTurned(file); // its name leads to another one
    this.#settle();
    this.#heap.soon();
  }

  /** Those that follow these sessions have another verdict now. */
  bfd(verdicts: readonly BfdVerdict[]): void {
    if (this.#stopped) return;
    const turned = this.#sessions.heard(verdicts);
    if (turned.size === 0) return;
    this.#batch.together(() => {
      for (const pool of this.#pools.values()) pool.sessionsTurned(turned);
    });
  }

  /** The table first; scripts that do not end when they are told to are waited for last, and for a second only. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    for (const pool of this.#pools.values()) pool.stop();
    this.#checks.settle();
    this.#watch.close();
    this.#packetMarks.close({ release: this.#context.options.releaseIpvs });
    if (this.#context.options.releaseIpvs) this.#release();
    this.#timeouts.restore(); // Keepalived (2.2.7) does so with `--dont-release-ipvs`, too
    this.#syncDaemons.close({ stop: this.#context.options.releaseIpvs });
    this.#table.close();
    this.#files.close();
    this.#suspend.close();
    await Promise.all([this.#scripts.close(), this.#modules.close()]);
    this.#pings.restore();
    this.#clock.close();
    this.#poller.close();
  }

  report(): CheckersReport {
    const services = [...this.#pools.values()].map((pool) => pool.report());
    return {
      at: this.#clock.now(),
      services,
      checks: this.#checks.report(services),
      sysctls: this.#pings.sysctls,
      marks: this.#marks,
      timeouts: this.#timeouts.held,
      deviations: this.#watch.deviations,
    };
  }

  /** With `lvs_flush_on_stop` nothing is said of the servers (Keepalived too); `all`: of others, too. */
  #release(): void {
    const { flushAtStop } = this.#config.global.ipvs;
    if (flushAtStop === "no") for (const pool of this.#pools.values()) pool.leave("Shutting down");
    if (flushAtStop === "all") this.#table.flush();
    else this.#table.release();
  }

  traffic(wish: TrafficWish): Iterable<readonly ServiceTraffic[]> {
    return this.#table.traffic(
      [...this.#pools.values()].map((pool) => pool.counted),
      wish,
    );
  }

  #fileTurned(file: string): void {
    this.#batch.together(() => {
      for (const pool of this.#pools.values()) pool.fileTurned(file);
    });
  }

  #tellManagers(make: () => readonly Trap[]): void {
    const { snmp } = this.#config.global;
    if (!snmp.traps || !snmp.checkers) return;
    const traps = make();
    if (traps.length > 0) this.#batch.notify(trapNotification(traps));
  }

  #addressesTurned(): void {
    for (const pool of this.#pools.values()) pool.addressTurned();
    this.#checks.settle();
  }

  #wanted(entries: readonly IpvsEntry[]): void {
    if (this.#settling) return;
    if (!this.#table.apply(this.#shared ? this.#withShared(entries) : entries)) this.#tryAgain();
  }

  /** The same services, with what other pools want of them. */
  #withShared(entries: readonly IpvsEntry[]): readonly IpvsEntry[] {
    const names = new Set(entries.map(({ service }) => serviceName(service)));
    return this.#all().filter(({ service }) => names.has(serviceName(service)));
  }

  #all(): readonly IpvsEntry[] {
    const entries = [...this.#pools.values()].flatMap((pool) => pool.entries);
    const all = united(entries);
    this.#shared = all.length < entries.length;
    return all;
  }

  /** As in the file: of those who share a service the first says how it is. */
  #order(): void {
    const pools = this.#services.flatMap((service) => {
      const pool = this.#pools.get(identityOf(service));
      return pool === undefined ? [] : [[identityOf(service), pool] as const];
    });
    this.#pools.clear();
    for (const [identity, pool] of pools) this.#pools.set(identity, pool);
  }

  #settle(): void {
    this.#settling = false;
    const { timeouts, comparison } = this.#config.global.ipvs;
    this.#timeouts.want({
      ...{ tcp: toSeconds(timeouts.tcp), tcpFin: toSeconds(timeouts.tcpFin), udp: toSeconds(timeouts.udp) },
    });
    this.#watch.configure(comparison);
    // Those that follow a router are the vrrp process's.
    this.#syncDaemons.want(followed(this.#config) === undefined ? unfollowing(this.#config) : undefined);
    const balanced = this.#table.applyAll(this.#all());
    const marked = this.#packetMarks.want(this.#config, this.#marks); // when there is a service for them
    if (!balanced || !marked) this.#tryAgain();
    this.#context.changed();
  }

  /** The kernel refused something, perhaps for a moment. */
  #tryAgain(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.wakeAt(this.#clock.now() + RETRY, () => this.#settle());
  }
}
