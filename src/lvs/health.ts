import { type Micros, seconds } from "../base/time.ts";

/** The checkers that ask from time to time; keys of config/model/check.ts `CHECKER_KEYWORDS`. */
export type CheckKind =
  | "tcp"
  | "http"
  | "ssl"
  | "smtp"
  | "dns"
  | "misc"
  | "js"
  | "udp"
  | "ping"
  | "redis"
  | "mysql"
  | "pgsql"
  | "grpc";

/** How one checker turns checks into a verdict. Compatible with config/model/check.ts `CheckerTiming`. */
export interface HealthParameters {
  readonly type: CheckKind;
  readonly urls: number; // http, ssl: checked one a run, in order; the others: 1
  readonly delayLoop: Micros; // from the end of a check to the next
  readonly retry: number; // failures forgiven before the verdict
  readonly delayBeforeRetry: Micros;
  readonly warmup: Micros; // upper bound of the random part of the first delay
  readonly alpha: boolean; // down until proven up
  readonly logAllFailures: boolean;
  readonly fastRecovery?: boolean; // http, ssl: no delay between urls that must all succeed before the server is up
}

/** What a kind of checker does otherwise than TCP_CHECK. keepalived.conf(5), checkers. */
interface Manner {
  readonly inOrder: boolean; //          has urls: a failed one is checked alone, and then all before it is up
  readonly patientAtFirst: boolean; //   forgives failures before its first verdict too
  readonly retriesWhileDown: boolean; // each round has its retries
  readonly fromStart: boolean; //        waits from the start of a check, not from its end
  readonly saysRetries: boolean; //      of its first verdict too, which had none (seen with 2.2.7)
}

const PLAIN: Manner = {
  inOrder: false,
  patientAtFirst: false,
  retriesWhileDown: false,
  fromStart: false,
  saysRetries: false,
};
const MANNERS: Readonly<Record<CheckKind, Manner>> = {
  tcp: PLAIN,
  http: { ...PLAIN, inOrder: true, saysRetries: true },
  ssl: { ...PLAIN, inOrder: true, saysRetries: true },
  smtp: { ...PLAIN, patientAtFirst: true, retriesWhileDown: true },
  dns: PLAIN,
  misc: { ...PLAIN, fromStart: true, saysRetries: true },
  js: PLAIN,
  udp: PLAIN,
  ping: PLAIN,
  redis: PLAIN,
  mysql: PLAIN,
  pgsql: PLAIN,
  grpc: PLAIN,
};

/** What is known of the server. Plain JSON data: it survives a reload and a respawn. */
export interface Health {
  readonly up: boolean;
  readonly hasRun: boolean; // checked at least once; http: to a verdict
  readonly failures: number; // in a row, since the last success
  readonly url: number; // checked next
  readonly failedUrl: number | undefined; // while down, only this one is checked
  readonly weight?: number | undefined; // that the last success asked for; undefined: the configured one
}

/** Each with its knowledge; `checking` ends with a `checked` event, so it has no deadline. */
export type HealthState =
  | { readonly name: "stopped"; readonly health: Health }
  | { readonly name: "waiting"; readonly health: Health; readonly checkAt: Micros }
  | { readonly name: "checking"; readonly health: Health; readonly startedAt: Micros };

/**
 * What a check found; compatible with check/checker.ts `Verdict`. `weight`: what the server asks for, i32. `local`: trouble
 * of our own, says nothing.
 */
export type CheckResult =
  | { readonly up: true; readonly weight?: number }
  | { readonly up: false; readonly why: string; readonly local: boolean };

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
  | { readonly type: "weighed" } //                     `weight` is another than before, and so before the verdict
  | { readonly type: "note"; readonly note: HealthNote };

/** What is worth saying; `words.ts` says it in Keepalived's words. */
export type HealthNote =
  | { readonly name: "succeeded" }
  | { readonly name: "failed"; readonly retries: number; readonly why: string } // retries as said: 0 = without a word
  | { readonly name: "failure"; readonly done: number; readonly of: number; readonly why: string } // forgiven, with `log_all_failures`; retries
  | { readonly name: "url-succeeded"; readonly url: number } //                     http, while down
  | { readonly name: "local-trouble"; readonly why: string };

export interface HealthStep {
  readonly state: HealthState;
  readonly effects: readonly HealthEffect[];
}

/** The first run is this long after the start, plus the random part. */
export const FIRST_DELAY: Micros = seconds(1);

/** A checker that has never run; one failure is enough for its first verdict, but for SMTP_CHECK. keepalived(8). */
export function unchecked(parameters: HealthParameters): Health {
  const { type, retry } = parameters;
  return { ...added(parameters), failures: MANNERS[type].patientAtFirst ? 0 : retry };
}

/** A checker that comes with a reload: it needs all its failures. */
export function added({ alpha }: HealthParameters): Health {
  return { up: !alpha, hasRun: false, failures: 0, url: 0, failedUrl: undefined };
}

/** The same checker after a reload: its verdict and its count of failures stay. */
export function migrated({ retry }: HealthParameters, health: Health): Health {
  return { ...health, failures: Math.min(health.failures, retry), url: health.failedUrl ?? 0 };
}

/** The same checker in a respawned process, from the verdict that was reported. */
export function adopted(parameters: HealthParameters, known: Pick<Health, "up" | "hasRun" | "weight">): Health {
  const { up, hasRun, weight } = known;
  return hasRun ? { up, hasRun, failures: 0, url: 0, failedUrl: undefined, weight } : { ...unchecked(parameters), up };
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
      return { state: { name: "checking", health, startedAt: now }, effects: [{ type: "check", url: health.url }] };
    case "checked":
      if (state.name !== "checking") return { state, effects: [] };
      return checked(parameters, state, event.result, now);
  }
}

/** When the driver must next deliver a `timer` event; undefined = never. */
export function healthDeadline(state: HealthState): Micros | undefined {
  return state.name === "waiting" ? state.checkAt : undefined;
}

function checked(
  parameters: HealthParameters,
  { health, startedAt }: Extract<HealthState, { name: "checking" }>,
  result: CheckResult,
  now: Micros,
): HealthStep {
  const from = MANNERS[parameters.type].fromStart ? startedAt : now;
  const {
    health: after,
    delay,
    effects,
  } = result.up
    ? succeeded(parameters, health, result.weight)
    : result.local
      ? { health, delay: parameters.delayLoop, effects: [note({ name: "local-trouble", why: result.why })] }
      : failed(parameters, health, result.why);
  return wait(after, Math.max(now, from + delay), effects);
}

/** What a result makes of the knowledge, and how long until the next check. */
interface Outcome {
  readonly health: Health;
  readonly delay: Micros;
  readonly effects: readonly HealthEffect[];
}

/** Up comes after the last url. While down, the failed url comes first, and then the whole list again. */
function succeeded(parameters: HealthParameters, health: Health, weight: number | undefined): Outcome {
  const { type, urls, delayLoop, fastRecovery = false } = parameters;
  const delay = fastRecovery && !(health.up && health.hasRun) ? 0 : delayLoop; // as long as there are more of them
  const said: HealthEffect[] =
    MANNERS[type].inOrder && !health.up ? [note({ name: "url-succeeded", url: health.url })] : [];
  if (health.failedUrl !== undefined)
    return { health: { ...health, failures: 0, url: 0, failedUrl: undefined }, delay, effects: said };
  if (health.url + 1 < urls) return { health: { ...health, failures: 0, url: health.url + 1 }, delay, effects: said };
  const weighed: HealthEffect[] = weight === health.weight ? [] : [{ type: "weighed" }];
  const effects: HealthEffect[] =
    health.up && health.hasRun ? weighed : [note({ name: "succeeded" }), ...weighed, { type: "up" }];
  const good: Health = { up: true, hasRun: true, failures: 0, url: 0, failedUrl: undefined, weight };
  return { health: good, delay: delayLoop, effects: [...said, ...effects] };
}

function failed(parameters: HealthParameters, health: Health, why: string): Outcome {
  const { type, delayLoop, delayBeforeRetry, retry } = parameters;
  const { inOrder, retriesWhileDown, saysRetries } = MANNERS[type];
  const known = !health.up && health.hasRun;
  const forgiven: Health = { ...health, failures: health.failures + 1 };
  if (known && retriesWhileDown && health.failures < retry)
    return { health: forgiven, delay: delayBeforeRetry, effects: [] };
  const delay = inOrder ? Math.max(delayLoop, delayBeforeRetry) : delayLoop;
  const failedUrl = inOrder ? health.url : undefined;
  const down: Health = { ...health, up: false, hasRun: true, failures: 0, failedUrl, weight: undefined };
  if (known) return { health: down, delay, effects: [] };
  if (health.failures >= retry) {
    const retries = saysRetries || health.hasRun ? retry : 0;
    const weighed: HealthEffect[] = health.weight === undefined ? [] : [{ type: "weighed" }];
    return { health: down, delay, effects: [note({ name: "failed", retries, why }), ...weighed, { type: "down" }] };
  }
  const said =
    health.up && parameters.logAllFailures ? [note({ name: "failure", done: health.failures, of: retry, why })] : [];
  const hasRun = health.hasRun || (health.up && !inOrder);
  return { health: { ...forgiven, hasRun }, delay: delayBeforeRetry, effects: said };
}

function wait(health: Health, checkAt: Micros, effects: readonly HealthEffect[]): HealthStep {
  return { state: { name: "waiting", health, checkAt }, effects };
}

function note(said: HealthNote): HealthEffect {
  return { type: "note", note: said };
}
