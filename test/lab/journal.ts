import { type Micros, seconds } from "../../src/base/time.ts";

/** Where to look in a journal, and for how long to wait there. */
export interface Wait {
  readonly from?: number; //    index of the first entry that counts; 0 = all
  readonly within?: Micros; //  default 30 s
}

/** What happened, in order, and a way to wait for what has not happened yet. */
export class Journal<T> {
  readonly entries: T[] = [];
  readonly #name: string;
  readonly #waiting = new Set<(entry: T) => void>();

  constructor(name: string) {
    this.#name = name;
  }

  push(entry: T): void {
    this.entries.push(entry);
    for (const tell of [...this.#waiting]) tell(entry);
  }

  /** Calls `tell` for every entry to come. */
  follow(tell: (entry: T) => void): void {
    this.#waiting.add(tell);
  }

  /** The index that the next entry will have: what is said from here on. */
  mark(): number {
    return this.entries.length;
  }

  /** The first entry from `from` on that matches. Rejects after `within`, quoting the last entries. */
  async waitFor(
    what: string,
    matches: (entry: T) => boolean,
    { from = 0, within = seconds(30) }: Wait = {},
  ): Promise<T> {
    const found = this.entries.slice(from).find(matches);
    if (found !== undefined) return found;
    return await new Promise((resolve, reject) => {
      const tell = (entry: T): void => {
        if (!matches(entry)) return;
        clearTimeout(timer);
        this.#waiting.delete(tell);
        resolve(entry);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(tell);
        const last = this.entries.slice(-12).map((entry) => `  ${JSON.stringify(entry)}`);
        reject(
          new Error(`${this.#name}: no ${what} within ${within / 1_000_000} s; the last entries:\n${last.join("\n")}`),
        );
      }, within / 1000);
      this.#waiting.add(tell);
    });
  }
}
