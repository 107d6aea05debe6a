import { expect, test } from "vitest";
import { native } from "../../src/io/native.ts";
import { ignoreRealtimeSignals } from "../../src/io/signals.ts";

test("a real-time signal, which would end a process of Node, does nothing", () => {
  ignoreRealtimeSignals();
  for (const signal of [34, 36, 63, 64]) expect(native.kill(process.pid, signal)).toBe(0);
});

test("a signal that cannot be ignored is refused", () => {
  expect(native.ignoreSignal(9)).toBe(-22);
});
