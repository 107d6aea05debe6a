import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import {
  type AnnounceParameters,
  type AnnounceState,
  announceDeadline,
  announceStep,
  SILENT,
} from "../../src/vrrp/announce.ts";
import { ANNOUNCE } from "../stories/lan.ts";

/** When and how many rounds are sent until `end`, the driver waking at each deadline. */
function rounds(parameters: AnnounceParameters, state: AnnounceState, end: number): string[] {
  const sent: string[] = [];
  for (let at = announceDeadline(state); at !== undefined && at <= end; at = announceDeadline(state)) {
    const after = announceStep(parameters, state, { type: "timer" }, at);
    state = after.state;
    sent.push(
      ...after.effects.map(
        (effect) => `${at / seconds(1)}s: ${effect.type === "send-rounds" ? effect.rounds : "extra"}`,
      ),
    );
  }
  return sent;
}

const claimed = (parameters: AnnounceParameters): AnnounceState =>
  announceStep(parameters, SILENT, { type: "claimed" }, 0).state;

test("a new master announces 5 rounds at once, and 5 more after 5 s", () => {
  const after = announceStep(ANNOUNCE, SILENT, { type: "claimed" }, 0);
  expect(after.effects).toEqual([{ type: "send-rounds", rounds: 5 }]);
  expect(rounds(ANNOUNCE, after.state, seconds(60))).toEqual(["5s: 5"]);
});

test("garp_master_delay 0 leaves out the second block", () => {
  const parameters = { ...ANNOUNCE, delay: 0 };
  expect(rounds(parameters, claimed(parameters), seconds(59))).toEqual([]);
});

test("garp_master_refresh repeats, first after the delay", () => {
  const parameters = { ...ANNOUNCE, refresh: seconds(10), refreshRepeat: 2 };
  expect(rounds(parameters, claimed(parameters), seconds(35))).toEqual(["5s: 5", "15s: 2", "25s: 2", "35s: 2"]);
});

test("without a refresh there is a healing round each minute", () => {
  expect(rounds(ANNOUNCE, claimed(ANNOUNCE), seconds(130))).toEqual(["5s: 5", "65s: 1", "125s: 1"]);
});

test("leaving master cancels every block", () => {
  const after = announceStep(ANNOUNCE, claimed(ANNOUNCE), { type: "released" }, seconds(1));
  expect(after).toEqual({ state: SILENT, effects: [] });
  expect(announceDeadline(after.state)).toBeUndefined();
});

test("a lower-priority advertisement announces now and again after its delay, once for many", () => {
  const first = announceStep(ANNOUNCE, claimed(ANNOUNCE), { type: "lower-priority" }, seconds(20));
  expect(first.effects).toEqual([{ type: "send-rounds", rounds: 5 }]);
  const second = announceStep(ANNOUNCE, first.state, { type: "lower-priority" }, seconds(21));
  expect(second.effects).toEqual([{ type: "send-rounds", rounds: 5 }]);
  expect(rounds(ANNOUNCE, second.state, seconds(60))).toEqual(["5s: 5", "25s: 5"]);
});

test("a flood of lower-priority advertisements brings one block a second, and one after the delay", () => {
  let state = claimed(ANNOUNCE);
  let blocks = 0;
  for (let now = seconds(20); now < seconds(22); now += 1000) {
    const after = announceStep(ANNOUNCE, state, { type: "lower-priority" }, now);
    state = after.state;
    blocks += after.effects.length;
  }
  expect(blocks).toBe(2);
  expect(rounds(ANNOUNCE, state, seconds(60))).toEqual(["5s: 5", "25s: 5"]);
});

test("when neighbours may have another idea it announces now and after the delay, also where lower ones are no reason", () => {
  const after = announceStep(ANNOUNCE, claimed(ANNOUNCE), { type: "again" }, seconds(20));
  expect(after.effects).toEqual([{ type: "send-rounds", rounds: 5 }]);
  expect(rounds(ANNOUNCE, after.state, seconds(60))).toEqual(["5s: 5", "25s: 5"]);
  const strict = { ...ANNOUNCE, lowerPriorityRepeat: 0, lowerPriorityDelay: 0 };
  expect(announceStep(strict, claimed(strict), { type: "again" }, seconds(20)).effects).toEqual([
    { type: "send-rounds", rounds: 1 },
  ]);
  expect(announceStep(ANNOUNCE, SILENT, { type: "again" }, 0)).toEqual({ state: SILENT, effects: [] });
});

test("garp_extra_if: each interval, from the transition on, until the role is gone", () => {
  const parameters = { ...ANNOUNCE, delay: 0, extra: { interval: seconds(20), everyInterface: true } };
  const after = announceStep(parameters, SILENT, { type: "claimed" }, 0);
  expect(rounds(parameters, after.state, seconds(65))).toEqual(["20s: extra", "40s: extra", "60s: 1", "60s: extra"]);
  expect(announceStep(parameters, after.state, { type: "timer" }, seconds(20)).effects).toEqual([
    { type: "send-extra", everyInterface: true },
  ]);
  const released = announceStep(parameters, after.state, { type: "released" }, seconds(30));
  expect(rounds(parameters, released.state, seconds(65))).toEqual([]);
});

test("garp_lower_prio_repeat 0 and garp_lower_prio_delay 0 leave that out", () => {
  const parameters = { ...ANNOUNCE, lowerPriorityRepeat: 0, lowerPriorityDelay: 0 };
  const after = announceStep(parameters, claimed(parameters), { type: "lower-priority" }, seconds(20));
  expect(after).toEqual({ state: claimed(parameters), effects: [] });
});

test("after a reload refresh and garp_extra_if come within their new periods, and a block in its time", () => {
  const parameters = { ...ANNOUNCE, refresh: seconds(4), extra: { interval: seconds(7), everyInterface: false } };
  const after = announceStep(parameters, claimed(ANNOUNCE), { type: "reconfigured" }, seconds(2));
  expect(after.effects).toEqual([]);
  expect(rounds(parameters, after.state, seconds(10))).toEqual(["5s: 5", "6s: 1", "9s: extra", "10s: 1"]);
  const back = announceStep(ANNOUNCE, after.state, { type: "reconfigured" }, seconds(3));
  expect(rounds(ANNOUNCE, back.state, seconds(60))).toEqual(["5s: 5", "6s: 1"]);
  const silent = announceStep(parameters, SILENT, { type: "reconfigured" }, seconds(2));
  expect(silent).toEqual({ state: SILENT, effects: [] });
});

test("who is not master announces nothing", () => {
  expect(announceStep(ANNOUNCE, SILENT, { type: "lower-priority" }, 0)).toEqual({ state: SILENT, effects: [] });
  expect(announceStep(ANNOUNCE, SILENT, { type: "timer" }, 0)).toEqual({ state: SILENT, effects: [] });
});

test("a master that was adopted is known to the neighbours already", () => {
  const after = announceStep(ANNOUNCE, SILENT, { type: "adopted" }, seconds(1));
  expect(after.effects).toEqual([]);
  expect(rounds(ANNOUNCE, after.state, seconds(61))).toEqual(["61s: 1"]);
});

test("an operator who asks gets one round of a master, which changes nothing that was to come; others have nothing to say", () => {
  const master = claimed(ANNOUNCE);
  expect(announceStep(ANNOUNCE, master, { type: "asked" }, seconds(1))).toEqual({
    state: master,
    effects: [{ type: "send-rounds", rounds: 1 }],
  });
  expect(announceStep(ANNOUNCE, SILENT, { type: "asked" }, 0)).toEqual({ state: SILENT, effects: [] });
});
