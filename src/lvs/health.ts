import { type Micros, seconds } from "../base/time.ts";

/** How one checker turns checks into a verdict. Compatible with config/model/check.ts `CheckerBase`. */
export interface HealthParameters {
  readonly type: "tcp" | "http";
  readonly urls: number; // http: checked one a run, in order; tcp: 1
  readonly delayLoop: Micros; // from the end of a check to the next
  readonly retry: number; // failures forgiven before the verdict
  readonly delayBeforeRetry: Micros;
  readonly warmup: Micros; // upper bound of the random part of the first delay
  readonly alpha: boolean; // down until proven up
  readonly logAllFailures: boolean;
}

/** What is known of the server. Plain JSON data: it survives a reload and a respawn. */
export interface Health {
  readonly up: boolean;
  readonly hasRun: boolean; // checked at least once; http: to a verdict
  readonly failures: number; // in a row, since the last success
  readonly url: number; // checked next
  readonly failedUrl: number | undefined; // while down, only this one is checked
}

/** Each with its knowledge; `checking` ends with a `checked` event, so it has no deadline. */
export type HealthState =
  | { readonly name: "stopped"; readonly health: Health }
  | { readonly name: "waiting"; readonly health: Health; readonly checkAt: Micros }
  | { readonly name: "checking"; readonly health: Health };

/** What a check found; compatible with check/checker.ts `Verdict`. `local`: trouble of our own, says nothing. */
export type CheckResult = { readonly up: true } | { readonly up: false; readonly why: string; readonly local: boolean };

export type HealthEvent =
  | { readonly type: "start"; readonly jitter: number } // 0..1, uniformly random
  | { readonly type: "stop" }
  | { readonly type: "timer" }
  | { readonly type: "checked"; readonly result: CheckResult };

export type HealthEffect =
  | { readonly type: "check"; readonly url: number } // index into the urls; 0 for tcp
  | { readonly type: "cancel" } //                      the check under way
  | { readonly type: "up" } //                          the verdict, given once for each turn and at the first
  | { readonly type: "down" }
  | { readonly type: "note"; readonly note: HealthNote };

/** What is worth saying; `words.ts` says it in Keepalived's words. */
export type HealthNote =
  | { readonly name: "succeeded" }
  | { readonly name: "failed"; readonly retries: number; readonly why: string } // retries as said: 0 = without a word
  | { readonly name: "failure"; readonly why: string } //                           forgiven, with `log_all_failures`
  | { readonly name: "url-succeeded"; readonly url: number } //                     http, while down
  | { readonly name: "local-trouble"; readonly why: string };

export interface HealthStep {
  readonly state: HealthState;
  readonly effects: readonly HealthEffect[];
}

/** The first run is this long after the start, plus the random part. */
export const FIRST_DELAY: Micros = seconds(1);

/** A checker that has never run; one failure is enough for its first verdict. keepalived(8). */
export function unchecked({ alpha, retry }: HealthParameters): Health {
  return { up: !alpha, hasRun: false, failures: retry, url: 0, failedUrl: undefined };
}

/** A checker that comes with a reload: it needs all its failures. */
export function added({ alpha }: HealthParameters): Health {
  return { up: !alpha, hasRun: false, failures: 0, url: 0, failedUrl: undefined };
}

/** The same checker after a reload: its verdict and its count of failures stay. */
export function migrated({ retry }: HealthParameters, { up, hasRun, failures, failedUrl }: Health): Health {
  return { up, hasRun, failures: Math.min(failures, retry), url: failedUrl ?? 0, failedUrl };
}

/** The same checker in a respawned process, from the verdict that was reported. */
export function adopted(parameters: HealthParameters, { up, hasRun }: Pick<Health, "up" | "hasRun">): Health {
  return hasRun ? { up, hasRun, failures: 0, url: 0, failedUrl: undefined } : { ...unchecked(parameters), up };
}

/** One transition. Pure. keepalived.conf(5), checkers. */
export function healthStep(
  parameters: HealthParameters,
  state: HealthState,
  event: HealthEvent,
  now: Micros,
): HealthStep {
  const { health } = state;
  switch (event.type) {
    case "start":
      return wait(health, now + FIRST_DELAY + Math.floor(event.jitter * parameters.warmup), []);
    case "stop":
      return { state: { name: "stopped", health }, effects: state.name === "checking" ? [{ type: "cancel" }] : [] };
    case "timer":
      if (state.name !== "waiting" || now < state.checkAt) return { state, effects: [] };
      return { state: { name: "checking", health }, effects: [{ type: "check", url: health.url }] };
    case "checked":
      if (state.name !== "checking") return { state, effects: [] };
      return checked(parameters, health, event.result, now);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function healthDeadline(state: HealthState): Micros | undefined {
  return state.name === "waiting" ? state.checkAt : undefined;
}

function checked(parameters: HealthParameters, health: Health, result: CheckResult, now: Micros): HealthStep {
  if (result.up) return succeeded(parameters, health, now);
  if (result.local) {
    const trouble: HealthNote = { name: "local-trouble", why: result.why };
    return wait(health, now + parameters.delayLoop, [note(trouble)]);
  }
  return failed(parameters, health, result.why, now);
}

/** Up comes after the last url. While down, the failed url comes first, and then the whole list again. */
function succeeded(parameters: HealthParameters, health: Health, now: Micros): HealthStep {
  const { type, urls, delayLoop } = parameters;
  const next = now + delayLoop;
  const said: HealthEffect[] = type === "tcp" || health.up ? [] : [note({ name: "url-succeeded", url: health.url })];
  if (health.failedUrl !== undefined) return wait({ ...health, failures: 0, url: 0, failedUrl: undefined }, next, said);
  if (health.url + 1 < urls) return wait({ ...health, failures: 0, url: health.url + 1 }, next, said);
  const news: HealthEffect[] = health.up && health.hasRun ? [] : [note({ name: "succeeded" }), { type: "up" }];
  return wait({ up: true, hasRun: true, failures: 0, url: 0, failedUrl: undefined }, next, [...said, ...news]);
}

function failed(parameters: HealthParameters, health: Health, why: string, now: Micros): HealthStep {
  const { type, delayLoop, delayBeforeRetry, retry } = parameters;
  const http = type === "http";
  const next = now + (http ? Math.max(delayLoop, delayBeforeRetry) : delayLoop);
  const down: Health = { ...health, up: false, hasRun: true, failures: 0, failedUrl: http ? health.url : undefined };
  if (!health.up && health.hasRun) return wait(down, next, []);
  if (health.failures >= retry) {
    // Keepalived (2.2.7) says "after N retries" of a first HTTP check that was not retried, but not of a TCP one.
    const retries = http || health.hasRun ? retry : 0;
    return wait(down, next, [note({ name: "failed", retries, why }), { type: "down" }]);
  }
  const said = health.up && parameters.logAllFailures ? [note({ name: "failure", why })] : [];
  const hasRun = health.hasRun || (health.up && !http);
  return wait({ ...health, hasRun, failures: health.failures + 1 }, now + delayBeforeRetry, said);
}

function wait(health: Health, checkAt: Micros, effects: readonly HealthEffect[]): HealthStep {
  return { state: { name: "waiting", health, checkAt }, effects };
}

function note(said: HealthNote): HealthEffect {
  return { type: "note", note: said };
}
