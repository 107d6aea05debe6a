import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import {
  added,
  adopted,
  type CheckResult,
  type Health,
  type HealthEffect,
  type HealthParameters,
  type HealthState,
  healthDeadline,
  healthStep,
  migrated,
  unchecked,
} from "../../src/lvs/health.ts";

const tcp: HealthParameters = {
  ...{ type: "tcp", urls: 1, delayLoop: seconds(6), retry: 3, delayBeforeRetry: seconds(3) },
  ...{ warmup: seconds(6), alpha: false, logAllFailures: false },
};
const http: HealthParameters = { ...tcp, type: "http" };
const GOOD: CheckResult = { up: true };
const BAD: CheckResult = { up: false, why: "refused", local: false };
const LOCAL: CheckResult = { up: false, why: "no such interface", local: true };
const known: Health = { up: true, hasRun: true, failures: 0, url: 0, failedUrl: undefined };

const said = (effects: readonly HealthEffect[]): string =>
  effects
    .map((effect) =>
      effect.type === "note" ? effect.note.name : effect.type === "check" ? `check ${effect.url}` : effect.type,
    )
    .join(" ");

/** Feeds results one after the other, each check taking no time: `seconds since the last: what was said` each. */
function run(parameters: HealthParameters, health: Health, results: readonly CheckResult[]): string[] {
  let now = 0;
  let state: HealthState = { name: "waiting", health, checkAt: 0 };
  return results.map((result) => {
    const wait = (healthDeadline(state) ?? Number.NaN) - now;
    now += wait;
    const check = healthStep(parameters, state, { type: "timer" }, now);
    const after = healthStep(parameters, check.state, { type: "checked", result }, now);
    state = after.state;
    return `${wait / seconds(1)} ${said([...check.effects, ...after.effects])}`;
  });
}

test("the first check is 1 s after the start, plus a random part of warmup", () => {
  const start = (jitter: number): HealthState =>
    healthStep(tcp, { name: "stopped", health: known }, { type: "start", jitter }, seconds(10)).state;
  expect(healthDeadline(start(0))).toBe(seconds(11));
  expect(healthDeadline(start(0.5))).toBe(seconds(14));
});

test("at the start one failure is enough", () => {
  expect(run(tcp, unchecked(tcp), [BAD, BAD])).toEqual(["0 check 0 failed down", "6 check 0"]);
});

test("at the start one success is a verdict too, said once", () => {
  expect(run(tcp, unchecked(tcp), [GOOD, GOOD])).toEqual(["0 check 0 succeeded up", "6 check 0"]);
});

test("a checker that comes with a reload needs all its failures", () => {
  const lines = run(tcp, added(tcp), [BAD, BAD, BAD, BAD]);
  expect(lines).toEqual(["0 check 0", "3 check 0", "3 check 0", "3 check 0 failed down"]);
});

test("an up server goes down after retry + 1 failures in a row, delay_before_retry apart", () => {
  const lines = run(tcp, known, [GOOD, BAD, BAD, BAD, BAD, BAD]);
  expect(lines).toEqual(["0 check 0", "6 check 0", "3 check 0", "3 check 0", "3 check 0 failed down", "6 check 0"]);
});

test("a success among them forgives all", () => {
  const lines = run(tcp, known, [BAD, BAD, BAD, GOOD, BAD, BAD, BAD]);
  expect(lines.filter((line) => line.includes("down"))).toEqual([]);
});

test("tcp: one success brings it back", () => {
  expect(run(tcp, { ...known, up: false }, [BAD, GOOD])).toEqual(["0 check 0", "6 check 0 succeeded up"]);
});

test("http: a single url needs two successes, delay_loop apart", () => {
  const down: Health = { ...known, up: false, failedUrl: 0 };
  expect(run(http, down, [BAD, GOOD, GOOD])).toEqual([
    "0 check 0",
    "6 check 0 url-succeeded",
    "6 check 0 url-succeeded succeeded up",
  ]);
});

test("http: one url a run, in order; up at the first pass comes after the last", () => {
  const lines = run({ ...http, urls: 2 }, unchecked(http), [GOOD, GOOD, GOOD]);
  expect(lines).toEqual(["0 check 0", "6 check 1 succeeded up", "6 check 0"]);
});

test("http: the failed url is retried, then checked alone, then the list from its beginning", () => {
  const two = { ...http, urls: 2, retry: 1 };
  expect(run(two, { ...known, url: 1 }, [BAD, BAD, BAD, GOOD, GOOD, GOOD])).toEqual([
    "0 check 1",
    "3 check 1 failed down",
    "6 check 1",
    "6 check 1 url-succeeded",
    "6 check 0 url-succeeded",
    "6 check 1 url-succeeded succeeded up",
  ]);
});

test("http: a failure in the pass of recovery is the new failed url, without retries", () => {
  const two = { ...http, urls: 2 };
  const recovering: Health = { ...known, up: false, url: 1 };
  expect(run(two, recovering, [BAD, GOOD, GOOD])).toEqual([
    "0 check 1",
    "6 check 1 url-succeeded",
    "6 check 0 url-succeeded",
  ]);
});

test("http: while down the wait is the longer of delay_loop and delay_before_retry", () => {
  const slow = { ...http, delayLoop: seconds(2), delayBeforeRetry: seconds(5) };
  expect(run(slow, { ...known, up: false, failedUrl: 0 }, [BAD, BAD])).toEqual(["0 check 0", "5 check 0"]);
});

test("alpha: down until proven up, and a first failure is said", () => {
  expect(unchecked({ ...tcp, alpha: true })).toMatchObject({ up: false, hasRun: false });
  expect(run({ ...tcp, alpha: true }, unchecked({ ...tcp, alpha: true }), [BAD, BAD, GOOD])).toEqual([
    "0 check 0 failed down",
    "6 check 0",
    "6 check 0 succeeded up",
  ]);
});

test("trouble of our own says nothing of the server: checked again after delay_loop", () => {
  const lines = run(tcp, { ...known, failures: 3 }, [LOCAL, LOCAL, BAD]);
  expect(lines).toEqual(["0 check 0 local-trouble", "6 check 0 local-trouble", "6 check 0 failed down"]);
});

test("log_all_failures: every failure that is forgiven is said, while up", () => {
  const loud = { ...tcp, logAllFailures: true, alpha: true };
  expect(run(loud, known, [BAD, BAD])).toEqual(["0 check 0 failure", "3 check 0 failure"]);
  expect(run(loud, added(loud), [BAD])).toEqual(["0 check 0"]);
});

test("Keepalived 2.2.7 says the retries of a first http failure, but not of a first tcp one", () => {
  const retries = (parameters: HealthParameters, health: Health): unknown =>
    healthStep(parameters, { name: "checking", health, startedAt: 0 }, { type: "checked", result: BAD }, 0).effects[0];
  const failed = (n: number): object => ({ type: "note", note: { name: "failed", retries: n, why: "refused" } });
  expect(retries(tcp, unchecked(tcp))).toEqual(failed(0));
  expect(retries(tcp, { ...known, failures: 3 })).toEqual(failed(3));
  expect(retries(http, unchecked(http))).toEqual(failed(3));
  expect(run(tcp, added(tcp), [BAD, BAD, BAD, BAD]).at(-1)).toMatch(/failed down$/);
  const tried = healthStep(
    tcp,
    { name: "checking", health: added(tcp), startedAt: 0 },
    { type: "checked", result: BAD },
    0,
  );
  expect(tried.state.health).toMatchObject({ up: true, hasRun: true, failures: 1 });
});

test("a stopped checker keeps its verdict and cancels the check under way", () => {
  const checking: HealthState = { name: "checking", health: known, startedAt: 0 };
  const stopped: HealthState = { name: "stopped", health: known };
  expect(healthStep(tcp, checking, { type: "stop" }, 0)).toEqual({ state: stopped, effects: [{ type: "cancel" }] });
  expect(healthStep(tcp, stopped, { type: "stop" }, 0)).toEqual({ state: stopped, effects: [] });
  expect(healthDeadline(stopped)).toBeUndefined();
  expect(healthDeadline(checking)).toBeUndefined();
});

test("a result nobody waits for and a timer that fires early change nothing", () => {
  const waiting: HealthState = { name: "waiting", health: known, checkAt: 5 };
  expect(healthStep(tcp, waiting, { type: "checked", result: BAD }, 9)).toEqual({ state: waiting, effects: [] });
  expect(healthStep(tcp, waiting, { type: "timer" }, 4)).toEqual({ state: waiting, effects: [] });
  const checking: HealthState = { name: "checking", health: known, startedAt: 0 };
  expect(healthStep(tcp, checking, { type: "timer" }, 9)).toEqual({ state: checking, effects: [] });
});

test("the same checker after a reload keeps verdict, failures (at most the new retry) and failed url", () => {
  const before: Health = { up: false, hasRun: true, failures: 3, url: 1, failedUrl: 1 };
  expect(migrated({ ...http, retry: 2 }, before)).toEqual({ ...before, failures: 2 });
  expect(migrated(http, { ...known, url: 1 })).toEqual(known);
});

test("a respawned checker keeps the verdict that was reported", () => {
  expect(adopted(tcp, { up: false, hasRun: true })).toEqual({ ...known, up: false });
  expect(adopted(tcp, { up: true, hasRun: false })).toEqual(unchecked(tcp));
});

const smtp: HealthParameters = { ...tcp, type: "smtp", retry: 1 };

test("smtp: forgives failures before the first verdict, and retries in each round while down", () => {
  const lines = run(smtp, unchecked(smtp), [BAD, BAD, BAD, BAD, BAD, GOOD]);
  expect(lines).toEqual([
    ...["0 check 0", "3 check 0 failed down", "6 check 0", "3 check 0", "6 check 0", "3 check 0 succeeded up"],
  ]);
});

test.each(["dns", "udp", "ping"] as const)(
  "%s: one failure is enough at the start, and while down it is asked each delay_loop (measured on keepalived 2.2.7)",
  (type) => {
    const parameters: HealthParameters = { ...smtp, type };
    const lines = run(parameters, unchecked(parameters), [BAD, BAD, BAD, GOOD, BAD, BAD, BAD]);
    expect(lines).toEqual([
      ...["0 check 0 failed down", "6 check 0", "6 check 0", "6 check 0 succeeded up"],
      ...["6 check 0", "3 check 0 failed down", "6 check 0"],
    ]);
  },
);

test("misc: the interval is measured from the start of the script, and a late one is followed at once", () => {
  const misc: HealthParameters = { ...tcp, type: "misc" };
  const endedAt = (now: number): number | undefined =>
    healthDeadline(
      healthStep(misc, { name: "checking", health: known, startedAt: 0 }, { type: "checked", result: GOOD }, now).state,
    );
  expect(endedAt(seconds(2))).toBe(seconds(6));
  expect(endedAt(seconds(8))).toBe(seconds(8));
});

test("misc: Keepalived 2.2.7 says the retries of a first failure, though it made none", () => {
  const misc: HealthParameters = { ...tcp, type: "misc", retry: 2 };
  const state: HealthState = { name: "checking", health: unchecked(misc), startedAt: 0 };
  const { effects } = healthStep(misc, state, { type: "checked", result: BAD }, 0);
  expect(effects[0]).toEqual({ type: "note", note: { name: "failed", retries: 2, why: "refused" } });
});

test("fast_recovery: no delay between the urls until all have succeeded, nor after the failed one (keepalived.conf(5))", () => {
  const three = { ...http, urls: 3, fastRecovery: true };
  const all = ["0 check 0", "0 check 1", "0 check 2 succeeded up", "6 check 0", "6 check 1"];
  expect(run(three, unchecked(three), [GOOD, GOOD, GOOD, GOOD, GOOD])).toEqual(all);
  const down = { ...known, up: false, url: 1, failedUrl: 1 };
  expect(run(three, down, [BAD, GOOD, GOOD, GOOD, GOOD, GOOD])).toEqual([
    "0 check 1",
    "6 check 1 url-succeeded",
    "0 check 0 url-succeeded",
    "0 check 1 url-succeeded",
    "0 check 2 url-succeeded succeeded up",
    "6 check 0",
  ]);
});

test("fast_recovery: a url that fails again is waited for, so that nobody is asked without end", () => {
  const two = { ...http, urls: 2, fastRecovery: true };
  expect(run(two, { ...known, up: false, failedUrl: 0 }, [GOOD, GOOD, BAD, GOOD])).toEqual([
    "0 check 0 url-succeeded",
    "0 check 0 url-succeeded",
    "0 check 1",
    "6 check 1 url-succeeded",
  ]);
});

test("misc: a weight that a success asks for counts until the next, and goes with the verdict", () => {
  const misc: HealthParameters = { ...tcp, type: "misc", retry: 0 };
  const asks = (weight: number): CheckResult => ({ up: true, weight });
  const lines = run(misc, unchecked(misc), [asks(7), asks(7), asks(0), GOOD, asks(7), BAD, BAD]);
  expect(lines.map((line) => line.slice(2))).toEqual([
    ...["check 0 succeeded weighed up", "check 0", "check 0 weighed", "check 0 weighed", "check 0 weighed"],
    ...["check 0 failed weighed down", "check 0"],
  ]);
  expect(adopted(misc, { up: true, hasRun: true, weight: 7 }).weight).toBe(7);
  expect(migrated(misc, { ...known, weight: 7 }).weight).toBe(7);
});
