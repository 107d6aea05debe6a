import type { Micros } from "../base/time.ts";

/** How long a change must last before it counts: `interface_up_down_delays`, the delays of `vrrp_track_process`. */
export interface Delays {
  readonly down: Micros; // 0 = it counts at once
  readonly up: Micros;
}

/** What counts, and until when a change that came after it is waited for. Plain JSON data. */
export interface Debounced {
  readonly up: boolean;
  readonly turnAt: Micros | undefined; // undefined: nothing is on its way
}

/** Something is seen to be up or down. What returns within its delay was never away. */
export function observe({ down, up }: Delays, state: Debounced, seen: boolean, now: Micros): Debounced {
  if (seen === state.up) return { up: seen, turnAt: undefined };
  const delay = seen ? up : down;
  const turnAt = Math.min(state.turnAt ?? now + delay, now + delay);
  return turnAt <= now ? { up: seen, turnAt: undefined } : { up: state.up, turnAt };
}

/** Time has passed. */
export function expire(state: Debounced, now: Micros): Debounced {
  return state.turnAt !== undefined && state.turnAt <= now ? { up: !state.up, turnAt: undefined } : state;
}

/**
 * The longest delay for the interface that a router listens on: a backup must not become master because it was deaf
 * before it knows that it was. keepalived.conf(5) `interface_up_down_delays`.
 */
export function longestDelay({
  interval,
  downTimerAdverts,
}: {
  readonly interval: Micros;
  readonly downTimerAdverts: number;
}): Micros {
  return Math.max(0, (downTimerAdverts - 1) * interval - Math.floor(interval / 256));
}
