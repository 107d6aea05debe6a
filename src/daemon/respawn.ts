import { type Micros, seconds } from "../base/time.ts";

/** How often a process has died young since it last lived long enough. */
export interface Backoff {
  readonly earlyDeaths: number;
}

export const FRESH: Backoff = { earlyDeaths: 0 };

const LONG_LIFE = seconds(60);
const LONGEST_DELAY = seconds(60);

/**
 * How long to wait before a dead process is started again: not at all when it lived for a minute, nor after its first
 * early death; then 1, 2, 4 .. 32, 60 seconds (measured on keepalived 2.2.7).
 */
export function died(backoff: Backoff, lived: Micros): { readonly backoff: Backoff; readonly delay: Micros } {
  if (lived >= LONG_LIFE) return { backoff: FRESH, delay: 0 };
  const { earlyDeaths } = backoff;
  const delay = earlyDeaths === 0 ? 0 : Math.min(seconds(2 ** (earlyDeaths - 1)), LONGEST_DELAY);
  return { backoff: { earlyDeaths: earlyDeaths + 1 }, delay };
}

/** Why a process will not do better next time, by its exit status. Undefined: it may. */
export function permanentError(status: number | null): string | undefined {
  return status === null ? undefined : PERMANENT.get(status);
}

const PERMANENT = new Map([
  [1, "FATAL"],
  [2, "CONFIG"],
  [4, "missing permission"],
]);
