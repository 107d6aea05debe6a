import { check } from "./kernel-error.ts";
import { native } from "./native.ts";
import type { Poller } from "./poller.ts";

/** Those that glibc leaves to programs: SIGRTMIN 34 to SIGRTMAX 64, signal(7). */
const FIRST = 34;
const LAST = 64;

/** SIGRTMIN+2: Keepalived writes its state as JSON. cli.md §3. */
export const SIGNAL_JSON = FIRST + 2;
/** SIGRTMAX-1: Keepalived writes its statistics and sets them to zero. */
export const SIGNAL_STATS_CLEAR = LAST - 1;

/**
 * Real-time signals do nothing from now on. Node accepts a handler for them and never calls it, and without one they end
 * the process. Only what `onRealtimeSignal` is asked for means something afterwards.
 */
export function ignoreRealtimeSignals(): void {
  for (let signal = FIRST; signal <= LAST; signal++) native.ignoreSignal(signal);
}

/**
 * Calls back when a real-time signal has come, once for several that came together. For good: until the process ends it
 * is ready for the signal. What it starts with `spawn` is not. Throws KernelError.
 */
export function onRealtimeSignal(poller: Poller, signal: number, handle: () => void): void {
  const fd = check(native.catchSignal(signal), `cannot catch signal ${signal}`);
  const count = new Uint8Array(8);
  poller.add(fd, () => {
    native.read(fd, count);
    handle();
  });
}
