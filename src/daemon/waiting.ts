/** Those who wait for what another process answers. */
export class Waiting<T> {
  #resolves: ((value: T) => void)[] = [];

  /** The next answer; `late` where none comes in so many milliseconds. */
  async next(patience: number, late: T): Promise<T> {
    const answer = new Promise<T>((resolve) => this.#resolves.push(resolve));
    const timer = setTimeout(() => this.wake(late), patience);
    const value = await answer;
    clearTimeout(timer);
    return value;
  }

  /** This is the answer for all of them. */
  wake(value: T): void {
    for (const resolve of this.#resolves.splice(0)) resolve(value);
  }
}
