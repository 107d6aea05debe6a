import { Deadlines } from "../../src/base/deadlines.ts";
import type { Micros } from "../../src/base/time.ts";
import type { AskIo } from "../../src/daemon/ask.ts";
import type { ScriptEnd } from "../../src/lvs/script-check.ts";

/** How a server takes a connection: `silent` does not answer at all. */
export type Manner = "up" | "refused" | "silent" | "local trouble";

/** A virtual clock and the servers on it, by port; whoever is not named is up. */
export class FakeServers implements AskIo {
  readonly manners = new Map<number, Manner>();
  /** How a script ends, by its path; whoever is not named exits with 0. */
  readonly scripts = new Map<string, ScriptEnd>();
  /** Each attempt to connect: `0.5 s 80`. */
  readonly attempts: string[] = [];
  /** Connections that were given up by signal. */
  abandoned = 0;
  readonly #deadlines = new Deadlines<() => void>();
  #now: Micros = 0;

  now = (): Micros => this.#now;

  wakeAt = (at: Micros, wake: () => void): (() => void) => {
    const deadline = this.#deadlines.add(at, wake);
    return () => this.#deadlines.remove(deadline);
  };

  pattern = (): string => "no pattern here";
  file = (): string => "no file here";

  connect: AskIo["connect"] = (target, deadline, signal) => {
    this.attempts.push(`${this.#now / 1_000_000} s ${target.port}`);
    const manner = this.manners.get(target.port) ?? "up";
    const connection = { write: () => {}, onData: () => {}, close: () => {} };
    if (manner === "up") return Promise.resolve({ ok: true, connection });
    const refusal = { ok: false, why: manner, local: manner === "local trouble" } as const;
    if (manner !== "silent") return Promise.resolve(refusal);
    return new Promise((resolve) => {
      const late = this.wakeAt(deadline, () => resolve(refusal));
      signal.addEventListener("abort", () => {
        this.abandoned++;
        late();
        resolve(refusal);
      });
    });
  };

  runScript: AskIo["runScript"] = ({ command: { argv } }) => {
    const [path = ""] = argv;
    this.attempts.push(`${this.#now / 1_000_000} s ${path}`);
    return Promise.resolve(this.scripts.get(path) ?? { exited: 0 });
  };
  runModule: AskIo["runModule"] = () => Promise.reject(new Error("nothing here is a module"));
  exchange: AskIo["exchange"] = () => Promise.reject(new Error("nothing here is asked by datagrams"));

  /** Lets time pass, everything that is due happening at its time. */
  async run(span: Micros): Promise<void> {
    const end = this.#now + span;
    for (;;) {
      await new Promise(setImmediate);
      const { first } = this.#deadlines;
      if (first === undefined || first.at > end) break;
      this.#deadlines.remove(first);
      this.#now = Math.max(this.#now, first.at);
      first.value();
    }
    this.#now = end;
  }
}
