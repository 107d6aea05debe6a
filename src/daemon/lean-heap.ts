import { type Micros, seconds } from "../base/time.ts";
import { collectGarbage } from "../io/heap.ts";
import { setV8Flags } from "./v8-flags.ts";

/** How long after a configuration was put in force: the first reports have left, the first checks come now and then. */
const SETTLED = seconds(2);

/**
 * Keeps the memory of the checkers process near what it uses. To put a configuration in force makes several times as much
 * garbage as what stays of it, and V8 would let it lie for hours: checks need little that is new.
 */
export class LeanHeap {
  readonly #clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void };
  #cancel = (): void => {};

  constructor(clock: { now(): Micros; wakeAt(at: Micros, wake: () => void): () => void }) {
    this.#clock = clock;
  }

  /** A configuration was put in force. */
  soon(): void {
    this.#cancel();
    this.#cancel = this.#clock.wakeAt(this.#clock.now() + SETTLED, () => {
      // Later than at the start: there the garbage collector would run again and again.
      setV8Flags("--heap-growing-percent=15", "--compact-on-every-full-gc");
      collectGarbage();
      setV8Flags("--no-compact-on-every-full-gc");
    });
  }
}
