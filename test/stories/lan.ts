import { type IpAddress, ip, isMulticast } from "../../src/base/ip.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import {
  type AnnounceEvent,
  type AnnounceParameters,
  type AnnounceState,
  announceDeadline,
  announceStep,
  SILENT,
} from "../../src/vrrp/announce.ts";
import { looksFirst } from "../../src/vrrp/lateness.ts";
import {
  adopt,
  deadline,
  INIT,
  type Standing,
  step,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
} from "../../src/vrrp/machine.ts";
import type { VrrpParameters } from "../../src/vrrp/parameters.ts";
import { receive } from "../../src/vrrp/receive.ts";
import {
  evidenceOf,
  IDLE,
  type SplitBrainEvent,
  type SplitBrainState,
  splitBrainDeadline,
  splitBrainStep,
} from "../../src/vrrp/split-brain.ts";
import { splitBrainWords } from "../../src/vrrp/split-brain-words.ts";
import { outgoingPackets } from "../../src/vrrp/transmit.ts";
import { forgetsWarnings, isRepetitive, UNWARNED, type Warned, warn } from "../../src/vrrp/warning.ts";
import { noteWords, problemWords } from "../../src/vrrp/words.ts";
import { decodeIpv4 } from "../../src/wire/ipv4.ts";
import { VRRP_GROUP_V4, VRRP_TTL } from "../../src/wire/vrrp.ts";
import { Timeline } from "./timeline.ts";

const VIP = ip("192.0.2.254");

/** What keepalived.conf(5) gives an instance that says nothing but its priority. */
export function parameters(name: string, priority: number, primary: string): VrrpParameters {
  return {
    name,
    vrid: 51,
    version: 2,
    priority,
    basePriority: priority,
    interval: seconds(1),
    downTimerAdverts: 3,
    preempt: true,
    preemptDelay: 0,
    primaryAddress: ip(primary),
    wantsMaster: false,
    lowerPriorityAdvert: true,
    higherPriorityAdvert: false,
    addresses: [VIP],
    authentication: { type: "pass", password: "1111" },
    multicastGroup: VRRP_GROUP_V4,
    unicast: undefined,
    checksum: { pseudoHeader: true, oldUnicast: "detect" },
    ownerIgnoresAdverts: false,
    lateTimerPriority: undefined,
    announcesSource: false,
    skipCheckAdvertAddresses: false,
  };
}

/** The defaults of the `garp_*` keywords. */
export const ANNOUNCE: AnnounceParameters = {
  repeat: 5,
  delay: seconds(5),
  refresh: 0,
  refreshRepeat: 1,
  lowerPriorityRepeat: 5,
  lowerPriorityDelay: seconds(5),
  extra: undefined,
};

/** A host with its router. `process` is what dies and comes back; `holds` stays with the host. */
interface Host {
  router: VrrpParameters;
  side: string;
  holds: boolean;
  reported: { state: VrrpState; lastAdvertAt: Micros };
  process: Process | undefined;
  asleep: Sleep | undefined;
}

/** A process that does not run: its timers and its packets wait. */
interface Sleep {
  readonly deaf: boolean; // the host sleeps too: its packets are lost
  readonly timers: (() => void)[];
  readonly packets: Parameters<typeof receive>[2][];
}

interface Process {
  state: VrrpState;
  announce: AnnounceState;
  warned: Warned;
  rivals: SplitBrainState;
  cancelRivals: () => void;
  cancelWake: () => void;
  cancelAnnounce: () => void;
}

/** One LAN, many routers, a client that believes the last gratuitous ARP it hears, and no real time. */
export class Lan extends Timeline {
  readonly #hosts = new Map<string, Host>();
  readonly #clientSide = "main";
  #listens = (): void => {}; // to what waits for a router that wakes up
  /** What becomes of the next packet on its way to a host: when its copies arrive, from now; none: it is lost. */
  fate: () => readonly Micros[] = () => [0];
  /** Which host the client sends the virtual address's traffic to. */
  neighbour = "nobody";

  router(router: VrrpParameters): void {
    const reported = { state: INIT, lastAdvertAt: 0 };
    this.#hosts.set(router.name, {
      router,
      side: "main",
      holds: false,
      reported,
      process: undefined,
      asleep: undefined,
    });
  }

  /** The process starts, and cleans up what one before it left behind. */
  start(name: string, standing: Standing = "fit"): void {
    const host = this.#host(name);
    if (host.process !== undefined) return;
    if (host.holds) this.#release(name, host);
    this.#run(host, INIT);
    this.feed(name, { type: "startup", standing });
  }

  /** The supervisor starts the process again, with what the dead one last reported. */
  respawn(name: string): void {
    const host = this.#host(name);
    if (host.process !== undefined) return;
    const { state, lastAdvertAt } = host.reported;
    const adopted = adopt(host.router, state, lastAdvertAt, this.now);
    this.#say(name, `adopts ${adopted.name}`);
    this.#run(host, adopted);
    if (adopted.name === "master") this.#announce(name, { type: "adopted" });
    else if (host.holds) this.#release(name, host);
    if (adopted.name === "init") this.feed(name, { type: "startup", standing: "fit" });
    this.#rearm(name, host);
    this.run(0);
  }

  /** Stops in order. */
  stop(name: string): void {
    this.feed(name, { type: "shutdown" });
    this.kill(name);
  }

  /** The process is gone; the addresses stay on the host. */
  kill(name: string): void {
    const host = this.#host(name);
    host.process?.cancelWake();
    host.process?.cancelAnnounce();
    host.process?.cancelRivals();
    host.process = undefined;
  }

  /** The process does not run until `wake`; with `deaf` nothing reaches the host either. */
  sleep(name: string, deaf: boolean): void {
    this.#host(name).asleep = { deaf, timers: [], packets: [] };
  }

  /** It runs again, as the daemon does: what it slept through is looked at, then late timers, then the socket. */
  wake(name: string): void {
    const host = this.#host(name);
    const { asleep } = host;
    if (asleep === undefined) return;
    const waiting = asleep.packets.splice(0);
    host.asleep = undefined;
    const listen = (): void => {
      for (const packet of waiting.splice(0)) this.#hear(name, packet);
    };
    this.#listens = listen;
    if (looksFirst(host.router, this.state(name), this.now)) {
      listen();
      this.#feed(name, { type: "timer" });
    }
    for (const timer of asleep.timers) timer();
    listen();
    this.#listens = () => {};
    this.run(0);
  }

  /** Only hosts of one side hear each other; the client is on side `main`. */
  move(name: string, side: string): void {
    this.#host(name).side = side;
  }

  /** A tracked script changes the priority. */
  prioritise(name: string, priority: number): void {
    const host = this.#host(name);
    const from = host.router.priority;
    host.router = { ...host.router, priority };
    this.feed(name, { type: "priority-changed", from });
  }

  feed(name: string, event: VrrpEvent): void {
    this.#feed(name, event);
    this.run(0);
  }

  /** An advertisement that no router of the LAN sent. */
  inject(from: IpAddress, payload: Uint8Array): void {
    for (const name of this.#hosts.keys()) this.#hear(name, { from, to: VRRP_GROUP_V4, ttl: VRRP_TTL, payload });
    this.run(0);
  }

  state(name: string): VrrpState {
    return this.#host(name).process?.state ?? INIT;
  }

  get masters(): string[] {
    return [...this.#hosts.keys()].filter((name) => this.state(name).name === "master");
  }

  get holders(): string[] {
    return [...this.#hosts].filter(([, { holds }]) => holds).map(([name]) => name);
  }

  #feed(name: string, event: VrrpEvent): void {
    const host = this.#host(name);
    if (host.process === undefined) return;
    const { state, effects } = step(host.router, host.process.state, event, this.now);
    if (forgetsWarnings(host.process.state, state)) host.process.warned = UNWARNED;
    host.process.state = state;
    this.#rival(name, { type: state.name === "master" ? "master" : "left" });
    host.reported = { ...host.reported, state };
    for (const effect of effects) this.#perform(name, host, effect);
    this.#rearm(name, host);
  }

  #perform(name: string, host: Host, effect: VrrpEffect): void {
    switch (effect.type) {
      case "note":
        if (!isRepetitive(effect.note) || this.#isNews(host, effect.note.name))
          this.#say(name, noteWords(host.router, effect.note));
        return;
      case "advertise":
        this.#say(name, `advertise priority=${effect.priority}`);
        host.reported = { ...host.reported, lastAdvertAt: this.now };
        this.#broadcast(name, host, effect.priority);
        return;
      case "claim-addresses":
        host.holds = true;
        this.#say(name, "claim-addresses");
        this.#announce(name, { type: "claimed" });
        return;
      case "release-addresses":
        this.#release(name, host);
        return;
      case "announce":
        this.#announce(name, { type: effect.because });
        return;
      case "update-addresses":
      case "announce-source":
        this.#say(name, effect.type);
        return;
    }
  }

  #release(name: string, host: Host): void {
    host.holds = false;
    this.#say(name, "release-addresses");
    this.#announce(name, { type: "released" });
  }

  #announce(name: string, event: AnnounceEvent): void {
    const host = this.#host(name);
    if (host.process === undefined) return;
    const { state, effects } = announceStep(ANNOUNCE, host.process.announce, event, this.now);
    host.process.announce = state;
    for (const effect of effects) {
      this.#say(name, `gratuitous-arp ${effect.type === "send-rounds" ? `rounds=${effect.rounds}` : "extra"}`);
      if (host.side === this.#clientSide) this.neighbour = name;
    }
    host.process.cancelAnnounce();
    const at = announceDeadline(state);
    if (at !== undefined)
      host.process.cancelAnnounce = this.#wakeAt(host, at, () => this.#announce(name, { type: "timer" }));
  }

  /** Every advertisement goes through the real codec and the real checks. */
  #broadcast(sender: string, { side, router }: Host, priority: number): void {
    for (const { to, bytes } of outgoingPackets(router, priority, 1, new Set())) {
      const packet = decodeIpv4(bytes);
      if (!packet.ok) throw new Error(`a packet that nobody can read: ${packet.reason}`);
      for (const [name, host] of this.#hosts)
        if (name !== sender && host.side === side && (isMulticast(to) || to === host.router.primaryAddress))
          for (const delay of this.fate()) this.wakeAt(this.now + delay, () => this.#hear(name, packet.value));
    }
  }

  #hear(name: string, packet: Parameters<typeof receive>[2]): void {
    const host = this.#host(name);
    const { router, asleep } = host;
    if (asleep !== undefined) {
      if (!asleep.deaf) asleep.packets.push(packet);
      return;
    }
    const before = this.state(name);
    const received = receive(router, before, packet);
    if (received.type === "ignored") return;
    if (received.problem !== undefined && this.#isNews(host, received.problem.reason))
      this.#say(name, problemWords(router, packet.from, received.problem));
    if (received.type === "accepted")
      this.#feed(name, { type: "advertisement", from: packet.from, advertisement: received.advertisement });
    const evidence = evidenceOf(before, this.state(name), packet, received);
    if (evidence !== undefined) this.#rival(name, evidence);
  }

  #rival(name: string, event: SplitBrainEvent): void {
    const host = this.#host(name);
    if (host.process === undefined) return;
    const { state, note, announce } = splitBrainStep(host.router, host.process.rivals, event, this.now);
    host.process.rivals = state;
    if (note !== undefined) this.#say(name, splitBrainWords(host.router, note));
    if (note?.name === "split-brain-over") host.process.warned = UNWARNED;
    if (announce) this.#announce(name, { type: "again" });
    host.process.cancelRivals();
    const at = splitBrainDeadline(state);
    if (at !== undefined)
      host.process.cancelRivals = this.#wakeAt(host, at, () => this.#rival(name, { type: "timer" }));
  }

  #isNews({ process }: Host, reason: string): boolean {
    if (process === undefined) return false;
    const { say, warned } = warn(process.warned, reason);
    process.warned = warned;
    return say;
  }

  #run(host: Host, state: VrrpState): void {
    const machines = { state, announce: SILENT, warned: UNWARNED, rivals: IDLE };
    host.process = { ...machines, cancelWake: () => {}, cancelAnnounce: () => {}, cancelRivals: () => {} };
    if (state.name === "master") host.process.rivals = { name: "alone", since: this.now };
  }

  #rearm(name: string, host: Host): void {
    const { process, router } = host;
    if (process === undefined) return;
    process.cancelWake();
    const at = deadline(process.state);
    if (at === undefined) return;
    process.cancelWake = this.#wakeAt(host, at, () => {
      if (looksFirst(router, process.state, this.now)) this.#listens();
      this.#feed(name, { type: "timer" });
    });
  }

  #wakeAt(host: Host, at: Micros, wake: () => void): () => void {
    let cancelled = false;
    const cancel = this.wakeAt(at, () => {
      if (host.asleep === undefined) wake();
      else
        host.asleep.timers.push(() => {
          if (!cancelled) wake();
        });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`no router ${name}`);
    return host;
  }

  #say(name: string, what: string): void {
    this.say(`${name} ${what}`);
  }
}
