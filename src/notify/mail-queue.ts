import { type Micros, seconds } from "../base/time.ts";

/** Mails on their way to the relay: one connection at a time, in order. `M` is a mail. */
export interface MailQueue<M> {
  readonly waiting: readonly Waiting<M>[]; // oldest first
  readonly sending: boolean; // the first of them is under way
  readonly failures: number; // tries in a row that the relay did not answer well
  readonly retryAt: Micros | undefined; // undefined: nothing to wait for
  readonly stopping: boolean; // each has one try left
}

interface Waiting<M> {
  readonly mail: M;
  readonly since: Micros;
}

export type MailEvent<M> =
  | { readonly type: "add"; readonly mail: M }
  | { readonly type: "delivered" }
  | { readonly type: "failed"; readonly permanent: boolean } // permanent: it is the mail's fault
  | { readonly type: "stop" } // the daemon ends
  | { readonly type: "timer" };

export type MailEffect<M> =
  | { readonly type: "send"; readonly mail: M } // answered by `delivered` or `failed`
  | { readonly type: "lost"; readonly mail: M; readonly why: "too-many" | "too-old" | "refused" | "stopped" }
  | { readonly type: "note"; readonly note: "retrying" | "recovered" }; // said once an outage

export interface MailStep<M> {
  readonly queue: MailQueue<M>;
  readonly effects: readonly MailEffect<M>[];
}

/** After the first failure; each further one doubles it. */
const RETRY: Micros = seconds(5);
const LONGEST_RETRY: Micros = seconds(300);
/** An alert of yesterday helps nobody. */
const OLDEST: Micros = seconds(3600);
const MOST_WAITING = 1000;

/** Nothing to send. */
export function noMail<M>(): MailQueue<M> {
  return { waiting: [], sending: false, failures: 0, retryAt: undefined, stopping: false };
}

/** One transition. Pure. */
export function mailStep<M>(queue: MailQueue<M>, event: MailEvent<M>, now: Micros): MailStep<M> {
  switch (event.type) {
    case "add":
      return added(queue, event.mail, now);
    case "delivered": {
      const recovered: MailEffect<M>[] = queue.failures > 0 ? [{ type: "note", note: "recovered" }] : [];
      const waiting = queue.waiting.slice(1);
      return next({ ...queue, waiting, sending: false, failures: 0, retryAt: undefined }, recovered);
    }
    case "failed":
      return failed(queue, event.permanent, now);
    case "stop":
      return next({ ...queue, stopping: true, retryAt: undefined }, []);
    case "timer":
      return queue.retryAt !== undefined && now >= queue.retryAt
        ? next({ ...queue, retryAt: undefined }, [])
        : { queue, effects: [] };
  }
}

/** When the driver must deliver a `timer` event; undefined = never. */
export function mailDeadline({ retryAt }: MailQueue<unknown>): Micros | undefined {
  return retryAt;
}

/** Whether there is nothing to send. */
export function isSent({ waiting }: MailQueue<unknown>): boolean {
  return waiting.length === 0;
}

function added<M>(queue: MailQueue<M>, mail: M, now: Micros): MailStep<M> {
  const waiting = [...queue.waiting, { mail, since: now }];
  if (waiting.length <= MOST_WAITING) return next({ ...queue, waiting }, []);
  const oldest = queue.sending ? 1 : 0;
  const lost = waiting.splice(oldest, 1).map((one) => ({ type: "lost", mail: one.mail, why: "too-many" }) as const);
  return next({ ...queue, waiting }, lost);
}

function failed<M>(queue: MailQueue<M>, permanent: boolean, now: Micros): MailStep<M> {
  const [first, ...rest] = queue.waiting;
  const idle = { ...queue, sending: false };
  if (first === undefined) return { queue: idle, effects: [] };
  if (permanent) return next({ ...idle, waiting: rest }, [{ type: "lost", mail: first.mail, why: "refused" }]);
  // The relay is not there: the next one would fare no better.
  if (queue.stopping) {
    const lost = queue.waiting.map(({ mail }) => ({ type: "lost", mail, why: "stopped" }) as const);
    return { queue: { ...idle, waiting: [] }, effects: lost };
  }
  const stale = queue.waiting.filter(({ since }) => now - since > OLDEST);
  const waiting = queue.waiting.slice(stale.length);
  const effects: MailEffect<M>[] = [
    ...(queue.failures === 0 ? [{ type: "note", note: "retrying" } as const] : []),
    ...stale.map(({ mail }) => ({ type: "lost", mail, why: "too-old" }) as const),
  ];
  const pause = Math.min(RETRY * 2 ** Math.min(queue.failures, 20), LONGEST_RETRY);
  const retryAt = waiting.length > 0 ? now + pause : undefined;
  return { queue: { ...idle, waiting, failures: queue.failures + 1, retryAt }, effects };
}

function next<M>(queue: MailQueue<M>, effects: readonly MailEffect<M>[]): MailStep<M> {
  const [first] = queue.waiting;
  if (first === undefined || queue.sending || queue.retryAt !== undefined) return { queue, effects };
  return { queue: { ...queue, sending: true }, effects: [...effects, { type: "send", mail: first.mail }] };
}
