import type { StopSignal } from "../base/stopping.ts";
import type { Micros } from "../base/time.ts";
import { type CheckIo, down, type Verdict } from "./checker.ts";

/** An exchange with a server that is under way. */
export interface Exchange {
  /** Something more has to come until then; that holds in the place of what held before. */
  wait(until: Micros): void;
  /** The verdict. Nothing more is heard. */
  finish(verdict: Verdict): void;
}

/** How an exchange ends. */
export interface Ending {
  close(): void;
  late(): Verdict; // of a server from which nothing came in time
}

/**
 * Holds an exchange to its time: `begin` starts it, waits and finishes. `signal` ends it early; its verdict then says
 * nothing. Never rejects.
 */
export function held(
  io: Pick<CheckIo, "now" | "wakeAt">,
  signal: StopSignal,
  { close, late }: Ending,
  begin: (exchange: Exchange) => void,
): Promise<Verdict> {
  return new Promise((resolve) => {
    let cancelWake = (): void => {};
    const stop = (): void => finish(down("stopped"));
    const finish = (verdict: Verdict): void => {
      close(); // at once: what has come already must not be read any more
      cancelWake();
      signal.removeEventListener("abort", stop);
      resolve(verdict);
    };
    // Where we were held up ourselves (a suspended machine), the answer may lie there unread: sockets have one more turn.
    const overdue = (): void => {
      cancelWake = io.wakeAt(io.now(), () => finish(late()));
    };
    const wait = (until: Micros): void => {
      cancelWake();
      cancelWake = io.wakeAt(until, overdue);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    begin({ wait, finish });
  });
}
