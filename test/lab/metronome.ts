import { type ChildProcess, spawn } from "node:child_process";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { type Micros, milliseconds } from "../../src/base/time.ts";

const STEP = 2; //   ms
const STALL = 10; // ms: later than this is worth remembering

/** Sleeps STEP ms again and again before anything else on this machine, and says when it woke up late. */
const PROGRAM = `
const cell = new Int32Array(new SharedArrayBuffer(4));
for (let last = Date.now(); ; ) {
  Atomics.wait(cell, 0, 0, ${STEP});
  const now = Date.now();
  if (now - last > ${STALL}) process._rawDebug(now, now - last);
  last = now;
}`;

/** A time in which this machine ran nothing, whatever its priority: what is late then is not the daemon's doing. */
export interface Stall {
  readonly at: Micros; // its end, wall clock
  readonly length: Micros;
}

/** The control of what is timed: a program of the highest real-time priority, which is late only where the machine is. */
export class Metronome {
  readonly #stalls: Stall[] = [];
  readonly #processes: readonly ChildProcess[];

  /** One for all processors, or one on `each`: a kernel that is not preemptible may hold up one of them for its own work. */
  constructor({ each = false } = {}) {
    const places = each ? cpus().map((_, cpu) => ["taskset", "-c", String(cpu)]) : [[]];
    this.#processes = places.map((place) => this.#start(place));
  }

  #start(place: readonly string[]): ChildProcess {
    const [command = "", ...rest] = [...place, "chrt", "-f", "99", process.execPath, "-e", PROGRAM];
    const child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"] });
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [at, length] = line.split(" ").map(Number);
      if (at !== undefined && length !== undefined)
        this.#stalls.push({ at: milliseconds(at), length: milliseconds(length) });
    });
    return child;
  }

  /** The longest that the machine may have stood still between two times of the wall clock: less is not seen. */
  longest(from: Micros, to: Micros): Micros {
    return Math.max(milliseconds(STALL), ...this.#between(from, to).map(({ length }) => length));
  }

  /** What stood still between two times of the wall clock, in words. */
  between(from: Micros, to: Micros): string {
    const found = this.#between(from, to);
    if (found.length === 0) return "the machine did not stand still";
    return `the machine stood still for ${found.map(({ length }) => `${length / 1000} ms`).join(", ")}`;
  }

  #between(from: Micros, to: Micros): readonly Stall[] {
    return this.#stalls.filter(({ at, length }) => at >= from && at - length <= to);
  }

  stop(): void {
    for (const one of this.#processes) one.kill("SIGKILL");
  }
}
