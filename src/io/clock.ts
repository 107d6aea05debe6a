import { Deadlines } from "../base/deadlines.ts";
import { type Micros, milliseconds } from "../base/time.ts";
import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";

const LATE = milliseconds(10);

/**
 * The monotonic clock and its alarms: one timerfd for the earliest of all deadlines. A deadline never fires early;
 * equal ones fire in the order in which they were set.
 */
export class Clock {
  readonly #poller: Poller;
  readonly #timer: number;
  readonly #deadlines = new Deadlines<() => void>();
  readonly #expirations = new Uint8Array(8);
  #armed = Number.POSITIVE_INFINITY; // what the timerfd is set to
  /** Called before the first wake of a turn that comes 10 ms late or more: this process did not run, or was busy. */
  onLate: (late: Micros) => void = () => {};

  constructor(poller: Poller) {
    this.#timer = check(native.timerCreate(), "cannot create a timer");
    this.#poller = poller;
    poller.add(this.#timer, () => this.#fire());
  }

  /** CLOCK_MONOTONIC: the same in all processes of the machine. */
  now(): Micros {
    return native.now();
  }

  /** Calls `wake` once, at `at` or as soon as possible after it; never from within this call. Returns what cancels it. */
  wakeAt(at: Micros, wake: () => void): () => void {
    const deadline = this.#deadlines.add(at, wake);
    if (at < this.#armed) this.#arm(at);
    // The timer stays as it is after a cancellation: waking once for nothing costs less than setting it each time.
    return () => this.#deadlines.remove(deadline);
  }

  close(): void {
    this.#poller.remove(this.#timer);
    native.close(this.#timer);
  }

  #fire(): void {
    native.read(this.#timer, this.#expirations);
    this.#armed = Number.POSITIVE_INFINITY;
    const now = this.now();
    const late = now - (this.#deadlines.first?.at ?? now);
    if (late >= LATE) this.onLate(late);
    // What a wake sets anew, even for now, waits for the next turn, so that sockets have theirs.
    const last = this.#deadlines.latest;
    try {
      for (;;) {
        const next = this.#deadlines.first;
        if (next === undefined || next.at > now || next.order > last) break;
        this.#deadlines.remove(next);
        next.value();
      }
    } finally {
      const next = this.#deadlines.first;
      if (next !== undefined && next.at < this.#armed) this.#arm(next.at);
    }
  }

  #arm(at: Micros): void {
    this.#armed = at;
    const whole = Math.min(Math.max(Math.ceil(at), 1), Number.MAX_SAFE_INTEGER); // 0 would disarm
    check(native.timerSet(this.#timer, whole), "cannot set the timer");
  }
}
