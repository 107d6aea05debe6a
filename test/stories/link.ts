import { ip } from "../../src/base/ip.ts";
import { type Micros, milliseconds, seconds } from "../../src/base/time.ts";
import { type BfdPath, selectSession } from "../../src/bfd/select.ts";
import {
  adoptSession,
  type BfdEvent,
  type BfdParameters,
  type BfdSession,
  bfdDeadline,
  bfdStep,
  startSession,
} from "../../src/bfd/session.ts";
import { bfdWords } from "../../src/bfd/words.ts";
import { type BfdPacket, decodeBfd, encodeBfd } from "../../src/wire/bfd.ts";
import { Timeline } from "./timeline.ts";

/** What keepalived.conf(5) gives a session that says nothing. */
export const DEFAULTS: BfdParameters = {
  minTransmit: milliseconds(10),
  minReceive: milliseconds(10),
  idleTransmit: seconds(1),
  multiplier: 5,
  active: true,
};

/** How long a packet is under way. */
const DELAY = milliseconds(1);

/** One end: what is configured, and the process that runs it. */
interface End {
  readonly name: string;
  readonly discriminator: number;
  parameters: BfdParameters;
  session: BfdSession; // also what a process that died has left
  running: boolean;
  cancelWake: () => void;
  told: string; // the packet sent last, without what is the same in all
  sent: number;
}

/** Two ends of a BFD session, the real codec between them, and a link that may be cut or lossy. */
export class Link extends Timeline {
  readonly #ends: End[] = [];
  /** Whether a packet of this end gets lost. */
  loses: (from: string) => boolean = () => false;
  chance: () => number = () => 0;
  /** Stories tell packets that differ from the sender's last; laws do without. */
  tells = true;

  end(name: string, parameters: BfdParameters): void {
    const discriminator = this.#ends.length + 1;
    const session = startSession(discriminator);
    const running = false;
    this.#ends.push({ name, discriminator, parameters, session, running, cancelWake: () => {}, told: "", sent: 0 });
  }

  start(name: string): void {
    const one = this.#of(name);
    one.session = startSession(one.discriminator);
    this.#run(one);
  }

  /** Dies without a word. */
  kill(name: string): void {
    const one = this.#of(name);
    one.running = false;
    one.cancelWake();
  }

  /** The next process goes on with what the dead one reported. */
  respawn(name: string): void {
    const one = this.#of(name);
    one.session = adoptSession(one.parameters, one.session, this.now);
    this.#run(one);
  }

  stop(name: string): void {
    this.#feed(this.#of(name), { type: "shutdown" });
  }

  reload(name: string, change: Partial<BfdParameters>): void {
    const one = this.#of(name);
    const from = one.parameters;
    one.parameters = { ...from, ...change };
    this.#feed(one, { type: "reconfigured", from });
  }

  /** Something that claims to be from the neighbour arrives. */
  inject(to: string, packet: BfdPacket): void {
    this.#arrive(this.#of(to), encodeBfd(packet), 255);
  }

  session(name: string): BfdSession {
    return this.#of(name).session;
  }

  parameters(name: string): BfdParameters {
    return this.#of(name).parameters;
  }

  sent(name: string): number {
    return this.#of(name).sent;
  }

  #of(name: string): End {
    const found = this.#ends.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no session ${name}`);
    return found;
  }

  #run(one: End): void {
    one.running = true;
    this.#feed(one, { type: "timer" });
  }

  #feed(one: End, event: BfdEvent): void {
    if (!one.running) return;
    const { session, effects } = bfdStep(one.parameters, one.session, event, { now: this.now, chance: this.chance() });
    one.session = session;
    for (const effect of effects) {
      if (effect.type === "send") this.#send(one, effect.packet);
      else this.say(`${one.name} ${bfdWords(one.name, effect.note)}`);
    }
    one.cancelWake();
    const at = bfdDeadline(one.parameters, session);
    one.cancelWake = at === undefined ? () => {} : this.wakeAt(at, () => this.#feed(one, { type: "timer" }));
  }

  #send(one: End, packet: BfdPacket): void {
    one.sent++;
    const flags = [packet.poll ? "poll " : "", packet.final ? "final " : ""].join("");
    const interval = `every ${packet.desiredTransmit / 1000} ms`;
    const told = `${packet.state} ${flags}yours=${packet.yours} ${interval}, takes ${packet.requiredReceive / 1000} ms`;
    if (this.tells && told !== one.told) this.say(`${one.name} sends ${told}`);
    one.told = told;
    if (this.loses(one.name)) return;
    const bytes = encodeBfd(packet);
    for (const other of this.#ends)
      if (other !== one) this.wakeAt(this.now + DELAY, () => this.#arrive(other, bytes, 255));
  }

  #arrive(one: End, bytes: Uint8Array, ttl: Micros): void {
    const decoded = decodeBfd(bytes);
    if (!decoded.ok) return;
    const other = this.#ends.find((end) => end !== one) ?? one;
    const path: BfdPath = { neighbor: address(other), source: address(one), multihop: false, ttl: 255, maxHops: 0 };
    const directory = {
      byDiscriminator: (wanted: number) => (wanted === one.discriminator ? { path } : undefined),
      byNeighbor: () => [{ path }],
    };
    const envelope = { from: address(other), to: address(one), ttl, multihop: false };
    if (!selectSession(directory, decoded.value, envelope).ok) return;
    this.#feed(one, { type: "packet", packet: decoded.value });
  }
}

function address({ discriminator }: End): BfdPath["neighbor"] {
  return ip(`192.0.2.${discriminator}`);
}
