import fc from "fast-check";
import { expect, test } from "vitest";
import { seconds } from "../../src/base/time.ts";
import {
  IDLE,
  isIdle,
  PATIENCE,
  type QueueEffect,
  type QueueEvent,
  queueDeadline,
  queueStep,
  type Round,
  type ScriptQueue,
  STOPPING,
} from "../../src/notify/script-queue.ts";

const round = (name: string, scripts = 1, final = false): Round => ({
  scripts: Array.from({ length: scripts }, (_, i) => ({ argv: [name, String(i)], user: undefined, group: undefined })),
  final,
});
const add = (name: string, scripts = 1): QueueEvent => ({ type: "add", round: round(name, scripts) });
const stop: QueueEvent = { type: "add", round: round("STOP", 1, true) };

/** Feeds events at times; what was started (by name), terminated, killed and noted, with the time in seconds. */
function run(...fed: readonly (readonly [number, QueueEvent])[]): { queue: ScriptQueue; did: string[] } {
  let queue = IDLE;
  const did: string[] = [];
  for (const [at, event] of fed) {
    const step = queueStep(queue, event, seconds(at));
    queue = step.queue;
    did.push(...step.effects.map((effect) => `${at} ${words(effect)}`));
  }
  return { queue, did };
}

function words(effect: QueueEffect): string {
  if (effect.type === "start") return `start ${effect.scripts.map(({ argv }) => argv.join("")).join(" ")}`;
  return effect.type === "note" ? effect.note : effect.type;
}

test("the scripts of one round start together, those of the next when all have ended", () => {
  const { queue, did } = run(
    [0, add("M", 2)],
    [1, add("B", 2)],
    [2, { type: "ended" }],
    [3, { type: "ended" }],
    [4, { type: "ended" }],
    [5, { type: "ended" }],
  );
  expect(did).toEqual(["0 start M0 M1", "3 start B0 B1"]);
  expect(isIdle(queue)).toBe(true);
});

test("a script alone may take as long as it likes; one that something newer waits for has a minute", () => {
  expect(queueDeadline(run([0, add("M")]).queue)).toBeUndefined();
  const waiting = run([0, add("M")], [100, add("B")]);
  expect(queueDeadline(waiting.queue)).toBe(seconds(100) + PATIENCE);
  const { did } = run(
    [0, add("M")],
    [100, add("B")],
    [159, { type: "timer" }],
    [160, { type: "timer" }],
    [161, { type: "timer" }],
    [162, { type: "timer" }],
    [170, { type: "timer" }],
    [171, { type: "ended" }],
  );
  expect(did).toEqual(["0 start M0", "160 too-slow", "160 terminate", "162 kill", "171 start B0"]);
});

test("the patience begins anew with each round, also for one that had to wait", () => {
  const { queue } = run([0, add("M")], [10, add("B")], [20, add("N")], [30, { type: "ended" }]);
  expect(queueDeadline(queue)).toBe(seconds(30) + PATIENCE);
});

test("nothing that waits is left out, but what repeats the one before it", () => {
  const { did } = run(
    [0, add("A")],
    [0, add("L")],
    [0, add("L")],
    [0, add("B")],
    [0, add("L")],
    ...Array.from({ length: 5 }, () => [1, { type: "ended" }] as const),
  );
  expect(did).toEqual(["0 start A0", "1 start L0", "1 start B0", "1 start L0"]);
});

test("of more than 100 that wait the oldest is dropped, and that is said", () => {
  const { queue, did } = run([0, add("A")], ...Array.from({ length: 101 }, (_, i) => [0, add(`r${i}`)] as const));
  expect([queue.waiting.length, queue.waiting[0]?.scripts[0]?.argv[0]]).toEqual([100, "r1"]);
  expect(did).toEqual(["0 start A0", "0 dropped"]);
});

test("at the stop what waits is left out, what runs has half a second, and the last word a second", () => {
  const { queue, did } = run(
    [0, add("M")],
    [0, add("B")],
    [1, stop],
    [1.5, { type: "timer" }],
    [1.7, { type: "timer" }],
    [1.8, { type: "ended" }],
    [2.8, { type: "timer" }],
  );
  expect(did).toEqual(["0 start M0", "1.5 too-slow", "1.5 terminate", "1.7 kill", "1.8 start STOP0", "2.8 kill"]);
  expect(queueDeadline(queue)).toBeUndefined();
  expect(queueDeadline(run([0, stop]).queue)).toBe(STOPPING);
});

test("the daemon's end hurries what runs and drops what waits, but not the last word", () => {
  const { queue } = run([0, add("M")], [0, add("B")], [0, { type: "stop" }]);
  expect([queue.waiting, queueDeadline(queue)]).toEqual([[], seconds(0.5)]);
  expect(run([0, add("M")], [0, stop], [0, { type: "stop" }]).queue.waiting).toEqual([round("STOP", 1, true)]);
  expect(queueDeadline(run([0, stop], [0.2, { type: "stop" }]).queue)).toBe(STOPPING);
});

test("law: whatever happens, rounds start in the order they came, one at a time, and a waiting one has a deadline", () => {
  const event = fc.oneof(
    fc.constant("add" as const),
    fc.constant("ended" as const),
    fc.constant("timer" as const),
    fc.constant("final" as const),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(70)), { maxLength: 300 }), (events) => {
      let queue = IDLE;
      let now = 0;
      let [count, last, running] = [0, -1, 0];
      for (const [type, later] of events) {
        now += seconds(later);
        if (type === "ended" && running === 0) continue;
        if (type === "ended") running--;
        const fed: QueueEvent =
          type === "add" || type === "final"
            ? { type: "add", round: round(String(count++), 1 + (count % 2), type === "final") }
            : { type };
        const step = queueStep(queue, fed, now);
        queue = step.queue;
        for (const effect of step.effects) {
          if (effect.type !== "start") continue;
          expect(running).toBe(0);
          const started = Number(effect.scripts[0]?.argv[0]);
          expect(started).toBeGreaterThan(last);
          last = started;
          running = effect.scripts.length;
        }
        expect(isIdle(queue)).toBe(running === 0);
        if (queue.waiting.length > 0) expect(queue.running?.limit).toBeDefined();
        expect(queue.waiting.length).toBeLessThanOrEqual(100);
      }
    }),
  );
});
