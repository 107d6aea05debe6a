import { randomInt } from "node:crypto";
import { diff } from "../base/diff.ts";
import type { IpAddress } from "../base/ip.ts";
import { seconds } from "../base/time.ts";
import { type Directory, selectSession } from "../bfd/select.ts";
import type { Config } from "../config/model/model.ts";
import type { BfdInstanceConfig } from "../config/model/track.ts";
import { Clock } from "../io/clock.ts";
import { Poller } from "../io/poller.ts";
import type { Datagram } from "../io/udp-socket.ts";
import { decodeBfd } from "../wire/bfd.ts";
import { BfdListeners } from "./bfd-listeners.ts";
import { type BfdHost, BfdRunner, type BfdSessionReport } from "./bfd-runner.ts";
import type { ProgramContext, Running } from "./child.ts";
import type { BfdReport } from "./messages.ts";

/** How often counters are reported where nothing else is new. */
const TELL = seconds(1);

/** The bfd process: all BFD sessions of this host, on one poller and one clock. */
export class BfdDaemon implements Running<BfdReport>, BfdHost, Directory<BfdRunner> {
  readonly #context: ProgramContext<BfdReport>;
  readonly #poller = new Poller();
  readonly clock = new Clock(this.#poller);
  readonly #listeners: BfdListeners;
  readonly #sessions = new Map<string, BfdRunner>(); // by name
  #discriminators = new Set<number>(); // taken, or about to be
  #byDiscriminator: ReadonlyMap<number, BfdRunner> = new Map();
  #byNeighbor: ReadonlyMap<IpAddress, readonly BfdRunner[]> = new Map();
  readonly #leaving = new Set<Promise<void>>(); // sessions that are gone, while their neighbours are told
  readonly #turned = new Map<string, boolean>(); // not told yet
  #dropped: Readonly<Record<string, number>> = {};
  #stopped = false;

  /** Puts the configuration in force. A port that is taken is said, and tried again. */
  constructor(context: ProgramContext<BfdReport>) {
    this.#context = context;
    const { config, adopted, log } = context;
    const { clock } = this;
    this.#listeners = new BfdListeners({
      poller: this.#poller,
      clock,
      log,
      received: (datagram, multihop) => this.#received(datagram, multihop),
    });
    clock.onLate = (late) => context.late(late);
    this.#dropped = adopted?.dropped ?? {};
    this.#discriminators = new Set(adopted?.sessions.map(({ session }) => session.discriminator));
    for (const session of config.bfdInstances) {
      const known = adopted?.sessions.find((one) => one.name === session.name && isSamePath(one, session));
      this.#sessions.set(session.name, this.#make(session, known));
    }
    this.#settle(config);
    for (const session of this.#sessions.values()) session.start();
    this.#tellAll();
    this.#tick();
  }

  get log() {
    return this.#context.log;
  }

  drain(): void {
    this.#listeners.drain();
  }

  changed(): void {
    this.#context.changed();
  }

  /** All that turns in one round of the poller is one message. */
  turned(name: string, up: boolean): void {
    if (this.#stopped) return; // our end is not the path's
    if (this.#turned.size === 0) queueMicrotask(() => this.#tell());
    this.#turned.set(name, up);
  }

  byDiscriminator(discriminator: number): BfdRunner | undefined {
    return this.#byDiscriminator.get(discriminator);
  }

  byNeighbor(neighbor: IpAddress): readonly BfdRunner[] {
    return this.#byNeighbor.get(neighbor) ?? [];
  }

  /** As a difference: a session whose path stays goes on, whatever else changes. */
  reload(config: Config): void {
    const have = [...this.#sessions.values()].map(({ path }) => path);
    const { added, changed, removed } = diff(have, config.bfdInstances, {
      key: ({ name }) => name,
      same: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    });
    const moved = changed.filter(({ from, to }) => !isSamePath(from, to));
    for (const { name } of [...removed, ...moved.map(({ from }) => from)]) this.#leave(name);
    const fresh = [...added, ...moved.map(({ to }) => to)];
    for (const session of fresh) this.#sessions.set(session.name, this.#make(session, undefined));
    this.#settle(config);
    for (const { to } of changed) if (!fresh.includes(to)) this.#sessions.get(to.name)?.reconfigure(to);
    for (const { name } of fresh) this.#sessions.get(name)?.start();
    this.#tellAll();
    this.changed();
  }

  /** Every neighbour is told, for 0.3 s at most. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const name of [...this.#sessions.keys()]) this.#leave(name);
    await Promise.all(this.#leaving);
    this.#listeners.close();
    this.clock.close();
    this.#poller.close();
  }

  report(): BfdReport {
    const sessions = [...this.#sessions.values()].map((session) => session.report());
    return { at: this.clock.now(), sessions, dropped: this.#dropped };
  }

  #make(config: BfdInstanceConfig, known: BfdSessionReport | undefined): BfdRunner {
    return new BfdRunner(config, known ?? this.#discriminator(), this);
  }

  /** Random, and not that of another session. RFC 5880 §6.8.1. */
  #discriminator(): number {
    for (;;) {
      const discriminator = randomInt(1, 2 ** 32);
      if (this.#discriminators.has(discriminator)) continue;
      this.#discriminators.add(discriminator);
      return discriminator;
    }
  }

  #leave(name: string): void {
    const gone = this.#sessions.get(name)?.leave();
    this.#sessions.delete(name);
    this.#turned.delete(name);
    if (gone === undefined) return;
    this.#leaving.add(gone);
    gone.then(() => this.#leaving.delete(gone));
  }

  /** Packets find the sessions that there are now. */
  #settle({ bfdInstances }: Config): void {
    const sessions = [...this.#sessions.values()];
    const neighbors = new Map<IpAddress, BfdRunner[]>();
    for (const session of sessions) {
      const { neighbor } = session.path;
      const others = neighbors.get(neighbor);
      if (others === undefined) neighbors.set(neighbor, [session]);
      else others.push(session);
    }
    this.#byNeighbor = neighbors;
    this.#byDiscriminator = new Map(sessions.map((session) => [session.discriminator, session]));
    this.#discriminators = new Set(this.#byDiscriminator.keys());
    this.#listeners.apply(bfdInstances);
  }

  #received(datagram: Datagram, multihop: boolean): void {
    const decoded = decodeBfd(datagram.bytes);
    if (!decoded.ok) {
      this.#drop(decoded.reason);
      return;
    }
    const selected = selectSession(this, decoded.value, { ...datagram, multihop });
    if (selected.ok) {
      selected.session.packet(decoded.value);
      return;
    }
    this.#drop(selected.reason);
    if (selected.reason !== "unknown-session") selected.session.refused(selected.reason, datagram);
  }

  #drop(reason: string): void {
    this.#dropped = { ...this.#dropped, [reason]: (this.#dropped[reason] ?? 0) + 1 };
  }

  #tellAll(): void {
    for (const [name, { isUp }] of this.#sessions) this.turned(name, isUp);
  }

  #tell(): void {
    const verdicts = [...this.#turned].map(([name, up]) => ({ name, up }));
    this.#turned.clear();
    if (verdicts.length > 0) this.#context.tellBfd(verdicts);
  }

  #tick(): void {
    this.changed();
    this.clock.wakeAt(this.clock.now() + TELL, () => this.#tick());
  }
}

/** A session to the same neighbour by the same way. */
function isSamePath(
  a: Pick<BfdInstanceConfig, "neighbor" | "source" | "multihop">,
  b: Pick<BfdInstanceConfig, "neighbor" | "source" | "multihop">,
): boolean {
  return a.neighbor === b.neighbor && a.source === b.source && a.multihop === b.multihop;
}
