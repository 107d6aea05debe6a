import { expect, test } from "vitest";
import { milliseconds, seconds } from "../../src/base/time.ts";
import {
  metServers,
  risingWeight,
  type SlowServer,
  type SlowStarts,
  slowStartDeadline,
  slowStartStep,
  slowStartWords,
} from "../../src/lvs/slow-start.ts";

const server = (change: Partial<SlowServer> = {}): SlowServer => ({
  ...{ name: "a", weight: 100, slowStart: seconds(10), serving: true },
  ...{ realServer: "[10.9.0.11]:tcp:80", virtualServer: "[10.9.0.100]:tcp:80" },
  ...change,
});
const UP = [server()];
const DOWN = [server({ serving: false })];
const NEVER: SlowStarts = new Map();

test("who has not been met does not begin slowly: neither at the start nor when a reload brings it", () => {
  const { starts, notes } = slowStartStep(NEVER, UP, seconds(5));
  expect([...starts]).toEqual([["a", { serving: true }]]);
  expect(notes).toEqual([]);
});

test("who was not up at the start and has failed no check since does not either: `alpha`", () => {
  const waiting = slowStartStep(NEVER, DOWN, 0).starts;
  expect(slowStartStep(waiting, UP, seconds(1)).starts.get("a")).toEqual({ serving: true });
});

test("who has failed a check before it was ever up does", () => {
  const failed = slowStartStep(NEVER, DOWN, 0, "a").starts;
  expect(slowStartStep(failed, UP, seconds(1)).starts.get("a")).toEqual({ serving: true, risesFrom: seconds(1) });
});

test("who serves again begins at the next whole second, which is said once", () => {
  const down = slowStartStep(metServers(UP), DOWN, 0).starts;
  const { starts, notes } = slowStartStep(down, UP, milliseconds(3_400));
  expect(starts.get("a")).toEqual({ serving: true, risesFrom: seconds(4) });
  expect(notes).toEqual([{ name: "begun", server: "a" }]);
  expect(slowStartStep(starts, UP, milliseconds(3_500))).toEqual({ starts, notes: [] });
});

test("the weight rises from 1 in proportion to the whole seconds that have passed", () => {
  const start = { serving: true, risesFrom: seconds(4) };
  const at = (second: number) => risingWeight(server(), start, milliseconds(second * 1000));
  expect([3.4, 4, 4.9, 5, 6.5, 9, 13, 13.9, 14, 99].map(at)).toEqual([1, 1, 1, 10, 20, 50, 90, 90, 100, 100]);
});

test("a small weight has few steps, and wakes nobody between them", () => {
  const small = [server({ weight: 3 })];
  const starts: SlowStarts = new Map([["a", { serving: true, risesFrom: 0 }]]);
  expect(slowStartDeadline(starts, small, 0)).toBe(seconds(7)); // 2 of 3 is reached at 6.7 s
  expect(slowStartDeadline(starts, small, seconds(7))).toBe(seconds(10));
});

test("a weight of 0 stays 0, and one of 1 is there at once, without a word", () => {
  for (const weight of [0, 1]) {
    const one = server({ weight });
    const { starts, notes } = slowStartStep(metServers(DOWN), [one], 0);
    expect(notes).toEqual([]);
    expect(risingWeight(one, starts.get("a"), 0)).toBe(weight);
  }
});

test("a weight that is changed meanwhile rises in proportion", () => {
  const start = { serving: true, risesFrom: 0 };
  expect(risingWeight(server({ weight: 200 }), start, seconds(5))).toBe(100);
  expect(risingWeight(server({ weight: 2 ** 31 - 1, slowStart: seconds(86_400) }), start, seconds(43_200))).toBe(
    2 ** 30 - 1,
  );
});

test("the end is said once; who goes down again is not said to have ended", () => {
  const rising = slowStartStep(metServers(DOWN), UP, 0).starts;
  const after = slowStartStep(rising, UP, seconds(10));
  expect(after.notes).toEqual([{ name: "ended", server: "a" }]);
  expect(slowStartStep(after.starts, UP, seconds(11)).notes).toEqual([]);
  expect(slowStartStep(rising, DOWN, seconds(5)).notes).toEqual([]);
});

test("without `slow_start` a weight that rises is there at once", () => {
  const rising = slowStartStep(metServers(DOWN), UP, 0).starts;
  const off = [server({ slowStart: 0 })];
  const { starts, notes } = slowStartStep(rising, off, seconds(5));
  expect(starts.get("a")).toEqual({ serving: true });
  expect(notes).toEqual([{ name: "ended", server: "a" }]);
  expect(slowStartDeadline(starts, off, seconds(5))).toBeUndefined();
});

test("who has no slow start itself has its weight at once, beside others that rise", () => {
  const plain = server({ slowStart: 0 });
  const { starts, notes } = slowStartStep(metServers(DOWN), [plain], milliseconds(500));
  expect([starts.get("a"), notes, risingWeight(plain, starts.get("a"), milliseconds(500))]).toEqual([
    { serving: true },
    [],
    100,
  ]);
});

test("its words", () => {
  expect([
    slowStartWords({ name: "begun", server: "a" }, server()),
    slowStartWords({ name: "ended", server: "a" }, server()),
  ]).toEqual([
    "Slow start of service [10.9.0.11]:tcp:80 of VS [10.9.0.100]:tcp:80: weight 1 to 100 in 10 seconds",
    "Slow start of service [10.9.0.11]:tcp:80 of VS [10.9.0.100]:tcp:80 has ended: weight 100",
  ]);
});
