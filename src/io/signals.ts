import { native } from "./native.ts";

/** Those that glibc leaves to programs: SIGRTMIN 34 to SIGRTMAX 64, signal(7). */
const FIRST = 34;
const LAST = 64;

/**
 * Real-time signals do nothing from now on. Node accepts a handler for them and never calls it, and without one they end
 * the process: scripts that ask Keepalived for JSON (36) or for cleared statistics (63) must not end the daemon.
 */
export function ignoreRealtimeSignals(): void {
  for (let signal = FIRST; signal <= LAST; signal++) native.ignoreSignal(signal);
}
