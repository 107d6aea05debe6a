import type { IpAddress } from "../base/ip.ts";
import type { Micros } from "../base/time.ts";

/** One gratuitous ARP to be sent, on behalf of the instance that holds the address. */
export interface Announcement {
  readonly instance: string;
  readonly interface: string;
  readonly address: IpAddress;
}

/** The queue of one interface: what waits, and when the next message may leave (`garp_interval`). */
export interface PacingState {
  readonly queue: readonly Announcement[];
  readonly readyAt: Micros;
}

export type PacingEvent =
  | { readonly type: "queue"; readonly announcements: readonly Announcement[] }
  | { readonly type: "drop"; readonly instance: string } // it is master no more
  | { readonly type: "timer" };

export interface PacingStep {
  readonly state: PacingState;
  readonly send: readonly Announcement[]; // now, in this order
}

/** Nothing waits. */
export const UNPACED: PacingState = { queue: [], readyAt: 0 };

/** `rounds` rounds over the addresses of an instance: A B A B. */
export function rounds(announcements: readonly Announcement[], count: number): Announcement[] {
  return Array.from({ length: count }, () => announcements).flat();
}

/**
 * One transition; `gap` is the least time between two messages of the interface, 0 = none. Every message is kept:
 * Keepalived differs (2.2.7): it queues one for each address, and so loses repeats.
 */
export function paceStep(gap: Micros, state: PacingState, event: PacingEvent, now: Micros): PacingStep {
  switch (event.type) {
    case "drop":
      return {
        state: { ...state, queue: state.queue.filter(({ instance }) => instance !== event.instance) },
        send: [],
      };
    case "queue":
      return release(gap, { ...state, queue: [...state.queue, ...event.announcements] }, now);
    case "timer":
      return release(gap, state, now);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function paceDeadline({ queue, readyAt }: PacingState): Micros | undefined {
  return queue.length > 0 ? readyAt : undefined;
}

function release(gap: Micros, state: PacingState, now: Micros): PacingStep {
  if (gap === 0) return { state: { queue: [], readyAt: now }, send: state.queue };
  if (state.queue.length === 0 || now < state.readyAt) return { state, send: [] };
  return { state: { queue: state.queue.slice(1), readyAt: now + gap }, send: state.queue.slice(0, 1) };
}
