import { type Micros, seconds } from "../base/time.ts";
import { type BusEffect, type BusSession, busHeard, openSession, post, releaseName } from "../dbus/session.ts";
import type { Clock } from "../io/clock.ts";
import type { Poller } from "../io/poller.ts";
import type { Stream } from "../io/stream.ts";
import { connectUnix } from "../io/unix-stream.ts";
import type { Log } from "../observe/log.ts";
import type { DbusMessage } from "../wire/dbus.ts";

/** What a connection is made with. */
export interface DbusSettings {
  readonly log: Log;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly service: string; //            the name that we want
  readonly sockets: readonly string[]; // to be tried in this order
  /** The name is ours, for the first time or again. */
  readonly acquired: () => void;
  readonly called: (call: DbusMessage) => void;
}

/** Between two tries; twice as long after each. */
const SHORTEST_WAIT = seconds(1);
const LONGEST_WAIT = seconds(30);
/** From the connection until the bus has given its answer. */
const PATIENCE = seconds(10);
/** Bytes that wait for a bus that does not read; then we give it up. */
const LONGEST_QUEUE = 1 << 20;

/** A name on a message bus, for as long as it is wanted: a bus that is not there, or goes, is tried again. */
export class DbusConnection {
  readonly #settings: DbusSettings;
  #stream: Stream | undefined;
  #session: BusSession | undefined;
  #wait: Micros = SHORTEST_WAIT;
  #complained = false;
  #cancelWake = (): void => {};

  constructor(settings: DbusSettings) {
    this.#settings = settings;
    this.#connect();
  }

  get service(): string {
    return this.#settings.service;
  }

  /** Sends a message; without a name of ours nobody would know whose it is, so it is dropped then. */
  post(message: Omit<DbusMessage, "serial">): void {
    if (this.#session?.name === "talking" && this.#session.owned) this.#send(message);
  }

  /** Lets the name go. */
  close(): void {
    const owned = this.#session?.name === "talking" && this.#session.owned;
    if (owned) {
      this.#send(releaseName(this.service));
      this.#settings.log.info("Released DBus");
    }
    this.#drop();
  }

  #connect(): void {
    const { clock, poller, sockets, service } = this.#settings;
    let why = "its address names no unix socket";
    for (const socket of sockets) {
      try {
        this.#stream = connectUnix(socket, poller);
        break;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
    if (this.#stream === undefined) {
      this.#failed(why);
      return;
    }
    this.#stream.onData((chunk) => {
      if (chunk instanceof Uint8Array) this.#heard(chunk);
      else this.#failed(chunk === "end" ? "it closed the connection" : chunk.message);
    });
    this.#cancelWake = clock.wakeAt(clock.now() + PATIENCE, () => this.#failed("it does not answer"));
    const { session, effects } = openSession(service, process.geteuid?.() ?? 0);
    this.#session = session;
    this.#perform(effects);
  }

  /** A bug of ours in here must not end the supervisor: the bus is the least of its duties. */
  #heard(bytes: Uint8Array): void {
    if (this.#session === undefined) return;
    try {
      const { session, effects } = busHeard(this.#session, bytes);
      this.#session = session;
      this.#perform(effects);
    } catch (error) {
      this.#failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  #perform(effects: readonly BusEffect[]): void {
    const { log, service, acquired, called } = this.#settings;
    for (const effect of effects) {
      if (this.#stream === undefined) return; // one of them was the last
      switch (effect.type) {
        case "send":
          this.#write(effect.bytes);
          break;
        case "acquired":
          this.#cancelWake();
          this.#wait = SHORTEST_WAIT;
          this.#complained = false;
          log.info("Acquired DBus bus {service}", { service });
          acquired();
          break;
        case "lost":
          this.#cancelWake(); // it has answered: the name comes when the other one lets it go
          log.warning("Lost the name {service} on the DBus: another process has it", { service });
          break;
        case "called":
          called(effect.call);
          break;
        case "over":
          this.#failed(effect.why);
          break;
      }
    }
  }

  /** An answer goes out whether or not the name is ours: somebody asked us. */
  answer(message: Omit<DbusMessage, "serial">): void {
    this.#send(message);
  }

  #send(message: Omit<DbusMessage, "serial">): void {
    if (this.#session?.name !== "talking") return;
    const { session, bytes } = post(this.#session, message);
    this.#session = session;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.#stream?.write(bytes);
    if ((this.#stream?.unsent ?? 0) > LONGEST_QUEUE) this.#failed("it does not read");
  }

  /** Said once until it works again. */
  #failed(why: string): void {
    const { log, clock } = this.#settings;
    this.#drop();
    if (!this.#complained) log.warning("No DBus: {why}; it is tried again and again", { why });
    this.#complained = true;
    this.#cancelWake = clock.wakeAt(clock.now() + this.#wait, () => this.#connect());
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  #drop(): void {
    this.#cancelWake();
    this.#stream?.close();
    this.#stream = undefined;
    this.#session = undefined;
  }
}
