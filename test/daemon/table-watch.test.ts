import { expect, test } from "vitest";
import { Deadlines } from "../../src/base/deadlines.ts";
import { type Micros, seconds } from "../../src/base/time.ts";
import { type Comparison, TableWatch } from "../../src/daemon/table-watch.ts";
import { createLog } from "../../src/observe/log.ts";

/** A watch on a virtual clock; `found` is what the looks find. */
function watching(comparison: Comparison) {
  const said: string[] = [];
  const deadlines = new Deadlines<() => void>();
  const state = { now: 0, found: [] as readonly string[], looks: 0, repairs: 0 };
  const watch = new TableWatch({
    log: createLog([({ text }) => said.push(text)], false),
    clock: {
      now: () => state.now,
      wakeAt(at, wake) {
        const deadline = deadlines.add(at, wake);
        return () => deadlines.remove(deadline);
      },
    },
    *look() {
      state.looks++;
      yield;
      return state.found;
    },
    repair() {
      state.repairs++;
      state.found = [];
    },
  });
  watch.configure(comparison);
  function run(span: Micros): string[] {
    const end = state.now + span;
    for (let next = deadlines.first; next !== undefined && next.at <= end; next = deadlines.first) {
      deadlines.remove(next);
      state.now = next.at;
      next.value();
    }
    state.now = end;
    return said.splice(0);
  }
  return { state, watch, run };
}

test("what is otherwise is said once while it is so, and when it is as wanted again", () => {
  const { state, watch, run } = watching({ mode: "report", interval: seconds(60) });
  expect(run(seconds(61))).toEqual([]);
  state.found = ["server A is gone"];
  expect(run(seconds(600))).toEqual(["IPVS: server A is gone"]);
  expect([state.looks, state.repairs, watch.deviations]).toEqual([11, 0, 1]);
  state.found = ["server A is gone", "server B is not ours"];
  expect(run(seconds(60))).toEqual(["IPVS: server B is not ours"]);
  state.found = [];
  expect(run(seconds(120))).toEqual(["IPVS: the table is as wanted again"]);
});

test("repair puts it right each time, and says each time what it was", () => {
  const { state, run } = watching({ mode: "repair", interval: seconds(5) });
  for (const _ of [1, 2]) {
    state.found = ["server A is gone"];
    expect(run(seconds(10))).toEqual(["IPVS: server A is gone", "IPVS: the table is made as wanted"]);
  }
  expect(state.repairs).toBe(2);
});

test("off looks at nothing; the same configuration again does not begin the wait anew", () => {
  const { state, watch, run } = watching({ mode: "off", interval: seconds(5) });
  run(seconds(100));
  expect(state.looks).toBe(0);
  watch.configure({ mode: "report", interval: seconds(5) });
  run(seconds(4));
  watch.configure({ mode: "report", interval: seconds(5) });
  run(seconds(1) + 1);
  expect(state.looks).toBe(1);
  watch.close();
  run(seconds(100));
  expect(state.looks).toBe(1);
});

test("of thousands of deviations twenty are said", () => {
  const { state, run } = watching({ mode: "report", interval: seconds(5) });
  state.found = Array.from({ length: 5000 }, (_, i) => `service ${i} is gone`);
  const said = run(seconds(6));
  expect([said.length, said.at(-1)]).toEqual([21, "IPVS: and 4980 more that are otherwise than wanted"]);
});
