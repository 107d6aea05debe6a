import type { ServiceTraffic, TrafficReport } from "../observe/traffic.ts";
import type { FromChild } from "./messages.ts";
import { Waiting } from "./waiting.ts";

const LATE = 10_000; // milliseconds for all of it

/** What a process tells of what the kernel counted, part by part. */
export class TrafficAnswers {
  readonly #waiting = new Waiting<TrafficReport | undefined>();
  #counted: ServiceTraffic[] = []; // what has come

  /** All of the answer; undefined where it does not come within ten seconds, or cannot be read. */
  next(): Promise<TrafficReport | undefined> {
    this.#counted = [];
    return this.#waiting.next(LATE, undefined);
  }

  hear(message: Extract<FromChild<unknown>, { type: "traffic" | "traffic-end" }>): void {
    if (message.type === "traffic") for (const service of message.part) this.#counted.push(service);
    else this.#waiting.wake(message.read ? { services: this.#counted } : undefined);
  }

  /** The process is gone. */
  end(): void {
    this.#waiting.wake(undefined);
  }
}
