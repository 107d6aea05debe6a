import { type Micros, seconds } from "../base/time.ts";
import type { Verdict } from "./tracking.ts";

/** `vrrp_script`: when it runs, and how many results turn its verdict. Compatible with config/model/model.ts. */
export interface ScriptParameters {
  readonly interval: Micros; // from start to start
  readonly timeout: Micros;
  readonly rise: number; // successes in a row
  readonly fall: number; // failures in a row
}

/** How a run ended. `not-run`: it could not be started, which is a failure too. */
export type ScriptOutcome =
  | { readonly type: "exited"; readonly status: number }
  | { readonly type: "signalled"; readonly signal: number }
  | { readonly type: "not-run"; readonly why: string };

/** Plain JSON data. `opposed` counts results in a row that contradict the verdict. */
export interface ScriptState {
  readonly verdict: Verdict;
  readonly opposed: number;
  readonly status: number; // exit status of the last run that had one
  readonly runAt: Micros;
  readonly run: ScriptRun | undefined;
  readonly refused: string | undefined; // why the last run could not be started, as it was said
}

/** The run under way. Once its time is over it has failed, and only its end is waited for. */
export type ScriptRun =
  | { readonly name: "running"; readonly timeoutAt: Micros }
  | { readonly name: "overdue"; readonly killAt: Micros };

export type ScriptEvent = { readonly type: "timer" } | { readonly type: "ended"; readonly outcome: ScriptOutcome };

export type ScriptEffect =
  | { readonly type: "run" } //       answered by an `ended` event, now or later
  | { readonly type: "terminate" } // SIGTERM to its process group
  | { readonly type: "kill" } //      SIGKILL
  | { readonly type: "note"; readonly note: ScriptNote };

export type ScriptNote =
  | { readonly name: "script-up" }
  | { readonly name: "script-down"; readonly outcome: ScriptOutcome | { readonly type: "timed-out" } }
  | { readonly name: "script-returning"; readonly status: number }
  | { readonly name: "script-still-running" }
  | { readonly name: "script-not-run"; readonly why: string };

export interface ScriptStep {
  readonly state: ScriptState;
  readonly effects: readonly ScriptEffect[];
}

/**
 * Before its first run, which is due at once. `verdict`: pending, or down with `init_fail`, which `rise` successes end.
 * (Keepalived differs: there `init_fail` means nothing for a script that is tracked.)
 */
export function startScript(now: Micros, verdict: "pending" | "down" = "pending"): ScriptState {
  return { verdict, opposed: 0, status: 0, runAt: now, run: undefined, refused: undefined };
}

/** The same script after a reload or in a respawned process: its verdict holds until the next run says otherwise. */
export function adoptScript(
  { verdict, opposed, status }: Pick<ScriptState, "verdict" | "opposed" | "status">,
  now: Micros,
): ScriptState {
  return { verdict, opposed, status, runAt: now, run: undefined, refused: undefined };
}

/** One transition. keepalived.conf(5) `vrrp_script`. */
export function scriptStep(
  parameters: ScriptParameters,
  state: ScriptState,
  event: ScriptEvent,
  now: Micros,
): ScriptStep {
  if (event.type === "ended") return ended(parameters, state, event.outcome);
  const late = overdue(parameters, state, now);
  const next = scheduled(parameters, late.state, now);
  return { state: next.state, effects: [...late.effects, ...next.effects] };
}

/** When the driver must next deliver a `timer` event. */
export function scriptDeadline({ runAt, run }: ScriptState): Micros {
  if (run === undefined) return runAt;
  return Math.min(runAt, run.name === "running" ? run.timeoutAt : run.killAt);
}

const KILL_AFTER: Micros = seconds(2);
const KILL_AGAIN: Micros = seconds(10);

function overdue(parameters: ScriptParameters, state: ScriptState, now: Micros): ScriptStep {
  const { run } = state;
  if (run?.name === "running" && run.timeoutAt <= now) {
    const after = judged(parameters, state, { type: "timed-out" });
    const waiting: ScriptRun = { name: "overdue", killAt: now + KILL_AFTER };
    return { state: { ...after.state, run: waiting }, effects: [{ type: "terminate" }, ...after.effects] };
  }
  if (run?.name === "overdue" && run.killAt <= now)
    return { state: { ...state, run: { name: "overdue", killAt: now + KILL_AGAIN } }, effects: [{ type: "kill" }] };
  return { state, effects: [] };
}

/** Runs start on a fixed grid; a point on it is left out while the last run still lives, or when it is long past. */
function scheduled({ interval, timeout }: ScriptParameters, state: ScriptState, now: Micros): ScriptStep {
  if (now < state.runAt) return { state, effects: [] };
  const runAt = state.runAt + interval * (1 + Math.floor((now - state.runAt) / interval));
  if (state.run !== undefined) return { state: { ...state, runAt }, effects: [note({ name: "script-still-running" })] };
  return { state: { ...state, runAt, run: { name: "running", timeoutAt: now + timeout } }, effects: [{ type: "run" }] };
}

function ended(parameters: ScriptParameters, state: ScriptState, outcome: ScriptOutcome): ScriptStep {
  const idle: ScriptState = { ...state, run: undefined, refused: undefined };
  if (state.run?.name !== "running") return { state: idle, effects: [] }; // it has failed by its time already
  const { state: after, effects } = judged(parameters, idle, outcome);
  if (outcome.type === "not-run") {
    const said = state.refused === outcome.why ? [] : [note({ name: "script-not-run", why: outcome.why })];
    return { state: { ...after, refused: outcome.why }, effects: [...said, ...effects] };
  }
  if (outcome.type === "signalled" || outcome.status === state.status) return { state: after, effects };
  const returning = note({ name: "script-returning", status: outcome.status });
  return { state: { ...after, status: outcome.status }, effects: [returning, ...effects] };
}

/** The first result decides alone; then it takes `fall` failures or `rise` successes in a row. */
function judged(
  { rise, fall }: ScriptParameters,
  state: ScriptState,
  outcome: ScriptOutcome | { readonly type: "timed-out" },
): ScriptStep {
  const verdict = outcome.type === "exited" && outcome.status === 0 ? "up" : "down";
  if (verdict === state.verdict) return { state: { ...state, opposed: 0 }, effects: [] };
  const opposed = state.opposed + 1;
  if (state.verdict !== "pending" && opposed < (verdict === "up" ? rise : fall))
    return { state: { ...state, opposed }, effects: [] };
  const said: ScriptNote =
    outcome.type === "exited" && outcome.status === 0 ? { name: "script-up" } : { name: "script-down", outcome };
  return { state: { ...state, verdict, opposed: 0 }, effects: [note(said)] };
}

function note(said: ScriptNote): ScriptEffect {
  return { type: "note", note: said };
}
