const GAP = 100; // milliseconds
const IN_TIME = 2000; // so too
/** Of the process's time, `act` may take one part in so many: a report of 10,000 servers takes a while to write. */
const SHARE = 20;

/**
 * Calls `act` soon after `request()`, and at least 100 ms (or 20 times as long as it took) apart, however often it is
 * requested; the last request is never lost. `act` is told how to say that it has finished: until then it is not
 * called again.
 */
export class Throttle {
  readonly #act: (finished: () => void) => void;
  #busy = false; // `act` has not finished, or finished less than the gap ago
  #wanted = false;
  #inTime: NodeJS.Timeout | undefined;

  constructor(act: (finished: () => void) => void) {
    this.#act = act;
  }

  request(): void {
    this.#wanted = true;
    if (!this.#busy) this.#start();
  }

  /** As `request()`, but within two seconds will do: what others request meanwhile does for it. */
  requestInTime(): void {
    if (!this.#wanted) this.#inTime ??= setTimeout(() => this.request(), IN_TIME);
  }

  #start(): void {
    this.#busy = true;
    // Not at once: who requests is often still in the middle of the change.
    setImmediate(() => {
      this.#wanted = false;
      clearTimeout(this.#inTime);
      this.#inTime = undefined;
      const startedAt = performance.now();
      let took = 0;
      this.#act(() => setTimeout(() => this.#rest(), Math.max(GAP, SHARE * took)));
      took = performance.now() - startedAt;
    });
  }

  #rest(): void {
    this.#busy = false;
    if (this.#wanted) this.#start();
  }
}
