import { Poller } from "../io/poller.ts";
import { ignoreRealtimeSignals, onRealtimeSignal, SIGNAL_JSON, SIGNAL_STATS_CLEAR } from "../io/signals.ts";
import type { DumpRequest } from "./messages.ts";

/** Calls back when a signal asks this process for a file: USR1, USR2, JSON (36), STATS_CLEAR (63). cli.md §3. */
export function hearDumpSignals(asked: (what: DumpRequest) => void): void {
  ignoreRealtimeSignals();
  const poller = new Poller();
  process.on("SIGUSR1", () => asked("data"));
  process.on("SIGUSR2", () => asked("stats"));
  onRealtimeSignal(poller, SIGNAL_STATS_CLEAR, () => asked("stats-clear"));
  onRealtimeSignal(poller, SIGNAL_JSON, () => asked("json"));
}
