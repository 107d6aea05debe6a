import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import {
  adoptScript,
  type ScriptEvent,
  type ScriptOutcome,
  type ScriptParameters,
  type ScriptState,
  scriptDeadline,
  scriptStep,
  startScript,
} from "../../src/vrrp/script.ts";

const script: ScriptParameters = { interval: seconds(2), timeout: seconds(2), rise: 2, fall: 3 };
const ok: ScriptOutcome = { type: "exited", status: 0 };
const bad: ScriptOutcome = { type: "exited", status: 1 };

/** One run after the other, each ending at once; the verdict after each. */
function verdicts(outcomes: readonly ScriptOutcome[], parameters = script): string[] {
  let state = startScript(0);
  return outcomes.map((outcome) => {
    const at = scriptDeadline(state);
    const run = scriptStep(parameters, state, { type: "timer" }, at);
    expect(run.effects).toContainEqual({ type: "run" });
    state = scriptStep(parameters, run.state, { type: "ended", outcome }, at).state;
    return state.verdict;
  });
}

/** The words that matter of the effects of one step. */
function effects(state: ScriptState, event: ScriptEvent, now: number): string[] {
  return scriptStep(script, state, event, now).effects.map((effect) =>
    effect.type === "note" ? effect.note.name : effect.type,
  );
}

const running = scriptStep(script, startScript(0), { type: "timer" }, 0).state;

test("the first run is at once, then each interval from start to start", () => {
  expect(startScript(0)).toMatchObject({ verdict: "pending", runAt: 0 });
  expect(running).toMatchObject({ runAt: seconds(2), run: { name: "running", timeoutAt: seconds(2) } });
  const idle = scriptStep(script, running, { type: "ended", outcome: ok }, seconds(1.9)).state;
  expect(scriptDeadline(idle)).toBe(seconds(2));
});

test("the first result decides alone, whatever rise and fall", () => {
  expect(verdicts([ok])).toEqual(["up"]);
  expect(verdicts([bad])).toEqual(["down"]);
});

test("then it takes fall failures and rise successes in a row; an opposite result begins anew", () => {
  expect(verdicts([ok, bad, bad, ok, bad, bad, bad])).toEqual(["up", "up", "up", "up", "up", "up", "down"]);
  expect(verdicts([bad, ok, bad, ok, ok])).toEqual(["down", "down", "down", "down", "up"]);
});

test("a signal and a run that could not start are failures", () => {
  const missing: ScriptOutcome = { type: "not-run", why: "ENOENT (No such file or directory)" };
  const killed: ScriptOutcome = { type: "signalled", signal: 9 };
  expect(verdicts([ok, missing, killed, missing])).toEqual(["up", "up", "up", "down"]);
  expect(effects(running, { type: "ended", outcome: missing }, 1)).toEqual(["script-not-run", "script-down"]);
  expect(effects(running, { type: "ended", outcome: killed }, 1)).toEqual(["script-down"]);
});

test("why a script cannot be run is said once, and again when it is another reason or it has run in between", () => {
  const after = (why: string, refused: string | undefined): string[] =>
    effects({ ...running, verdict: "down", refused }, { type: "ended", outcome: { type: "not-run", why } }, 1);
  expect([after("ENOENT", "ENOENT"), after("EACCES", "ENOENT")]).toEqual([[], ["script-not-run"]]);
  const ran = scriptStep(script, { ...running, refused: "ENOENT" }, { type: "ended", outcome: bad }, 1).state;
  expect(ran.refused).toBeUndefined();
});

test("with `init_fail` it counts as failed before its first run, and `rise` successes end that", () => {
  const start = startScript(0, "down");
  expect(start.verdict).toBe("down");
  const once = { ...running, verdict: "down" as const };
  const first = scriptStep(script, once, { type: "ended", outcome: ok }, 1).state;
  expect(first).toMatchObject({ verdict: "down", opposed: 1 });
  const second = scriptStep(script, { ...once, opposed: 1 }, { type: "ended", outcome: ok }, 1).state;
  expect(second.verdict).toBe("up");
});

test("a new exit status is said, before what follows from it; the same one is not", () => {
  expect(effects(running, { type: "ended", outcome: bad }, 1)).toEqual(["script-returning", "script-down"]);
  expect(effects(running, { type: "ended", outcome: ok }, 1)).toEqual(["script-up"]);
  expect(effects({ ...running, verdict: "down", status: 1 }, { type: "ended", outcome: bad }, 1)).toEqual([]);
});

test("a run that takes too long has failed; it is told to end, then killed until it does", () => {
  const slow: ScriptParameters = { ...script, interval: seconds(60), fall: 1 };
  const start = scriptStep(slow, { ...startScript(0), verdict: "up" }, { type: "timer" }, 0).state;
  const late = scriptStep(slow, start, { type: "timer" }, scriptDeadline(start));
  expect(late.state).toMatchObject({ verdict: "down", run: { name: "overdue", killAt: seconds(4) } });
  expect(late.effects).toEqual([
    { type: "terminate" },
    { type: "note", note: { name: "script-down", outcome: { type: "timed-out" } } },
  ]);
  const killed = scriptStep(slow, late.state, { type: "timer" }, scriptDeadline(late.state));
  expect(killed.effects).toEqual([{ type: "kill" }]);
  expect(scriptDeadline(killed.state)).toBe(seconds(14));
  const gone = scriptStep(slow, killed.state, { type: "ended", outcome: ok }, seconds(15));
  expect(gone).toEqual({ state: { ...killed.state, run: undefined }, effects: [] });
});

test("a run that still lives at the next point of the grid is not run twice", () => {
  expect(
    effects({ ...running, run: { name: "running", timeoutAt: seconds(9) } }, { type: "timer" }, seconds(2)),
  ).toEqual(["script-still-running"]);
});

test("a late timer leaves points of the grid out instead of catching up", () => {
  const idle: ScriptState = { ...running, run: undefined };
  expect(scriptStep(script, idle, { type: "timer" }, seconds(7)).state.runAt).toBe(seconds(8));
});

test("an early timer does nothing", () => {
  expect(effects(running, { type: "timer" }, seconds(1))).toEqual([]);
});

test("after a reload or a respawn the verdict holds and the script runs at once", () => {
  expect(adoptScript({ verdict: "up", opposed: 1, status: 0 }, seconds(9))).toEqual({
    ...{ verdict: "up", opposed: 1, status: 0 },
    ...{ runAt: seconds(9), run: undefined },
  });
});
