import { type Micros, toSeconds } from "../../src/base/time.ts";

interface Alarm {
  readonly at: Micros;
  readonly wake: () => void;
}

/** A virtual clock that jumps from alarm to alarm, and a log with its times. */
export class Timeline {
  readonly #alarms = new Set<Alarm>();
  readonly log: string[] = [];
  now: Micros = 0;

  /** Wakes at `at`, or at once if that is past; returns what cancels it. Equal times wake in the order of asking. */
  wakeAt(at: Micros, wake: () => void): () => void {
    const alarm = { at: Math.max(at, this.now), wake };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  }

  run(span: Micros): void {
    const end = this.now + span;
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#alarms.delete(next);
      this.now = next.at;
      next.wake();
    }
    this.now = end;
  }

  say(what: string): void {
    this.log.push(`${toSeconds(this.now).toFixed(3)} ${what}`);
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.at < first.at) first = alarm;
    return first;
  }
}
