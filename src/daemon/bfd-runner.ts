import { randomInt } from "node:crypto";
import { family } from "../base/ip.ts";
import { leastTtl, sentTtl } from "../bfd/select.ts";
import { adoptSession, type BfdEvent, type BfdSession, bfdDeadline, bfdStep, startSession } from "../bfd/session.ts";
import { detectionTime, expiresAt } from "../bfd/timing.ts";
import { bfdWords, isDetail, refusalWords } from "../bfd/words.ts";
import type { BfdInstanceConfig } from "../config/model/track.ts";
import type { Clock } from "../io/clock.ts";
import { type Datagram, UdpSender } from "../io/udp-socket.ts";
import type { BfdCounters, BfdSessionReportOf } from "../observe/bfd-report.ts";
import type { Log } from "../observe/log.ts";
import { BFD_MULTIHOP_PORT, BFD_PORT, type BfdPacket, encodeBfd } from "../wire/bfd.ts";

/** What a session needs of the process it lives in. */
export interface BfdHost {
  readonly clock: Clock;
  readonly log: Log;
  /** Feeds every session with the packets that have arrived and wait. */
  drain(): void;
  /** Whether it is up has changed. */
  turned(name: string, up: boolean): void;
  /** Its state has changed. */
  changed(): void;
}

/** What a session reports of itself, for the process after this one. */
export type BfdSessionReport = BfdSessionReportOf<BfdSession>;

const NO_COUNTERS: BfdCounters = { packetsSent: 0, packetsReceived: 0, becomeUp: 0, becomeDown: 0 };

/** One `bfd_instance`: feeds its machine, carries out what it says. It decides nothing. */
export class BfdRunner {
  readonly #host: BfdHost;
  readonly #goodbye: Promise<void>;
  #config: BfdInstanceConfig;
  #session: BfdSession;
  #counters = NO_COUNTERS;
  #sender: UdpSender | undefined;
  #cancelWake = (): void => {};
  #gone = (): void => {};
  #failing = false; // sending; said once
  #refused = new Set<string>(); // why packets were, as far as it has been said

  /** `origin`: a discriminator that no other session has, or what a process before this one knew. */
  constructor(config: BfdInstanceConfig, origin: number | BfdSessionReport, host: BfdHost) {
    this.#config = config;
    this.#host = host;
    this.#goodbye = new Promise((resolve) => {
      this.#gone = resolve;
    });
    if (typeof origin === "number") {
      this.#session = startSession(origin);
    } else {
      this.#session = adoptSession(config, origin.session, host.clock.now());
      this.#counters = origin.counters;
    }
  }

  /** Says the first packet. */
  start(): void {
    this.#feed({ type: "timer" });
  }

  get path(): BfdInstanceConfig {
    return this.#config;
  }

  get discriminator(): number {
    return this.#session.discriminator;
  }

  get isUp(): boolean {
    return this.#session.state === "up";
  }

  packet(packet: BfdPacket): void {
    this.#counters = { ...this.#counters, packetsReceived: this.#counters.packetsReceived + 1 };
    this.#feed({ type: "packet", packet });
  }

  /** A packet for this session was not taken. Each reason is said once, until the session comes up. */
  refused(reason: "ttl" | "wrong-path", datagram: Datagram): void {
    if (this.#refused.has(reason)) return;
    this.#refused.add(reason);
    const words = refusalWords(this.#config.name, reason, datagram, leastTtl(this.#config));
    this.#host.log.warning(words, { bfd: this.#config.name });
  }

  /** Goes on with other settings of the same path. */
  reconfigure(config: BfdInstanceConfig): void {
    const from = this.#config;
    this.#config = config;
    this.#refused = new Set();
    if (this.#sender !== undefined) this.#sender.ttl = sentTtl(config); // its port stays, RFC 5881 §4
    this.#feed({ type: "reconfigured", from });
  }

  /** Tells the neighbour that the session is administratively down. Resolves when it has been told often enough. */
  async leave(): Promise<void> {
    this.#feed({ type: "shutdown" });
    await this.#goodbye;
    this.#cancelWake();
    this.#closeSender();
  }

  report(): BfdSessionReport {
    const { name, neighbor, source, multihop } = this.#config;
    const session = this.#session;
    const time = detectionTime(this.#config, session);
    return { name, neighbor, source, multihop, session, detectionTime: time, counters: this.#counters };
  }

  #feed(event: BfdEvent): void {
    const before = this.#session;
    const moment = { now: this.#host.clock.now(), chance: Math.random() };
    const { session, effects } = bfdStep(this.#config, before, event, moment);
    this.#session = session;
    for (const effect of effects) {
      if (effect.type === "send") this.#send(effect.packet);
      else this.#say(effect.note);
    }
    this.#rearm();
    if (session.state === "admin-down" && session.silentAt === undefined) this.#gone();
    if (session.state !== before.state) this.#moved(before.state === "up");
  }

  #moved(wasUp: boolean): void {
    const { isUp } = this;
    if (isUp) this.#refused = new Set();
    if (isUp !== wasUp) {
      const { becomeUp, becomeDown } = this.#counters;
      const count = isUp ? { becomeUp: becomeUp + 1 } : { becomeDown: becomeDown + 1 };
      this.#counters = { ...this.#counters, ...count };
      this.#host.turned(this.#config.name, isUp);
    }
    this.#host.changed();
  }

  #rearm(): void {
    this.#cancelWake();
    const at = bfdDeadline(this.#config, this.#session);
    this.#cancelWake = at === undefined ? () => {} : this.#host.clock.wakeAt(at, () => this.#due());
  }

  /** Before the neighbour is taken for silent, what it said while we were busy is heard. */
  #due(): void {
    const expiry = expiresAt(this.#config, this.#session);
    if (expiry !== undefined && this.#host.clock.now() >= expiry) this.#host.drain();
    this.#feed({ type: "timer" });
  }

  #send(packet: BfdPacket): void {
    const { name, neighbor, multihop } = this.#config;
    try {
      this.#sender ??= this.#open();
      this.#sender.send(encodeBfd(packet), neighbor, multihop ? BFD_MULTIHOP_PORT : BFD_PORT);
      this.#counters = { ...this.#counters, packetsSent: this.#counters.packetsSent + 1 };
      this.#failing = false;
    } catch (error) {
      // Tried again with the next packet: an address or a route may come.
      if (!this.#failing) this.#host.log.warning("({bfd}) {error}", { bfd: name, error: String(error) });
      this.#failing = true;
    }
  }

  #open(): UdpSender {
    const { neighbor, source } = this.#config;
    const sender = new UdpSender({ family: family(neighbor), address: source }, ports());
    sender.ttl = sentTtl(this.#config);
    return sender;
  }

  #closeSender(): void {
    this.#sender?.close();
    this.#sender = undefined;
  }

  #say(note: Parameters<typeof bfdWords>[1]): void {
    const { name } = this.#config;
    const words = bfdWords(name, note);
    if (isDetail(note)) this.#host.log.detail(words, { bfd: name });
    else this.#host.log.info(words, { bfd: name });
  }
}

/** The source ports of RFC 5881 §4, from a random one on. */
function* ports(): Generator<number> {
  const [first, count] = [49152, 16384];
  const start = randomInt(count);
  for (let i = 0; i < count; i++) yield first + ((start + i) % count);
}
