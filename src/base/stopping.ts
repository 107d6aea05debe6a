/** Tells that something is to end early. An AbortSignal is one, too. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Ends something early: a StopSignal with its switch. One is made for each of thousands of checks a second, and
 * an AbortController is larger than all else that such a check needs.
 */
export class Stopper implements StopSignal {
  #aborted = false;
  #listeners: (() => void)[] | undefined; // undefined: nobody has come yet

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_: "abort", listener: () => void): void {
    if (this.#listeners === undefined) this.#listeners = [listener];
    else this.#listeners.push(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at !== -1) this.#listeners?.splice(at, 1);
  }

  /** Once; those who listen are told in the order in which they came. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }
}
