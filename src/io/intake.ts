import { type Micros, milliseconds } from "../base/time.ts";
import type { Clock } from "./clock.ts";
import { EPOLLIN } from "./constants.ts";
import type { Poller } from "./poller.ts";

/** Who wakes the process up. */
export interface Waker {
  readonly poller: Poller;
  readonly clock: Clock;
}

/** What a socket brings is read when it comes; but in a flood only so often. */
const REST = milliseconds(0.5);
/** Reads that may follow each other at once. */
const BURST = 20;

/**
 * Reads a socket when something comes. Where one packet after the other does, it rests between two reads, as a network
 * card rests between two interrupts: a packet that wakes the process up costs it 28 us, one of many that wait 10. The
 * rule is that of a leaky bucket (GCRA, ITU-T I.371).
 */
export class Intake {
  readonly #waker: Waker;
  readonly #fd: number;
  readonly #read: () => boolean;
  #due: Micros = 0; // when the next read would be, had all been REST apart
  #cancelRest: (() => void) | undefined; // undefined: it is woken up
  #closed = false; // maybe by what was read

  /** `read` reads one batch, and says whether more waits. */
  constructor(waker: Waker, fd: number, read: () => boolean) {
    this.#waker = waker;
    this.#fd = fd;
    this.#read = read;
    waker.poller.add(fd, () => this.#ready());
  }

  /** To be called before the socket is closed. */
  close(): void {
    this.#closed = true;
    this.#cancelRest?.();
    this.#waker.poller.remove(this.#fd);
  }

  #ready(): void {
    if (this.#read() || this.#closed) return; // where more waits, it is ready still, and has its turn again
    const { clock, poller } = this.#waker;
    const now = clock.now();
    this.#due = Math.max(this.#due, now) + REST;
    if (this.#due - now <= BURST * REST || this.#cancelRest !== undefined) return; // while it rests only errors come
    poller.change(this.#fd, 0);
    this.#cancelRest = clock.wakeAt(now + REST, () => this.#resume());
  }

  #resume(): void {
    this.#cancelRest = undefined;
    this.#waker.poller.change(this.#fd, EPOLLIN);
  }
}
