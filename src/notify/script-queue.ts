import type { Command } from "../base/notification.ts";
import { type Micros, seconds } from "../base/time.ts";

/** The scripts of one notification. They start together, in order; the next round waits until all have ended. */
export interface Round {
  readonly scripts: readonly Command[]; // at least one
  readonly final: boolean; // of the stop: nothing comes after it
}

/** The scripts about one thing: never one of an older state after, or beside, one of a newer. */
export interface ScriptQueue {
  readonly running: RunningRound | undefined;
  readonly waiting: readonly Round[]; // oldest first
}

interface RunningRound {
  readonly final: boolean;
  readonly left: number; // scripts that have not ended
  readonly limit: Limit | undefined; // undefined: it may take its time, since nothing waits for it
}

/** When the scripts that still run are told to end, and how. */
interface Limit {
  readonly at: Micros;
  readonly by: "terminate" | "kill" | "patience"; // patience: killed, and no more can be done
}

export type QueueEvent =
  | { readonly type: "add"; readonly round: Round }
  | { readonly type: "ended" } // one of the scripts that run
  | { readonly type: "stop" } //  the daemon ends
  | { readonly type: "timer" };

export type QueueEffect =
  | { readonly type: "start"; readonly scripts: readonly Command[] } // each is answered by one `ended`, later
  | { readonly type: "terminate" } // all that run: SIGTERM to their process groups
  | { readonly type: "kill" } //      SIGKILL
  | { readonly type: "note"; readonly note: "too-slow" | "dropped" };

export interface QueueStep {
  readonly queue: ScriptQueue;
  readonly effects: readonly QueueEffect[];
}

/** Nothing runs. */
export const IDLE: ScriptQueue = { running: undefined, waiting: [] };

/** How long a newer state waits for the scripts of an older one. Alone, a script may take as long as it likes. */
export const PATIENCE: Micros = seconds(60);
/** What is left for scripts when the daemon stops; Keepalived's too. */
export const STOPPING: Micros = seconds(1);
const GRACE: Micros = seconds(2); // from SIGTERM to SIGKILL
const STOPPING_GRACE: Micros = seconds(0.2);
const MOST_WAITING = 100;

/** One transition. Pure. */
export function queueStep(queue: ScriptQueue, event: QueueEvent, now: Micros): QueueStep {
  switch (event.type) {
    case "add":
      return added(queue, event.round, now);
    case "ended":
      return ended(queue, now);
    case "stop":
      return stopped(queue, now);
    case "timer":
      return overdue(queue, now);
  }
}

/** When the driver must deliver a `timer` event; undefined = never. */
export function queueDeadline({ running }: ScriptQueue): Micros | undefined {
  return running?.limit?.by === "patience" ? undefined : running?.limit?.at;
}

/** Whether nothing runs and nothing waits. */
export function isIdle({ running }: ScriptQueue): boolean {
  return running === undefined;
}

function added(queue: ScriptQueue, round: Round, now: Micros): QueueStep {
  if (queue.running === undefined) return started(round, queue.waiting, now);
  if (round.final) {
    // There is no time for what lies between: the last word is that we stop.
    const { running } = stopped(queue, now).queue;
    return { queue: { running, waiting: [round] }, effects: [] };
  }
  const last = queue.waiting.at(-1);
  if (last !== undefined && isSame(last, round)) return { queue, effects: [] }; // it says nothing new
  const running = hurry(queue.running, { at: now + PATIENCE, by: "terminate" });
  const waiting = [...queue.waiting, round];
  if (waiting.length <= MOST_WAITING) return { queue: { running, waiting }, effects: [] };
  return { queue: { running, waiting: waiting.slice(1) }, effects: [{ type: "note", note: "dropped" }] };
}

function started({ scripts, final }: Round, waiting: readonly Round[], now: Micros): QueueStep {
  const limit: Limit | undefined = final
    ? { at: now + STOPPING, by: "kill" }
    : waiting.length > 0
      ? { at: now + PATIENCE, by: "terminate" }
      : undefined;
  return {
    queue: { running: { final, left: scripts.length, limit }, waiting },
    effects: [{ type: "start", scripts }],
  };
}

function ended({ running, waiting }: ScriptQueue, now: Micros): QueueStep {
  if (running !== undefined && running.left > 1)
    return { queue: { running: { ...running, left: running.left - 1 }, waiting }, effects: [] };
  const [next, ...rest] = waiting;
  return next === undefined ? { queue: IDLE, effects: [] } : started(next, rest, now);
}

function stopped({ running, waiting }: ScriptQueue, now: Micros): QueueStep {
  const last = waiting.filter(({ final }) => final);
  if (running === undefined || running.final) return { queue: { running, waiting: last }, effects: [] };
  return {
    queue: { running: hurry(running, { at: now + STOPPING / 2, by: "terminate" }), waiting: last },
    effects: [],
  };
}

function overdue({ running, waiting }: ScriptQueue, now: Micros): QueueStep {
  if (running?.limit === undefined || running.limit.by === "patience" || now < running.limit.at)
    return { queue: { running, waiting }, effects: [] };
  if (running.limit.by === "kill") return limited(running, waiting, { at: now, by: "patience" }, [{ type: "kill" }]);
  const grace = waiting.some(({ final }) => final) ? STOPPING_GRACE : GRACE;
  return limited(running, waiting, { at: now + grace, by: "kill" }, [
    { type: "note", note: "too-slow" },
    { type: "terminate" },
  ]);
}

function limited(
  running: RunningRound,
  waiting: readonly Round[],
  limit: Limit,
  effects: readonly QueueEffect[],
): QueueStep {
  return { queue: { running: { ...running, limit }, waiting }, effects };
}

/** The earlier of its limit and another one. */
function hurry(running: RunningRound, limit: Limit): RunningRound {
  return running.limit !== undefined && running.limit.at <= limit.at ? running : { ...running, limit };
}

function isSame(a: Round, b: Round): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
