import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { native } from "../../src/io/native.ts";
import { Poller } from "../../src/io/poller.ts";
import { ignoreRealtimeSignals, onRealtimeSignal, SIGNAL_JSON, SIGNAL_STATS_CLEAR } from "../../src/io/signals.ts";

test("a real-time signal, which would end a process of Node, does nothing", () => {
  ignoreRealtimeSignals();
  for (const signal of [34, 36, 63, 64]) expect(native.kill(process.pid, signal)).toBe(0);
});

test("a signal that cannot be ignored or caught is refused", () => {
  expect(native.ignoreSignal(9)).toBe(-22);
  expect([9, 19, 0, 65].map((signal) => native.catchSignal(signal))).toEqual([-22, -22, -22, -22]);
});

test("a real-time signal that is caught calls back each time it comes, whichever thread it comes to", async () => {
  const poller = new Poller();
  const came: string[] = [];
  onRealtimeSignal(poller, SIGNAL_JSON, () => came.push("json"));
  onRealtimeSignal(poller, SIGNAL_STATS_CLEAR, () => came.push("clear"));
  for (const [signal, name] of [
    [36, "json"],
    [63, "clear"],
    [36, "json"],
  ] as const) {
    native.kill(process.pid, signal);
    while (came.at(-1) !== name) await sleep(1);
    came.push("");
  }
  expect(came).toEqual(["json", "", "clear", "", "json", ""]);
  poller.close();
});
